#include "app/benchmark_network.h"

#include "app/benchmark_tools.h"
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "engine/network/bundled_models.h"
#include "engine/study/network_study.h"
#include "widgets/panels/layer_list.h"
#include "widgets/state/network_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace convscope {

namespace {

constexpr int kPatienceMs = 60'000;
constexpr int kStops = 10;
constexpr unsigned kSeed = 1;  // of the moments

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Milliseconds from the order to open the model to the first picture with its layers; below 0: never.
double listMilliseconds(const Options& options, AppState state) {
  const std::string model = std::exchange(state.network.model, {});
  MainWindow window(state, Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.resize(size.width, size.height);
  window.show();
  window.finish();
  QElapsedTimer clock;
  double listed = -1;
  const PictureWatch watch(window, [&] {
    const bool there = clock.isValid() && window.networkWorkspace().layers().layers() > 0;
    if (listed >= 0 || !there) return;
    listed = static_cast<double>(clock.nsecsElapsed()) * 1e-6;
    window.networkWorkspace().stop();
    QTimer::singleShot(0, qApp, &QApplication::quit);
  });
  QTimer::singleShot(0, &window, [&] {
    clock.start();
    window.openModel(QString::fromStdString(model));
  });
  QTimer::singleShot(kPatienceMs, qApp, &QApplication::quit);
  QApplication::exec();
  if (listed < 0)
    std::cerr << "convscope: " << window.networkWorkspace().view().problem.toStdString() << '\n';
  return listed;
}

/// A whole run, and how often it tells how far it is.
struct WholeRun {
  double ms = 0;
  int reports = 0;
  double longestSilenceMs = 0;
};
Result<WholeRun> wholeRun(const NetworkStudy& study, ThreadPool& pool) {
  WholeRun run;
  const auto from = Clock::now();
  auto last = from;
  std::mutex mutex;
  const auto heard = [&] {
    const auto now = Clock::now();
    run.longestSilenceMs = std::max(run.longestSilenceMs, milliseconds(now - last));
    last = now;
  };
  const ComputeContext context{pool, {}, {}, [&](double) {
                                 const std::lock_guard lock(mutex);
                                 heard();
                                 ++run.reports;
                               }};
  const auto result = computeNetwork(study, context);
  if (!result) return tl::unexpected(result.error());
  heard();
  run.ms = milliseconds(Clock::now() - from);
  return run;
}

/// A run that was told to stop from outside.
struct Stopped {
  double share = 0;  ///< of its progress, when it was told
  double ms = 0;     ///< that it went on for
};
/// Errors: those of the run; none where it was over before.
Result<std::optional<Stopped>> stoppedRun(const NetworkStudy& study, double afterMs, ThreadPool& pool) {
  std::stop_source source;
  std::atomic<double> share = 0;
  Stopped stopped;
  Clock::time_point told{};
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(afterMs));
    stopped.share = share;
    told = Clock::now();
    source.request_stop();
  });
  const ComputeContext context{pool, source.get_token(), {}, [&](double done) { share = done; }};
  const auto result = computeNetwork(study, context);
  const auto over = Clock::now();
  stopper.join();
  if (result) return std::nullopt;
  if (result.error().code != ErrorCode::Stopped) return tl::unexpected(result.error());
  stopped.ms = milliseconds(over - told);
  return stopped;
}

}  // namespace

int benchmarkNetwork(const Options& options, AppState state) {
  const std::string path = state.network.model;
  const double listed = listMilliseconds(options, state);
  if (listed < 0) return 1;
  std::error_code ignored;
  const double bytes = static_cast<double>(std::filesystem::file_size(modelFile(path), ignored));
  std::printf("model of %.1f MB: layers on screen after %.0f ms\n", bytes / 1e6, listed);
  const NetworkStudy study = wantedNetwork(state);
  ThreadPool pool;
  const auto whole = wholeRun(study, pool);
  if (!whole) {
    std::cerr << "convscope: " << whole.error().message << '\n';
    return 1;
  }
  std::printf("whole run: %.0f ms, %d reports of its progress, at most %.0f ms apart\n", whole->ms,
              whole->reports, whole->longestSilenceMs);
  std::mt19937 random(kSeed);
  std::uniform_real_distribution<double> moment(0, whole->ms);
  std::vector<double> stops;
  for (int tries = 0; static_cast<int>(stops.size()) < kStops && tries < 3 * kStops; ++tries) {
    const auto one = stoppedRun(study, moment(random), pool);
    if (!one) {
      std::cerr << "convscope: " << one.error().message << '\n';
      return 1;
    }
    if (!*one) continue;
    stops.push_back((*one)->ms);
    std::printf("stopped at %2.0f %%: after %.1f ms\n", 100 * (*one)->share, (*one)->ms);
  }
  if (stops.empty()) {
    std::printf("too short a run to be stopped\n");
    return 0;
  }
  std::printf("stopped at %zu random moments: median %.1f ms, longest %.1f ms\n", stops.size(),
              quantile(stops, .5), std::ranges::max(stops));
  return 0;
}

}  // namespace convscope
