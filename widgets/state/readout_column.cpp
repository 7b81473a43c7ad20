#include "widgets/state/column_kinds.h"

/// What the state asks of a ReadoutStudy in a column.
namespace convscope {

std::string whyImpossible(const ReadoutStudy&) {
  return "a column cannot hold a readout: it follows the kernel of its own accord";
}
Result<void> complete(ReadoutStudy&) {
  return {};
}
void keepConsistent(ReadoutStudy&, const ReadoutStudy*) {}
void clampSelection(Selection&, const ReadoutStudy&) {}

}  // namespace convscope
