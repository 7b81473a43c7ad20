// The part of the Network workspace that builds its panels and says where they stand.
#include "app/network_workspace.h"

#include "app/presenter_bar.h"
#include "app/stop_button.h"
#include "engine/network/bundled_models.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/before_after_view.h"
#include "widgets/panels/channel_grid.h"
#include "widgets/panels/clip_edit_bar.h"
#include "widgets/panels/clip_film.h"
#include "widgets/panels/dock_column.h"
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

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

void NetworkWorkspace::build() {
  m_stage = new NetworkStage;
  m_list = new LayerList;
  m_weights = new WeightLattices;
  m_legend = new ScaleLegend;
  m_preprocess = new PreprocessPanel;
  m_channels = new ChannelGrid;
  m_scores = new NetworkScoresPanel;
  m_chart = new ScoreTimeChart;
  m_shiftChart = new ShiftChart;
  m_hierarchy = new HierarchyView;
  m_film = new ClipFilm;
  m_beforeAfter = new BeforeAfterView;
  m_edits = new ClipEditBar;
  m_unit = new NetworkUnitPanel;
  m_histogram = new ValueHistogram;
  buildControls();
  buildLeft();
  buildRight();
  buildInvitation();
  m_channelFrame = framed(tr("Channels"), m_channels);
  auto* const controls = new QWidget;
  auto* const line = new QHBoxLayout(controls);
  line->setContentsMargins(10, 0, 0, 0);
  line->setSpacing(8);
  line->addWidget(m_strongest);
  line->addWidget(m_parts);
  line->addWidget(m_ranges);
  m_channelFrame->setTitleControl(controls);

  m_bar = new NetworkBar;
  m_barFrame = new PanelFrame(tr("Stage"));
  m_allPanels = new QPushButton(tr("All panels"));
  m_allPanels->setToolTip(tr("Shows the layers, the channels and the other panels again"));
  m_allPanels->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(m_allPanels, &QPushButton::clicked, this,
          [this] { edit(tr("All panels"), [](NetworkSettings& s) { s.panels.clear(); }); });
  auto* const over = new QWidget;
  auto* const above = new QHBoxLayout(over);
  above->setContentsMargins(0, 0, 0, 0);
  above->setSpacing(8);
  above->addWidget(m_bar);
  above->addWidget(m_allPanels);
  m_barFrame->setTitleControl(over);
  m_barFrame->setFixedHeight(PanelFrame::kTitleHeight + 2);
  connect(m_bar, &NetworkBar::factChanged, m_barFrame,
          [this](const QString& fact) { m_barFrame->setFact(fact, fact); });

  auto* const grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  grid->addWidget(m_left, 0, 0, 3, 1);
  grid->addWidget(m_barFrame, 0, 1);
  grid->addWidget(m_stage, 1, 1);
  grid->addWidget(m_channelFrame, 2, 1);
  grid->addWidget(m_right, 0, 2, 3, 1);
  // instead of the stage
  grid->addWidget(m_film, 1, 1);
  grid->addWidget(m_beforeAfter, 1, 1);
  grid->addWidget(m_hierarchy, 1, 1, 2, 1);
  grid->addWidget(m_empty, 0, 0, 3, 3);  // the others are hidden while it is shown
  grid->setColumnStretch(1, 1);
  grid->setRowStretch(1, 1);
}

void NetworkWorkspace::buildLeft() {
  m_listFrame = framed(tr("Network"), m_list);
  m_listFrame->setTitleControl(m_stop);
  auto* const lattices = new QWidget;
  auto* const column = new QVBoxLayout(lattices);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_weights, 1);
  auto* const legend = new QHBoxLayout;
  legend->setContentsMargins(12, 4, 12, 8);
  legend->addWidget(m_legend);
  legend->addStretch(1);
  column->addLayout(legend);
  m_weightFrame = new PanelFrame(tr("Filters"));
  m_weightFrame->setBody(lattices);
  connect(m_weights, &WeightLattices::factChanged, m_weightFrame,
          [this](const QString& fact) { m_weightFrame->setFact(fact); });
  connect(m_weights, &WeightLattices::rangeChanged, m_legend, &ScaleLegend::setRange);
  m_left = new DockColumn;
  m_left->add(m_listFrame, 300);
  m_left->add(m_weightFrame, 200);
  auto* const input = new QWidget;
  auto* const rows = new QVBoxLayout(input);
  rows->setContentsMargins(0, 0, 0, 8);
  rows->setSpacing(0);
  rows->addWidget(m_preprocess);
  auto* const change = new QHBoxLayout;
  change->setContentsMargins(12, 0, 12, 0);
  change->addWidget(m_edits);
  rows->addLayout(change);
  m_inputFrame = new PanelFrame(tr("Input"));
  m_inputFrame->setBody(input);
  connect(m_preprocess, &PreprocessPanel::factChanged, m_inputFrame,
          [this](const QString& fact) { m_inputFrame->setFact(fact); });
  m_left->add(m_inputFrame);
}

void NetworkWorkspace::buildRight() {
  m_right = new DockColumn;
  m_scoresFrame = framed(tr("Class scores"), m_scores);
  m_right->add(m_scoresFrame);
  auto* const charts = new QWidget;
  auto* const stacked = new QVBoxLayout(charts);
  stacked->setContentsMargins(0, 0, 0, 0);
  stacked->addWidget(m_chart);
  stacked->addWidget(m_shiftChart);
  m_chartFrame = new PanelFrame(tr("Score"));
  m_chartFrame->setBody(charts);
  auto* const controls = new QWidget;
  auto* const line = new QHBoxLayout(controls);
  line->setContentsMargins(6, 0, 0, 0);
  line->setSpacing(6);
  line->addWidget(m_charts);
  line->addWidget(m_export);
  m_chartFrame->setTitleControl(controls);
  m_right->add(m_chartFrame, 200);
  m_unitFrame = framed(tr("Unit"), m_unit);
  m_right->add(m_unitFrame);
  m_histogramFrame = framed(tr("Values"), m_histogram);
  m_right->add(m_histogramFrame, 160);
}

void NetworkWorkspace::buildInvitation() {
  m_empty = new QWidget;
  m_invitation = new QLabel;
  m_invitation->setAlignment(Qt::AlignCenter);
  m_invitation->setWordWrap(true);
  m_invitation->setMaximumWidth(560);
  m_invitation->setMinimumWidth(420);
  auto* const open = new QPushButton(tr("Open model…"));
  open->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(open, &QPushButton::clicked, this, &NetworkWorkspace::openModelRequested);
  auto* const middle = new QVBoxLayout(m_empty);
  middle->addStretch(1);
  middle->addWidget(m_invitation, 0, Qt::AlignHCenter);
  middle->addSpacing(14);
  middle->addWidget(open, 0, Qt::AlignHCenter);
  for (const BundledModel& model : bundledModels()) {
    auto* const button = new QPushButton(QString::fromUtf8(model.title));
    button->setToolTip(QString::fromUtf8(model.says));
    button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(button, &QPushButton::clicked, this,
            [this, id = QString::fromLatin1(model.id)] { Q_EMIT bundledModelRequested(id); });
    middle->addSpacing(6);
    middle->addWidget(button, 0, Qt::AlignHCenter);
  }
  middle->addStretch(1);
}

void NetworkWorkspace::buildControls() {
  m_parts = new SegmentedControl(SegmentedControl::Size::Small);
  m_parts->setAccessibleName(tr("Part of the layer"));
  m_ranges = new SegmentedControl(SegmentedControl::Size::Small);
  m_ranges->setAccessibleName(tr("Colour range"));
  const QStringList texts{tr("channel"), tr("layer"), tr("network")};
  m_ranges->setChoices(texts, texts,
                       {tr("Each channel to its own largest value"), tr("One range for all channels"),
                        tr("One range for all layers")});
  m_charts = new SegmentedControl(SegmentedControl::Size::Small);
  m_charts->setAccessibleName(tr("Score against"));
  m_charts->setChoices({tr("time"), QStringLiteral("Δt"), QStringLiteral("Δy"), QStringLiteral("Δx")},
                       {tr("Score over time"), tr("Score against shifts in t"),
                        tr("Score against shifts in y"), tr("Score against shifts in x")},
                       {tr("The window slides over the clip"), tr("The window's clip is shifted in time"),
                        tr("The clip is shifted up and down"), tr("The clip is shifted to the side")});
  connect(m_charts, &SegmentedControl::chosen, this, [this](int index) {
    edit(tr("Score against"), [index](NetworkSettings& s) { s.chart = static_cast<NetworkChart>(index); });
  });
  m_strongest = new QPushButton(tr("Jump to strongest"));
  m_strongest->setToolTip(
      tr("The unit that answers most: of this channel, a second time of all channels (J)"));
  m_strongest->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  connect(m_strongest, &QPushButton::clicked, this, &NetworkWorkspace::toStrongest);
  m_export = new IconButton(QStringLiteral("save"), tr("Export curves"), tr("Writes these curves as CSV"));
  connect(m_export, &IconButton::clicked, this, &NetworkWorkspace::curvesExportRequested);
  m_stop = new StopButton(*this);
  connect(m_ranges, &SegmentedControl::chosen, this, [this](int index) {
    edit(tr("Colour range"), [index](NetworkSettings& s) { s.range = static_cast<MapsRange>(index); });
  });
  connect(m_parts, &SegmentedControl::chosen, this, [this](int index) {
    if (index < 0 || index >= static_cast<int>(m_partRows.size())) return;
    const int row = m_partRows[static_cast<std::size_t>(index)];
    edit(tr("Part of the layer"), [row](NetworkSettings& s) { s.row = row; });
  });
}

void NetworkWorkspace::connectViews() {
  connect(m_stage, &NetworkStage::editRequested, &m_store, &StateStore::edit);
  connect(m_list, &LayerList::editRequested, &m_store, &StateStore::edit);
  connect(m_channels, &ChannelGrid::editRequested, &m_store, &StateStore::edit);
  connect(m_weights, &WeightLattices::editRequested, &m_store, &StateStore::edit);
  connect(m_film, &ClipFilm::editRequested, &m_store, &StateStore::edit);
  connect(m_scores, &NetworkScoresPanel::editRequested, &m_store, &StateStore::edit);
  connect(m_chart, &ScoreTimeChart::editRequested, &m_store, &StateStore::edit);
  connect(m_shiftChart, &ShiftChart::editRequested, &m_store, &StateStore::edit);
  connect(m_edits, &ClipEditBar::editRequested, &m_store, &StateStore::edit);
  for (auto* const chart : {static_cast<QWidget*>(m_chart), static_cast<QWidget*>(m_shiftChart)})
    chart->hide();
  connect(m_chart, &ScoreTimeChart::factChanged, this, &NetworkWorkspace::schedulePresent);
  connect(m_shiftChart, &ShiftChart::factChanged, this, &NetworkWorkspace::schedulePresent);
  connect(m_bar, &NetworkBar::editRequested, &m_store, &StateStore::edit);
  connect(m_bar, &NetworkBar::stopRequested, &m_explanations, &ExplanationQuery::stop);
  connect(m_preprocess, &PreprocessPanel::editRequested, &m_store, &StateStore::edit);
}

}  // namespace convscope
