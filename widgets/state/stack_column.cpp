#include "widgets/state/column_kinds.h"

/// What the state asks of a StackStudy in a column.
namespace convscope {

std::string whyImpossible(const StackStudy&) {
  return "a column cannot hold a stack: “field” does";
}
Result<void> complete(StackStudy&) {
  return {};
}
void keepConsistent(StackStudy&, const StackStudy*) {}
void clampSelection(Selection&, const StackStudy&) {}

}  // namespace convscope
