#include "engine/field/field_graph.h"

#include <QtTest>

#include <random>
#include <set>

using namespace convscope;

namespace {

/// One position of a node.
using Place = std::array<int, 3>;

/// Whether output `o` depends on input `i` along one axis, by the definition alone.
bool depends(const AxisReach& reach, int o, int i) {
  if (reach.kind == AxisReach::Kind::Whole) return true;
  const bool window = reach.kind == AxisReach::Kind::Window;
  const int from = window ? o : i;
  const int to = window ? i : o;
  for (int j = 0; j < reach.kernel; ++j) {
    if (from * reach.stride - reach.padBefore + reach.dilation * j == to) return true;
  }
  return false;
}

/// Everything, node by node, that node `node`'s position `unit` depends on, as single positions: no sets for
/// each axis, no intervals.
std::vector<std::set<Place>> bruteSeen(const FieldGraph& graph, int node, const Place& unit) {
  std::vector<std::set<Place>> seen(graph.size());
  seen[static_cast<std::size_t>(node)] = {unit};
  for (int at = node; at > 0; --at) {
    for (const FieldEdge& edge : graph[static_cast<std::size_t>(at)].inputs) {
      const Triple& extent = graph[static_cast<std::size_t>(edge.from)].extent;
      for (const Place& place : seen[static_cast<std::size_t>(at)]) {
        for (int t = 0; t < extent.t; ++t) {
          if (!depends(edge.reach[0], place[0], t)) continue;
          for (int y = 0; y < extent.y; ++y) {
            if (!depends(edge.reach[1], place[1], y)) continue;
            for (int x = 0; x < extent.x; ++x) {
              if (depends(edge.reach[2], place[2], x))
                seen[static_cast<std::size_t>(edge.from)].insert({t, y, x});
            }
          }
        }
      }
    }
  }
  return seen;
}

Box projected(const std::set<Place>& places) {
  std::array<std::set<int>, 3> axes;
  for (const Place& place : places) {
    for (std::size_t axis = 0; axis < 3; ++axis) axes[axis].insert(place[axis]);
  }
  Box box;
  for (std::size_t axis = 0; axis < 3; ++axis) box[axis].assign(axes[axis].begin(), axes[axis].end());
  return box;
}

class RandomGraphs {
 public:
  explicit RandomGraphs(unsigned seed) : m_random(seed) {}

  int number(int low, int high) {
    return low + static_cast<int>(m_random() % static_cast<unsigned>(high - low + 1));
  }

  FieldGraph next() {
    FieldGraph graph{{{number(1, 5), number(1, 6), number(1, 6)}, {}}};
    const int layers = number(1, 6);
    for (int i = 0; i < layers; ++i) addNode(graph);
    return graph;
  }

 private:
  /// Windows that never lie in the padding as a whole, as in every real layer; asymmetric, dilated, strided.
  AxisReach window(int extent) {
    AxisReach reach;
    reach.kernel = number(1, 4);
    reach.stride = number(1, 3);
    reach.dilation = number(1, 2);
    while (reach.span() > extent + 1 && reach.kernel > 1) --reach.kernel;
    reach.padBefore = number(0, reach.kernel > 1 ? reach.dilation : 0);
    if (reach.padBefore == reach.dilation && extent <= (reach.kernel - 1) * reach.dilation - reach.padBefore)
      reach.padBefore = 0;
    return reach;
  }

  /// As many outputs as have an input among their taps, the last ones reaching into the padding behind.
  int outputsOfWindow(const AxisReach& reach, int extent) {
    int out = 0;
    while (touches(reach, out, extent) && out < 9) ++out;
    return std::max(1, out - number(0, 1));
  }
  static bool touches(const AxisReach& reach, int out, int extent) {
    for (int i = 0; i < extent; ++i) {
      if (depends(reach, out, i)) return true;
    }
    return false;
  }

  void addNode(FieldGraph& graph) {
    const int before = static_cast<int>(graph.size()) - 1;
    FieldNode node{graph.back().extent, {}};
    const int kind = number(0, 9);
    FieldEdge edge{before, {}, false};
    if (kind == 0) {  // addition of two nodes of one size, where there are two
      node.inputs.push_back(edge);
      for (int other = 0; other < before; ++other) {
        if (graph[static_cast<std::size_t>(other)].extent == node.extent) {
          node.inputs.push_back({other, {}, false});
          break;
        }
      }
    } else if (kind == 1) {  // a gate beside the straight way
      FieldEdge gate{before, {}, true};
      for (AxisReach& reach : gate.reach) reach.kind = AxisReach::Kind::Whole;
      node.inputs = {edge, gate};
    } else if (kind == 2) {  // two branches of one stride, different kernels
      FieldEdge wide = edge;
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        const int extent = node.extent[axis];
        edge.reach[a].stride = wide.reach[a].stride = extent > 2 ? number(1, 2) : 1;
        wide.reach[a].kernel = extent > 1 ? 3 : 1;
        wide.reach[a].padBefore = wide.reach[a].kernel / 2;
        node.extent[axis] = (extent - 1) / edge.reach[a].stride + 1;
      }
      node.inputs = {edge, wide};
    } else if (kind == 3 && node.extent.product() < 40) {  // upsampling, or a transposed convolution
      for (const Axis axis : kAxes) {
        const auto a = static_cast<std::size_t>(axis);
        AxisReach& reach = edge.reach[a];
        reach.kind = AxisReach::Kind::Spread;
        reach.stride = number(1, 2);
        reach.kernel = reach.stride + number(0, 1);
        node.extent[axis] = (node.extent[axis] - 1) * reach.stride + reach.kernel;
      }
      node.inputs = {edge};
    } else {
      for (const Axis axis : kAxes) {
        AxisReach& reach = edge.reach[static_cast<std::size_t>(axis)];
        reach = window(node.extent[axis]);
        node.extent[axis] = outputsOfWindow(reach, node.extent[axis]);
      }
      node.inputs = {edge};
    }
    graph.push_back(node);
  }

  std::mt19937 m_random;
};

FieldEdge window(int from, const AxisReach& reach) {
  return {from, {reach, reach, reach}, false};
}

}  // namespace

class TestFieldGraph : public QObject {
  Q_OBJECT

 private slots:
  void twoThousandRandomGraphsEqualBruteForce() {
    constexpr int kGraphs = 2000;
    RandomGraphs random(20);
    int boxes = 0;
    for (int i = 0; i < kGraphs; ++i) {
      const FieldGraph graph = random.next();
      const int node = random.number(1, static_cast<int>(graph.size()) - 1);
      const Triple& extent = graph[static_cast<std::size_t>(node)].extent;
      const Triple unit{random.number(0, extent.t - 1), random.number(0, extent.y - 1),
                        random.number(0, extent.x - 1)};
      const auto seen = seenBy(graph, node, unit, Borders::Real, Gates::Count);
      const auto brute = bruteSeen(graph, node, {unit.t, unit.y, unit.x});
      for (std::size_t n = 0; n < graph.size(); ++n) {
        QVERIFY2(seen[n] == projected(brute[n]),
                 qPrintable(QStringLiteral("graph %1, node %2").arg(i).arg(n)));
        boxes += brute[n].empty() ? 0 : 1;
      }
    }
    QVERIFY(boxes > 2 * kGraphs);
  }

  // Forward and backward are one relation: a unit is reached from a position if and only if it sees it.
  void whatIsSeenIsReached() {
    RandomGraphs random(7);
    for (int i = 0; i < 200; ++i) {
      const FieldGraph graph = random.next();
      const auto last = static_cast<int>(graph.size()) - 1;
      const Triple& clip = graph.front().extent;
      const Triple& extent = graph.back().extent;
      const Triple at{random.number(0, clip.t - 1), random.number(0, clip.y - 1),
                      random.number(0, clip.x - 1)};
      std::set<Place> reached;
      for (int t = 0; t < extent.t; ++t) {
        for (int y = 0; y < extent.y; ++y) {
          for (int x = 0; x < extent.x; ++x) {
            if (bruteSeen(graph, last, {t, y, x}).front().contains({at.t, at.y, at.x}))
              reached.insert({t, y, x});
          }
        }
      }
      QVERIFY2(reachedFrom(graph, 0, at, Gates::Count).back() == projected(reached),
               qPrintable(QStringLiteral("graph %1").arg(i)));
    }
  }

  // Away from borders the two ways of counting agree, and both agree with the recurrence.
  void recurrenceIsTheHullOfTheTaps() {
    FieldGraph graph{{{40, 40, 40}, {}}};
    graph.push_back({{19, 19, 19}, {window(0, {AxisReach::Kind::Window, 3, 2, 1, 0})}});
    graph.push_back({{15, 15, 15}, {window(1, {AxisReach::Kind::Window, 3, 1, 2, 0})}});
    graph.push_back({{15, 15, 15}, {window(2, {}), window(2, {AxisReach::Kind::Window, 3, 1, 1, 1})}});
    const AxisField field = fieldsOf(graph, Gates::Count).back()[0];
    const auto seen = seenBy(graph, 3, {7, 7, 7}, Borders::Real, Gates::Count);
    QCOMPARE(seen, seenBy(graph, 3, {7, 7, 7}, Borders::Ideal, Gates::Count));
    QCOMPARE(field.first(7), seen[0][0].front());
    QCOMPARE(field.size, seen[0][0].back() - seen[0][0].front() + 1);
    QCOMPARE(field.jump, 2.0);
  }

  void idealBordersReachIntoThePadding() {
    FieldGraph graph{{{4, 6, 6}, {}}};
    graph.push_back({{4, 6, 6}, {window(0, {AxisReach::Kind::Window, 3, 1, 1, 1})}});
    const Box ideal = seenBy(graph, 1, {0, 0, 5}, Borders::Ideal, Gates::Count).front();
    QCOMPARE(ideal, (Box{Positions{-1, 0, 1}, Positions{-1, 0, 1}, Positions{4, 5, 6}}));
    const Box real = seenBy(graph, 1, {0, 0, 5}, Borders::Real, Gates::Count).front();
    QCOMPARE(real, (Box{Positions{0, 1}, Positions{0, 1}, Positions{4, 5}}));
    QCOMPARE(paddingShare(ideal, {4, 6, 6}), 1 - 8.0 / 27);
    QCOMPARE(paddingShare(real, {4, 6, 6}), 0.0);
  }

  void dilationLeavesGaps() {
    FieldGraph graph{{{9, 1, 1}, {}}};
    FieldEdge edge{0, {}, false};
    edge.reach[0] = {AxisReach::Kind::Window, 3, 1, 4, 0};
    graph.push_back({{1, 1, 1}, {edge}});
    QCOMPARE(seenBy(graph, 1, {0, 0, 0}, Borders::Real, Gates::Count).front()[0], (Positions{0, 4, 8}));
  }

  void gateMayBeLeftOut() {
    FieldGraph graph{{{5, 5, 5}, {}}};
    FieldEdge gate{0, {}, true};
    for (AxisReach& reach : gate.reach) reach.kind = AxisReach::Kind::Whole;
    graph.push_back({{5, 5, 5}, {window(0, {}), gate}});
    QCOMPARE(seenBy(graph, 1, {2, 2, 2}, Borders::Real, Gates::LeaveOut).front()[1], (Positions{2}));
    QCOMPARE(seenBy(graph, 1, {2, 2, 2}, Borders::Real, Gates::Count).front()[1], (Positions{0, 1, 2, 3, 4}));
    QCOMPARE(seesWhole(graph), (std::vector<bool>{false, true}));
    QCOMPARE(fieldsOf(graph, Gates::LeaveOut).back()[2], AxisField{});
  }

  void upsamplingHalvesTheJump() {
    FieldGraph graph{{{4, 4, 4}, {}}};
    graph.push_back({{8, 8, 8}, {window(0, {AxisReach::Kind::Spread, 2, 2, 1, 0})}});
    graph.push_back({{8, 8, 8}, {window(1, {AxisReach::Kind::Window, 3, 1, 1, 1})}});
    const auto fields = fieldsOf(graph, Gates::Count);
    QCOMPARE(fields[1][0].jump, 0.5);
    QCOMPARE(fields[1][0].size, 1);
    QCOMPARE(seenBy(graph, 2, {3, 3, 3}, Borders::Real, Gates::Count).front()[0], (Positions{1, 2}));
    QCOMPARE(fields[2][0].size, 2);
  }
};

QTEST_GUILESS_MAIN(TestFieldGraph)
#include "tst_field_graph.moc"
