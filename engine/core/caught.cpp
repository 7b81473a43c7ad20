#include "engine/core/caught.h"

#include <exception>
#include <new>

namespace convscope {

Error errorInFlight() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {
        ErrorCode::TooLarge,
        "There is not enough free memory for this: choose fewer frames, a smaller size or fewer filters."};
  } catch (const std::exception& error) {
    return {ErrorCode::BadInput, std::string("The computation failed: ") + error.what() + "."};
  } catch (...) {
    return {ErrorCode::BadInput, "The computation failed for an unknown reason."};
  }
}

}  // namespace convscope
