#include "widgets/state/column_kinds.h"

/// What the state asks of a NetworkStudy in a column.
namespace convscope {

std::string whyImpossible(const NetworkStudy&) {
  return "a column cannot hold a network: “network” does";
}
Result<void> complete(NetworkStudy&) {
  return {};
}
void keepConsistent(NetworkStudy&, const NetworkStudy*) {}
void clampSelection(Selection&, const NetworkStudy&) {}

}  // namespace convscope
