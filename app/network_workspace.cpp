#include "app/network_workspace.h"

#include "app/presenter_bar.h"
#include "engine/network/bundled_models.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/channel_grid.h"
#include "widgets/panels/clip_edit_bar.h"
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
#include "widgets/state/clip_edits.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kPlayTickMs = 16;

/// Widths of the docks and height of the channels for a window size.
struct Grid {
  int left;
  int right;
  int channels;
};
Grid gridFor(const QSize& window, bool presenter) {
  if (presenter) return {0, 0, static_cast<int>(260 * presenterScale())};
  if (window.width() >= 1900 && window.height() >= 1000) return {350, 400, 440};
  if (window.width() >= 1500 && window.height() >= 850) return {330, 376, 408};
  return {296, 320, 210};
}

/// The layers come at once, as a preview; what follows can be stopped.
constexpr StudyController::Policy kNetworkPolicy{0, 60, Lane::Full, true};

Result<std::shared_ptr<const StudyResult>> computeStudy(const StudySpec& spec, const ComputeScope& scope,
                                                        StudyCache& cache, const ComputeContext& context) {
  return compute(spec, scope, cache, context);
}

std::vector<QRgb> coloursOf(const ColourMap& map) {
  return {map.table().begin(), map.table().end()};
}

const NetworkResult* networkIn(const std::shared_ptr<const StudyResult>& holder) {
  return holder == nullptr ? nullptr : std::get_if<NetworkResult>(holder.get());
}

}  // namespace

NetworkWorkspace::NetworkWorkspace(StateStore& store, QWidget* parent)
    : WorkspacePage(parent), m_store(store), m_controller(computeStudy, kNetworkPolicy) {
  build();
  connectViews();
  m_presentTimer.setSingleShot(true);
  connect(&m_presentTimer, &QTimer::timeout, this, &NetworkWorkspace::presentNow);
  connect(&m_store, &StateStore::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_controller, &StudyController::resultChanged, this, &NetworkWorkspace::schedulePresent);
  connect(&m_controller, &StudyController::statusChanged, this, &NetworkWorkspace::schedulePresent);
  connect(&m_queries, &NetworkQueries::answered, this, &NetworkWorkspace::schedulePresent);
  connect(&m_explanations, &ExplanationQuery::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_scan, &NetworkScan::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_shifts, &ShiftQueries::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_table, &HierarchyQuery::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_playTimer, &QTimer::timeout, this, &NetworkWorkspace::tick);
}

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
  m_edits = new ClipEditBar;
  m_unit = new NetworkUnitPanel;
  m_histogram = new ValueHistogram;
  buildControls();

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
  auto* const inputFrame = new PanelFrame(tr("Input"));
  inputFrame->setBody(input);
  connect(m_preprocess, &PreprocessPanel::factChanged, inputFrame,
          [inputFrame](const QString& fact) { inputFrame->setFact(fact); });
  m_left->add(inputFrame);
  m_right = new DockColumn;
  m_right->add(framed(tr("Class scores"), m_scores));
  auto* const charts = new QWidget;
  auto* const stacked = new QVBoxLayout(charts);
  stacked->setContentsMargins(0, 0, 0, 0);
  stacked->addWidget(m_chart);
  stacked->addWidget(m_shiftChart);
  m_chartFrame = new PanelFrame(tr("Score"));
  m_chartFrame->setBody(charts);
  m_chartFrame->setTitleControl(m_charts);
  m_right->add(m_chartFrame, 200);
  m_right->add(framed(tr("Unit"), m_unit));
  m_histogramFrame = framed(tr("Values"), m_histogram);
  m_right->add(m_histogramFrame, 160);
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
  m_barFrame->setTitleControl(m_bar);
  m_barFrame->setFixedHeight(PanelFrame::kTitleHeight + 2);
  connect(m_bar, &NetworkBar::factChanged, m_barFrame,
          [this](const QString& fact) { m_barFrame->setFact(fact, fact); });

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

  auto* const grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(1);
  grid->addWidget(m_left, 0, 0, 3, 1);
  grid->addWidget(m_barFrame, 0, 1);
  grid->addWidget(m_stage, 1, 1);
  grid->addWidget(m_channelFrame, 2, 1);
  grid->addWidget(m_right, 0, 2, 3, 1);
  grid->addWidget(m_hierarchy, 0, 1, 3, 1);  // instead of the three beside it
  grid->addWidget(m_empty, 0, 0, 3, 3);      // the others are hidden while it is shown
  grid->setColumnStretch(1, 1);
  grid->setRowStretch(1, 1);
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
  m_stop = new QPushButton(tr("Stop"));
  m_stop->setToolTip(tr("Stops the run; F5 begins again"));
  m_stop->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  m_stop->hide();
  connect(m_stop, &QPushButton::clicked, this, &NetworkWorkspace::stop);
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

void NetworkWorkspace::edit(const QString& label, std::function<void(NetworkSettings&)> apply) {
  m_store.edit({label, [apply = std::move(apply)](AppState& state) { apply(state.network); }, false});
}

void NetworkWorkspace::schedulePresent() {
  if (isVisible() && !m_presentTimer.isActive()) m_presentTimer.start(0);
}

void NetworkWorkspace::showEvent(QShowEvent*) {
  if (m_controller.stale() && !m_controller.busy()) m_controller.computeAgain();  // was stopped when hidden
  presentNow();
}

// One pool is busy at a time: the other workspaces have lanes of their own.
void NetworkWorkspace::hideEvent(QHideEvent*) {
  m_scan.pause();
  m_shifts.pause();
  m_table.pause();
  m_explanations.drop();
  m_playTimer.stop();
  if (m_controller.busy()) m_controller.stop();
}

void NetworkWorkspace::resizeEvent(QResizeEvent*) {
  arrange();
}

/// The newest result: an outline counts only until the first whole one of its model.
void NetworkWorkspace::takeResult() {
  const AppState& state = m_store.state();
  const NetworkStudy wanted{state.network.model,       state.kernel().clip.source, state.network.start,
                            state.network.preprocess,  state.kernel().clip.edits,  state.network.frames,
                            state.network.step};
  m_controller.setSpec(wanted, 0);
  m_controller.takeDelivered();
  const auto newest = m_controller.result();
  if (const NetworkResult* const result = networkIn(newest)) {
    const NetworkResult* const whole = networkIn(m_whole);
    if (!result->outline) {
      m_whole = newest;
      m_outline.reset();
    } else if (whole == nullptr || whole->network != result->network || !(whole->groups == result->groups)) {
      m_outline = newest;
    }
  }
  const NetworkResult* const whole = networkIn(m_whole);
  const bool other = m_outline != nullptr;
  m_view.stale = other || whole == nullptr || !(whole->spec == wanted);
  m_view.problem = m_controller.problem();
  m_view.busy = m_controller.busy();
  m_view.progress = m_controller.progress();
}

void NetworkWorkspace::ask() {
  const AppState& state = m_store.state();
  const NetworkResult* const whole = networkIn(m_whole);
  if (whole == nullptr || m_outline != nullptr) return;
  const LookTheme& theme = lookTheme(state.look);
  NetworkQuestion question;
  question.holder = m_whole;
  question.row = chosenRow(*whole, state.network);
  question.channel = state.network.channel;
  question.unit = state.network.unit;
  question.range = state.network.range;
  question.signedScale = coloursOf(theme.activation(state.look.activationMap));
  question.unsignedScale = coloursOf(theme.actUnsigned);
  question.heatScale = coloursOf(theme.fieldEffective);
  question.explanation = m_explanations.explanation();
  // until there is one the field stays
  if (state.network.explain == Explain::Map || question.explanation != nullptr)
    question.explain = state.network.explain;
  m_queries.ask(std::move(question));
}

/// What is shown is what the last answer is of, until the next one comes: result, row, channel and unit
/// together. Another unit of maps that are there is shown at once.
void NetworkWorkspace::takeAnswer() {
  const auto& answer = m_queries.answer();
  m_view.answer = nullptr;
  m_view.holder = m_outline ? m_outline : m_whole;
  m_view.result = networkIn(m_view.holder);
  if (answer == nullptr || m_outline != nullptr) return;
  const NetworkResult* const answered = networkIn(answer->question.holder);
  if (m_view.result == nullptr || answered->network != m_view.result->network) return;
  m_view.holder = answer->question.holder;
  m_view.result = answered;
  m_view.answer = answer;
  NetworkSettings& settings = m_view.state.network;
  const bool sameRow = chosenRow(*answered, settings) == answer->question.row;
  settings.row = answer->question.row;
  if (answer->maps == nullptr) return;
  const bool sameChannel = sameRow && (settings.channel < 0 || settings.channel == answer->channel);
  if (!sameChannel || settings.channel < 0) settings.channel = answer->channel;
  if (!sameChannel || settings.unit == kStrongest) settings.unit = answer->unit;
  // pictures of another moment, or slices through another place
  const bool slices = m_view.state.look.stageMode == StageMode::Slices;
  if (settings.unit.t != answer->unit.t || slices) settings.unit = answer->unit;
}

/// Asks for what the state wants explained of the result, row and channel in sight. One pool is busy at a
/// time: the network's own run goes first.
void NetworkWorkspace::explain() {
  const NetworkSettings& settings = m_store.state().network;
  const NetworkResult* const whole = networkIn(m_whole);
  const bool wanted = settings.explain != Explain::Field && settings.explain != Explain::Map;
  if (!wanted || whole == nullptr || m_outline != nullptr || m_view.stale || !isVisible()) {
    m_explanations.drop();
  } else if (!m_view.busy) {
    ExplanationQuestion question;
    if (settings.explain == Explain::Stimulus) {
      question.kind = ExplanationKind::Stimulus;
      question.row = m_view.row;
      question.channel = m_view.channel;
    } else {
      question.kind =
          settings.explain == Explain::GradCam ? ExplanationKind::GradCam : ExplanationKind::Saliency;
      if (settings.explain == Explain::GradCam) question.row = chosenRow(*whole, settings);
      question.classIndex = settings.classIndex;
    }
    const bool known = settings.explain != Explain::Stimulus || !m_view.levels.empty();
    if (known) m_explanations.ask(m_whole, question);
  }
  m_view.explaining = m_explanations.busy();
  m_view.explained = m_explanations.progress();
  m_view.explanationProblem = m_explanations.problem();
}

void NetworkWorkspace::presentNow() {
  m_presentTimer.stop();
  const AppState& state = m_store.state();
  m_view.state = state;
  if (!state.network.model.empty()) {
    takeResult();
    takeAnswer();
    lookAt(m_view);
    explain();
    ask();
    if (m_view.busy || m_view.explaining || m_whole == nullptr || m_outline != nullptr) {
      m_scan.pause();
    } else if (isVisible()) {
      const NetworkChart chart = state.network.chart;
      chart == NetworkChart::Time ? m_scan.start(m_whole) : m_scan.pause();
    }
    presentExperiments();
    m_view.windows = m_scan.windows();
    m_view.scanFrames = m_scan.frames();
    m_view.scanning = m_scan.busy();
    m_view.scanProgress = m_scan.progress();
    if (m_outline != nullptr || m_whole == nullptr) m_view.windows.clear();
  } else {
    m_explanations.drop();
    m_view = NetworkView{};
    m_view.state = state;
  }
  presentViews();
  const bool plays = state.playback.playing && isVisible() && !m_view.levels.empty();
  if (plays != m_playTimer.isActive()) {
    m_clock.reset();
    m_sinceTick.start();
    plays ? m_playTimer.start(kPlayTickMs) : m_playTimer.stop();
  }
  Q_EMIT presented();
}

/// What shifts do to the clip, and the table of two networks.
void NetworkWorkspace::presentExperiments() {
  const NetworkSettings& settings = m_store.state().network;
  const NetworkResult* const whole = networkIn(m_whole);
  const bool there = whole != nullptr && m_outline == nullptr && isVisible();
  if (settings.chart == NetworkChart::Time || !there || m_view.busy) {
    m_shifts.pause();
  } else {
    m_shifts.start(m_whole, chosenRow(*whole, settings),
                   static_cast<Axis>(static_cast<int>(settings.chart) - 1));
  }
  m_view.shifts = settings.chart == NetworkChart::Time ? nullptr : m_shifts.answer();
  if (settings.beside.empty() || !there || m_view.busy) {
    m_table.pause();
  } else {
    m_table.ask({whole->spec, settings.beside});
  }
  m_view.hierarchy = settings.beside.empty() ? nullptr : m_table.answer();
}

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
  m_stop->setVisible(m_view.busy);
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
  m_weightFrame->setName(known ? tr("Weights of %1").arg(layer) : tr("Weights"));
  const bool maps = !m_view.levels.empty();
  m_channelFrame->setName(
      maps ? tr("%1, all %2 channels").arg(layer).arg(m_view.answer->maps->channels.size()) : tr("Channels"));
  m_histogramFrame->setName(maps ? tr("Values of channel %1").arg(m_view.channel + 1) : tr("Values"));
  m_strongest->setVisible(maps);
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

void NetworkWorkspace::arrange() {
  const Look& look = m_store.state().look;
  const Grid grid = gridFor(window()->size(), look.presenter);
  const bool empty = m_view.result == nullptr;
  m_empty->setVisible(empty);
  const bool table = !empty && !m_view.settings().beside.empty();
  m_hierarchy->setVisible(table);
  m_stage->setVisible(!empty && !table);
  m_left->setVisible(!empty && grid.left > 0 && look.showLeft);
  m_right->setVisible(!empty && grid.right > 0 && look.showRight);
  m_channelFrame->setVisible(!empty && !table && look.showStrip);
  m_barFrame->setVisible(!empty && !table && !look.presenter);
  if (grid.left > 0) m_left->setFixedWidth(grid.left);
  if (grid.right > 0) m_right->setFixedWidth(grid.right);
  m_channelFrame->setFixedHeight(grid.channels);
}

void NetworkWorkspace::finish() {
  // Each step may ask for the next: the outline, the run, the maps, the windows.
  constexpr int kSteps = 4;
  for (int i = 0; i < kSteps; ++i) {
    presentNow();
    m_controller.finish();
    presentNow();
    m_queries.finish();
    presentNow();
    m_explanations.finish();
  }
  m_scan.finish();
  m_shifts.finish();
  m_table.finish();
  presentNow();
}

void NetworkWorkspace::computeAgain() {
  m_controller.computeAgain();
  m_explanations.askAgain();
}

void NetworkWorkspace::stop() {
  m_controller.stop();
  m_explanations.stop();
}

void NetworkWorkspace::resetCamera() {
  m_stage->resetCamera();
}

QWidget* NetworkWorkspace::stageWidget() const {
  if (!m_store.state().network.beside.empty()) return m_hierarchy;
  return m_stage;
}

QStringList NetworkWorkspace::hints() const {
  if (m_view.result == nullptr) return {tr("<b>Ctrl+M</b> opens a model")};
  if (!m_store.state().network.beside.empty())
    return {tr("<b>Space</b> plays the responses"), tr("<b>Figures</b> leads back")};
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

void NetworkWorkspace::presentBar(PresenterBar& bar, const QString& clip, const QString&) const {
  QString shown = QString::fromStdString(modelTitle(m_store.state().network.model));
  if (!m_view.levels.empty()) shown = tr("%1: %2").arg(shown, m_view.title());
  bar.presentTexts(clip, shown);
}

}  // namespace convscope
