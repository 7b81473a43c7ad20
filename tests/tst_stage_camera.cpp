#include "stage_fixture.h"
#include "widgets/stage/stage_furniture.h"
#include "widgets/stage/stage_pick.h"
#include "widgets/stage/stage_scene.h"

#include <QtTest>

#include <cmath>

using namespace convscope;
using namespace stage_fixture;

namespace {

StageFurniture plainRoom() {
  StageFurniture furniture;
  furniture.room = {120, 12, 12, 12};
  return furniture;
}

const QSizeF kSize(952, 692);

double far(QPointF a, QPointF b) {
  return std::hypot(a.x() - b.x(), a.y() - b.y());
}

}  // namespace

class TestStageCamera : public QObject {
  Q_OBJECT
 private slots:
  void agreesWithVtkOnEveryCorner_data() {
    QTest::addColumn<double>("yaw");
    QTest::addColumn<double>("pitch");
    QTest::addColumn<double>("zoom");
    QTest::addColumn<double>("pan");
    for (const double yaw : {-50., 0., -90., 40., 175.}) {
      for (const double pitch : {14., 0., -30., 89.9}) {
        QTest::addRow("yaw %g pitch %g", yaw, pitch) << yaw << pitch << 1. << 0.;
        QTest::addRow("yaw %g pitch %g zoomed", yaw, pitch) << yaw << pitch << 3.5 << .2;
      }
    }
  }
  void agreesWithVtkOnEveryCorner() {
    QFETCH(const double, yaw);
    QFETCH(const double, pitch);
    QFETCH(const double, zoom);
    QFETCH(const double, pan);
    const StageLayout layout = layoutOf(viewOf({{8, 27, 36, 1}, spec({3, 3, 3})}), LookTheme{});
    const StageCamera camera = stageCamera(layout, {yaw, pitch, zoom, pan, -pan}, kSize, plainRoom());
    StageScene scene;
    scene.setCamera(camera);
    for (const StagePlane& plane : layout.planes) {
      for (const Vec3& corner : plane.corners()) {
        QVERIFY2(far(camera.project(corner), scene.projectedByVtk(corner, kSize)) < .5,
                 qPrintable(QStringLiteral("%1 px").arg(
                     far(camera.project(corner), scene.projectedByVtk(corner, kSize)))));
      }
    }
  }

  /// Corners measured on the designed picture, first frame and last, within what its own spacing differs.
  void designedViewMeetsTheDesignedPicture() {
    KernelView view = viewOf({{8, 27, 36, 1}, spec({3, 3, 3})});
    view.state.selection.voxel = {2, 18, 12};
    const StageLayout layout = layoutOf(view, LookTheme{});
    StageFurniture furniture;
    furniture.room = {136, 12, 12, 6};
    furniture.mapsLeft = 52;
    const StageCamera camera = stageCamera(layout, CameraLook{}, kSize, furniture);
    const auto corner = [&](PlaneKind kind, int t, int which) {
      return camera.project(layout.find(kind, t)->corners()[which]);
    };
    constexpr double kWithin = 22;
    QVERIFY(far(corner(PlaneKind::Input, 0, 0), {136, 366}) < kWithin);
    QVERIFY(far(corner(PlaneKind::Input, 0, 2), {349, 668}) < kWithin);
    QVERIFY(far(corner(PlaneKind::Input, 7, 1), {907, 293}) < kWithin);
    QVERIFY(far(corner(PlaneKind::Map, 2, 0), {412, 52}) < kWithin);
  }

  void raysComeBackToWhereTheyWereSent() {
    const StageLayout layout = layoutOf(viewOf({{8, 27, 36, 1}, spec({3, 3, 3})}), LookTheme{});
    const StageCamera camera = stageCamera(layout, {}, kSize, plainRoom());
    for (const QPointF px : {QPointF(10, 20), QPointF(476, 346), QPointF(940, 600)}) {
      const Ray ray = camera.rayThrough(px);
      for (const double along : {3., 8.})
        QVERIFY(far(camera.project(ray.from + ray.along * along), px) < 1e-6);
    }
  }

  void zoomKeepsThePointUnderThePointer() {
    const StageLayout layout = layoutOf(viewOf({{8, 27, 36, 1}, spec({3, 3, 3})}), LookTheme{});
    CameraLook look{-40, 20, 1.3, .05, -.1};
    const StageCamera before = stageCamera(layout, look, kSize, plainRoom());
    const Vec3 point = layout.patches.front().low;
    const QPointF pointer = before.project(point);
    const StageCamera after = stageCamera(layout, before.zoomedAbout(look, pointer, 1.7), kSize, plainRoom());
    QVERIFY(far(after.project(point), pointer) < 1e-6);
    QVERIFY(std::abs(after.focal() / before.focal() - 1.7) < 1e-9);
  }

  void closeUpFillsTheStage() {
    const StageLayout layout = layoutOf(viewOf({{8, 27, 36, 1}, spec({3, 3, 3})}), LookTheme{});
    const StageCamera base = stageCamera(layout, {}, kSize, plainRoom());
    const StageCamera camera =
        stageCamera(layout, base.closeUp({}, layout.mapCorners, .7), kSize, plainRoom());
    QRectF box;
    for (const Vec3& corner : layout.mapCorners) box |= QRectF(camera.project(corner), QSizeF(1e-3, 1e-3));
    QVERIFY(far(box.center(), {kSize.width() / 2, kSize.height() / 2}) < 1);
    QVERIFY(std::abs(std::max(box.width() / kSize.width(), box.height() / kSize.height()) - .7) < .01);
  }

  void everyCellOfEveryPlaneIsHitExactly() {
    KernelView view = viewOf({{8, 27, 36, 3}, spec({3, 3, 3}, {1, 2, 2})});
    view.state.look.stageMode = StageMode::Slices;
    const StageLayout layout = layoutOf(view, LookTheme{});
    const StageCamera camera = stageCamera(layout, {}, kSize, plainRoom());
    int cells = 0;
    for (const StagePlane& plane : layout.planes) {
      for (int row = 0; row < plane.rows; ++row) {
        for (int column = 0; column < plane.columns; ++column, ++cells) {
          const auto hit =
              hitPlane(plane, camera.rayThrough(camera.project(plane.at(row + .5, column + .5))));
          QVERIFY(hit && hit->row == row && hit->column == column);
        }
      }
    }
    QVERIFY(cells > 8 * 27 * 36);
  }

  void litFrameWinsOverTheFaintOneBeforeIt() {
    KernelView view = viewOf({{8, 27, 36, 3}, spec({3, 3, 3})});
    view.state.selection.voxel = {2, 5, 5};
    const StageLayout layout = layoutOf(view, LookTheme{});
    const StageCamera camera = stageCamera(layout, {}, kSize, plainRoom());
    const StagePlane* lit = layout.find(PlaneKind::Input, 2);
    const StagePlane* faint = layout.find(PlaneKind::Input, 1);
    const QPointF px = camera.project(lit->at(20.5, 4.5));
    QVERIFY(hitPlane(*faint, camera.rayThrough(px)).has_value());  // it does stand before
    const auto hit = pick(layout, camera, px);
    QVERIFY(hit.has_value());
    QCOMPARE(hoverOf(*hit, 1), (Hover{Hover::Kind::Input, {2, 20, 4}, 1}));
    // where no lit frame is, the nearest one answers
    const auto first = pick(layout, camera, camera.project(layout.find(PlaneKind::Input, 0)->at(26.5, .5)));
    QVERIFY(first.has_value());
    QCOMPARE(first->plane->t, 0);
  }

  void draggedPatchSnapsToTheStride() {
    const KernelView view = viewOf({{8, 27, 36, 3}, spec({3, 3, 3}, {1, 2, 3})});
    QCOMPARE(voxelForPatchAt(*view.result, {1, 0, 0}, 4.4, 6.2), (Triple{1, 2, 2}));
    QCOMPARE(voxelForPatchAt(*view.result, {1, 0, 0}, -50, 500),
             (Triple{1, 0, view.result->geometry.output.width - 1}));
  }

  /// The first three stands each show the map in focus, the patch below it and the cone between them.
  void presetsShowPatchConeAndVoxel() {
    KernelView view = viewOf({{8, 27, 36, 3}, spec({3, 3, 3})});
    view.state.selection.voxel = {2, 18, 12};
    const StageLayout layout = layoutOf(view, LookTheme{});
    StageFurniture furniture;
    furniture.room = {136, 12, 12, 6};
    for (const int number : {1, 2, 3}) {
      const StageCamera camera = stageCamera(layout, presetAngles(number), kSize, furniture);
      const QRectF map = projected(layout.find(PlaneKind::Map, 2)->corners(), camera).boundingRect();
      QVERIFY2(map.width() > 60, qPrintable(QString::number(number)));
      const QPointF voxel = projected(layout.voxelCorners, camera).boundingRect().center();
      const QRectF patch = patchShape(layout.patches.front(), camera).boundingRect();
      QVERIFY2(patch.width() > 5 && patch.height() > 5, qPrintable(QString::number(number)));
      QVERIFY2(patch.top() - voxel.y() > 120, qPrintable(QString::number(number)));
      for (const StagePlane& plane : layout.planes) {
        const bool covers =
            plane.kind == PlaneKind::Input && insideConvex(projected(plane.corners(), camera), voxel);
        QVERIFY2(!covers, qPrintable(QString::number(number)));
      }
    }
  }

  void presetsDiffer() {
    for (int a = 1; a <= 4; ++a) {
      for (int b = a + 1; b <= 4; ++b) QVERIFY(!(presetAngles(a) == presetAngles(b)));
    }
    QCOMPARE(presetAngles(1), CameraLook{});
    QCOMPARE(presetAngles(4).pitch, 90.);  // from above is from above
  }
};

QTEST_GUILESS_MAIN(TestStageCamera)
#include "tst_stage_camera.moc"
