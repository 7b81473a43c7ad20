#include "widgets/state/study_controller.h"

#include "engine/clip/npy.h"
#include "widgets/state/app_state.h"

#include <QScopeGuard>
#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <semaphore>
#include <vector>

using namespace convscope;

namespace {

StudySpec specWithLength(int l) {
  AppState state = initialState();
  AppState wanted = state;
  wanted.kernel().conv.kernel.t = l;
  return reconciled(wanted, state).kernel();
}

int lengthOf(const StudySpec& spec) {
  return std::get<KernelStudy>(spec).conv.kernel.t;
}
int lengthOf(const StudyController& controller) {
  return controller.result() ? std::get<KernelResult>(*controller.result()).spec.conv.kernel.t : 0;
}
bool previewOf(const StudyController& controller) {
  return std::get<KernelResult>(*controller.result()).preview;
}

/// Stands in for the engine: every computation waits until the test lets it go, and says what it was asked.
struct FakeEngine {
  struct Call {
    int length;
    bool preview;
  };
  std::counting_semaphore<100> started{0};
  std::counting_semaphore<100> go{0};
  std::mutex mutex;
  std::vector<Call> calls;

  StudyController::Compute compute() {
    return [this](const StudySpec& spec, const ComputeScope& scope, StudyCache&,
                  const ComputeContext& context) -> Result<std::shared_ptr<const StudyResult>> {
      {
        const std::lock_guard lock(mutex);
        calls.push_back({lengthOf(spec), scope.preview});
      }
      started.release();
      go.acquire();
      if (context.stopped()) return fail(ErrorCode::Stopped, "Stopped.");
      if (lengthOf(spec) == 13) return fail(ErrorCode::BadSpec, "The kernel is too long.");
      KernelResult result;
      result.spec = std::get<KernelStudy>(spec);
      result.preview = scope.preview;
      return std::make_shared<const StudyResult>(std::move(result));
    };
  }
};

// Thresholds that decide without a clock: nothing is immediate, or everything is. The delay is an hour: full
// jobs start only when a test says so by finish().
constexpr StudyController::Policy kAlwaysPreview{-1, 3600 * 1000};
constexpr StudyController::Policy kAlwaysImmediate{1e9, 3600 * 1000};

}  // namespace

class TestStudyController : public QObject {
  Q_OBJECT

 private slots:
  void shortJobComputesAtOnceAndInFull() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysImmediate);
    engine.go.release();
    controller.setSpec(specWithLength(3), 0);
    QTRY_VERIFY(controller.result());
    QVERIFY(!previewOf(controller));
    QVERIFY(!controller.stale());
    QVERIFY(!controller.busy());
  }

  /// Whoever draws may wait for an answer that is on its way, and take it in as soon as it is there.
  void answerOnItsWayIsAnnounced() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysImmediate);
    QVERIFY(!controller.answering());
    controller.setSpec(specWithLength(3), 0);
    QVERIFY(controller.answering());
    engine.go.release();
    QTRY_VERIFY(controller.result());
    QVERIFY(!controller.answering());
    controller.setSpec(specWithLength(13), 0);  // refused by the engine: an answer too
    QVERIFY(controller.answering());
    engine.go.release();
    QTRY_VERIFY(!controller.problem().isEmpty());
    QVERIFY(!controller.answering());
  }

  void equalSpecComputesNothing() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysImmediate);
    engine.go.release(2);
    controller.setSpec(specWithLength(3), 0);
    QTRY_VERIFY(controller.result());
    controller.setSpec(specWithLength(3), 0);
    controller.finish();
    QCOMPARE(engine.calls.size(), std::size_t{1});
  }

  void longJobShowsAPreviewFirst() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysPreview);
    engine.go.release(2);
    controller.setSpec(specWithLength(3), 0);
    QTRY_VERIFY(controller.result());
    QVERIFY(previewOf(controller));
    QVERIFY(controller.busy());
    controller.finish();
    QVERIFY(!previewOf(controller));
    QVERIFY(!controller.busy());
    QCOMPARE(engine.calls.size(), std::size_t{2});
    QVERIFY(engine.calls[0].preview && !engine.calls[1].preview);
  }

  // A model that is not open yet may take seconds to read: not in the lane that nobody can stop. What is
  // known of it is shown as soon as it is read, while the run goes on.
  void aModelIsOpenedInTheLaneThatCanBeStopped() {
    std::counting_semaphore<10> go{0};
    std::atomic<int> previews{0};
    std::atomic<int> outlines{0};
    const auto compute = [&](const StudySpec& spec, const ComputeScope& scope, StudyCache&,
                             const ComputeContext& context) -> StudyController::Outcome {
      previews += scope.preview ? 1 : 0;
      NetworkResult result;
      result.spec = std::get<NetworkStudy>(spec);
      result.outline = true;
      if (scope.outlined) scope.outlined(std::make_shared<const StudyResult>(result));
      ++outlines;
      go.acquire();
      if (context.stopped()) return fail(ErrorCode::Stopped, "Stopped.");
      result.outline = false;
      return std::make_shared<const StudyResult>(std::move(result));
    };
    StudyController controller(compute, {0, 0, Lane::Full, true});
    const auto open = qScopeGuard([&] { go.release(); });
    const auto isOutline = [&] { return std::get<NetworkResult>(*controller.result()).outline; };
    NetworkStudy study;
    study.model = "of-nobody.onnx";
    controller.setSpec(study, 0);
    QTRY_COMPARE(outlines.load(), 1);
    controller.takeDelivered();
    QCOMPARE(previews.load(), 0);
    QVERIFY(controller.result() != nullptr && isOutline());
    QVERIFY(controller.busy() && !controller.stale());
    QVERIFY(controller.progress() < 1);
    go.release();
    controller.finish();
    QVERIFY(!isOutline());
    QVERIFY(!controller.busy());
    study.model = "of-nobody-else.onnx";
    controller.setSpec(study, 0);
    QTRY_COMPARE(outlines.load(), 2);
    controller.stop();
    go.release();
    controller.finish();
    QVERIFY(isOutline() && !controller.busy());
    QVERIFY(controller.problem().startsWith(QStringLiteral("Stopped.")));
  }

  void draggingKeepsTheRunningPreviewAndTheNewestRequest() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysPreview);
    controller.setSpec(specWithLength(2), 0);
    engine.started.acquire();  // the preview of 2 runs; 3, 4, 5 come while it does
    for (int l = 3; l <= 5; ++l) controller.setSpec(specWithLength(l), 0);
    engine.go.release();
    QTRY_COMPARE(lengthOf(controller), 2);  // a moment late, but shown: something moves during the drag
    QVERIFY(controller.stale());
    engine.go.release();
    QTRY_COMPARE(lengthOf(controller), 5);
    QVERIFY(!controller.stale());
    QCOMPARE(engine.calls.size(), std::size_t{2});
    engine.go.release();
    controller.finish();
    QCOMPARE(engine.calls.size(), std::size_t{3});
  }

  /// The full result of an older spec that comes after the preview of a newer one.
  void olderResultNeverReplacesANewerOne() {
    std::atomic<bool> fullStarted{false};
    std::counting_semaphore<4> fullMayEnd{0};
    const auto engine = [&](const StudySpec& spec, const ComputeScope& scope, StudyCache&,
                            const ComputeContext&) -> StudyController::Outcome {
      if (!scope.preview && lengthOf(spec) == 2) {  // hears no stop: it is done already, but not delivered
        fullStarted = true;
        fullMayEnd.acquire();
      }
      KernelResult result;
      result.spec = std::get<KernelStudy>(spec);
      result.preview = scope.preview;
      return std::make_shared<const StudyResult>(std::move(result));
    };
    StudyController controller(engine, {-1, 0});
    std::vector<int> shown;
    connect(&controller, &StudyController::resultChanged, this,
            [&] { shown.push_back(lengthOf(controller)); });
    controller.setSpec(specWithLength(2), 0);
    QTRY_COMPARE(shown, std::vector<int>{2});  // its preview
    QTRY_VERIFY(fullStarted);
    controller.setSpec(specWithLength(3), 0);
    QTRY_COMPARE(lengthOf(controller), 3);  // the preview of 3, while the full 2 is still under way
    fullMayEnd.release();
    controller.finish();
    QCOMPARE(shown, (std::vector<int>{2, 3, 3}));
    QVERIFY(!previewOf(controller));
    QVERIFY(!controller.stale());
  }

  void failureKeepsTheLastGoodResultMarkedStale() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysImmediate);
    engine.go.release(3);
    controller.setSpec(specWithLength(3), 0);
    QTRY_VERIFY(controller.result());
    controller.setSpec(specWithLength(13), 0);
    QTRY_COMPARE(controller.problem(), QStringLiteral("The kernel is too long."));
    QVERIFY(controller.stale());
    QCOMPARE(lengthOf(controller), 3);
    controller.setSpec(specWithLength(4), 0);
    QTRY_COMPARE(lengthOf(controller), 4);
    QVERIFY(controller.problem().isEmpty());
    QVERIFY(!controller.stale());
  }

  void stopEndsAFullComputationQuietly() {
    FakeEngine engine;
    StudyController controller(engine.compute(), {-1, 0});
    engine.go.release();
    controller.setSpec(specWithLength(3), 0);
    QTRY_VERIFY(controller.result());
    engine.started.acquire();
    bool fullStarted = false;  // by its own timer; QTRY evaluates its condition more than once
    QTRY_VERIFY(fullStarted = fullStarted || engine.started.try_acquire());
    controller.stop();
    engine.go.release();
    controller.finish();
    QVERIFY(previewOf(controller));
    QVERIFY2(controller.problem().startsWith(QStringLiteral("Stopped")), qPrintable(controller.problem()));
    QVERIFY(!controller.busy());
    // the same spec again changes nothing; asked for by name it is computed to its end
    controller.setSpec(specWithLength(3), 0);
    QVERIFY(!controller.busy());
    engine.go.release(2);
    controller.computeAgain();
    controller.finish();
    QVERIFY(!previewOf(controller));
    QVERIFY(controller.problem().isEmpty());
    QVERIFY(!controller.stale());
  }

  void statusIsInPlaceWhenAResultIsTold() {
    FakeEngine engine;
    engine.go.release(5);
    StudyController controller(engine.compute(), {1e9, 0});
    QList<bool> stale;
    connect(&controller, &StudyController::resultChanged, &controller, [&] { stale << controller.stale(); });
    controller.setSpec(specWithLength(3), 0);
    controller.finish();
    controller.setSpec(specWithLength(4), 0);
    controller.finish();
    QCOMPARE(stale, (QList<bool>{false, false}));
  }

  void destroyedInEveryState() {
    {
      FakeEngine engine;
      const StudyController idle(engine.compute(), kAlwaysPreview);
    }
    {
      FakeEngine engine;
      engine.go.release(5);
      StudyController waiting(engine.compute(), kAlwaysPreview);
      waiting.setSpec(specWithLength(3), 0);
    }
    {
      FakeEngine engine;
      StudyController running(engine.compute(), kAlwaysPreview);
      running.setSpec(specWithLength(3), 0);
      engine.started.acquire();
      running.setSpec(specWithLength(4), 0);
      engine.go.release(5);
    }
  }

  void realEngineComputesTheInitialState() {
    StudyController controller;
    controller.setSpec(initialState().kernel(), 0);
    controller.finish();
    QVERIFY2(controller.problem().isEmpty(), qPrintable(controller.problem()));
    QVERIFY(controller.result());
    const auto& result = std::get<KernelResult>(*controller.result());
    QCOMPARE(result.maps.shape(), result.geometry.output);
    QCOMPARE(result.geometry.output, (Shape{6, 38, 38, 1}));
    const ValueRange range = rangeOf(result.maps);
    QVERIFY(range.high - range.low > 0.01F);
  }

  /// A controller in the background lane beside another: same clips, no previews, latest wins.
  void backgroundControllerFollowsBesideTheFirst() {
    StudyController controller;
    StudyController scores(controller, StudyController::kBackground);
    const KernelStudy study = initialState().kernel();
    controller.setSpec(study, 0);
    controller.finish();
    scores.setSpec(ReadoutStudy{study.clip, readoutOf(study, BankKind::Gabor)}, 0);
    QVERIFY(scores.busy() && !scores.answering());
    ReadoutSpec other = readoutOf(study, BankKind::Gabor);
    other.kernel = {2, 3, 3};
    scores.setSpec(ReadoutStudy{study.clip, other}, 0);
    scores.finish();
    QVERIFY2(scores.problem().isEmpty(), qPrintable(scores.problem()));
    QVERIFY(!scores.busy() && !scores.stale());
    const auto& result = std::get<ReadoutResult>(*scores.result());
    QCOMPARE(result.spec.readout.kernel, (Triple{2, 3, 3}));
    QCOMPARE(result.scores.size(), std::size_t{kMotionClasses});
    QCOMPARE(result.clip, controller.cache().peek(study.clip));  // read once
  }

  /// Two in one lane: a request that waits there and is pushed out leaves its controller idle and stale, not
  /// busy for ever.
  void requestPushedOutOfTheLaneEnds() {
    FakeEngine engine;
    StudyController controller(engine.compute(), kAlwaysImmediate);
    StudyController first(controller, StudyController::kBackground);
    StudyController second(controller, StudyController::kBackground);
    controller.setSpec(specWithLength(3), 0);
    engine.started.acquire();  // holds the preview lane: what is below waits
    first.setSpec(specWithLength(4), 0);
    QTRY_VERIFY(first.progress() == 0 && first.busy());
    QTest::qWait(2 * StudyController::kBackground.fullDelayMs);  // its request is in the lane now, or comes
    second.setSpec(specWithLength(5), 0);
    QTRY_VERIFY(!first.busy());
    QVERIFY(second.busy());
    QVERIFY(first.result() == nullptr && first.problem().isEmpty());
    engine.go.release(3);
    second.finish();
    QCOMPARE(lengthOf(second), 5);
    first.resubmit();
    first.finish();
    QCOMPARE(lengthOf(first), 4);
  }

  /// Asking again of the clip that was read keeps it; computing again reads it anew.
  void askingAgainKeepsTheClip() {
    StudyController controller;
    const KernelStudy study = initialState().kernel();
    controller.setSpec(study, 0);
    controller.finish();
    const auto clip = controller.cache().peek(study.clip);
    QVERIFY(clip != nullptr);
    StudyController scores(controller, StudyController::kBackground);
    scores.setSpec(ReadoutStudy{std::nullopt, readoutOf(study, BankKind::Random)}, 0);
    scores.resubmit();
    QCOMPARE(controller.cache().peek(study.clip), clip);
    scores.finish();
    controller.computeAgain();
    controller.finish();
    const auto anew = controller.cache().peek(study.clip);  // may have been there before one could look
    QVERIFY(anew != nullptr && anew != clip);
  }

  void backgroundControllerEndsInAnyState() {
    auto controller = std::make_unique<StudyController>();
    const KernelStudy study = initialState().kernel();
    for (const int l : {4, 5, 6}) {
      auto scores = std::make_unique<StudyController>(*controller, StudyController::kBackground);
      ReadoutSpec spec = readoutOf(study, BankKind::Random);
      spec.kernel = {l, 5, 5};
      scores->setSpec(ReadoutStudy{std::nullopt, spec}, 0);
      if (l == 5) scores->setSpec(ReadoutStudy{std::nullopt, readoutOf(study, BankKind::Random)}, 0);
      scores.reset();  // while it computes
    }
    controller.reset();
  }

  void clipThatIsTooShortHasAReadoutAndNoScores() {
    StudyCache cache;
    ThreadPool pool(2);
    KernelStudy study = initialState().kernel();
    study.clip.range.count = 2;
    const auto outcome = compute(ReadoutStudy{study.clip, readoutOf(study, BankKind::Gabor)}, {}, cache,
                                 ComputeContext{pool, {}});
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    const auto& result = std::get<ReadoutResult>(**outcome);
    QVERIFY(result.readout && result.scores.empty());
    QCOMPARE(QString::fromStdString(result.obstacle),
             QStringLiteral("The kernel spans 3 frames in time and this clip has 2."));
  }

  void readoutHearsOfTheKernelAloneUnlessItIsTheBank() {
    KernelStudy study = initialState().kernel();
    const ReadoutSpec gabor = readoutOf(study, BankKind::Gabor);
    const ReadoutSpec own = readoutOf(study, BankKind::Own);
    QVERIFY(gabor.own.empty());
    QCOMPARE(own.own.size(), std::size_t{1});
    study.bank.front().weights.front() += 1;
    study.conv.padding = PaddingMode::Same;
    QVERIFY(readoutOf(study, BankKind::Gabor) == gabor);
    QVERIFY(readoutOf(study, BankKind::Own) != own);
    study.conv.flipped = true;
    const ReadoutSpec flipped = readoutOf(study, BankKind::Own);
    QVERIFY(flipped.own.front().weights.back() == study.bank.front().weights.front());
  }

  void previewCellsAreExact() {
    StudyCache cache;
    ThreadPool pool(2);
    AppState state = initialState();
    setFilterCount(state.kernel(), 3);
    const auto full = compute(state.kernel(), {}, cache, ComputeContext{pool, {}});
    QVERIFY(full);
    const auto preview = compute(state.kernel(), {.preview = true, .filter = 1, .maxMultiplyAdds = 1e5},
                                 cache, ComputeContext{pool, {}});
    QVERIFY(preview);
    const auto& coarse = std::get<KernelResult>(**preview);
    const auto& fine = std::get<KernelResult>(**full);
    QVERIFY(coarse.preview);
    QVERIFY(coarse.step.x > 1);
    QCOMPARE(coarse.filters, std::vector<int>{1});
    QCOMPARE(coarse.geometry.output, fine.geometry.output);
    for (int t = 0; t < coarse.maps.shape().length; ++t) {
      for (int y = 0; y < coarse.maps.shape().height; ++y) {
        for (int x = 0; x < coarse.maps.shape().width; ++x) {
          const Triple at{t, y * coarse.step.y, x * coarse.step.x};
          QCOMPARE(coarse.valueAt(1, at), fine.valueAt(1, at));
        }
      }
    }
    QVERIFY(std::isnan(coarse.valueAt(0, {0, 0, 0})));
  }

  void computeAgainReadsTheFileAgain() {
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("clip.npy")).toStdString();
    const auto write = [&path](float value) {
      Tensor pixels({4, 8, 8, 1});
      std::ranges::fill(pixels.values(), value);
      return writeClipNpy(path, pixels).has_value();
    };
    AppState wanted = initialState();
    wanted.kernel().clip = {FileSource{path}, {0, 4, 1}, {}, {}};
    wanted.kernel().conv.kernel = {1, 1, 1};
    Filter red;
    red.weights = {1, 0, 0};
    wanted.kernel().bank = {red};
    StudyController controller;
    QVERIFY(write(.25F));
    controller.setSpec(wanted.kernel(), 0);
    controller.finish();
    const auto shown = [&controller] {
      return controller.result() ? std::get<KernelResult>(*controller.result()).clip->pixels.at(3, 7, 7, 2)
                                 : -1;
    };
    QVERIFY2(controller.problem().isEmpty(), qPrintable(controller.problem()));
    QCOMPARE(shown(), .25F);
    QVERIFY(write(.75F));
    controller.computeAgain();
    controller.finish();
    QCOMPARE(shown(), .75F);
  }

  void channelsFollowTheColourMode_data() {
    QTest::addColumn<bool>("grey");
    QTest::addRow("grey") << true;
    QTest::addRow("colour") << false;
  }
  void channelsFollowTheColourMode() {
    QFETCH(bool, grey);
    AppState state = initialState();
    AppState wanted = state;
    wanted.kernel().clip.prepare.colour = grey ? ColourMode::Grey : ColourMode::Rgb;
    wanted = reconciled(wanted, state);
    StudyCache cache;
    ThreadPool pool(1);
    const auto outcome = compute(wanted.kernel(), {}, cache, ComputeContext{pool, {}});
    QVERIFY2(outcome, outcome ? "" : outcome.error().message.c_str());
    QCOMPARE(std::get<KernelResult>(**outcome).clip->pixels.shape().channels, grey ? 1 : 3);
  }
};

QTEST_GUILESS_MAIN(TestStudyController)
#include "tst_study_controller.moc"
