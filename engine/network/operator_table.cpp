#include "engine/network/operator_table.h"

#include <algorithm>
#include <vector>

namespace convscope {

std::span<const Operator> operatorTable() {
  static const std::vector<Operator> table = [] {
    std::vector<Operator> all;
    for (const auto family : {activationOperators(), arithmeticOperators(), convolutionOperators(),
                              poolingOperators(), normalisationOperators(), reductionOperators(),
                              matrixOperators(), shapeOperators(), selectionOperators(), resizeOperators()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return table;
}

const Operator* operatorNamed(std::string_view name, int operatorSet) {
  const auto table = operatorTable();
  const auto found = std::ranges::find_if(table, [&](const Operator& row) {
    return row.name == name && row.since <= operatorSet && operatorSet <= row.until;
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace convscope
