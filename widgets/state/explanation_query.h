#pragma once

#include "engine/study/network_explanation.h"
#include "engine/study/study_result.h"
#include "widgets/state/background_query.h"

namespace convscope {

/// Works out saliency, Grad-CAM or a preferred stimulus of a network that was run, in the background.
class ExplanationQuery : public BackgroundQuery {
  Q_OBJECT

 public:
  using BackgroundQuery::BackgroundQuery;

  /// Asks about `holder`, a NetworkResult that was run. The same as before: nothing. Otherwise what was
  /// worked out is let go.
  void ask(const std::shared_ptr<const StudyResult>& holder, const ExplanationQuestion& question);
  /// Nothing is wanted: stops, and lets everything go.
  void drop();
  /// Asks the same once more, after a stop.
  void askAgain();

  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const NetworkExplanation> explanation() const {
    return std::static_pointer_cast<const NetworkExplanation>(answer());
  }

 protected:
  [[nodiscard]] QString stoppedText() const override { return tr("Stopped. F5 begins again."); }

 private:
  std::shared_ptr<const StudyResult> m_holder;
  ExplanationQuestion m_question;
};

}  // namespace convscope
