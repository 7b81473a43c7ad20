#include "engine/field/field_puzzle.h"

#include <QtTest>

#include <cmath>
#include <queue>
#include <set>
#include <tuple>

using namespace convscope;

namespace {

LayerTable tableFor(const StackSpec& stack) {
  auto table = tableOf(stack);
  if (!table) qFatal("%s", table.error().message.c_str());
  return std::move(*table);
}

/// The least weights of any stack that keeps the rules, by a search of its own: fields and jumps on t and on
/// y = x, cheapest first. `cubes`: of layers of 3 × 3 × 3 alone; `everyFrame`: no stride in time.
std::int64_t leastWeights(const FieldPuzzle& puzzle, bool cubes, bool everyFrame) {
  using State =
      std::tuple<std::int64_t, int, int, int, int, bool>;  // cost, field and jump of t and space, first
  std::priority_queue<State, std::vector<State>, std::greater<>> open;
  std::set<std::tuple<int, int, int, int, bool>> done;
  open.push({0, 1, 1, 1, 1, true});
  while (!open.empty()) {
    const auto [cost, time, timeJump, space, spaceJump, first] = open.top();
    open.pop();
    if (!done.insert({time, timeJump, space, spaceJump, first}).second) continue;
    if (time == puzzle.field.t && std::abs(space - puzzle.field.y) * 100 <= puzzle.field.y) return cost;
    for (const int kernelT : cubes ? std::vector{3} : std::vector{1, 3}) {
      for (const int kernel : cubes ? std::vector{3} : std::vector{1, 3}) {
        if (kernelT == 1 && kernel == 1) continue;
        if ((kernelT > 1 && timeJump > time) || (kernel > 1 && spaceJump > space)) continue;  // gaps
        const int newTime = time + (kernelT - 1) * timeJump, newSpace = space + (kernel - 1) * spaceJump;
        if (newTime > puzzle.field.t || newSpace > 303) continue;
        const std::int64_t more =
            std::int64_t{kernelT} * kernel * kernel * (first ? 3 : puzzle.filters) * puzzle.filters;
        for (const int strideT : everyFrame ? std::vector{1} : std::vector{1, 2}) {
          for (const int stride : {1, 2})
            open.push({cost + more, newTime, timeJump * strideT, newSpace, spaceJump * stride, false});
        }
      }
    }
  }
  return -1;
}

}  // namespace

class TestFieldPuzzle : public QObject {
  Q_OBJECT

 private slots:
  void bestKnownStacksSolveTheirPuzzle() {
    for (const FieldPuzzle& puzzle : fieldPuzzles()) {
      QCOMPARE(puzzleNamed(puzzle.id), &puzzle);
      for (const PuzzleSolution& solution : bestKnown(puzzle)) {
        const PuzzleVerdict verdict = judged(puzzle, tableFor(solution.stack));
        QVERIFY2(verdict.broken.empty(), verdict.broken.empty() ? "" : verdict.broken.front().c_str());
        QVERIFY2(verdict.solved(), qPrintable(QString("%1, %2: %3 weights, %4 multiply-adds, field %5")
                                                  .arg(puzzle.id, solution.name)
                                                  .arg(verdict.weights)
                                                  .arg(verdict.multiplyAdds)
                                                  .arg(toText(verdict.field).c_str())));
      }
    }
    QCOMPARE(puzzleNamed("feet"), nullptr);
  }

  /// The stack of twelve layers that takeaway 3 names: temporal stride 1, spatial stride 2 at layers 1, 3, 5,
  /// 6 and 10.
  void theTwelveLayersSee25By299By299() {
    const FieldPuzzle& puzzle = *puzzleNamed("clapping");
    const PuzzleVerdict verdict = judged(puzzle, tableFor(bestKnown(puzzle).back().stack));
    QCOMPARE(verdict.field, (Triple{25, 299, 299}));
    QCOMPARE(verdict.weights, std::int64_t{3 * 27 * 16 + 11 * 16 * 27 * 16});
  }

  void noStackOfTheRulesIsCheaper() {
    const FieldPuzzle& hands = *puzzleNamed("hands");
    const FieldPuzzle& clapping = *puzzleNamed("clapping");
    QCOMPARE(judged(hands, tableFor(bestKnown(hands)[0].stack)).weights, leastWeights(hands, false, false));
    QCOMPARE(judged(clapping, tableFor(bestKnown(clapping)[0].stack)).weights,
             leastWeights(clapping, false, false));
    QCOMPARE(judged(clapping, tableFor(bestKnown(clapping)[1].stack)).weights,
             leastWeights(clapping, true, false));
    QCOMPARE(judged(clapping, tableFor(bestKnown(clapping)[2].stack)).weights,
             leastWeights(clapping, true, true));
  }

  void theStartSolvesNothing() {
    for (const FieldPuzzle& puzzle : fieldPuzzles()) {
      const PuzzleVerdict verdict = judged(puzzle, tableFor(puzzleStart(puzzle)));
      QVERIFY(verdict.broken.empty());
      QVERIFY(!verdict.solved() && !verdict.reached[1]);
      QCOMPARE(verdict.reached[0], puzzle.field.t == 1);
      QCOMPARE(verdict.field.y, 9);
    }
  }

  void brokenRulesNameTheLayer_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("wanted");
    QTest::addRow("pool") << "pool"
                          << "“layer 2” is a max pool; learned layers alone count.";
    QTest::addRow("filters") << "filters"
                             << "“layer 2” has 8 filters in 1 group; every layer has 16 in one.";
    QTest::addRow("kernel") << "kernel"
                            << "“layer 2” has a kernel of 5 along height; 1 and 3 are allowed.";
    QTest::addRow("pointwise") << "pointwise"
                               << "“layer 2” looks at no neighbour; a kernel of 3 on one axis at least.";
    QTest::addRow("stride") << "stride"
                            << "“layer 2” has a stride of 3 along width; 1 and 2 are allowed.";
    QTest::addRow("dilation") << "dilation"
                              << "“layer 2” is dilated along time.";
    QTest::addRow("padding") << "padding"
                             << "“layer 2” is padded by 0 along width; (kernel − 1) / 2 is allowed.";
    QTest::addRow("clip")
        << "clip"
        << "The stack looks at 25 × 200 × 300 × 3; the puzzle's clip is 25 × 300 × 300 × 3.";
    QTest::addRow("gaps") << "gaps"
                          << "The field has gaps along height: 2 of 7 positions are not seen.";
  }
  void brokenRulesNameTheLayer() {
    QFETCH(QString, what);
    QFETCH(QString, wanted);
    const FieldPuzzle& puzzle = *puzzleNamed("clapping");
    StackSpec stack = puzzleStart(puzzle);
    stack.layers.resize(2);
    LayerSpec& layer = stack.layers[1];
    if (what == "pool") layer.kind = LayerKind::MaxPool;
    if (what == "filters") layer.filters = 8;
    if (what == "kernel") layer.kernel.y = 5, layer.padding[1] = {2, 2};
    if (what == "pointwise") layer.kernel = {1, 1, 1}, layer.padding = {};
    if (what == "stride") layer.stride.x = 3;
    if (what == "dilation") layer.dilation.t = 2, layer.padding[0] = {2, 2};
    if (what == "padding") layer.padding[2] = {};
    if (what == "clip") stack.clip.height = 200;
    if (what == "gaps") {
      // two strides before the first layer that looks beside itself
      for (LayerSpec& one : stack.layers) one.kernel.y = one.stride.y = 1, one.padding[1] = {};
      stack.layers[0].stride.y = 2;
      layer.kernel.y = 3;
      layer.padding[1] = {1, 1};
      stack.layers.push_back(layer);
      stack.layers[2].name = "layer 3";
    }
    const PuzzleVerdict verdict = judged(puzzle, tableFor(stack));
    QVERIFY(!verdict.broken.empty() && !verdict.solved());
    if (what == "gaps")
      QVERIFY2(verdict.broken.back().starts_with("The field has gaps along height: "),
               verdict.broken.back().c_str());
    else
      QCOMPARE(QString::fromStdString(verdict.broken.front()), wanted);
  }

  void budgetsAreHeld() {
    const FieldPuzzle& puzzle = *puzzleNamed("hands");
    StackSpec stack = bestKnown(puzzle)[0].stack;
    for (LayerSpec& layer : stack.layers) layer.stride = {1, 1, 1};
    while (static_cast<int>(stack.layers.size()) < 149) stack.layers.push_back(stack.layers.back());
    const PuzzleVerdict verdict = judged(puzzle, tableFor(stack));
    QVERIFY(verdict.broken.empty());
    QCOMPARE(verdict.field.y, 299);
    QVERIFY(verdict.reached[1] && !verdict.weightsFit && !verdict.workFits && !verdict.solved());
  }
};

QTEST_GUILESS_MAIN(TestFieldPuzzle)
#include "tst_field_puzzle.moc"
