#include "widgets/panels/scores_panel.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/scores_canvas.h"
#include "widgets/panels/segmented_control.h"

#include <QEvent>
#include <QVBoxLayout>

namespace convscope {

ScoresPanel::ScoresPanel(QWidget* parent)
    : QWidget(parent),
      m_views(new SegmentedControl(SegmentedControl::Size::Small)),
      m_canvas(new ScoresCanvas),
      m_bankRow(new LabelledRow(tr("Bank"))),
      m_bank(new ChoiceBox) {
  m_views->setChoices(
      {tr("Scores"), tr("Matrix"), tr("Chart")},
      {tr("Scores of the clip"), tr("Confusion matrix"), tr("Chart against the extents")},
      {tr("What the readout says of this clip, and how well it did on clips that it had not seen."),
       tr("Which classes it took for which others: what the kernel cannot see is what the readout confuses."),
       tr("Held-out accuracy, weights and time of training against l and against h = w.")});
  m_bank->setAccessibleName(tr("Bank of filters"));
  m_bank->setChoices({{tr("Gabor family of this shape"),
                       QStringLiteral("gabor"),
                       tr("Waves under a Gaussian window in eight directions, three speeds and two phases."),
                       {}},
                      {tr("your kernel and its mirror images"),
                       QStringLiteral("own"),
                       tr("Mirrored in height and width, turned over, reversed in time; of a colour kernel "
                          "its strongest channel."),
                       {}},
                      {tr("random filters"),
                       QStringLiteral("random"),
                       tr("Normal weights from fixed seeds, mean taken off."),
                       {}}});
  m_bankRow->add(m_bank, 1);
  auto* column = new QVBoxLayout(this);
  column->setSpacing(0);
  column->addWidget(m_canvas, 1);
  column->addWidget(m_bankRow);
  connect(m_views, &SegmentedControl::chosen, this, [this](int index) {
    const auto view = static_cast<ScoresView>(index);
    Q_EMIT editRequested(
        {tr("View of the scores"), [view](AppState& state) { state.look.scoresView = view; }, false});
  });
  connect(m_bank, &ChoiceBox::picked, this, [this](const QString& id) {
    const BankKind bank = id == QStringLiteral("own")      ? BankKind::Own
                          : id == QStringLiteral("random") ? BankKind::Random
                                                           : BankKind::Gabor;
    Q_EMIT editRequested({tr("Bank of the scores"), [bank](AppState& state) { state.scores.bank = bank; }});
  });
  retheme();
}

void ScoresPanel::present(const ScoresState& scores) {
  m_canvas->present(scores);
  m_views->present(static_cast<int>(scores.state.look.scoresView));
  static const QStringList kIds{QStringLiteral("gabor"), QStringLiteral("own"), QStringLiteral("random")};
  m_bank->present(kIds[static_cast<int>(scores.state.scores.bank)]);
  const bool guess = scores.result != nullptr && scores.result->unlike();
  // short: beside it stands the switch
  const bool scored = scores.result != nullptr && !scores.result->scores.empty();
  const QString fact = guess                         ? tr("a guess")
                       : scored && scores.realClip() ? tr("real clip")
                                                     : tr("live readout");
  if (fact == m_fact) return;
  m_fact = fact;
  Q_EMIT factChanged(m_fact);
}

QStringList ScoresPanel::lines() const {
  return m_canvas->lines();
}

QString ScoresPanel::tipAt(const QPointF& at) const {
  return m_canvas->tipAt(at);
}

void ScoresPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  Q_EMIT shown();
}

void ScoresPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::StyleChange) retheme();
}

void ScoresPanel::retheme() {
  const LookTheme& theme = appliedTheme();
  auto* column = static_cast<QVBoxLayout*>(layout());
  column->setContentsMargins(0, 0, 0, theme.panelPad / 2);
  m_bankRow->setContentsMargins(theme.panelPad, 0, theme.panelPad, 0);
  m_canvas->updateGeometry();
}

}  // namespace convscope
