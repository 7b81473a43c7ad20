#include "app/benchmark_start.h"

#include "app/benchmark_tools.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "widgets/stage/stage_view.h"

#include <QApplication>
#include <QTimer>
#include <QWindow>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>

namespace convscope {

namespace {

constexpr int kPatienceMs = 10000;

/// Milliseconds since this process began; counts the loading of libraries, which no clock of ours could see.
double sinceProcessStart() {
  std::ifstream file("/proc/self/stat");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  // The name in brackets may hold spaces; the start in clock ticks since boot is the 20th field after it.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string field;
  double start = 0;
  for (int i = 0; i < 19; ++i) fields >> field;
  fields >> start;
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const double ticksPerSecond = static_cast<double>(sysconf(_SC_CLK_TCK));
  return (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 -
          start / ticksPerSecond) *
         1e3;
}

void report(const char* what, double ms) {
  if (ms > 0) {
    std::printf("%s: %.0f ms\n", what, ms);
  } else {
    std::printf("%s: not within %d s\n", what, kPatienceMs / 1000);
  }
}

}  // namespace

int benchmarkStart(const Options& options, const AppState& state) {
  double first = 0;
  double maps = 0;
  double scores = 0;
  MainWindow window(state, Settings::forgetful());
  const PictureWatch watch(window, [&] {
    // What is painted before the window system has laid the window out is not seen.
    if (window.windowHandle() == nullptr || !window.windowHandle()->isExposed()) return;
    const double now = sinceProcessStart();
    if (first == 0) first = now;
    KernelWorkspace& workspace = window.workspace();
    if (maps == 0 && workspace.stage().facts().pictures > 0 && workspace.stage().facts().mapFrames > 0)
      maps = now;
    const bool scored = workspace.scoresController().result() && !workspace.scoresController().stale();
    if (scores == 0 && scored) scores = now;
    if (maps > 0 && scores > 0) QApplication::quit();
  });
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.resize(size.width, size.height);
  QTimer::singleShot(kPatienceMs, qApp, &QApplication::quit);
  window.show();
  QApplication::exec();
  std::printf("from the start of the process, window %dx%d\n", size.width, size.height);
  report("first picture on screen", first);
  report("with the maps", maps);
  report("with the class scores", scores);
  return maps > 0 ? 0 : 1;
}

}  // namespace convscope
