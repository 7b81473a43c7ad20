// The part of the Network workspace that hands its views what they show, and says it in words.
#include "app/network_workspace.h"

#include "app/presenter_bar.h"
#include "app/stop_button.h"
#include "engine/network/bundled_models.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/before_after_view.h"
#include "widgets/panels/channel_grid.h"
#include "widgets/panels/clip_edit_bar.h"
#include "widgets/panels/clip_film.h"
#include "widgets/panels/framed_panel.h"
#include "widgets/panels/hierarchy_view.h"
#include "widgets/panels/layer_list.h"
#include "widgets/panels/network_bar.h"
#include "widgets/panels/network_scores.h"
#include "widgets/panels/network_unit_panel.h"
#include "widgets/panels/preprocess_panel.h"
#include "widgets/panels/scale_legend.h"
#include "widgets/panels/score_time_chart.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/shift_chart.h"
#include "widgets/panels/weight_lattices.h"
#include "widgets/stage/network_stage.h"

#include <QLabel>
#include <QPushButton>

namespace convscope {

namespace {

constexpr int kLeastForStrongest = 780;  // px of the channels' title: on narrower ones the key J is left
constexpr qsizetype kLongestWithFilters = 10;  // letters

}  // namespace

QString NetworkWorkspace::invitation() const {
  if (m_view.result != nullptr) return {};
  if (!m_view.problem.isEmpty()) return m_view.problem;
  const QString model = QString::fromStdString(m_store.state().network.model);
  if (!model.isEmpty())
    return tr("%1 is being read …").arg(QString::fromStdString(modelTitle(model.toStdString())));
  return tr(
      "Open a network as an ONNX file, or drop one here: its layers run on the clip, and every unit of "
      "every layer can be clicked.");
}

void NetworkWorkspace::presentViews() {
  const LookTheme& theme = lookTheme(m_view.state.look);
  const QString invitation = this->invitation();
  if (m_invitation->text() != invitation) m_invitation->setText(invitation);
  QPalette palette = m_invitation->palette();
  palette.setColor(QPalette::WindowText, m_view.problem.isEmpty() ? theme.text : theme.error);
  m_invitation->setPalette(palette);
  m_stage->present(m_view);
  m_bar->present(m_view);
  m_barFrame->setBusy(m_view.explaining, m_view.explained);
  presentTitles();
  m_channels->present(m_view);
  m_weights->present(m_view);
  m_preprocess->present(m_view);
  m_scores->present(m_view);
  m_chart->present(m_view);
  m_shiftChart->present(m_view);
  m_edits->present(m_view.state);
  m_hierarchy->present(m_view, m_table.problem(), m_table.busy());
  m_film->present(m_view);
  m_beforeAfter->present(m_view, m_before.before(), m_before.problem());
  m_charts->present(static_cast<int>(m_view.settings().chart));
  const bool overTime = m_view.settings().chart == NetworkChart::Time;
  m_chart->setVisible(overTime);
  m_shiftChart->setVisible(!overTime);
  m_chartFrame->setFact(overTime ? m_chart->fact().section(QLatin1Char(','), 0, 0) : m_shiftChart->fact());
  m_unit->present(m_view);
  m_histogram->present(m_view);
  NetworkView listed = m_view;  // the row that was clicked, before its maps have come
  if (listed.result != nullptr) listed.row = chosenRow(*listed.result, m_store.state().network);
  m_list->present(listed);
  m_listFrame->setBusy(m_view.busy, m_view.progress);
  m_stop->setBusy(m_view.busy || m_before.busy());
  m_channelFrame->setBusy(m_queries.busy());
  m_chartFrame->setBusy(overTime ? m_view.scanning : m_shifts.busy(),
                        overTime ? m_view.scanProgress : m_shifts.progress());
  m_ranges->present(static_cast<int>(m_view.settings().range));
  presentParts();
  arrange();
}

/// Titles name layer and channel.
void NetworkWorkspace::presentTitles() {
  const bool known = m_view.result != nullptr;
  const QString layer = known ? QString::fromStdString(m_view.group().name) : QString();
  // beside a long name there is no room for what the filters are; the list marks the layer
  const bool named = known && layer.size() <= kLongestWithFilters;
  m_weightFrame->setName(named ? tr("Weights of %1").arg(layer) : tr("Weights"));
  const bool maps = !m_view.levels.empty();
  m_channelFrame->setName(
      maps ? tr("%1, all %2 channels").arg(layer).arg(m_view.answer->maps->channels.size()) : tr("Channels"));
  m_histogramFrame->setName(maps ? tr("Values of channel %1").arg(m_view.channel + 1) : tr("Values"));
  m_strongest->setVisible(maps && m_channelFrame->width() >= kLeastForStrongest);
}

/// The parts of a layer that can be looked at one by one: what the convolution sums, and after each step.
void NetworkWorkspace::presentParts() {
  std::vector<int> rows;
  if (m_view.result != nullptr) {
    const LayerGroup& group = m_view.group();
    for (int row = group.first; row <= group.last; ++row) rows.push_back(row);
  }
  m_parts->setVisible(rows.size() > 1);
  if (rows.size() < 2) return;
  if (rows != m_partRows) {
    const QString title = QString::fromStdString(m_view.group().title);
    QStringList texts, tips;
    for (const int row : rows) {
      const QString op = QString::fromStdString(m_view.result->nodeOf(row).op);
      texts << (op == QStringLiteral("BatchNormalization") ? tr("norm") : op);
      tips << tr("After %1 of “%2”").arg(op, title);
    }
    m_parts->setChoices(texts, texts, tips);
    m_partRows = rows;
  }
  m_parts->present(m_view.row - rows.front());
}

QStringList NetworkWorkspace::hints() const {
  if (m_view.result == nullptr) return {tr("<b>Ctrl+M</b> opens a model")};
  switch (middle()) {
    case Middle::Table:
      return {tr("<b>Space</b> plays the responses"), tr("<b>Figures</b> leads back")};
    case Middle::Clip:
      return {tr("<b>Space</b> plays the clip"), tr("<b>Drag</b> the window along the curve"),
              tr("<b>Click</b> a class to follow it")};
    case Middle::Before:
      return {tr("<b>Drag</b> over the curves to shift the clip"), tr("<b>Space</b> plays"),
              tr("<b>F</b> next channel"), tr("<b>Shift+PgDown</b> next layer")};
    case Middle::Stage:
      break;
  }
  return {tr("<b>Click</b> a channel to bring it to the stage, a cell for its unit"),
          tr("<b>J</b> jump to the strongest event"), tr("<b>F</b> next channel"),
          tr("<b>← → ↑ ↓ [ ]</b> move the unit")};
}

QString NetworkWorkspace::facts() const {
  if (m_view.result == nullptr || m_view.result->outline) return {};
  const double mib = m_view.result->keptBytes / (1 << 20);
  return tr("run in <b>%1 ms</b> &nbsp; activations kept: <b>%2 MB</b>")
      .arg(m_view.result->runMs, 0, 'f', 0)
      .arg(mib, 0, 'f', mib < 10 ? 1 : 0);
}

QString NetworkWorkspace::problemOutOfSight() const {
  // with a picture in sight the sentence has no place of its own
  return m_view.result != nullptr && !m_view.levels.empty() ? m_view.problem : QString();
}

void NetworkWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const {
  QString shown = QString::fromStdString(modelTitle(m_store.state().network.model));
  const bool maps = middle() == Middle::Stage || middle() == Middle::Before;
  if (maps && !m_view.levels.empty()) shown = tr("%1: %2").arg(shown, m_view.title());
  bar.presentTexts(figure.isEmpty() ? clip : figure, shown);
}

}  // namespace convscope
