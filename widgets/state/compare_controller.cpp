#include "widgets/state/compare_controller.h"

#include "engine/classify/readout.h"
#include "engine/compare/column_cost.h"
#include "engine/core/caught.h"
#include "widgets/state/column_tuning.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <functional>
#include <utility>

namespace convscope {

namespace {

QString sentenceOf(const Error& error) {
  return QString::fromStdString(error.message);
}

/// The clip that all columns look at: that of the first kernel or stack, of which there is one.
ClipSpec clipOfColumns(const std::vector<StudySpec>& columns) {
  for (const StudySpec& column : columns) {
    if (const auto* kernel = std::get_if<KernelStudy>(&column)) return kernel->clip;
    if (const auto* stack = std::get_if<StackStudy>(&column)) return stack->clip;
  }
  return {};
}

/// The same column whatever layer and channel it shows: what a network's run depends on.
StudySpec withoutLayer(StudySpec column) {
  if (auto* network = std::get_if<NetworkStudy>(&column)) {
    network->layer.clear();
    network->channel = -1;
  }
  return column;
}

/// The same column on any clip: what tuning and readout depend on.
StudySpec withoutClip(StudySpec column) {
  if (auto* kernel = std::get_if<KernelStudy>(&column)) kernel->clip = {};
  if (auto* stack = std::get_if<StackStudy>(&column)) {
    stack->clip = {};
    const int channels = stack->stack.clip.channels;
    stack->stack.clip = {};
    stack->stack.clip.channels = channels;
  }
  if (auto* network = std::get_if<NetworkStudy>(&column)) {
    network->source = {};
    network->start = 0;
    network->edits.clear();
  }
  return withoutLayer(std::move(column));
}

/// As StudyController::kBackground: begun at every step of a drag they would never be finished.
constexpr int kMeasureDelayMs = 24;

}  // namespace

struct CompareController::MapsJob {
  quint64 ticket = 0;
  quint64 reading = 0;
  Lane lane = Lane::Full;
  std::vector<Task> tasks;
  ClipSpec clip;
  ClipChange change;
  Pair known;  ///< of the first two columns what need not be computed
};

struct CompareController::MapsOutcome {
  MapsJob job;
  Result<std::shared_ptr<const Clip>> clip;
  std::vector<Result<std::shared_ptr<const ColumnResult>>> made;  ///< of the tasks, as far as it got
  Difference difference;
};

struct CompareController::MeasureJob {
  Request request;
  Measures measures;
  std::vector<CompareColumn> known;  ///< what need not be measured again is there already
  std::shared_ptr<const Clip> clip;
};

CompareController::CompareController(QObject* parent) : CompareController(&computeColumn, Policy(), parent) {}

CompareController::CompareController(Compute compute, Policy policy, QObject* parent)
    : QObject(parent),
      m_compute(std::move(compute)),
      m_policy(policy),
      m_fullDelay(policy.fullDelayMs),
      m_measureDelay(kMeasureDelayMs),
      m_cache(std::make_shared<StudyCache>()),
      m_tempoCache(std::make_shared<StudyCache>()),
      m_previewPool(std::make_unique<ThreadPool>()),
      m_mapsPool(std::make_unique<ThreadPool>()),
      m_measurePool(std::make_unique<ThreadPool>(0, true)),
      m_queries(std::make_unique<JobRunner>()),
      m_runner(std::make_unique<JobRunner>()) {
  connect(&m_fullDelay, &QuietTimer::passed, this, &CompareController::startFull);
  connect(&m_measureDelay, &QuietTimer::passed, this, &CompareController::startMeasures);
}

CompareController::~CompareController() {
  m_runner.reset();  // joins before anything that the jobs use goes
  m_queries.reset();
}

void CompareController::setState(const AppState& state) {
  Request request{state.columns, {state.compare.tempo, state.compare.zoom}, state.selection.filter};
  const Measures measures{state.compare.frequency, state.scores.bank};
  const bool same = m_request && *m_request == request && measures == m_measures;
  const bool again = std::exchange(m_paused, false);
  if (same && !again) return;
  const bool sameMaps =
      m_request && m_request->columns == request.columns && m_request->change == request.change;
  if (!sameMaps || m_stopped || again) beginRequest();
  takeColumns(std::move(request));
  for (CompareColumn& column : m_columns) {
    if (measures.frequency != m_measures.frequency) {
      column.tuning.reset();
      column.tuned.reset();
      column.tuningProblem.clear();
    }
    if (measures.bank != m_measures.bank) column.readout.reset();
  }
  m_measures = measures;
  m_stopped = false;
  startMaps();
}

void CompareController::beginRequest() {
  ++m_ticket;
  m_fullDelay.stop();
  m_runner->cancel(Lane::Full);
  m_answering = false;
  m_progress = 0;
}

/// What a column was goes with it where it moves; what is known of the same study stays.
void CompareController::takeColumns(Request request) {
  const std::vector<CompareColumn> before = std::move(m_columns);
  const std::vector<Held> held = std::move(m_held);
  m_columns.assign(request.columns.size(), {});
  m_held.assign(request.columns.size(), {});
  const bool sameFilter = m_request && m_request->filter == request.filter;
  const bool sameChange = m_request && m_request->change == request.change;
  const bool sameClip = sameChange && clipOfColumns(m_request->columns) == clipOfColumns(request.columns);
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    column.spec = request.columns[i];
    const auto same = std::ranges::find(before, column.spec, &CompareColumn::spec);
    const auto akin = std::ranges::find_if(before, [&](const CompareColumn& other) {
      return withoutClip(other.spec) == withoutClip(column.spec);
    });
    if (same != before.end()) {
      column = *same;
      m_held[i] = held[static_cast<std::size_t>(same - before.begin())];
      m_held[i].fits &= sameChange && (m_held[i].preview < 0 || sameFilter);
      m_held[i].whole &= sameChange;
      m_held[i].underWay &= sameChange;
    } else if (i < before.size()) {
      column.result = before[i].result;
      m_held[i].ticket = held[i].ticket;
    }
    column.stale = column.result != nullptr && !m_held[i].fits;
    if (!m_held[i].whole) column.problem.clear();
    // which filter of a network is measured does not follow the one that is chosen, see filterToTune()
    const bool network = std::holds_alternative<NetworkStudy>(column.spec);
    const bool measured = akin != before.end() && (sameFilter || network);
    column.tuning = measured ? akin->tuning : nullptr;
    column.tuned = measured ? akin->tuned : std::nullopt;
    m_held[i].tunedFor =
        measured ? held[static_cast<std::size_t>(akin - before.begin())].tunedFor : std::nullopt;
    column.tuningProblem = measured && !m_stopped ? akin->tuningProblem : QString();
    if (same == before.end() && akin != before.end() && network)
      column.tempos = akin->tempos;  // another layer of it
    else if (same == before.end() || !sameFilter)
      column.tempos.reset();
    if (!sameClip) column.tempos.reset();
    if (!sameClip || same == before.end()) column.readout.reset();
    column.readoutProblem.clear();
  }
  if (!sameClip) m_newestClip.reset();
  m_request = std::move(request);
}

bool CompareController::complete() const {
  return std::ranges::all_of(m_held, &Held::whole);
}

std::shared_ptr<const ColumnResult> CompareController::ranNetwork(const StudySpec& spec) const {
  if (!std::holds_alternative<NetworkStudy>(spec) || m_newestClip == nullptr) return nullptr;
  const StudySpec wanted = withoutLayer(spec);
  const auto found = std::ranges::find_if(m_columns, [&](const CompareColumn& column) {
    return column.result && column.result->network && column.result->clip == m_newestClip &&
           withoutLayer(column.result->spec) == wanted;
  });
  return found == m_columns.end() ? nullptr : found->result;
}

std::optional<CompareController::Task> CompareController::previewOf(std::size_t index) const {
  const StudySpec& spec = m_request->columns[index];
  if (auto known = ranNetwork(spec)) return Task{index, spec, spec, -1, std::move(known)};
  const ClipSpec clip = clipOfColumns(m_request->columns);
  const double expected = expectedColumnMs(spec, clip, m_request->change, *m_cache);
  Task task{index, spec, spec, -1, nullptr};
  auto* const kernel = std::get_if<KernelStudy>(&task.worked);
  const bool parts = kernel != nullptr && kernel->conv.groups == 1 && kernel->bank.size() > 1;
  if (parts && expected > m_policy.immediateMs) {
    task.preview = chosenFilter(*kernel, m_request->filter);
    kernel->bank = {kernel->bank[static_cast<std::size_t>(task.preview)]};
    if (expectedColumnMs(task.worked, clip, m_request->change, *m_cache) <= m_policy.previewMs) return task;
    return {};
  }
  return expected <= m_policy.previewMs ? std::optional(task) : std::nullopt;
}

void CompareController::startMaps() {
  halt(Lane::Background);
  if (complete()) {
    m_busy = false;
    m_answering = false;
    askDifference();
    delayMeasures();
    Q_EMIT changed();
    return;
  }
  m_busy = true;
  std::vector<Task> previews;
  bool more = false;
  for (std::size_t i = 0; i < m_held.size(); ++i) {
    Held& held = m_held[i];
    if (held.whole || held.underWay) continue;
    std::optional<Task> preview = previewOf(i);
    held.underWay = preview && preview->preview < 0;
    more |= !held.underWay;
    if (held.underWay || (preview && !held.fits)) previews.push_back(std::move(*preview));
  }
  // What waits in the lane is replaced: it is asked for again.
  for (std::size_t i = 0; i < m_held.size() && !previews.empty(); ++i) {
    const bool asked = std::ranges::any_of(previews, [&](const Task& task) { return task.index == i; });
    if (m_held[i].underWay && !asked)
      previews.push_back({i, m_columns[i].spec, m_columns[i].spec, -1, ranNetwork(m_columns[i].spec)});
  }
  if (!previews.empty()) {
    m_answering = true;
    submit(Lane::Preview, std::move(previews));
  }
  // Where another filter of the same maps is looked at, what computes them goes on.
  if (more && m_fullTicket != m_ticket) m_fullDelay.restart();
  askDifference();
  Q_EMIT changed();
}

void CompareController::startFull() {
  m_fullDelay.stop();
  m_fullTicket = m_ticket;
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < m_held.size(); ++i) {
    if (!m_held[i].whole && !m_held[i].underWay)
      tasks.push_back({i, m_columns[i].spec, m_columns[i].spec, -1, ranNetwork(m_columns[i].spec)});
  }
  if (!tasks.empty()) submit(Lane::Full, std::move(tasks));
}

void CompareController::submit(Lane lane, std::vector<Task> tasks) {
  MapsJob work{m_ticket,          m_reading, lane, std::move(tasks), clipOfColumns(m_request->columns),
               m_request->change, {}};
  work.known = shownPair();
  if (!m_held[0].fits) work.known.a.reset();
  if (m_held.size() < 2 || !m_held[1].fits) work.known.b.reset();
  ThreadPool* const pool = lane == Lane::Preview ? m_previewPool.get() : m_mapsPool.get();
  m_runner->submit(lane, [this, work = std::move(work), pool, cache = m_cache,
                          calculate = m_compute](const JobContext& job) {
    auto outcome = std::make_shared<MapsOutcome>();
    outcome->job = work;
    std::size_t done = 0;
    const auto count = static_cast<double>(work.tasks.size());
    const auto progress = [&](double share) {
      if (work.lane == Lane::Preview) return;
      post(m_ticket, work.ticket, [this, all = (static_cast<double>(done) + share) / count] {
        if (all - m_progress < .02) return;
        m_progress = all;
        Q_EMIT changed();
      });
    };
    const ComputeContext context{*pool, job.stop, job.yield, progress};
    const auto made = caught([&]() -> Result<void> {
      outcome->clip = changedClip(work.clip, work.change, *cache, context);
      if (!outcome->clip) return {};
      Pair pair = work.known;
      for (const Task& task : work.tasks) {
        if (job.stop.stop_requested()) return {};
        outcome->made.push_back(computeTask(task, work, *outcome->clip, calculate, *cache, context));
        if (outcome->made.back() && task.index == 0) pair.a = *outcome->made.back();
        if (outcome->made.back() && task.index == 1) pair.b = *outcome->made.back();
        ++done;
      }
      if (pair.a && pair.b) outcome->difference = computeDifference(std::move(pair));
      return {};
    });
    if (!made) outcome->clip = tl::unexpected(made.error());
    QMetaObject::invokeMethod(
        this, [this, outcome] { deliverMaps(*outcome); }, Qt::QueuedConnection);
  });
}

Result<std::shared_ptr<const ColumnResult>> CompareController::computeTask(
    const Task& task, const MapsJob& job, const std::shared_ptr<const Clip>& clip, const Compute& compute,
    StudyCache& cache, const ComputeContext& context) {
  const ClipPlace place = placeOf(job.clip, job.change);
  auto result = task.known != nullptr
                    ? columnAtLayer(*task.known, std::get<NetworkStudy>(task.worked), context, place)
                    : compute(task.worked, clip, context, place);
  if (!result) return tl::unexpected(result.error());
  if (std::holds_alternative<KernelStudy>(task.worked) && result->ms > 0)
    cache.learnPace(static_cast<double>(result->multiplyAdds), result->ms);
  if (task.preview >= 0) {  // what is said of the layer is said of all its filters
    const auto filters = static_cast<std::int64_t>(std::get<KernelStudy>(task.spec).bank.size());
    result->weights *= filters;
    result->multiplyAdds *= filters;
  }
  result->spec = task.spec;
  return std::make_shared<const ColumnResult>(std::move(*result));
}

void CompareController::deliverMaps(const MapsOutcome& outcome) {
  const MapsJob& job = outcome.job;
  const bool newest = job.ticket == m_ticket;
  if (newest && job.lane == Lane::Preview) {
    m_answering = false;
    for (Held& held : m_held) held.underWay = false;
  }
  if (job.reading != m_reading) return;  // of a clip that was read before
  if (!outcome.clip) {
    if (outcome.clip.error().code == ErrorCode::Stopped || !newest) return;
    halt(Lane::Full);
    halt(Lane::Background);
    m_fullTicket = 0;  // whatever is asked for next tries again
    m_clipProblem = sentenceOf(outcome.clip.error());
    for (CompareColumn& column : m_columns) column.stale = column.result != nullptr;
    Q_EMIT changed();
    return;
  }
  if (newest) {
    m_clipProblem.clear();
    if (m_newestClip == nullptr) m_newestClip = *outcome.clip;
  }
  for (std::size_t i = 0; i < outcome.made.size(); ++i) takeResult(job.tasks[i], job, outcome.made[i]);
  if (outcome.difference.of == shownPair()) m_difference = outcome.difference;
  askDifference();
  if (m_busy && complete()) {
    halt(Lane::Full);
    delayMeasures();
  }
  Q_EMIT changed();
}

void CompareController::takeResult(const Task& task, const MapsJob& job,
                                   const Result<std::shared_ptr<const ColumnResult>>& made) {
  if (!made && made.error().code == ErrorCode::Stopped) return;
  const int filter =
      task.preview < 0 ? -1 : chosenFilter(std::get<KernelStudy>(task.spec), m_request->filter);
  const bool asked = job.change == m_request->change && task.preview == filter;
  bool taken = false;
  for (std::size_t i = 0; asked && i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    Held& held = m_held[i];
    if (!(column.spec == task.spec)) continue;
    taken = true;
    if (held.whole) continue;
    held = {held.fits, held.preview, task.preview < 0 || !made, held.underWay && task.preview >= 0,
            m_ticket,  held.tunedFor};
    column.problem = made ? QString() : sentenceOf(made.error());
    if (made) {
      column.result = *made;
      if ((*made)->network) column.tuningProblem.clear();  // it may have been that the network was not run
      held.fits = true;
      held.preview = task.preview;
    }
    column.stale = column.result != nullptr && !held.fits;
  }
  // Of a request that was overtaken: still shown while the newest one's is awaited, or a drag would show
  // nothing, but never after a newer one.
  if (taken || !made || task.index >= m_columns.size()) return;
  Held& held = m_held[task.index];
  if (held.fits || job.ticket <= held.ticket) return;
  held.ticket = job.ticket;
  m_columns[task.index].result = *made;
  m_columns[task.index].stale = true;
}

CompareController::Pair CompareController::shownPair() const {
  if (m_columns.size() < 2) return {};
  return {m_columns[0].result, m_columns[1].result, m_request->filter};
}

CompareController::Difference CompareController::computeDifference(Pair of) {
  const auto placed = [&](const ColumnResult& column) {
    return PlacedMap{column.maps, shownChannel(column, of.filter), column.field};
  };
  auto values = caught([&] { return differenceOf(placed(*of.a), placed(*of.b)); });
  if (!values) return {of, nullptr, sentenceOf(values.error())};
  return {of, std::make_shared<const MapDifference>(std::move(*values)), {}};
}

void CompareController::askDifference() {
  const Pair pair = shownPair();
  if (pair == m_difference.of) {
    m_differing = false;
    return;
  }
  if (!pair.a || !pair.b) {
    m_difference = {pair, nullptr, {}};
    m_differing = false;
    return;
  }
  m_differing = true;
  m_queries->submit(Lane::Preview, [this, pair](const JobContext&) {
    Difference made = computeDifference(pair);
    QMetaObject::invokeMethod(
        this,
        [this, made = std::move(made)] {
          if (!(made.of == shownPair())) return;  // another one is on its way
          m_difference = made;
          m_differing = false;
          Q_EMIT changed();
        },
        Qt::QueuedConnection);
  });
}

void CompareController::delayMeasures() {
  ++m_measureTicket;
  m_measuring = true;
  m_measureDelay.restart();
}

void CompareController::startMeasures() {
  m_measureDelay.stop();
  const quint64 ticket = ++m_measureTicket;
  MeasureJob job{*m_request, m_measures, m_columns, nullptr};
  for (const CompareColumn& column : m_columns) {
    if (column.result && !column.stale) job.clip = column.result->clip;
  }
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    const std::optional<int> wanted = filterToTune(m_columns[i]);
    if (std::exchange(m_held[i].tunedFor, wanted) == wanted || !m_columns[i].tuned) continue;
    job.known[i].tuning.reset();  // that of another filter, shown until this one's is there
  }
  m_runner->submit(Lane::Background, [this, ticket, job = std::move(job)](const JobContext& context) {
    const auto measured = caught([&]() -> Result<void> {
      measure(ticket, job, context);
      return {};
    });
    if (context.stop.stop_requested()) return;
    // too little memory for a measurement: the maps stand, and the plots say why they are empty
    const QString problem = measured ? QString() : sentenceOf(measured.error());
    post(m_measureTicket, ticket, [this, problem] {
      m_measuring = false;
      for (CompareColumn& column : m_columns) {
        if (!problem.isEmpty() && !column.tuning && column.tuningProblem.isEmpty())
          column.tuningProblem = problem;
      }
      Q_EMIT changed();
    });
  });
}

void CompareController::measure(quint64 ticket, const MeasureJob& job, const JobContext& context) {
  const ComputeContext compute{*m_measurePool, context.stop, context.yield};
  const auto tell = [&](std::size_t column, std::function<void(CompareColumn&)> apply) {
    if (context.stop.stop_requested()) return;
    post(m_measureTicket, ticket, [this, column, apply = std::move(apply)] {
      if (column >= m_columns.size()) return;
      apply(m_columns[column]);
      Q_EMIT changed();
    });
  };
  const std::size_t count = job.request.columns.size();
  for (std::size_t i = 0; i < count && !context.stop.stop_requested(); ++i) {
    if (job.known[i].tuning || !job.known[i].tuningProblem.isEmpty()) continue;
    const auto made = tunedColumn(job.request.columns[i], job.known[i], job.request.filter,
                                  job.measures.frequency, compute);
    tell(i, [tuning = made ? std::make_shared<const Tuning>(made->tuning) : nullptr,
             filter = made ? made->filter : std::nullopt,
             problem = made ? QString() : sentenceOf(made.error())](CompareColumn& column) {
      column.tuning = tuning;
      column.tuned = filter;
      column.tuningProblem = problem;
    });
  }
  const bool curvesKnown =
      std::ranges::all_of(job.known, [](const CompareColumn& column) { return column.tempos != nullptr; });
  if (!curvesKnown && !context.stop.stop_requested()) {
    const auto curves = tempoCurves(job.request.columns, clipOfColumns(job.request.columns),
                                    job.request.change.zoom, job.request.filter, *m_tempoCache, compute);
    const auto unchanged = strengthsOf(job.request.columns, clipOfColumns(job.request.columns), {},
                                       job.request.filter, *m_tempoCache, compute);
    for (std::size_t i = 0; curves && unchanged && i < count; ++i) {
      tell(i, [curve = std::make_shared<const std::vector<TempoPoint>>((*curves)[i]),
               whole = (*unchanged)[i].value_or(0)](CompareColumn& column) {
        column.tempos = curve;
        column.unchanged = whole;
      });
    }
  }
  for (std::size_t i = 0; i < count && !context.stop.stop_requested(); ++i) {
    const auto* kernel = std::get_if<KernelStudy>(&job.request.columns[i]);
    if (kernel == nullptr || job.known[i].readout || !job.clip) continue;
    ReadoutResult result;
    result.spec = {kernel->clip, readoutOf(*kernel, job.measures.bank)};
    auto readout = trainReadout(result.spec.readout, compute);
    if (!readout) {
      tell(i, [problem = sentenceOf(readout.error())](CompareColumn& column) {
        column.readoutProblem = problem;
      });
      continue;
    }
    result.readout = std::move(*readout);
    result.clip = job.clip;
    auto scores = scoreClip(*result.readout, job.clip->pixels, compute);
    if (scores) {
      result.scores = std::move(scores->scores);
      result.distance = scores->distance;
    } else {
      result.obstacle = scores.error().message;
    }
    tell(i, [shared = std::make_shared<const ReadoutResult>(std::move(result))](CompareColumn& column) {
      column.readout = shared;
      column.readoutProblem.clear();
    });
  }
}

void CompareController::post(const quint64& newest, quint64 ticket, std::function<void()> apply) {
  QMetaObject::invokeMethod(
      this,
      [&newest, ticket, apply = std::move(apply)] {
        if (ticket == newest) apply();
      },
      Qt::QueuedConnection);
}

void CompareController::halt(Lane lane) {
  m_runner->cancel(lane);
  if (lane == Lane::Background) {
    ++m_measureTicket;
    m_measureDelay.stop();
    m_measuring = false;
  } else {
    m_fullDelay.stop();
    m_busy = false;
  }
}

void CompareController::stop() {
  if (!m_busy && !m_measuring) return;
  halt(Lane::Full);
  halt(Lane::Background);
  m_stopped = true;
  const QString sentence = tr("Stopped. F5 computes it again.");
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    if (!m_held[i].whole) column.problem = sentence;
    if (!column.tuning && column.tuningProblem.isEmpty()) column.tuningProblem = sentence;
    if (!column.readout && std::holds_alternative<KernelStudy>(column.spec)) column.readoutProblem = sentence;
  }
  Q_EMIT changed();
}

void CompareController::pause() {
  if (!m_busy && !m_measuring) return;
  halt(Lane::Full);
  halt(Lane::Background);
  m_paused = true;
}

void CompareController::computeAgain() {
  if (!m_request) return;
  m_cache->forgetClip();
  m_tempoCache->forgetClip();
  m_newestClip.reset();
  ++m_reading;
  beginRequest();
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    m_held[i] = {.ticket = m_held[i].ticket};
    column.problem.clear();
    if (m_stopped || std::holds_alternative<NetworkStudy>(column.spec)) column.tuningProblem.clear();
    column.tempos.reset();
    column.readout.reset();
    column.readoutProblem.clear();
    column.stale = column.result != nullptr;
  }
  m_clipProblem.clear();
  m_stopped = false;
  startMaps();
}

void CompareController::takeDelivered() {
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

void CompareController::finish() {
  while (m_busy || m_measuring || m_differing) {
    if (m_fullDelay.isActive()) startFull();
    if (m_measureDelay.isActive()) startMeasures();
    m_runner->waitIdle();
    m_queries->waitIdle();
    takeDelivered();
  }
}

void CompareController::fill(CompareView& view) const {
  view.columns = m_columns;
  // no flicker while dragging: what is about to be replaced is not marked
  for (CompareColumn& column : view.columns) column.stale &= !m_answering;
  view.difference = m_difference.values;
  view.differenceProblem = m_difference.problem;
  view.clipProblem = m_clipProblem;
  view.busy = m_busy;
  view.progress = m_progress;
}

}  // namespace convscope
