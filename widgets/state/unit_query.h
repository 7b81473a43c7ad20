#pragma once

#include "engine/study/study_result.h"
#include "widgets/state/background_query.h"

namespace convscope {

/// Something about one unit of a stack, in the background: those who inherit say how it is worked out.
class UnitQuery : public BackgroundQuery {
  Q_OBJECT

 public:
  /// Asks it of `unit` of row `row` of `holder`, a StackResult, with its own weights. The same as before:
  /// nothing. Otherwise what was worked out is let go.
  void ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();

 protected:
  /// Runs on a thread of its own.
  using Measure = Result<Answer> (*)(const StackResult& result, int row, const Triple& unit,
                                     const ComputeContext& context);
  explicit UnitQuery(Measure measure, QObject* parent = nullptr);
  [[nodiscard]] QString stoppedText() const override { return tr("Stopped. Another unit begins anew."); }

 private:
  Measure m_measure;
  std::shared_ptr<const StudyResult> m_holder;
  int m_row = -1;
  Triple m_unit;
};

}  // namespace convscope
