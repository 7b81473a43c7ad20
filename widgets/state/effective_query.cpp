#include "widgets/state/effective_query.h"

namespace convscope {

void EffectiveQuery::ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit) {
  if (holder == m_holder && row == m_row && unit == m_unit) return;
  m_holder = holder;
  m_row = row;
  m_unit = unit;
  begin([holder, row, unit](const ComputeContext& context) -> Result<Answer> {
    const auto& result = std::get<StackResult>(*holder);
    auto field =
        effectiveField(result.table, row, unit, result.clip->pixels, result.spec.run, kRuns, context);
    if (!field) return tl::unexpected(field.error());
    return std::make_shared<const EffectiveField>(std::move(*field));
  });
}

void EffectiveQuery::drop() {
  if (!m_holder) return;
  m_holder.reset();
  letGo();
}

}  // namespace convscope
