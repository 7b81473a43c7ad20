#include "widgets/state/compare_controller.h"

#include <QScopeGuard>
#include <QtTest>

#include <mutex>
#include <semaphore>
#include <vector>

using namespace convscope;

namespace {

/// Two columns on a small clip, the first one's kernel of that length.
AppState stateWithLength(int l) {
  AppState state = initialState();
  state.workspace = Workspace::Compare;
  state.kernel().clip.prepare.resize = FrameSize{12, 16};
  state.columns.push_back(state.columns.front());
  AppState wanted = state;
  std::get<KernelStudy>(wanted.columns.front()).conv.kernel.t = l;
  return reconciled(wanted, state);
}

int lengthOf(const StudySpec& spec) {
  return std::get<KernelStudy>(spec).conv.kernel.t;
}

/// Stands before the engine: every column waits until the test lets it go, says what it was asked and tells
/// half of its progress before it waits.
struct GatedEngine {
  std::counting_semaphore<100> started{0};
  std::counting_semaphore<100> go{0};
  std::mutex mutex;
  std::vector<int> lengths;

  CompareController::Compute compute() {
    return [this](const StudySpec& spec, std::shared_ptr<const Clip> clip, const ComputeContext& context,
                  const std::optional<Crop>& crop) {
      {
        const std::lock_guard lock(mutex);
        lengths.push_back(lengthOf(spec));
      }
      context.progress(.5);
      started.release();
      go.acquire();
      return computeColumn(spec, std::move(clip), context, crop);
    };
  }
};

CompareView viewOf(const CompareController& controller) {
  CompareView view;
  controller.fill(view);
  return view;
}

}  // namespace

class TestCompareController : public QObject {
  Q_OBJECT

 private slots:
  void progressOfAnOldComparisonIsDropped() {
    GatedEngine engine;
    CompareController controller(engine.compute());
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    controller.setState(stateWithLength(2));
    engine.started.acquire();  // half of the first column is told, but not taken in yet
    controller.setState(stateWithLength(3));
    controller.takeDelivered();
    QCOMPARE(viewOf(controller).progress, 0.);
    engine.go.release(50);
    controller.finish();
    QVERIFY(viewOf(controller).progress >= .75);  // half of the second of two columns
    QCOMPARE(lengthOf(viewOf(controller).column(0).result->spec), 3);
  }
};

QTEST_GUILESS_MAIN(TestCompareController)
#include "tst_compare_controller.moc"
