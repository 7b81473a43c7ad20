#include "app/benchmark_field.h"

#include "app/benchmark_tools.h"
#include "app/field_workspace.h"
#include "app/main_window.h"
#include "engine/field/architecture_presets.h"
#include "widgets/stage/field_stage.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include <cstdio>
#include <deque>
#include <iostream>
#include <vector>

namespace convscope {

namespace {

constexpr const char* kNetwork = "r3d-18";
constexpr const char* kLayer = "layer3.1.conv2";
constexpr int kTickMs = 4;
constexpr double kSeconds = 6;
constexpr double kChangesPerSecond = 60;

/// Moves the unit cell by cell through the frames of its layer and watches what is shown.
class FieldDrag : public QObject {
 public:
  explicit FieldDrag(MainWindow& window) : m_window(window), m_watch(window, [this] { shown(); }) {
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &FieldDrag::change);
  }

  void start() {
    m_clock.start();
    m_timer.start(kTickMs);
  }

  std::vector<double> latencies;
  int picturesShown = 0;
  double seconds = 0;

 private:
  struct Change {
    Triple unit;
    double at;
  };

  void change() {
    if (now() > kSeconds * 1e3) {
      seconds = now() * 1e-3;
      m_timer.stop();
      QTimer::singleShot(500, qApp, &QApplication::quit);
      return;
    }
    const Shape& maps = m_window.fieldWorkspace().view().levels.back().shape;
    const int step = static_cast<int>(now() * 1e-3 * kChangesPerSecond);
    const int cell = step % static_cast<int>(maps.channelSize());
    const Triple unit{cell / static_cast<int>(maps.frameSize()), cell / maps.width % maps.height,
                      cell % maps.width};
    if (unit == m_last) return;
    m_last = unit;
    m_waiting.push_back({unit, now()});
    m_window.store().edit({QStringLiteral("Unit"), [unit](AppState& s) { s.field.unit = unit; }, false});
  }

  void shown() {
    const Triple unit = m_window.fieldWorkspace().view().unit;
    const auto answered =
        std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Change& one) { return one.unit == unit; });
    if (answered == m_waiting.end()) return;
    ++picturesShown;
    for (auto one = m_waiting.begin(); one != std::next(answered); ++one)
      latencies.push_back(now() - one->at);
    m_waiting.erase(m_waiting.begin(), std::next(answered));
  }

  [[nodiscard]] double now() const { return static_cast<double>(m_clock.nsecsElapsed()) * 1e-6; }

  MainWindow& m_window;
  PictureWatch m_watch;
  QTimer m_timer;
  QElapsedTimer m_clock;
  std::deque<Change> m_waiting;
  Triple m_last{-1, -1, -1};
};

}  // namespace

int benchmarkField(const Options& options, AppState state) {
  state.workspace = Workspace::Field;
  state.field.stack = *architectureNamed(kNetwork);
  const auto& layers = state.field.stack.layers;
  const auto layer = std::ranges::find(layers, kLayer, &LayerSpec::name);
  state.field.layer = static_cast<int>(layer - layers.begin());
  MainWindow window(state, Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.resize(size.width, size.height);
  window.show();
  window.finish();
  const FieldView& view = window.fieldWorkspace().view();
  if (view.levels.empty() || !view.problem.isEmpty()) {
    std::cerr << "convscope: " << view.problem.toStdString() << '\n';
    return 1;
  }
  FieldDrag drag(window);
  QTimer::singleShot(300, &drag, [&drag] { drag.start(); });
  QApplication::exec();
  const FieldFacts facts = window.fieldWorkspace().stage().facts();
  std::printf("unit of %s %s dragged, clip %s, window %dx%d\n", kNetwork, kLayer,
              toText(view.result->table.stack.clip).c_str(), size.width, size.height);
  std::printf("run of the network, %d filters a layer: %.0f ms\n", view.state.field.run.filters,
              view.result->runMs);
  std::printf("last picture: %d frames %.1f ms, overlay %.1f ms\n", facts.frames, facts.lastPictureMs,
              facts.lastOverlayMs);
  std::printf("pictures shown: %d in %.2f s = %.1f per second\n", drag.picturesShown, drag.seconds,
              drag.picturesShown / drag.seconds);
  std::printf("latency unit to pixels: median %.1f ms, 95 %% %.1f ms (%zu changes)\n",
              quantile(drag.latencies, .5), quantile(drag.latencies, .95), drag.latencies.size());
  return 0;
}

}  // namespace convscope
