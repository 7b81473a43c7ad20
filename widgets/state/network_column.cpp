#include "widgets/state/column_kinds.h"

/// What the state asks of a NetworkStudy in a column.
namespace convscope {

std::string whyImpossible(const NetworkStudy& study) {
  return study.model.empty() ? "a network in a column must name its model" : std::string();
}
Result<void> complete(NetworkStudy&) {
  return {};
}
void keepConsistent(NetworkStudy&, const NetworkStudy*) {}
void clampSelection(Selection&, const NetworkStudy&) {}

}  // namespace convscope
