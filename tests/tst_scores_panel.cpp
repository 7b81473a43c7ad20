#include "tests/kernel_view_fixture.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/scores_facts.h"
#include "widgets/panels/scores_panel.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/state/readout_scan.h"

using namespace convscope;

namespace {

/// Scores of the small study's clip under `kernel`, computed.
ScoresState scoresOf(const Triple& kernel, BankKind bank = BankKind::Gabor) {
  ScoresState scores;
  scores.state = stateOf(smallStudy(kernel));
  scores.state.scores.bank = bank;
  ThreadPool pool(2);
  StudyCache cache;
  const KernelStudy& study = scores.state.kernel();
  const auto result =
      compute(ReadoutStudy{study.clip, readoutOf(study, bank)}, {}, cache, ComputeContext{pool, {}});
  if (result) {
    scores.holder = *result;
    scores.result = &std::get<ReadoutResult>(**result);
  } else {
    scores.problem = QString::fromStdString(result.error().message);
  }
  return scores;
}

QString shown(const ScoresState& scores) {
  ScoresPanel panel;
  panel.present(scores);
  return panel.lines().join(QLatin1Char('\n'));
}

}  // namespace

class TestScoresPanel : public QObject {
  Q_OBJECT

 private slots:
  void saysWhatTheBankCannotTellApart() {
    const QString all = shown(scoresOf({3, 3, 3}));
    QVERIFY2(all.contains(QStringLiteral("Held-out accuracy 1.00 (280 of 280), where a part moves 0.8")),
             qPrintable(all));
    QVERIFY(all.contains(QStringLiteral("These 24 filters cannot tell apart: none of the seven.")));
    const QString flat = shown(scoresOf({1, 3, 3}));
    QVERIFY2(flat.contains(QStringLiteral("cannot tell apart: still, left, right, up, down.")),
             qPrintable(flat));
    QVERIFY2(shown(scoresOf({5, 1, 5})).contains(QStringLiteral("cannot tell apart: up, down.")), "5 1 5");
  }

  void scoresOfAllClassesAddUp() {
    const ScoresState scores = scoresOf({3, 3, 3});
    ScoresPanel panel;
    panel.present(scores);
    double sum = 0;
    for (const QString& line : panel.lines().mid(0, kMotionClasses))
      sum += line.section(QLatin1Char(' '), 1, 1).toDouble();
    QVERIFY2(std::abs(sum - 100) < 0.4, qPrintable(QString::number(sum)));
  }

  void realClipIsToldThatNoneWasSeen() {
    ScoresState scores = scoresOf({3, 3, 3});
    ScoresPanel panel;
    panel.present(scores);
    QCOMPARE(panel.fact(), QStringLiteral("live readout"));
    QVERIFY(!shown(scores).contains(QStringLiteral("no verdict")));
    QVERIFY(shown(scores).contains(QStringLiteral("several ways at once is none of the seven")));
    scores.state.kernel().clip.source = FileSource{"clip.mp4"};
    panel.present(scores);
    QCOMPARE(panel.fact(), QStringLiteral("real clip"));
    QVERIFY(shown(scores).contains(QStringLiteral("synthetic clips of one motion each, no real one")));
    QVERIFY(shown(scores).contains(QStringLiteral("no verdict")));
  }

  void clipFarFromThoseLearnedFromIsAGuess() {
    ScoresState scores = scoresOf({3, 3, 3});
    ReadoutResult result = *scores.result;
    scores.result = &result;
    result.distance = result.readout->usual;
    QVERIFY(!shown(scores).contains(QStringLiteral("guess")));
    QCOMPARE(shown(scores).count(QLatin1Char('%')), 7);
    result.distance = 1.5 * result.readout->usual;
    // marked as in the comparison, in words for anybody, and without a percentage
    QVERIFY2(shown(scores).startsWith(QStringLiteral("a guess: ")), qPrintable(shown(scores)));
    QVERIFY(shown(scores).contains(QStringLiteral("unlike anything it was taught: do not trust")));
    QVERIFY(!shown(scores).contains(QLatin1Char('%')));
    ScoresPanel panel;
    panel.present(scores);
    QCOMPARE(panel.fact(), QStringLiteral("a guess"));
  }

  /// The dock at 1600 × 1000 has room for four lines of sentences, 352 px wide: none may be cut.
  void sentencesFitTheDock_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::addColumn<bool>("real");
    QTest::addColumn<bool>("guess");
    for (const Triple& kernel : {Triple{3, 3, 3}, Triple{1, 3, 3}, Triple{5, 1, 5}}) {
      for (const bool real : {false, true}) {
        for (const bool guess : {false, true})
          QTest::addRow("%dx%dx%d %d %d", kernel.t, kernel.y, kernel.x, real, guess)
              << kernel << real << guess;
      }
    }
  }
  void sentencesFitTheDock() {
    QFETCH(Triple, kernel);
    QFETCH(bool, real);
    QFETCH(bool, guess);
    ScoresState scores = scoresOf(kernel);
    ReadoutResult result = *scores.result;
    scores.result = &result;
    result.distance = (guess ? 12.3 : 0.5) * result.readout->usual;
    if (real) scores.state.kernel().clip.source = FileSource{"clip.mp4"};
    const LookTheme& theme = lookTheme(scores.state.look);
    double used = 0;
    for (TextLine line : scoresSentences(scores, theme)) {
      for (TextRun& run : line) run.px = theme.caption;
      used += flowRuns(nullptr, QRectF(0, 0, 352, 1000), line, theme, 15);
    }
    QVERIFY2(used <= 4 * 15, qPrintable(QString::number(used)));
  }

  /// In a narrow tab the sentences take more lines, and the panel asks for them.
  void narrowPanelAsksForMoreRoom() {
    const ScoresState scores = scoresOf({1, 3, 3});
    ScoresPanel panel;
    panel.present(scores);
    panel.resize(376, 400);
    (void)panel.grab();
    const int wide = panel.minimumSizeHint().height();
    panel.resize(230, 400);
    (void)panel.grab();
    QVERIFY(panel.minimumSizeHint().height() >= wide + 2 * 15);
  }

  void ownBankCountsItsFilters() {
    const QString text = shown(scoresOf({3, 3, 3}, BankKind::Own));
    QVERIFY2(text.contains(QStringLiteral("These 16 filters cannot")), qPrintable(text));
  }

  void failureIsOneSentence() {
    const ScoresState scores = scoresOf({17, 1, 1});
    QCOMPARE(shown(scores),
             QStringLiteral("The kernel spans 17 frames in time and the readout's clips have 16."));
  }

  void matrixCellsSayTheirCounts() {
    ScoresState scores = scoresOf({5, 1, 5});
    scores.state.look.scoresView = ScoresView::Confusion;
    ScoresPanel panel;
    panel.resize(376, 260);
    panel.present(scores);
    (void)panel.grab();  // places the cells
    const auto& table = scores.result->readout->test.confusion;
    const auto up = static_cast<std::size_t>(MotionClass::Up);
    const QString wanted = QStringLiteral("%1 of 40 clips of up taken for down").arg(table[up][up + 1]);
    QVERIFY2(panel.lines().contains(wanted), qPrintable(panel.lines().join(QLatin1Char('\n'))));
    bool found = false;
    for (int y = 0; y < 260 && !found; y += 4) {
      for (int x = 0; x < 376 && !found; x += 4)
        found = panel.tipAt(QPointF(x, y)) ==
                QStringLiteral("%1 of the 40 test clips of up were taken for down").arg(table[up][up + 1]);
    }
    QVERIFY(found);
  }

  void chartMayBeTheFirstView() {
    ScoresState scores = scoresOf({3, 3, 3});
    scores.state.look.scoresView = ScoresView::Chart;
    ScoresPanel panel;
    panel.present(scores);
    QVERIFY(panel.lines().isEmpty());  // no scan yet
  }

  void switchAndBankAskForEdits() {
    ScoresPanel panel;
    QSignalSpy edits(&panel, &ScoresPanel::editRequested);
    const ScoresState scores = scoresOf({3, 3, 3});
    panel.present(scores);
    Q_EMIT panel.viewSwitch()->chosen(2);
    QVERIFY(edited(scores.state, edits).look.scoresView == ScoresView::Chart);
    Q_EMIT panel.bankChoice()->picked(QStringLiteral("random"));
    QVERIFY(edited(scores.state, edits).scores.bank == BankKind::Random);
    panel.present(scores);  // the panel itself holds nothing
    QCOMPARE(panel.bankChoice()->currentId(), QStringLiteral("gabor"));
  }

  void scanFillsEveryPointAndLetsScoresGoFirst() {
    StudyController controller;
    StudyController scores(controller, StudyController::kBackground);
    ReadoutScan scan(scores);
    QSignalSpy changed(&scan, &ReadoutScan::changed);
    ReadoutSpec base;
    base.kernel = {2, 2, 2};
    base.stride = {3, 3, 3};
    scan.start(base);
    base.kernel.t = 1;
    scores.setSpec(ReadoutStudy{std::nullopt, base}, 0);  // pushes the scan out of the lane
    scores.finish();
    QVERIFY(std::get<ReadoutResult>(*scores.result()).spec.readout == base);
    scan.finish();
    QVERIFY(changed.count() > 5);
    QCOMPARE(scan.alongTime().size(), std::size_t{ReadoutScan::kLongest});
    for (const auto* points : {&scan.alongTime(), &scan.alongSpace()}) {
      for (const ScanPoint& point : *points)
        QVERIFY(point.readout && point.readout->spec.kernel == point.kernel);
    }
    scan.stop();
    QVERIFY(scan.alongTime().empty());
  }
};

QTEST_MAIN(TestScoresPanel)
#include "tst_scores_panel.moc"
