#include "engine/study/job_runner.h"

#include <QtTest>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <vector>

using namespace convscope;

namespace {

/// A job that says when it has started and goes on only when it is let go: no test needs to sleep.
struct Gate {
  std::binary_semaphore started{0};
  std::binary_semaphore open{0};
  std::binary_semaphore ended{0};
  std::atomic<bool> sawStop{false};

  JobRunner::Job job() {
    return [this](const JobContext& context) {
      started.release();
      open.acquire();
      sawStop = context.stop.stop_requested();
      ended.release();
    };
  }
};

}  // namespace

class TestJobRunner : public QObject {
  Q_OBJECT

 private slots:
  void waitingJobIsReplacedByTheNewest() {
    JobRunner runner;
    Gate gate;
    std::vector<int> ran;
    runner.submit(Lane::Preview, gate.job());
    gate.started.acquire();
    for (int i = 1; i <= 3; ++i)
      runner.submit(Lane::Preview, [&ran, i](const JobContext&) { ran.push_back(i); });
    gate.open.release();
    runner.waitIdle();
    QCOMPARE(ran, std::vector<int>{3});
  }

  void previewIsNeverStopped() {
    JobRunner runner;
    Gate gate;
    runner.submit(Lane::Preview, gate.job());
    gate.started.acquire();
    runner.submit(Lane::Preview, [](const JobContext&) {});
    runner.cancel(Lane::Preview);
    gate.open.release();
    runner.waitIdle();
    QVERIFY(!gate.sawStop);
  }

  void fullJobIsStoppedByANewerOne() {
    JobRunner runner;
    Gate gate;
    std::atomic<bool> second{false};
    runner.submit(Lane::Full, gate.job());
    gate.started.acquire();
    runner.submit(Lane::Full, [&](const JobContext& context) { second = !context.stop.stop_requested(); });
    gate.open.release();
    runner.waitIdle();
    QVERIFY(gate.sawStop);
    QVERIFY(second);
  }

  void cancelStopsAndDropsAFullJob() {
    JobRunner runner;
    Gate gate;
    std::atomic<bool> dropped{true};
    runner.submit(Lane::Full, gate.job());
    gate.started.acquire();
    runner.submit(Lane::Full, [&](const JobContext&) { dropped = false; });
    runner.cancel(Lane::Full);
    gate.open.release();
    runner.waitIdle();
    QVERIFY(gate.sawStop);
    QVERIFY(dropped);
    QVERIFY(!runner.busy(Lane::Full));
  }

  void lowerLaneYieldsToAMoreUrgentOne() {
    JobRunner runner;
    std::mutex mutex;
    std::vector<std::string> order;
    const auto note = [&](const char* what) {
      const std::lock_guard lock(mutex);
      order.emplace_back(what);
    };
    std::binary_semaphore started{0};
    std::binary_semaphore go{0};
    runner.submit(Lane::Full, [&](const JobContext& context) {
      note("full slab 1");
      started.release();
      go.acquire();
      context.yield();
      note("full slab 2");
    });
    started.acquire();
    Gate preview;
    runner.submit(Lane::Preview, [&](const JobContext& context) {
      preview.job()(context);
      note("preview");
    });
    preview.started.acquire();
    go.release();  // the full job now reaches its yield while the preview is still running
    preview.open.release();
    runner.waitIdle();
    QCOMPARE(order, (std::vector<std::string>{"full slab 1", "preview", "full slab 2"}));
  }

  void lowerLaneDoesNotStartWhileAMoreUrgentOneRuns() {
    JobRunner runner;
    Gate preview;
    std::atomic<bool> previewDone{false};
    std::atomic<bool> backgroundAfter{false};
    runner.submit(Lane::Preview, [&](const JobContext& context) {
      preview.job()(context);
      previewDone = true;
    });
    preview.started.acquire();
    runner.submit(Lane::Background, [&](const JobContext&) { backgroundAfter = previewDone.load(); });
    QVERIFY(runner.busy(Lane::Background));
    preview.open.release();
    runner.waitIdle();
    QVERIFY(backgroundAfter);
  }

  void aLaneOutlivesAJobThatThrew() {
#ifndef NDEBUG
    QSKIP("a job that throws is a bug, at which this build's assertions end the program");
#endif
    JobRunner runner;
    runner.submit(Lane::Full, [](const JobContext&) { throw std::runtime_error("broken"); });
    runner.waitIdle();
    std::atomic<bool> next{false};
    runner.submit(Lane::Full, [&](const JobContext&) { next = true; });
    runner.waitIdle();
    QVERIFY(next);
  }

  // What a job holds may ask the runner when it goes, from any thread: nobody else may be kept waiting by it.
  void jobsAreDestroyedOutsideTheMutex_data() {
    QTest::addColumn<QString>("end");
    QTest::newRow("after it ran") << "run";
    QTest::newRow("replaced while it waits") << "replace";
    QTest::newRow("cancelled while it waits") << "cancel";
    QTest::newRow("waiting at destruction") << "destroy";
  }
  void jobsAreDestroyedOutsideTheMutex() {
    QFETCH(QString, end);
    std::future<bool> question;  // last to go: it waits for its answer
    std::atomic<bool> answered{false};
    auto runner = std::make_unique<JobRunner>();
    const auto goes = [&, asked = runner.get()](int* held) {
      delete held;
      question = std::async(std::launch::async, [asked] { return asked->busy(Lane::Background); });
      answered = question.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
    };
    JobRunner::Job holder = [held = std::shared_ptr<int>(new int(0), goes)](const JobContext&) {};
    std::binary_semaphore started{0};
    std::binary_semaphore open{0};
    if (end != "run") {
      runner->submit(Lane::Preview, [&](const JobContext& context) {
        const std::stop_callback atDestruction(context.stop, [&] { open.release(); });
        started.release();
        open.acquire();
      });
      started.acquire();
    }
    runner->submit(Lane::Preview, std::move(holder));
    if (end == "replace") runner->submit(Lane::Preview, [](const JobContext&) {});
    if (end == "cancel") runner->cancel(Lane::Preview);
    if (end == "destroy") {
      runner.reset();
    } else {
      open.release();
      runner->waitIdle();
    }
    QVERIFY(answered);
  }

  void destructionStopsARunningJob() {
    std::atomic<bool> stopped{false};
    std::binary_semaphore started{0};
    {
      JobRunner runner;
      runner.submit(Lane::Full, [&](const JobContext& context) {
        started.release();
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any wake;
        wake.wait(lock, context.stop, [] { return false; });
        stopped = context.stop.stop_requested();
      });
      started.acquire();
    }
    QVERIFY(stopped);
  }

  void destructionWhileYielding() {
    std::binary_semaphore started{0};
    Gate preview;
    {
      JobRunner runner;
      runner.submit(Lane::Full, [&](const JobContext& context) {
        started.release();
        for (int i = 0; i < 1000 && !context.stop.stop_requested(); ++i) context.yield();
      });
      started.acquire();
      runner.submit(Lane::Preview, preview.job());
      preview.started.acquire();
      preview.open.release();
    }
    QVERIFY(preview.ended.try_acquire());
  }

  void destructionOfAnIdleRunner() { const JobRunner runner; }
};

QTEST_GUILESS_MAIN(TestJobRunner)
#include "tst_job_runner.moc"
