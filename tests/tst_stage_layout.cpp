#include "stage_fixture.h"
#include "widgets/stage/stage_furniture.h"
#include "widgets/stage/stage_ink.h"
#include "widgets/stage/stage_layout.h"
#include "widgets/stage/stage_value.h"

#include <QRandomGenerator>
#include <QtTest>

#include <cmath>

using namespace convscope;
using namespace stage_fixture;

Q_DECLARE_METATYPE(stage_fixture::Setting)
Q_DECLARE_METATYPE(std::vector<int>)

namespace {

constexpr double kTiny = 1e-9;

int count(const StageLayout& layout, PlaneKind kind) {
  return static_cast<int>(std::count_if(layout.planes.begin(), layout.planes.end(),
                                        [kind](const StagePlane& plane) { return plane.kind == kind; }));
}

double zOfFrame(const StageLayout& layout, int t) {
  for (const StagePlane& plane : layout.planes) {
    const bool frame = plane.kind == PlaneKind::Input || plane.kind == PlaneKind::Padding;
    if (frame && plane.t == t) return plane.origin.z;
  }
  return std::nan("");
}

void addSettings() {
  QTest::addColumn<Setting>("setting");
  QTest::newRow("3×3×3") << Setting{{8, 9, 12, 3}, spec({3, 3, 3})};
  QTest::newRow("two frames") << Setting{{4, 9, 12, 1}, spec({2, 3, 3})};
  QTest::newRow("one frame, even kernel") << Setting{{4, 9, 12, 1}, spec({1, 2, 4})};
  QTest::newRow("stride 2") << Setting{{9, 11, 13, 3}, spec({3, 3, 3}, {2, 2, 2})};
  QTest::newRow("same padding") << Setting{{6, 9, 12, 3}, spec({3, 3, 5}, {1, 1, 1}, PaddingMode::Same)};
  QTest::newRow("full padding") << Setting{{6, 9, 12, 3}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Full)};
  QTest::newRow("causal") << Setting{{6, 9, 12, 3}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Causal)};
  QTest::newRow("dilated") << Setting{{9, 9, 12, 3},
                                      spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Valid, {2, 2, 3})};
}

}  // namespace

class TestStageLayout : public QObject {
  Q_OBJECT
 private slots:
  void voxelStandsAboveTheMiddleOfItsPatch_data() { addSettings(); }
  void voxelStandsAboveTheMiddleOfItsPatch() {
    QFETCH(const Setting, setting);
    KernelView view = viewOf(setting);
    const Shape out = view.result->geometry.output;
    const LookTheme theme;
    for (const Triple at : {Triple{0, 0, 0}, Triple{out.length / 2, out.height / 2, 1},
                            Triple{out.length - 1, out.height - 1, out.width - 1}}) {
      view.state.selection.voxel = at;
      const StageLayout layout = layoutOf(view, theme);
      const Vec3 voxel = mixed(layout.voxelCorners[0], layout.voxelCorners[2], .5);
      const StageBox& cuboid = layout.cuboids.front();
      const Vec3 middle = mixed(cuboid.low, cuboid.high, .5);
      QVERIFY(std::abs(voxel.x - middle.x) < kTiny);
      QVERIFY(std::abs(voxel.y - middle.y - theme.levelPitch * layout.frameHeight) < kTiny);
      QVERIFY(std::abs(voxel.z - middle.z) < kTiny);
    }
  }

  void mapFramesHangAboveTheMiddleOfTheirFrames_data() { addSettings(); }
  void mapFramesHangAboveTheMiddleOfTheirFrames() {
    QFETCH(const Setting, setting);
    const KernelView view = viewOf(setting);
    const StageLayout layout = layoutOf(view, LookTheme{});
    for (int t = 0; t < layout.output.length; ++t) {
      const std::vector<int> frames = framesUnderKernel(setting.conv, view.result->geometry, t);
      const double middle = (zOfFrame(layout, frames.front()) + zOfFrame(layout, frames.back())) / 2;
      const StagePlane* map = layout.find(PlaneKind::Map, t);
      QVERIFY(map != nullptr);
      QVERIFY(std::abs(map->origin.z - middle) < kTiny);
      QCOMPARE(map->columns, layout.output.width);
      const double cell = map->across.x / map->columns;
      QVERIFY(std::abs(cell - setting.conv.stride.x / static_cast<double>(setting.input.width)) < kTiny);
    }
  }

  void countsAndTitlesFollowTheShapes() {
    KernelView view = viewOf({{8, 9, 12, 3}, spec({3, 3, 3})});
    view.state.selection.voxel = {2, 1, 1};
    const StageLayout layout = layoutOf(view, LookTheme{});
    QCOMPARE(count(layout, PlaneKind::Input), 8);
    QCOMPARE(count(layout, PlaneKind::Map), 6);
    QCOMPARE(layout.patches.size(), std::size_t{3});
    QCOMPARE(layout.find(PlaneKind::Input, 0)->title, QStringLiteral("t=1"));
    QCOMPARE(layout.find(PlaneKind::Map, 2)->title, QStringLiteral("t=(3,4,5)"));
    for (int t = 0; t < 8; ++t) QCOMPARE(layout.find(PlaneKind::Input, t)->lit, t >= 2 && t <= 4);
    for (int t = 0; t < 6; ++t) QCOMPARE(layout.find(PlaneKind::Map, t)->lit, t == 2);
  }

  void paddingFramesStandBeforeAndAfterTheClip() {
    const StageLayout layout =
        layoutOf(viewOf({{4, 9, 12, 1}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Full)}), LookTheme{});
    QCOMPARE(count(layout, PlaneKind::Padding), 4);
    QVERIFY(layout.find(PlaneKind::Padding, -2) != nullptr && layout.find(PlaneKind::Padding, 5) != nullptr);
    QVERIFY(layout.find(PlaneKind::Padding, -2)->lit);
  }

  void arrowsStandOnlyWhereTheKernelSlides_data() {
    QTest::addColumn<Setting>("setting");
    QTest::addColumn<std::vector<int>>("slides");
    QTest::newRow("three ways") << Setting{{4, 9, 12, 1}, spec({2, 3, 3})} << std::vector<int>{1, 1, 1};
    QTest::newRow("as long as the clip")
        << Setting{{4, 9, 12, 1}, spec({4, 3, 3})} << std::vector<int>{0, 1, 1};
    QTest::newRow("still image") << Setting{{1, 9, 12, 3}, spec({1, 3, 3})} << std::vector<int>{0, 1, 1};
    QTest::newRow("as wide as the frame")
        << Setting{{4, 9, 12, 1}, spec({2, 3, 12})} << std::vector<int>{1, 1, 0};
  }
  void arrowsStandOnlyWhereTheKernelSlides() {
    QFETCH(const Setting, setting);
    QFETCH(const std::vector<int>, slides);
    const StageLayout layout = layoutOf(viewOf(setting), LookTheme{});
    for (int axis = 0; axis < 3; ++axis) QCOMPARE(layout.slides[axis], slides[axis] == 1);
  }

  void stillImageHasNoTime() {
    const StageLayout layout = layoutOf(viewOf({{1, 9, 12, 3}, spec({1, 3, 3})}), LookTheme{});
    QVERIFY(layout.still);
    for (const StagePlane& plane : layout.planes) QVERIFY(plane.title.isEmpty());
    QCOMPARE(count(layout, PlaneKind::Input), 1);
  }

  void litFramesOpenLikeABook() {
    KernelView view = viewOf({{9, 9, 12, 1}, spec({3, 3, 3})});
    view.state.selection.voxel = {3, 0, 0};
    const StageLayout layout = layoutOf(view, LookTheme{});
    const auto gap = [&](int t) { return zOfFrame(layout, t + 1) - zOfFrame(layout, t); };
    QVERIFY(gap(3) > gap(2) + .1 && gap(4) > gap(5) + .1);
    QVERIFY(gap(2) > gap(1));
    // half way from one voxel to the next every gap is half way too
    KernelTravel travel{{2, 0, 0}, .5};
    const StageLayout moving = layoutOf(view, LookTheme{}, travel);
    KernelView before = view;
    before.state.selection.voxel = {2, 0, 0};
    const StageLayout start = layoutOf(before, LookTheme{});
    QVERIFY(std::abs(zOfFrame(moving, 2) - (zOfFrame(start, 2) + zOfFrame(layout, 2)) / 2) < kTiny);
  }

  void longClipsShrinkOnlyTheOuterGaps() {
    KernelView view = viewOf({{40, 4, 6, 1}, spec({3, 3, 3})});
    view.state.selection.voxel = {20, 0, 0};
    const LookTheme theme;
    const StageLayout layout = layoutOf(view, theme);
    QVERIFY(std::abs(zOfFrame(layout, 21) - zOfFrame(layout, 20) - theme.gapUnderKernel) < kTiny);
    double least = 1;
    double last = std::nan("");
    for (const StagePlane& plane : layout.planes) {
      if (plane.kind != PlaneKind::Input) continue;
      if (!std::isnan(last)) least = std::min(least, plane.origin.z - last);
      last = plane.origin.z;
    }
    QVERIFY(least >= .05 - kTiny && least < .2);
    QVERIFY(count(layout, PlaneKind::Input) + count(layout, PlaneKind::Map) <= kMaxTexturedPlanes + 8);
  }

  void channelsApartStandSideBySide() {
    KernelView view = viewOf({{2, 9, 12, 3}, spec({2, 3, 3})});
    view.state.look.channelsApart = true;
    const StageLayout layout = layoutOf(view, LookTheme{});
    QCOMPARE(count(layout, PlaneKind::Input), 6);
    QCOMPARE(layout.cuboids.size(), std::size_t{3});
    for (const int c : {1, 2}) {
      const StagePlane *before = layout.find(PlaneKind::Input, 0, c - 1),
                       *here = layout.find(PlaneKind::Input, 0, c);
      QVERIFY(here->origin.x > before->origin.x + before->across.x);
      QCOMPARE(here->origin.y, before->origin.y);
      QCOMPARE(layout.cuboids[c].low.x - layout.cuboids[c - 1].low.x, here->origin.x - before->origin.x);
    }
    // the voxel hangs above the middle channel's patch
    const double middle = (layout.voxelCorners[0].x + layout.voxelCorners[1].x) / 2;
    QVERIFY(std::abs(middle - (layout.cuboids[1].low.x + layout.cuboids[1].high.x) / 2) < 1e-9);
  }

  void framesOfTheTensorAloneAreEvenlyApart() {
    KernelView view = viewOf({{5, 9, 12, 3}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Same)});
    view.state.look.channelsApart = view.state.look.inputOnly = true;
    const StageLayout layout = layoutOf(view, LookTheme{});
    QCOMPARE(count(layout, PlaneKind::Padding), 0);
    const double gap = zOfFrame(layout, 1) - zOfFrame(layout, 0);
    QVERIFY(gap > .5);
    for (int t = 1; t < 5; ++t)
      QVERIFY(std::abs(zOfFrame(layout, t) - zOfFrame(layout, t - 1) - gap) < kTiny);
  }

  void inputAloneHasNoMapsAndNoLitFrame() {
    KernelView view = viewOf({{3, 9, 12, 3}, spec({2, 3, 3})});
    view.state.look.inputOnly = true;
    const StageLayout layout = layoutOf(view, LookTheme{});
    QCOMPARE(count(layout, PlaneKind::Map), 0);
    QCOMPARE(count(layout, PlaneKind::Input), 3);
    for (const StagePlane& plane : layout.planes) {
      QVERIFY(!plane.lit);
      QCOMPARE(plane.opacity, LookTheme{}.inFocus);
    }
  }

  void valueStandsWhereNoLineRunsThroughIt() {
    ValueRoom room;
    room.square = {100, 100, 10, 10};
    room.stage = {0, 0, 400, 300};
    room.gap = 10;
    const QSizeF size(60, 20);
    const ValuePlace liked = placeValue(room, size);
    QVERIFY(!liked.crossed && liked.box.left() >= room.square.right());
    room.lines = {{140, 0, 140, 300}};  // an edge through every place on the right
    const ValuePlace other = placeValue(room, size);
    QVERIFY(!other.crossed && other.box.right() <= room.square.left());
    room.titles = {{0, 0, 95, 300}};  // and a title on the left
    const ValuePlace plated = placeValue(room, size);
    QVERIFY(plated.crossed && !plated.box.intersects(room.titles.front()));
    for (const double x : {-50., 420.}) {  // out of sight
      room.square.moveLeft(x);
      QVERIFY(room.stage.contains(placeValue(room, size).box));
    }
  }

  // Qt's own cutting of polygons, which is too slow for a picture, says the same.
  void overlapsAreThoseOfTheCutPolygons() {
    QRandomGenerator dice(7);
    const auto within = [&dice](double low, double high) {
      return low + (high - low) * dice.generateDouble();
    };
    int shared = 0;
    for (int run = 0; run < 2000; ++run) {
      // a frame as the camera shows it: a parallelogram, drawn clockwise or not
      const QPointF corner(within(0, 300), within(0, 300)), side(within(-90, 90), within(-90, 90)),
          other(within(-90, 90), within(-90, 90));
      const QPolygonF shape({corner, corner + side, corner + side + other, corner + other});
      const QRectF box(within(0, 300), within(0, 300), within(5, 120), within(5, 120));
      const QPolygonF both = shape.intersected(QPolygonF(box));
      double area = 0;
      for (int i = 0; i + 1 < both.size(); ++i)
        area += both[i].x() * both[i + 1].y() - both[i + 1].x() * both[i].y();
      if (std::abs(area) > 0 && std::abs(area) < .5) continue;  // they touch, and rounding decides
      QCOMPARE(overlaps(shape, box), !both.isEmpty());
      shared += !both.isEmpty();
    }
    QVERIFY(shared > 200 && shared < 1800);
  }

  void unseenResultLaysOutNothing() { QVERIFY(!layoutOf(KernelView{}, LookTheme{}).valid); }

  void resetFramesEveryLevel_data() {
    QTest::addColumn<Setting>("setting");
    QTest::addColumn<QSizeF>("size");
    QTest::addColumn<double>("yaw");
    for (const auto& [name, size] : {std::pair{"640×420", QSizeF(640, 420)},
                                     {"952×692", QSizeF(952, 692)},
                                     {"1232×756", QSizeF(1232, 756)}}) {
      for (const double yaw : {-50., 0., -90., 35., 170.}) {
        QTest::addRow("8 frames %s yaw %g", name, yaw)
            << Setting{{8, 27, 36, 1}, spec({3, 3, 3})} << size << yaw;
        QTest::addRow("tall frames %s yaw %g", name, yaw)
            << Setting{{4, 30, 10, 1}, spec({2, 3, 3})} << size << yaw;
        QTest::addRow("64 frames %s yaw %g", name, yaw)
            << Setting{{64, 6, 8, 1}, spec({5, 3, 3})} << size << yaw;
      }
    }
  }
  void resetFramesEveryLevel() {
    QFETCH(const Setting, setting);
    QFETCH(const QSizeF, size);
    QFETCH(const double, yaw);
    KernelView view = viewOf(setting);
    view.state.look.camera.yaw = yaw;
    const LookTheme theme;
    for (const int t :
         {0, view.result->geometry.output.length / 2, view.result->geometry.output.length - 1}) {
      view.state.selection.voxel.t = t;
      const StageLayout layout = layoutOf(view, theme);
      StageFurniture furniture;
      furniture.room = {100, 10, 10, 10};
      const StageCamera camera = stageCamera(layout, view.state.look.camera, size, furniture);
      QRectF shown;
      for (const StagePlane& plane : layout.planes)
        shown |= projected(plane.corners(), camera).boundingRect();
      // while the kernel slides the row may breathe by a few px beyond what was framed
      QVERIFY2(QRectF(QPointF(0, 0), size).adjusted(90, -3, 3, 3).contains(shown),
               qPrintable(QDebug::toString(shown)));
      QVERIFY(shown.width() > size.width() * .25 || shown.height() > size.height() * .7);
    }
  }
};

QTEST_GUILESS_MAIN(TestStageLayout)
#include "tst_stage_layout.moc"
