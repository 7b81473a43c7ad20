#include "engine/gradient/gradient_operators.h"

#include <algorithm>
#include <vector>

namespace convscope {

void GradientCall::onlyFirst() const {
  if (std::find(wanted.begin() + 1, wanted.end(), true) != wanted.end())
    call.refuse("has weights that follow from the clip; no gradient is taken through them");
}

std::span<const GradientOperator> gradientTable() {
  static const std::vector<GradientOperator> table = [] {
    std::vector<GradientOperator> all;
    for (const auto family :
         {activationGradients(), arithmeticGradients(), windowGradients(), normalisationGradients(),
          matrixGradients(), reductionGradients(), movingGradients()})
      all.insert(all.end(), family.begin(), family.end());
    return all;
  }();
  return table;
}

const GradientOperator* gradientNamed(std::string_view name, int operatorSet) {
  const auto table = gradientTable();
  const auto found = std::ranges::find_if(table, [&](const GradientOperator& row) {
    return row.name == name && row.since <= operatorSet && operatorSet <= row.until;
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace convscope
