// What the Network stage says of an explanation.
#include "widgets/look/look_theme.h"
#include "widgets/state/network_view.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Network", text);
}

QString scoreText(double value) {
  return signedText(value, std::abs(value) < 10 ? 2 : 1);
}

Triple fieldOf(const NetworkView& view) {
  const auto& field = view.result->row(view.row).field;
  return {field[0].size, field[1].size, field[2].size};
}

QString stimulusWords(const NetworkView& view, const NetworkExplanation& made) {
  const double best = *std::ranges::max_element(made.responses);
  const QString place = made.wholeClip
                            ? tr("It has the clip's size, the unit in its middle.")
                            : tr("Its %1 voxels hold the unit's whole field, %2.")
                                  .arg(QString::fromStdString(toText(made.pixels.shape().extent())),
                                       QString::fromStdString(toText(fieldOf(view))));
  return tr("What %1 answers to most, by %2 steps of gradient ascent from noise about grey: its unit went "
            "from %3 to %4, before the activation. %5 Nothing of the clip is in it.")
      .arg(view.title())
      .arg(made.responses.size() - 1)
      .arg(scoreText(made.responses.front()), scoreText(best), place);
}

}  // namespace

QString explanationWords(const NetworkView& view) {
  const QString guess = view.guesses() ? tr(" That class is a guess.") : QString();
  if (view.result == nullptr || view.scene.empty()) return {};
  if (view.shown() == Explain::Map)
    return tr("%1 over the clip: each voxel shows the unit whose field has its middle nearest.")
        .arg(view.title());
  const NetworkExplanation* const made = view.explanation();
  if (made == nullptr) return {};
  const QString name = QString::fromStdString(view.result->labelOf(made->question.classIndex));
  const QString score = scoreText(made->score);
  switch (view.shown()) {
    case Explain::Saliency:
      return tr("How much the score of “%1” (%2 before soft-max) moves with each voxel: the largest "
                "|∂score/∂voxel| of its channels. It says what the score is sensitive to, not what speaks "
                "for the class.")
                 .arg(name, score) +
             guess;
    case Explain::GradCam:
      return tr("The maps of %1, each weighed by the mean gradient of the score of “%2” (%3 before "
                "soft-max) and added up; what is below 0 is left out. Above on the layer's own cells, below "
                "stretched over the clip.")
                 .arg(QString::fromStdString(view.group().name), name, score) +
             guess;
    case Explain::Stimulus:
      return stimulusWords(view, *made);
    case Explain::Field:
    case Explain::Map:
      break;
  }
  return {};
}

QString explanationLegend(const NetworkView& view) {
  const NetworkExplanation* const made = view.explanation();
  if (made == nullptr) return view.meaning();
  const QString name = QString::fromStdString(view.result->labelOf(made->question.classIndex));
  return view.shown() == Explain::Saliency  ? tr("|∂ %1 / ∂ voxel|").arg(name)
         : view.shown() == Explain::GradCam ? tr("Grad-CAM of %1").arg(name)
                                            : view.meaning();
}

}  // namespace convscope
