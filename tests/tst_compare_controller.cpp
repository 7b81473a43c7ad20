#include "widgets/state/compare_controller.h"

#include <QScopeGuard>
#include <QtTest>

#include <atomic>
#include <mutex>
#include <semaphore>
#include <utility>
#include <vector>

using namespace convscope;

namespace {

/// Two columns on a small clip of the motion lab, of kernels of those lengths and so many filters.
AppState stateOf(int first, int second, int filters = 1) {
  AppState state = initialState();
  state.workspace = Workspace::Compare;
  state.kernel().clip.prepare.resize = FrameSize{12, 16};
  state = reconciled(state, initialState());
  static_cast<void>(setFilterCount(state.kernel(), filters));
  state.columns.push_back(state.columns.front());
  AppState wanted = state;
  std::get<KernelStudy>(wanted.columns[0]).conv.kernel.t = first;
  std::get<KernelStudy>(wanted.columns[1]).conv.kernel.t = second;
  return reconciled(wanted, state);
}

int lengthOf(const StudySpec& spec) {
  return std::get<KernelStudy>(spec).conv.kernel.t;
}

/// Stands before the engine: every column waits until the test lets it go, says what it was asked and tells
/// half of its progress before it waits.
struct GatedEngine {
  struct Call {
    int length;
    int filters;
    bool operator==(const Call&) const = default;
  };
  std::atomic<int> begun{0};  ///< columns, since taken() or ever
  std::counting_semaphore<1000> go{0};
  std::mutex mutex;
  std::vector<Call> calls;

  CompareController::Compute compute() {
    return [this](const StudySpec& spec, std::shared_ptr<const Clip> clip, const ComputeContext& context,
                  const ClipPlace& place) -> Result<ColumnResult> {
      {
        const std::lock_guard lock(mutex);
        calls.push_back({lengthOf(spec), static_cast<int>(std::get<KernelStudy>(spec).bank.size())});
      }
      context.progress(.5);
      ++begun;
      go.acquire();
      if (context.stopped()) return fail(ErrorCode::Stopped, "Stopped.");
      return computeColumn(spec, std::move(clip), context, place);
    };
  }
  /// All that was asked for since the last time.
  std::vector<Call> taken() {
    const std::lock_guard lock(mutex);
    begun = 0;
    return std::exchange(calls, {});
  }
};

CompareView viewOf(const CompareController& controller) {
  CompareView view;
  controller.fill(view);
  return view;
}
int shownLength(const CompareController& controller, int column) {
  const auto& result = viewOf(controller).column(column).result;
  return result ? lengthOf(result->spec) : 0;
}

// Thresholds that decide without a clock, and delays of an hour: full jobs start only when a test says so by
// finish().
constexpr int kHour = 3600 * 1000;
constexpr CompareController::Policy kFullOnly{-1, -1, kHour};
constexpr CompareController::Policy kWholePreviews{1e9, 1e9, kHour};
constexpr CompareController::Policy kPartPreviews{-1, 1e9, kHour};

}  // namespace

class TestCompareController : public QObject {
  Q_OBJECT

 private slots:
  void progressOfAnOldComparisonIsDropped() {
    GatedEngine engine;
    CompareController controller(engine.compute(), {-1, -1, 0});
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    controller.setState(stateOf(2, 3));
    QTRY_COMPARE(engine.begun.load(), 1);
    QTRY_VERIFY(viewOf(controller).progress >= .25);  // half of the first of two columns
    controller.setState(stateOf(4, 3));
    QCOMPARE(viewOf(controller).progress, 0.);
    engine.go.release();  // the old column goes to its end; a new one tells its half
    QTRY_COMPARE(engine.begun.load(), 2);
    engine.go.release(50);
    controller.finish();
    QCOMPARE(shownLength(controller, 0), 4);
  }

  // A job that is stopped at every step of a drag shows nothing: one that is expected soon runs to its end,
  // and is shown although the drag has gone on.
  void draggingShowsWhatWasOvertaken() {
    GatedEngine engine;
    CompareController controller(engine.compute(), kWholePreviews);
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    engine.go.release(2);
    controller.setState(stateOf(1, 1));
    controller.finish();
    engine.taken();
    controller.setState(stateOf(2, 1));
    QTRY_COMPARE(engine.begun.load(), 1);  // 2 runs; 3, 4, 5 come while it does
    for (int l = 3; l <= 5; ++l) controller.setState(stateOf(l, 1));
    engine.go.release();
    QTRY_COMPARE(shownLength(controller, 0), 2);
    QVERIFY(controller.busy());
    engine.go.release();
    controller.finish();
    QCOMPARE(shownLength(controller, 0), 5);
    QVERIFY(!viewOf(controller).column(0).stale);
    // 3 and 4 were never asked for, and column B, which nobody touched, was never computed again
    QCOMPARE(engine.taken(), (std::vector<GatedEngine::Call>{{2, 1}, {5, 1}}));
  }

  void whatTakesLongShowsTheChosenFilterFirst() {
    GatedEngine engine;
    CompareController controller(engine.compute(), kPartPreviews);
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    engine.go.release(2);
    AppState state = stateOf(2, 3, 4);
    state.selection.filter = 2;
    controller.setState(state);
    QTRY_COMPARE(shownLength(controller, 1), 3);
    const CompareView preview = viewOf(controller);
    QVERIFY(preview.busy && !preview.column(0).stale);
    QCOMPARE(preview.column(0).result->maps.shape().channels, 1);
    QCOMPARE(std::get<KernelStudy>(preview.column(0).result->spec).bank.size(), std::size_t{4});
    QCOMPARE(engine.taken(), (std::vector<GatedEngine::Call>{{2, 1}, {3, 1}}));
    engine.go.release(2);
    controller.finish();
    const CompareView whole = viewOf(controller);
    QCOMPARE(engine.taken(), (std::vector<GatedEngine::Call>{{2, 4}, {3, 4}}));
    for (const int i : {0, 1}) {
      const ColumnResult& part = *preview.column(i).result;
      const ColumnResult& all = *whole.column(i).result;
      QCOMPARE(all.maps.shape().channels, 4);
      QCOMPARE(part.weights, all.weights);
      QCOMPARE(part.multiplyAdds, all.multiplyAdds);
      // the chosen filter's map, bit by bit
      QVERIFY(std::equal(part.maps.frame(0, 0), part.maps.frame(0, 0) + part.maps.shape().channelSize(),
                         all.maps.frame(0, 2)));
    }
  }

  void anotherFilterComputesNoMaps() {
    GatedEngine engine;
    engine.go.release(50);
    CompareController controller(engine.compute(), kFullOnly);
    AppState state = stateOf(3, 5, 3);
    controller.setState(state);
    controller.finish();
    QCOMPARE(engine.taken().size(), std::size_t{2});
    const CompareView before = viewOf(controller);
    state.selection.filter = 1;
    controller.setState(state);
    QVERIFY(!controller.busy());
    controller.finish();
    QCOMPARE(engine.taken().size(), std::size_t{0});
    const CompareView after = viewOf(controller);
    for (const int i : {0, 1}) {
      QVERIFY(after.column(i).result == before.column(i).result);
      QVERIFY(!after.column(i).stale);
    }
    // the difference follows, for it is one of two maps
    QVERIFY(after.difference != nullptr && after.difference != before.difference);
    const ColumnResult& a = *after.column(0).result;
    const ColumnResult& b = *after.column(1).result;
    const auto expected = differenceOf({a.maps, 1, a.field}, {b.maps, 1, b.field});
    QVERIFY(expected);
    QCOMPARE(after.difference->rootMeanSquare, expected->rootMeanSquare);
    QVERIFY(after.difference->rootMeanSquare != before.difference->rootMeanSquare);
  }

  void oneColumnsChangeLeavesTheOther() {
    GatedEngine engine;
    engine.go.release(50);
    CompareController controller(engine.compute(), kFullOnly);
    controller.setState(stateOf(2, 3));
    controller.finish();
    const auto untouched = viewOf(controller).column(0).result;
    engine.taken();
    controller.setState(stateOf(2, 5));
    QVERIFY(!viewOf(controller).column(0).stale && viewOf(controller).column(1).stale);
    controller.finish();
    QCOMPARE(engine.taken(), (std::vector<GatedEngine::Call>{{5, 1}}));
    QVERIFY(viewOf(controller).column(0).result == untouched);
    // a column that moves takes its maps with it
    controller.setState(stateOf(5, 2));
    controller.finish();
    QCOMPARE(engine.taken().size(), std::size_t{0});
    QVERIFY(viewOf(controller).column(1).result == untouched);
    // another clip concerns all, and so does reading it anew
    AppState faster = stateOf(5, 2);
    faster.compare.tempo = 2;
    controller.setState(faster);
    controller.finish();
    QCOMPARE(engine.taken().size(), std::size_t{2});
    controller.computeAgain();
    controller.finish();
    QCOMPARE(engine.taken().size(), std::size_t{2});
  }

  void aClipThatCannotBeReadIsSaidAndTriedAgain() {
    CompareController controller(&computeColumn, {-1, -1, 0});
    AppState state = stateOf(2, 3, 2);
    takeSource(state, FileSource{"no such clip.npy"});
    state = reconciled(state, stateOf(2, 3, 2));
    controller.setState(state);
    controller.finish();
    QVERIFY(viewOf(controller).clipProblem.contains(QStringLiteral("no such clip.npy")));
    state.selection.filter = 1;  // concerns no maps; and nobody waits for ever
    controller.setState(state);
    controller.finish();
    QVERIFY(!viewOf(controller).clipProblem.isEmpty());
    controller.setState(stateOf(2, 3, 2));
    controller.finish();
    QVERIFY(viewOf(controller).clipProblem.isEmpty());
    QCOMPARE(shownLength(controller, 1), 3);
  }

  void stopSaysSoUntilSomethingChanges() {
    GatedEngine engine;
    const auto sentence = QStringLiteral("Stopped. F5 computes it again.");
    CompareController controller(engine.compute(), {-1, -1, 0});
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    controller.setState(stateOf(2, 3));
    QTRY_COMPARE(engine.begun.load(), 1);
    controller.stop();
    QVERIFY(!controller.busy() && !controller.measuring());
    QCOMPARE(viewOf(controller).column(0).problem, sentence);
    engine.go.release(50);
    controller.setState(stateOf(2, 3));  // nothing has changed
    controller.finish();
    QVERIFY(viewOf(controller).column(0).result == nullptr);
    controller.computeAgain();
    QVERIFY(viewOf(controller).column(0).problem.isEmpty());
    controller.finish();
    QCOMPARE(shownLength(controller, 0), 2);
    QVERIFY(viewOf(controller).column(0).tuning != nullptr);
  }

  void whatWasPausedGoesOn() {
    GatedEngine engine;
    CompareController controller(engine.compute(), {-1, -1, 0});
    const auto open = qScopeGuard([&] { engine.go.release(50); });
    controller.setState(stateOf(2, 3));
    QTRY_COMPARE(engine.begun.load(), 1);
    controller.pause();
    QVERIFY(!controller.busy());
    QVERIFY(viewOf(controller).column(0).problem.isEmpty());
    engine.go.release(50);
    controller.setState(stateOf(2, 3));
    QVERIFY(controller.busy());
    controller.finish();
    QCOMPARE(shownLength(controller, 1), 3);
  }

  void destroyedInEveryState() {
    for (const CompareController::Policy& policy : {kFullOnly, kWholePreviews, kPartPreviews}) {
      GatedEngine engine;
      {
        CompareController controller(engine.compute(), policy);
        controller.setState(stateOf(2, 3, 2));
        controller.setState(stateOf(3, 4, 2));
        engine.go.release(50);
      }
      CompareController measuring(engine.compute(), {-1, -1, 0});
      measuring.setState(stateOf(2, 3, 2));
      QTRY_VERIFY(measuring.measuring());
    }
  }
};

QTEST_GUILESS_MAIN(TestCompareController)
#include "tst_compare_controller.moc"
