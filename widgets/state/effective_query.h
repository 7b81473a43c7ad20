#pragma once

#include "engine/gradient/effective_field.h"
#include "engine/study/study_result.h"
#include "widgets/state/background_query.h"

namespace convscope {

/// Measures what a unit of a stack really reacts to, in the background.
class EffectiveQuery : public BackgroundQuery {
  Q_OBJECT

 public:
  using BackgroundQuery::BackgroundQuery;

  /// Asks for the field of `unit` of row `row` of `holder`, a StackResult, with its own weights. The same as
  /// before: nothing. Otherwise what was measured is let go.
  void ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();

  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const EffectiveField> field() const {
    return std::static_pointer_cast<const EffectiveField>(answer());
  }

  static constexpr int kRuns = 12;  ///< with random weights

 protected:
  [[nodiscard]] QString stoppedText() const override { return tr("Stopped. Another unit begins anew."); }

 private:
  std::shared_ptr<const StudyResult> m_holder;
  int m_row = -1;
  Triple m_unit;
};

}  // namespace convscope
