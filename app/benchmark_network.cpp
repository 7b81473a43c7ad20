#include "app/benchmark_network.h"

#include "app/benchmark_tools.h"
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "engine/study/network_study.h"
#include "widgets/panels/layer_list.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <utility>
#include <vector>

namespace convscope {

namespace {

constexpr int kPatienceMs = 60'000;

using Clock = std::chrono::steady_clock;

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

/// Milliseconds that a run goes on after it was told to stop at `share` of its progress.
Result<double> stopMilliseconds(const NetworkStudy& study, double share, ThreadPool& pool) {
  std::stop_source source;
  Clock::time_point told{};
  const ComputeContext context{pool, source.get_token(), {}, [&](double done) {
                                 if (done < share || source.stop_requested()) return;
                                 told = Clock::now();
                                 source.request_stop();
                               }};
  const auto result = computeNetwork(study, context);
  if (!result && result.error().code != ErrorCode::Stopped) return tl::unexpected(result.error());
  return std::chrono::duration<double, std::milli>(Clock::now() - told).count();
}

}  // namespace

int benchmarkNetwork(const Options& options, AppState state) {
  const std::string path = state.network.model;
  const double listed = listMilliseconds(options, state);
  if (listed < 0) return 1;
  std::error_code ignored;
  const double bytes = static_cast<double>(std::filesystem::file_size(path, ignored));
  std::printf("model of %.1f MB: layers on screen after %.0f ms\n", bytes / 1e6, listed);
  const NetworkStudy study{path,
                           state.kernel().clip.source,
                           state.network.start,
                           state.network.preprocess,
                           state.network.frames,
                           state.network.step};
  ThreadPool pool;
  const auto from = Clock::now();
  const auto whole = computeNetwork(study, {pool, {}});
  if (!whole) {
    std::cerr << "convscope: " << whole.error().message << '\n';
    return 1;
  }
  std::printf("whole run: %.0f ms\n", std::chrono::duration<double, std::milli>(Clock::now() - from).count());
  std::vector<double> stops;
  for (const double share : {.05, .12, .15, .2, .3, .4, .5, .6, .7, .8, .9}) {
    const auto took = stopMilliseconds(study, share, pool);
    if (!took) {
      std::cerr << "convscope: " << took.error().message << '\n';
      return 1;
    }
    stops.push_back(*took);
  }
  std::printf("stopped at %zu moments: median %.0f ms, longest %.0f ms\n", stops.size(), quantile(stops, .5),
              std::ranges::max(stops));
  return 0;
}

}  // namespace convscope
