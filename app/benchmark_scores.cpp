#include "app/benchmark_scores.h"

#include "app/benchmark_tools.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/classify/readout.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace convscope {

namespace {

constexpr int kChanges = 10;   // of each shape
constexpr int kPauseMs = 200;  // between an answer and the next change: the window alone
constexpr int kFrameMs = 16;
constexpr std::array kShapes{Triple{3, 3, 3}, Triple{5, 5, 5}, Triple{7, 7, 7}};

/// Pictures shown within a kind of time.
struct Pace {
  int pictures = 0;
  double ms = 0;
  [[nodiscard]] double perSecond() const { return ms > 0 ? pictures / ms * 1e3 : 0; }
};

/// Changes the kernel, waits for its scores on screen, pauses, changes again; turns the camera all the while.
class ScoresBenchmark : public QObject {
 public:
  explicit ScoresBenchmark(MainWindow& window) : m_window(window), m_watch(window, [this] { shown(); }) {
    m_frames.setTimerType(Qt::PreciseTimer);
    connect(&m_frames, &QTimer::timeout, this, &ScoresBenchmark::turn);
  }

  void start() {
    m_clock.start();
    m_since = now();
    m_frames.start(kFrameMs);
    QTimer::singleShot(kPauseMs, this, &ScoresBenchmark::change);
  }

  std::array<std::vector<double>, kShapes.size()> latencies;
  Pace whileScoring;
  Pace whileIdle;

 private:
  void turn() {
    m_angle += 0.5;
    const double yaw = -50 + 20 * std::abs(std::fmod(m_angle, 2.0) - 1);
    m_window.store().edit({QStringLiteral("Turn"), [yaw](AppState& s) { s.look.camera.yaw = yaw; }, false});
  }

  void account() {
    Pace& pace = m_waiting ? whileScoring : whileIdle;
    const double time = now();
    pace.ms += time - m_since;
    m_since = time;
  }

  void change() {
    const int shape = m_change / kChanges;
    if (shape >= static_cast<int>(kShapes.size())) {
      m_frames.stop();
      QApplication::quit();
      return;
    }
    const StudyController& first = m_window.workspace().scoresController();
    if (m_change == 0 && (!first.result() || first.stale())) {  // the window has only just come up
      QTimer::singleShot(kPauseMs, this, &ScoresBenchmark::change);
      return;
    }
    account();
    forgetReadouts();
    // the other bank each time: a kernel that is set already would not be asked for again
    m_wanted = kShapes[static_cast<std::size_t>(shape)];
    m_flip = !m_flip;
    m_waiting = true;
    m_at = now();
    const Triple kernel = m_wanted;
    const BankKind bank = m_flip ? BankKind::Random : BankKind::Gabor;
    m_window.store().edit({QStringLiteral("Kernel"), [kernel, bank](AppState& s) {
                             s.kernel().conv.kernel = kernel;
                             s.scores.bank = bank;
                           }});
  }

  void shown() {
    if (!m_frames.isActive()) return;  // not begun, or over
    account();
    ++(m_waiting ? whileScoring : whileIdle).pictures;
    if (!m_waiting) return;
    const StudyController& scores = m_window.workspace().scoresController();
    const StudySpec wanted =
        ReadoutStudy{m_window.store().state().kernel().clip,
                     readoutOf(m_window.store().state().kernel(), m_window.store().state().scores.bank)};
    if (!scores.result() || scores.stale()) return;
    if (std::get<ReadoutResult>(*scores.result()).spec != std::get<ReadoutStudy>(wanted)) return;
    latencies[static_cast<std::size_t>(m_change / kChanges)].push_back(now() - m_at);
    m_waiting = false;
    ++m_change;
    QTimer::singleShot(kPauseMs, this, &ScoresBenchmark::change);
  }

  [[nodiscard]] double now() const { return static_cast<double>(m_clock.nsecsElapsed()) * 1e-6; }

  MainWindow& m_window;
  PictureWatch m_watch;
  QTimer m_frames;
  QElapsedTimer m_clock;
  Triple m_wanted;
  int m_change = 0;
  bool m_flip = false;
  bool m_waiting = false;
  double m_at = 0;
  double m_since = 0;
  double m_angle = 0;
};

}  // namespace

int benchmarkScores(const Options& options) {
  MainWindow window(initialState(), Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.resize(size.width, size.height);
  window.show();
  window.finish();

  ScoresBenchmark benchmark(window);
  QTimer::singleShot(kPauseMs, &benchmark, [&benchmark] { benchmark.start(); });
  QApplication::exec();
  std::printf("slider to class scores on screen, window %dx%d, %d changes each\n", size.width, size.height,
              kChanges);
  for (std::size_t i = 0; i < kShapes.size(); ++i) {
    const auto& [t, y, x] = kShapes[i];
    std::printf("%dx%dx%d: median %.0f ms, 95 %% %.0f ms\n", t, y, x, quantile(benchmark.latencies[i], .5),
                quantile(benchmark.latencies[i], .95));
  }
  std::printf("pictures per second: %.1f while scores are computed, %.1f while none are\n",
              benchmark.whileScoring.perSecond(), benchmark.whileIdle.perSecond());
  return 0;
}

}  // namespace convscope
