#include "widgets/state/effective_query.h"

namespace convscope {

Result<EffectiveQuery::Answer> EffectiveQuery::measured(const StackResult& result, int row,
                                                        const Triple& unit, const ComputeContext& context) {
  auto field = effectiveField(result.table, row, unit, result.clip->pixels, result.spec.run, kRuns, context);
  if (!field) return tl::unexpected(field.error());
  return std::make_shared<const EffectiveField>(std::move(*field));
}

}  // namespace convscope
