#include "app/benchmark_drag.h"

#include "app/benchmark_tools.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/conv/convolve.h"
#include "widgets/stage/stage_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <vector>

namespace convscope {

namespace {

constexpr int kTickMs = 4;
constexpr int kSettleMs = 3000;
constexpr double kSeconds = 6;
constexpr double kChangesPerSecond = 60;
constexpr int kLongest = 7;

/// Where the slider is at a time of the clock: a hand does not wait for the window.
int lengthAt(double ms) {
  const int phase = static_cast<int>(ms * 1e-3 * kChangesPerSecond) % (2 * (kLongest - 1));
  return 1 + (phase < kLongest ? phase : 2 * (kLongest - 1) - phase);
}

/// Watches the window's updates: after one, everything painted has been handed to the window system.
class DragBenchmark : public QObject {
 public:
  explicit DragBenchmark(MainWindow& window) : m_window(window), m_watch(window, [this] { shown(); }) {
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &DragBenchmark::change);
  }

  void start() {
    m_clock.start();
    m_timer.start(kTickMs);
  }

  std::vector<double> latencies;
  std::vector<double> engineMs;
  int framesShown = 0;
  double seconds = 0;

 private:
  void change() {
    if (now() > kSeconds * 1e3) {
      seconds = now() * 1e-3;
      m_timer.stop();
      QTimer::singleShot(500, qApp, &QApplication::quit);
      return;
    }
    const int length = lengthAt(now());
    if (length == m_length) return;
    m_length = length;
    m_waiting.push_back({length, now()});
    m_window.store().edit(
        {QStringLiteral("Length"), [length](AppState& s) { s.kernel().conv.kernel.t = length; }});
  }

  void shown() {
    const KernelView& view = m_window.workspace().view();
    if (view.result == nullptr || view.holder == m_lastShown) return;
    m_lastShown = view.holder;
    if (seconds == 0) ++framesShown;
    engineMs.push_back(view.result->convolveMs);
    // Every change up to the one now on screen has been answered.
    const auto answered = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Change& one) {
      return one.length == view.result->spec.conv.kernel.t;
    });
    if (answered == m_waiting.end()) return;
    for (auto one = m_waiting.begin(); one != std::next(answered); ++one)
      latencies.push_back(now() - one->at);
    m_waiting.erase(m_waiting.begin(), std::next(answered));
  }

  [[nodiscard]] double now() const { return static_cast<double>(m_clock.nsecsElapsed()) * 1e-6; }

  struct Change {
    int length;
    double at;
  };
  MainWindow& m_window;
  PictureWatch m_watch;
  QTimer m_timer;
  QElapsedTimer m_clock;
  std::deque<Change> m_waiting;
  std::shared_ptr<const StudyResult> m_lastShown;
  int m_length = 0;
};

}  // namespace

int benchmarkDrag(const Options& options) {
  AppState state = initialState();
  KernelStudy& study = state.kernel();
  study.clip.range = {0, 16, 1};
  study.clip.prepare.resize = FrameSize{112, 112};
  const AppState before = state;
  study.conv.kernel = {1, 3, 3};
  state = reconciled(state, before);
  setFilterCount(state.kernel(), 8);
  MainWindow window(state, Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.resize(size.width, size.height);
  window.show();
  window.finish();

  DragBenchmark drag(window);
  // what a start brings with it (loading the decoders) is over when a hand reaches the slider
  QTimer::singleShot(kSettleMs, &drag, [&drag] { drag.start(); });
  QApplication::exec();
  std::printf("drag l=1..7 on 16x112x112x3, 8 filters, window %dx%d\n", size.width, size.height);
  const StageFacts facts = window.workspace().stage().facts();
  std::printf("last picture: 3-D %.1f ms, overlay %.1f ms\n", facts.lastPictureMs, facts.lastOverlayMs);
  std::printf("frames shown: %d in %.2f s = %.1f per second\n", drag.framesShown, drag.seconds,
              drag.framesShown / drag.seconds);
  std::printf("latency slider to pixels: median %.1f ms, 95 %% %.1f ms (%zu changes)\n",
              quantile(drag.latencies, .5), quantile(drag.latencies, .95), drag.latencies.size());
  std::printf("engine: median %.2f ms, 95 %% %.2f ms\n", quantile(drag.engineMs, .5),
              quantile(drag.engineMs, .95));
  return 0;
}

}  // namespace convscope
