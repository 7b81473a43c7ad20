#include "app/network_workspace.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/before_after_view.h"
#include "widgets/panels/clip_film.h"
#include "widgets/panels/hierarchy_view.h"
#include "widgets/stage/network_stage.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr int kPlayTickMs = 16;

/// The layers come as soon as the model is open, as a preview; opening it and what follows can be stopped.
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
  connect(&m_before, &BeforeQuery::changed, this, &NetworkWorkspace::schedulePresent);
  connect(&m_playTimer, &QTimer::timeout, this, &NetworkWorkspace::tick);
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
  m_before.drop();
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
  const NetworkStudy wanted = wantedNetwork(state);
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
    if (m_view.busy || m_view.explaining || m_before.busy() || m_whole == nullptr || m_outline != nullptr) {
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
    m_before.drop();
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
  if (settings.chart == NetworkChart::Time || !there || m_view.busy || m_before.busy()) {
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
  // one pool works at a time: what is under way gives way to a run, what is there stays
  if (!there || middle() != Middle::Before || (m_view.busy && m_before.busy()))
    m_before.drop();
  else if (!m_view.busy)
    m_before.ask(m_whole, chosenRow(*whole, settings));
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
    m_before.finish();
  }
  m_scan.finish();
  m_shifts.finish();
  m_table.finish();
  presentNow();
}

void NetworkWorkspace::computeAgain() {
  m_controller.computeAgain();
  m_explanations.askAgain();
  // the clip may be another one under the same name
  m_before.drop();
  m_shifts.forget();
  m_scan.forget();
}

void NetworkWorkspace::stop() {
  m_controller.stop();
  m_explanations.stop();
  m_before.stop();
}

void NetworkWorkspace::resetCamera() {
  m_stage->resetCamera();
}

QWidget* NetworkWorkspace::stageWidget() const {
  return middleWidget();
}

}  // namespace convscope
