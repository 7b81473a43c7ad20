#pragma once

#include "engine/core/tensor.h"
#include "engine/study/study_result.h"
#include "widgets/state/background_query.h"

#include <vector>

namespace convscope {

/// What a unit of a stack answers to most: of the filter that answers it most on the clip.
struct StackStimulus {
  int channel = 0;
  Tensor pixels;                  ///< as the clip's: (L, H, W, C), in the clip's range
  std::vector<double> responses;  ///< of the unit at the start and after each step, before its own ReLU
};

/// Seeks it by gradient ascent, in the background.
class StimulusQuery : public BackgroundQuery {
  Q_OBJECT

 public:
  using BackgroundQuery::BackgroundQuery;

  /// Asks for that of `unit` of row `row` of `holder`, a StackResult. The same as before: nothing. Otherwise
  /// what was found is let go.
  void ask(const std::shared_ptr<const StudyResult>& holder, int row, const Triple& unit);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();
  [[nodiscard]] std::shared_ptr<const StackStimulus> stimulus() const {
    return std::static_pointer_cast<const StackStimulus>(answer());
  }

 protected:
  [[nodiscard]] QString stoppedText() const override { return tr("Stopped. Another unit begins anew."); }

 private:
  std::shared_ptr<const StudyResult> m_holder;
  int m_row = -1;
  Triple m_unit;
};

}  // namespace convscope
