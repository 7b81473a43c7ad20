#include "widgets/panels/network_bar.h"

#include "engine/network/mean_scores.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/text_runs.h"

#include <QHBoxLayout>
#include <QPushButton>

#include <algorithm>

namespace convscope {

namespace {

constexpr std::size_t kMostClasses = 20;  // that can be chosen, the likeliest first
constexpr int kModes = 3;                 // frames, slices, surface

const QString kBest = QStringLiteral("-1");

}  // namespace

NetworkBar::NetworkBar(QWidget* parent)
    : QWidget(parent),
      m_modes(new SegmentedControl(SegmentedControl::Size::Small)),
      m_explain(new SegmentedControl(SegmentedControl::Size::Small)),
      m_classes(new ChoiceBox),
      m_stop(new QPushButton(tr("Stop"))) {
  m_modes->setAccessibleName(tr("How the channel is drawn"));
  const QStringList modes{tr("frames"), tr("slices"), tr("surface")};
  m_modes->setChoices(
      modes, modes,
      {tr("Each frame of the channel (Shift+1)"), tr("Three slices through the chosen unit (Shift+2)"),
       tr("The surface where the channel reaches a level (Shift+3)")});
  m_explain->setAccessibleName(tr("What stands in the stage"));
  const QStringList kinds{tr("field"), tr("map"), tr("saliency"), tr("Grad-CAM"), tr("stimulus")};
  m_explain->setChoices(
      kinds, kinds,
      {tr("The chosen unit and what it sees of the clip"), tr("The chosen channel over the clip's frames"),
       tr("Which voxels of the clip move the score of a class"),
       tr("Where the chosen layer speaks for a class"),
       tr("What the chosen channel answers to most, found by gradient ascent")});
  m_classes->setAccessibleName(tr("Class that is explained"));
  m_classes->setMaximumWidth(170);
  m_stop->setToolTip(tr("Stops working it out; F5 begins again"));
  m_stop->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  auto* const line = new QHBoxLayout(this);
  line->setContentsMargins(0, 0, 0, 0);
  line->setSpacing(8);
  for (QWidget* one : {static_cast<QWidget*>(m_stop), static_cast<QWidget*>(m_classes),
                       static_cast<QWidget*>(m_explain), static_cast<QWidget*>(m_modes)})
    line->addWidget(one);
  connect(m_modes, &SegmentedControl::chosen, this, [this](int index) {
    Q_EMIT editRequested({tr("Stage view"), [index](AppState& state) {
                            state.look.stageMode = static_cast<StageMode>(index);
                          }});
  });
  connect(m_explain, &SegmentedControl::chosen, this, [this](int index) {
    Q_EMIT editRequested({tr("Explanation"), [index](AppState& state) {
                            state.network.explain = static_cast<Explain>(index);
                            state.network.moment = 0;
                          }});
  });
  connect(m_classes, &ChoiceBox::picked, this, [this](const QString& id) {
    Q_EMIT editRequested(
        {tr("Class"), [index = id.toInt()](AppState& state) { state.network.classIndex = index; }});
  });
  connect(m_stop, &QPushButton::clicked, this, &NetworkBar::stopRequested);
}

void NetworkBar::present(const NetworkView& view) {
  const NetworkSettings& settings = view.settings();
  m_modes->present(std::min(static_cast<int>(view.state.look.stageMode), kModes - 1));
  m_explain->present(static_cast<int>(settings.explain));
  // a class score is no volume of maps
  const bool ofClass = settings.explain == Explain::Saliency || settings.explain == Explain::GradCam;
  m_modes->setVisible(!ofClass);
  m_classes->setVisible(ofClass);
  m_stop->setVisible(view.explaining);
  if (ofClass) presentClasses(view);
  QString fact;
  if (view.explaining) {
    fact = tr("%1 %").arg(qRound(100 * view.explained));
  } else if (!view.explanationProblem.isEmpty()) {
    fact = richRun(view.explanationProblem, lookTheme(view.state.look).error);
  }
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

void NetworkBar::presentClasses(const NetworkView& view) {
  const bool guess = view.guesses();
  QList<ChoiceBox::Choice> choices{
      {guess ? tr("the best guess") : tr("the best class"), kBest, tr("The one with the highest score"), {}}};
  const int chosen = view.settings().classIndex;
  bool listed = chosen < 0;
  if (view.result != nullptr) {
    const auto best = likeliestClasses(view.result->scores);
    for (std::size_t i = 0; i < std::min(best.size(), kMostClasses); ++i) {
      choices << ChoiceBox::Choice{QString::fromStdString(view.result->labelOf(best[i].index)),
                                   QString::number(best[i].index),
                                   guess ? tr("A guess: the network has never seen a real clip")
                                         : tr("Probability %1 %").arg(100 * best[i].probability, 0, 'f', 1),
                                   {}};
      listed = listed || best[i].index == chosen;
    }
  }
  const QString name =
      view.result == nullptr ? QString::number(chosen) : QString::fromStdString(view.result->labelOf(chosen));
  if (!listed) choices << ChoiceBox::Choice{name, QString::number(chosen), {}, {}};
  m_classes->setChoices(choices);
  m_classes->present(QString::number(chosen), name);
}

}  // namespace convscope
