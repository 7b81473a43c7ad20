#include "widgets/state/compare_controller.h"

#include "engine/classify/readout.h"
#include "engine/core/caught.h"

#include <QCoreApplication>
#include <QEvent>

#include <algorithm>
#include <exception>
#include <functional>

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
  return column;
}

int channelsOfFilter(const KernelStudy& study) {
  return std::max(1, channelsOf(study.clip) / std::max(1, study.conv.groups));
}

/// The input channel in which a stack's first given filters weigh most; the first one for other weights.
int strongestInput(const StackStudy& study) {
  if (study.run.weights != StackWeights::Given || study.run.given.empty()) return 0;
  const int channels = std::max(1, study.stack.clip.channels);
  std::vector<double> squares(static_cast<std::size_t>(channels), 0);
  for (const Filter& filter : study.run.given.front()) {
    const std::size_t each = std::max<std::size_t>(1, filter.weights.size() / squares.size());
    for (std::size_t i = 0; i < filter.weights.size(); ++i)
      squares[std::min(i / each, squares.size() - 1)] +=
          double{filter.weights[i]} * double{filter.weights[i]};
  }
  return static_cast<int>(std::ranges::max_element(squares) - squares.begin());
}

/// Gratings through a whole stack cost eight runs each: fewer directions do for the plot.
constexpr int kStackDirections = 24;

Result<Tuning> measuredTuning(const StudySpec& column, int filter, double frequency,
                              const ComputeContext& context) {
  TuningSpec spec;
  spec.frequency = frequency;
  if (const auto* kernel = std::get_if<KernelStudy>(&column)) {
    if (kernel->bank.empty()) return fail(ErrorCode::BadSpec, "A layer without filters answers nothing.");
    const auto shown =
        static_cast<std::size_t>(std::clamp(filter, 0, static_cast<int>(kernel->bank.size()) - 1));
    return tuningOf(kernel->conv, kernel->bank[shown], channelsOfFilter(*kernel), spec, context);
  }
  if (std::holds_alternative<NetworkStudy>(column))
    return fail(ErrorCode::BadSpec,
                "Gratings are shown to kernels and stacks alone; the first layer of a network is measured by "
                "“--tuning --model”.");
  const auto& stack = std::get<StackStudy>(column);
  spec.directions = kStackDirections;
  return tuningOf(stack.stack, stack.run, strongestInput(stack), spec, context);
}

}  // namespace

struct CompareController::MapsOutcome {
  Result<std::shared_ptr<const Clip>> clip;
  std::vector<Result<std::shared_ptr<const ColumnResult>>> columns;
  std::shared_ptr<const MapDifference> difference;
  QString differenceProblem;
  bool stopped = false;
};

struct CompareController::MeasureJob {
  Request request;
  Measures measures;
  std::vector<CompareColumn> known;  ///< what need not be measured again is there already
  std::shared_ptr<const Clip> clip;
};

CompareController::CompareController(QObject* parent) : CompareController(&computeColumn, parent) {}

CompareController::CompareController(Compute compute, QObject* parent)
    : QObject(parent),
      m_compute(std::move(compute)),
      m_cache(std::make_shared<StudyCache>()),
      m_tempoCache(std::make_shared<StudyCache>()),
      m_mapsPool(std::make_unique<ThreadPool>()),
      m_measurePool(std::make_unique<ThreadPool>(0, true)),
      m_runner(std::make_unique<JobRunner>()) {}

CompareController::~CompareController() {
  m_runner.reset();  // joins before anything that the jobs use goes
}

void CompareController::setState(const AppState& state) {
  Request request{state.columns, {state.compare.tempo, state.compare.zoom}, state.selection.filter};
  const Measures measures{state.compare.frequency, state.scores.bank};
  const bool sameMaps = m_request && *m_request == request && !m_stopped;
  const bool sameMeasures = measures == m_measures;
  if (sameMaps && sameMeasures) return;
  if (!sameMeasures) {
    for (CompareColumn& column : m_columns) {
      if (measures.frequency != m_measures.frequency) column.tuning.reset();
      if (measures.bank != m_measures.bank) column.readout.reset();
    }
  }
  m_measures = measures;
  if (sameMaps) {
    if (!m_busy) startMeasures();
    return;
  }
  // what a column was goes with it where it moves; results of the same study stay
  std::vector<CompareColumn> before = std::move(m_columns);
  m_columns.assign(request.columns.size(), {});
  const bool sameFilter = m_request && m_request->filter == request.filter;
  const bool sameClip = m_request && m_request->change == request.change &&
                        clipOfColumns(m_request->columns) == clipOfColumns(request.columns);
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    column.spec = request.columns[i];
    const auto same = std::ranges::find(before, column.spec, &CompareColumn::spec);
    const auto akin = std::ranges::find_if(before, [&](const CompareColumn& other) {
      return withoutClip(other.spec) == withoutClip(column.spec);
    });
    if (same != before.end()) {
      column = *same;
      column.stale = !sameClip;
    } else if (i < before.size()) {
      column.result = before[i].result;
      column.stale = column.result != nullptr;
    }
    column.problem.clear();
    const bool measured = akin != before.end() && sameFilter;
    column.tuning = measured ? akin->tuning : nullptr;
    column.tuningProblem = measured ? akin->tuningProblem : QString();
    if (!sameClip || same == before.end() || !sameFilter) column.tempos.reset();
    if (!sameClip || same == before.end()) column.readout.reset();
    column.readoutProblem.clear();
  }
  m_request = std::move(request);
  m_stopped = false;
  startMaps();
}

void CompareController::startMaps() {
  const quint64 ticket = ++m_ticket;
  ++m_measureTicket;
  m_runner->cancel(Lane::Background);
  m_busy = true;
  m_measuring = false;  // what was being measured is asked for again behind the maps
  m_progress = 0;
  m_runner->submit(Lane::Full, [this, ticket, request = *m_request, cache = m_cache, pool = m_mapsPool.get(),
                                calculate = m_compute](const JobContext& job) {
    auto outcome = std::make_shared<MapsOutcome>();
    const auto count = static_cast<double>(request.columns.size());
    std::size_t done = 0;
    const auto progress = [&](double share) {
      post(m_ticket, ticket, [this, share = (static_cast<double>(done) + share) / count] {
        if (share - m_progress < .02) return;
        m_progress = share;
        Q_EMIT changed();
      });
    };
    const ComputeContext context{*pool, job.stop, job.yield, progress};
    try {
      outcome->clip = changedClip(clipOfColumns(request.columns), request.change, *cache, context);
      for (const StudySpec& column : request.columns) {
        if (!outcome->clip || job.stop.stop_requested()) break;
        auto result =
            calculate(column, *outcome->clip, context, clipOfColumns(request.columns).prepare.crop);
        if (result)
          outcome->columns.emplace_back(std::make_shared<const ColumnResult>(std::move(*result)));
        else
          outcome->columns.emplace_back(tl::unexpected(result.error()));
        ++done;
      }
      if (outcome->columns.size() > 1 && outcome->columns[0] && outcome->columns[1]) {
        const auto placed = [&](const ColumnResult& column) {
          const int last = column.maps.shape().channels - 1;
          return PlacedMap{column.maps, std::clamp(request.filter, 0, last), column.field};
        };
        auto difference = differenceOf(placed(**outcome->columns[0]), placed(**outcome->columns[1]));
        if (difference)
          outcome->difference = std::make_shared<const MapDifference>(std::move(*difference));
        else
          outcome->differenceProblem = sentenceOf(difference.error());
      }
    } catch (...) {
      outcome->clip = tl::unexpected(errorInFlight());
    }
    outcome->stopped = job.stop.stop_requested();
    post(m_ticket, ticket, [this, outcome] { deliverMaps(outcome); });
  });
  Q_EMIT changed();
}

void CompareController::deliverMaps(std::shared_ptr<MapsOutcome> outcome) {
  if (outcome->stopped) return;
  m_busy = false;
  m_clipProblem = outcome->clip ? QString() : sentenceOf(outcome->clip.error());
  m_difference = outcome->difference;
  m_differenceProblem = outcome->differenceProblem;
  for (std::size_t i = 0; i < m_columns.size(); ++i) {
    CompareColumn& column = m_columns[i];
    column.stale = column.result != nullptr;
    if (i >= outcome->columns.size()) continue;
    if (outcome->columns[i]) {
      column.result = *outcome->columns[i];
      column.stale = false;
    } else {
      column.problem = sentenceOf(outcome->columns[i].error());
    }
  }
  if (m_clipProblem.isEmpty()) startMeasures();
  Q_EMIT changed();
}

void CompareController::startMeasures() {
  const quint64 ticket = ++m_measureTicket;
  MeasureJob job{*m_request, m_measures, m_columns, nullptr};
  for (const CompareColumn& column : m_columns) {
    if (column.result && !column.stale) job.clip = column.result->clip;
  }
  m_measuring = true;
  m_runner->submit(Lane::Background, [this, ticket, job = std::move(job)](const JobContext& context) {
    try {
      measure(ticket, job, context);
    } catch (const std::exception&) {
      // too little memory for a measurement: the maps stand, the plots stay empty
    }
    if (context.stop.stop_requested()) return;
    post(m_measureTicket, ticket, [this] {
      m_measuring = false;
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
    auto tuning = measuredTuning(job.request.columns[i], job.request.filter, job.measures.frequency, compute);
    tell(i, [tuning = tuning ? std::make_shared<const Tuning>(std::move(*tuning)) : nullptr,
             problem = tuning ? QString() : sentenceOf(tuning.error())](CompareColumn& column) {
      column.tuning = tuning;
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

void CompareController::stop() {
  if (!m_busy && !m_measuring) return;
  ++m_ticket;
  ++m_measureTicket;
  m_runner->cancel(Lane::Full);
  m_runner->cancel(Lane::Background);
  m_busy = false;
  m_measuring = false;
  m_stopped = true;
}

void CompareController::computeAgain() {
  if (!m_request) return;
  m_cache->forgetClip();
  m_tempoCache->forgetClip();
  for (CompareColumn& column : m_columns) {
    column.tempos.reset();
    column.readout.reset();
    column.stale = column.result != nullptr;
  }
  m_stopped = false;
  startMaps();
}

void CompareController::takeDelivered() {
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

void CompareController::finish() {
  while (m_busy || m_measuring) {
    m_runner->waitIdle();
    takeDelivered();
  }
}

void CompareController::fill(CompareView& view) const {
  view.columns = m_columns;
  view.difference = m_difference;
  view.differenceProblem = m_differenceProblem;
  view.clipProblem = m_clipProblem;
  view.busy = m_busy;
  view.progress = m_progress;
}

}  // namespace convscope
