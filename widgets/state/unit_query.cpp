#include "widgets/state/unit_query.h"

namespace convscope {

UnitQuery::UnitQuery(Measure measure, QObject* parent) : BackgroundQuery(parent), m_measure(measure) {}

void UnitQuery::ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit) {
  if (holder == m_holder && row == m_row && unit == m_unit) return;
  m_holder = holder;
  m_row = row;
  m_unit = unit;
  begin([measure = m_measure, holder, row, unit](const ComputeContext& context) {
    return measure(std::get<StackResult>(*holder), row, unit, context);
  });
}

void UnitQuery::drop() {
  if (!m_holder) return;
  m_holder.reset();
  letGo();
}

}  // namespace convscope
