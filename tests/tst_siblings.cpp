// The networks that come with the program: what they tell apart, how fast, and what a shift does to them.
#include "engine/clip/clip_edit.h"
#include "engine/network/bundled_models.h"
#include "engine/network/shift_variant.h"
#include "engine/study/hierarchy.h"
#include "engine/study/network_study.h"
#include "engine/study/set_accuracy.h"
#include "engine/study/shift_curve.h"

#include <QtTest>

#include <algorithm>
#include <chrono>
#include <cmath>

using namespace convscope;

#define QVERIFY_RESULT(result) QVERIFY2(result, result ? "" : result.error().message.c_str())

namespace {

constexpr int kClips = 120;  // of the held-out set: ten of each class

LabSet heldOut(const char* name = "held-out.json") {
  auto set = readLabSet(std::string(LAB_SETS) + "/" + name);
  if (!set) qFatal("%s", set.error().message.c_str());
  set->clips = kClips;
  return *set;
}

LabSpec clapper() {
  LabSpec lab;
  lab.height = lab.width = 64;
  lab.size = 5.4;
  lab.texture = "gradient";
  return lab;
}

double milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

class TestSiblings : public QObject {
  Q_OBJECT

  ThreadPool m_pool{2};
  ComputeContext m_context{m_pool, {}};

  static void addSiblings() {
    QTest::addColumn<QString>("id");
    for (const BundledModel& model : bundledModels()) QTest::addRow("%s", model.id) << model.id;
  }
  std::shared_ptr<const OpenNetwork> opened(const QString& id) {
    auto network = openNetwork(id.toStdString());
    if (!network) qFatal("%s", network.error().message.c_str());
    return *network;
  }
  NetworkResult ran(const QString& id, const std::vector<ClipEdit>& edits = {}) {
    auto result = computeNetwork({id.toStdString(), clapper(), 0, {}, edits}, m_context);
    if (!result) qFatal("%s", result.error().message.c_str());
    return std::move(*result);
  }

 private slots:
  void heldOutClipsAreToldApart_data() { addSiblings(); }
  void heldOutClipsAreToldApart() {
    QFETCH(QString, id);
    const auto network = opened(id);
    QVERIFY(network->sidecar() && network->sidecar()->trained);
    const TrainingNote& note = *network->sidecar()->trained;
    const auto result = accuracyOn(heldOut(), {}, *network, m_context);
    QVERIFY_RESULT(result);
    QCOMPARE(result->tested, kClips);
    // 120 of the 1200 clips that the stated figure is of: three standard errors of so small a part
    const double spread = 3 * std::sqrt(std::max(note.accuracy * (1 - note.accuracy), .002) / kClips);
    QVERIFY2(std::abs(result->accuracy() - note.accuracy) <= spread,
             qPrintable(QString("%1, stated %2").arg(result->accuracy()).arg(note.accuracy)));
    int clips = 0, right = 0;
    for (std::size_t row = 0; row < note.confusion.size(); ++row) {
      for (const int count : note.confusion[row]) clips += count;
      right += note.confusion[row][row];
    }
    QCOMPARE(static_cast<double>(right) / clips, note.accuracy);
  }

  // Every frame on its own, averaged: the order cannot matter. The others see it.
  void onlyThe2dSiblingTakesAClipForItsReverse_data() { addSiblings(); }
  void onlyThe2dSiblingTakesAClipForItsReverse() {
    QFETCH(QString, id);
    const ClipEdit reverse{ClipEditKind::Reverse, 0}, shuffle{ClipEditKind::Shuffle, 3};
    const auto reversed = accuracyOn(heldOut(), {&reverse, 1}, *opened(id), m_context);
    QVERIFY_RESULT(reversed);
    QCOMPARE(reversed->leftOut, kClips / 6);  // the walkers
    if (id == "sibling-2d") {
      QVERIFY2(reversed->mostMoved < 1e-5, qPrintable(QString::number(reversed->mostMoved)));
      const auto shuffled = accuracyOn(heldOut(), {&shuffle, 1}, *opened(id), m_context);
      QVERIFY_RESULT(shuffled);
      QVERIFY(shuffled->mostMoved < 1e-5);
    } else {
      QVERIFY2(reversed->accuracy() > .9, qPrintable(QString::number(reversed->accuracy())));
      QVERIFY2(reversed->meanMoved > .3, qPrintable(QString::number(reversed->meanMoved)));
    }
  }

  void weightsAreEqualWithinATenth() {
    std::vector<double> weights;
    for (const BundledModel& model : bundledModels()) {
      const auto network = opened(model.id);
      std::int64_t counted = 0;
      for (const auto& [value, array] : network->graph()->initialisers) counted += array.count();
      QCOMPARE(counted, network->sidecar()->trained->weights);
      weights.push_back(static_cast<double>(counted));
    }
    const auto [least, most] = std::ranges::minmax_element(weights);
    QVERIFY(*most / *least < 1.1);
  }

  void multiplyAddsAreThoseStated_data() { addSiblings(); }
  void multiplyAddsAreThoseStated() {
    QFETCH(QString, id);
    const NetworkResult result = ran(id);
    std::int64_t counted = 0;
    for (const LayerRow& row : result.layers.table.rows) counted += row.multiplyAdds;
    QCOMPARE(counted, result.preprocess.trained->multiplyAdds);
  }

  // the clocks of a busy machine: the best of a few, against the limit
  void opensAndClassifiesQuickly_data() { addSiblings(); }
  void opensAndClassifiesQuickly() {
    QFETCH(QString, id);
    double openMs = 1e9, runMs = 1e9;
    for (int i = 0; i < 5; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const auto network = openNetwork(id.toStdString());  // nobody else holds it: read anew each time
      QVERIFY_RESULT(network);
      openMs = std::min(openMs, milliseconds(start));
    }
    const auto network = opened(id);
    const auto clip = drawLabSetClip(heldOut(), 3);
    RunRequest request;
    request.inputs = *networkInputs(*network->graph(), clip->clip, *network->preprocess(""));
    for (int i = 0; i < 10; ++i) {
      const auto start = std::chrono::steady_clock::now();
      QVERIFY(network->run(request, true, m_context));
      runMs = std::min(runMs, milliseconds(start));
    }
    qInfo("%s: open %.1f ms, classify %.2f ms", qPrintable(id), openMs, runMs);
    QVERIFY2(openMs < 200, qPrintable(QString::number(openMs)));
    QVERIFY2(runMs < 30, qPrintable(QString::number(runMs)));
  }

  void anEditKeepsTheScoresBefore() {
    const NetworkResult plain = ran("sibling-3d");
    QVERIFY(plain.before.empty());
    const NetworkResult reversed = ran("sibling-3d", {{ClipEditKind::Reverse, 0}});
    for (const ClassScore& one : plain.scores.clips.front())
      QVERIFY(std::abs(reversed.before[static_cast<std::size_t>(one.index)] - one.probability) < 1e-9);
    QVERIFY(!std::ranges::equal(plain.clip->pixels.values(), reversed.clip->pixels.values()));
    QCOMPARE(reversed.clip->pixels.at(0, 5, 5, 0), plain.clip->pixels.at(15, 5, 5, 0));
  }

  // Without strides and with padding that wraps nothing is left that could tell where the clip's border is.
  void withoutStridesAndBordersMapsFollowEveryShift_data() { addSiblings(); }
  void withoutStridesAndBordersMapsFollowEveryShift() {
    QFETCH(QString, id);
    const NetworkResult result = ran(id);
    const auto base = shiftBase(result, m_context);
    QVERIFY_RESULT(base);
    const int row = result.groups[result.groups.size() / 2].last;
    for (const Axis axis : kAxes) {
      const auto curve = shiftCurve(result, *base, row, axis, 3, 2, m_context);
      QVERIFY_RESULT(curve);
      QCOMPARE(curve->problem, std::string());
      QCOMPARE(curve->points.size(), std::size_t{5});
      for (const ShiftPoint& point : curve->points) {
        QVERIFY2(point.difference < 1e-5, qPrintable(QString::number(point.difference)));
        QVERIFY(std::abs(point.score - curve->points.front().score) < 1e-5);
      }
    }
  }

  // With strides the map follows shifts by whole strides alone, where no border is in the way.
  void stridesFollowTheirMultiplesAlone() {
    const NetworkResult result = ran("sibling-3d");
    const auto base = shiftBase(result, m_context);
    QVERIFY_RESULT(base);
    const int row = result.groups[1].last;  // behind two layers of stride 2 in space, one of 2 in time
    for (const auto& [axis, jump] : {std::pair{Axis::X, 4}, std::pair{Axis::Y, 4}, std::pair{Axis::T, 2}}) {
      const auto curve = shiftCurve(result, *base, row, axis, 2, 4, m_context);
      QVERIFY_RESULT(curve);
      QCOMPARE(curve->jump, static_cast<double>(jump));
      for (const ShiftPoint& point : curve->points) {
        const bool whole = point.shift % jump == 0;
        QVERIFY2(
            whole == (point.difference < 1e-5),
            qPrintable(QString("%1 by %2: %3").arg(axisName(axis)).arg(point.shift).arg(point.difference)));
      }
    }
  }

  // Spread windows read what the strided ones read: their units are among the others.
  void spreadLayersHoldTheUnitsOfStridedOnes() {
    const auto graph = opened("sibling-3d")->graph();
    const auto spread = underVariant(graph, {true, false});
    QVERIFY_RESULT(spread);
    const auto clip = drawLabSetClip(heldOut(), 5);
    const auto preprocess = opened("sibling-3d")->preprocess("");
    RunRequest request;
    request.inputs = *networkInputs(*graph, clip->clip, *preprocess);
    request.keep = true;
    Runner strided(graph), dense(*spread);
    const auto few = strided.run(request, m_context), many = dense.run(request, m_context);
    QVERIFY_RESULT(few);
    QVERIFY_RESULT(many);
    int last = -1;
    for (const Node& node : graph->nodes) {
      if (node.op == "Conv") last = node.outputs.front();
    }
    const Value& a = few->values[static_cast<std::size_t>(last)];
    const Value& b = many->values[static_cast<std::size_t>(last)];
    QCOMPARE(a.dims(), (Dims{1, 48, 4, 4, 4}));
    QCOMPARE(b.dims(), (Dims{1, 48, 16, 32, 32}));
    for (int c = 0; c < 48; c += 5) {
      for (int t = 0; t < 4; ++t) {
        for (int y = 0; y < 4; ++y) {
          for (int x = 0; x < 4; ++x) {
            const float one = a.values<float>()[static_cast<std::size_t>(((c * 4 + t) * 4 + y) * 4 + x)];
            const float other =
                b.values<float>()[static_cast<std::size_t>(((c * 16 + 4 * t) * 32 + 8 * y) * 32 + 8 * x)];
            QVERIFY(std::abs(one - other) < 1e-3F);
          }
        }
      }
    }
  }

  void theHierarchyFindsWhatDrivesAChannel() {
    const HierarchySpec spec{{"sibling-2d", clapper(), 0, {}, {}}, "sibling-3d"};
    const auto made = hierarchyOf(spec, m_context);
    QVERIFY_RESULT(made);
    QCOMPARE(made->columns.size(), std::size_t{2});
    for (const HierarchyColumn& column : made->columns) {
      for (const HierarchyCell* cell : {&column.early, &column.late}) {
        QVERIFY(!cell->patches.empty());
        QVERIFY(std::ranges::is_sorted(cell->patches, std::greater<>{}, &DrivingPatch::value));
        // the window shown is one of those searched
        QVERIFY(cell->patches.front().value >= cell->map.at(cell->at.t, cell->at.y, cell->at.x, 0));
        QVERIFY(cell->patches.front().pixels.shape().length <= cell->field[0].size);
      }
      QVERIFY(column.early.field[1].size < column.late.field[1].size);
    }
    // no kernel of the 2-D sibling reaches over frames: only its mean over time does, and that over all 16
    const HierarchyColumn& flat = made->columns[0];
    QCOMPARE(flat.late.field[0].size, 1);
    QVERIFY(flat.reach[static_cast<std::size_t>(flat.spansClap)].frames == 16);
    // 3, 5, 9, 13: the fourth layer of 3 × 3 × 3 spans 12.5 frames
    const HierarchyColumn& deep = made->columns[1];
    QCOMPARE(deep.spansClap, 3);
    QCOMPARE(deep.reach[3].frames, 13);
    QCOMPARE(deep.spansAction, -1);
  }
};

QTEST_GUILESS_MAIN(TestSiblings)
#include "tst_siblings.moc"
