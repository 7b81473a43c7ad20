#include "kernel_view_fixture.h"
#include "stage_fixture.h"
#include "widgets/look/look_theme.h"
#include "widgets/stage/kernel_block.h"
#include "widgets/stage/stage_legend.h"
#include "widgets/stage/stage_view.h"
#include "widgets/state/scenes.h"

#include <QtTest>
#include <QtWidgets>

#include <cmath>

using namespace convscope;
using namespace stage_fixture;

namespace {

/// A store as small as can be: applies what the stage asks for and shows it again.
struct Desk {
  explicit Desk(KernelView first) : view(std::move(first)) {
    stage.resize(952, 692);
    stage.show();
    (void)QTest::qWaitForWindowExposed(&stage);
    QObject::connect(&stage, &StageView::editRequested, &stage, [this](const StateEdit& edit) {
      edit.apply(view.state);
      ++edits;
      stage.present(view);
    });
    QObject::connect(&stage, &StageView::hovered, &stage, [this](const Hover& hover) {
      view.hover = hover;
      stage.present(view);
    });
    stage.present(view);
    (void)stage.renderImage(stage.size());
  }
  KernelView view;
  StageView stage;
  int edits = 0;
};

Setting cups() {
  return {{8, 27, 36, 3}, spec({3, 3, 3})};
}

/// Share of pixels that differ clearly.
double difference(const QImage& a, const QImage& b) {
  qint64 count = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
      count +=
          std::abs(qRed(p) - qRed(q)) + std::abs(qGreen(p) - qGreen(q)) + std::abs(qBlue(p) - qBlue(q)) > 24;
    }
  }
  return static_cast<double>(count) / (static_cast<double>(a.width()) * a.height());
}

/// What is written on a stage of `size`, without its 3-D picture.
std::vector<StageLabel> labelsOn(const KernelView& view, const QSize& size) {
  const LookTheme& theme = lookTheme(view.state.look);
  const StageLayout layout = layoutOf(view, theme);
  const StageFurniture furniture = furnitureOf(size, theme, layout);
  const StageCamera camera = stageCamera(layout, view.state.look.camera, size, furniture);
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  QPainter painter(&image);
  StageOverlay overlay;
  overlay.paint(painter, {layout, camera, view, theme, furniture});
  return overlay.labels();
}

bool hasLabel(const StageFacts& facts, LabelKind kind, const QString& text) {
  return std::any_of(facts.labels.begin(), facts.labels.end(),
                     [&](const StageLabel& label) { return label.kind == kind && label.text == text; });
}

}  // namespace

class TestStageView : public QObject {
  Q_OBJECT
 private slots:
  void init() {
    const QByteArray test = QTest::currentTestFunction();
    const bool openGl = openGlProblem().isEmpty();
    if (test == "displayWithoutOpenGlSaysSo" && openGl) QSKIP("this display has OpenGL");
    if (test != "displayWithoutOpenGlSaysSo" && !openGl)
      QSKIP("this display has no OpenGL: run under xvfb-run");
  }

  void displayWithoutOpenGlSaysSo() {
    Desk desk(viewOf(cups()));
    QVERIFY(desk.stage.facts().problem.endsWith('.'));
    QVERIFY(desk.stage.facts().problem.contains("OpenGL"));
    const QImage image = desk.stage.renderImage({952, 692});
    QVERIFY(!image.isNull());
    QTest::mouseMove(&desk.stage, {400, 400});
  }

  void theResponseInTimeStandsBesideTheSameKernelTwoFramesLong_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    for (const int length : {1, 2, 3, 7}) {
      QTest::addRow("l = %d", length) << length << QSize(952, 692) << false;
      QTest::addRow("l = %d, small", length) << length << QSize(720, 496) << false;
      QTest::addRow("l = %d, projector", length) << length << QSize(1280, 790) << true;
    }
  }
  void theResponseInTimeStandsBesideTheSameKernelTwoFramesLong() {
    QFETCH(int, length);
    QFETCH(QSize, size);
    QFETCH(bool, presenter);
    KernelView view = viewOf(Setting{{8, 27, 36, 1}, spec({length, 3, 3})});
    view.state.look.presenter = presenter;
    Desk desk(view);
    desk.stage.resize(size);
    (void)desk.stage.renderImage(size);
    const auto shapeAt = [](int frames) {
      return QString::fromStdString(toText(shapeOf({frames, 3, 3}, 1)));
    };
    const QString key = QStringLiteral("l = %1").arg(length);
    QVERIFY(hasLabel(desk.stage.facts(), LabelKind::Kernel, shapeAt(length)));
    QVERIFY(!hasLabel(desk.stage.facts(), LabelKind::Kernel, key));
    desk.view.state.look.timeResponse = true;
    desk.stage.present(desk.view);
    (void)desk.stage.renderImage(size);
    const StageFacts facts = desk.stage.facts();
    QVERIFY(hasLabel(facts, LabelKind::Kernel, key));
    QCOMPARE(hasLabel(facts, LabelKind::Kernel, shapeAt(2)), true);
    QCOMPARE(hasLabel(facts, LabelKind::Kernel, QStringLiteral("l = 2")), true);
    std::vector<QRectF> words;
    for (const StageLabel& label : facts.labels) {
      if (label.kind != LabelKind::Kernel && label.kind != LabelKind::Corner) continue;
      const QRectF box = label.box.adjusted(1, 2, -1, -2);
      for (const QRectF& other : words) QVERIFY2(!box.intersects(other), qPrintable(label.text));
      QVERIFY(QRectF(QPointF(0, 0), size).contains(box));
      words.push_back(box);
    }
  }

  // The ghost is the kernel itself where that has two frames: nothing stands beside it.
  void theResponseIsWorkedOutForWhatCanChange() {
    KernelView view = viewOf(Setting{{8, 9, 12, 3}, spec({3, 3, 3})});
    QVERIFY(!responseOf(view));
    view.state.look.timeResponse = true;
    const auto three = responseOf(view);
    QVERIFY(three && !three->ghostGain.empty());
    QCOMPARE(three->ghost.weights.size(), std::size_t{2 * 3 * 3 * 3});
    // what stands still is answered by the sums over time
    const std::vector<float>& weights = view.result->spec.bank.front().weights;  // c, t, y, x
    double power = 0;
    for (std::size_t c = 0; c < weights.size() / 27; ++c) {
      for (std::size_t at = 0; at < 9; ++at) {
        const double sum = double{weights[27 * c + at]} + double{weights[27 * c + 9 + at]} +
                           double{weights[27 * c + 18 + at]};
        power += sum * sum;
      }
    }
    QVERIFY(std::abs(three->gain.front() - std::sqrt(power)) < 1e-5 * (1 + three->largest));
    QVERIFY(three->largest >= three->gain.front());
    KernelView two = viewOf(Setting{{8, 9, 12, 3}, spec({2, 3, 3})});
    two.state.look.timeResponse = true;
    const auto own = responseOf(two);
    QVERIFY(own && own->ghostGain.empty());
    KernelView still = viewOf(Setting{{1, 9, 12, 3}, spec({1, 3, 3})});
    still.state.look.timeResponse = true;
    QVERIFY(!responseOf(still));
  }

  void factsTellWhatIsShown() {
    KernelView view = viewOf(cups());
    view.state.selection.voxel = {2, 18, 12};
    Desk desk(view);
    const StageFacts facts = desk.stage.facts();
    QCOMPARE(facts.inputFrames, 8);
    QCOMPARE(facts.mapFrames, 6);
    QCOMPARE(facts.litFrames, 3);
    QCOMPARE(facts.texturedQuads, 14);
    QVERIFY(hasLabel(facts, LabelKind::MapTitle, "t=(3,4,5)"));
    QVERIFY(hasLabel(facts, LabelKind::InputTitle, "t=1"));
    QVERIFY(hasLabel(facts, LabelKind::Corner, QString::fromUtf8("8 × 27 × 36 × 3")));
    QVERIFY(hasLabel(facts, LabelKind::Value, signedText(desk.view.result->valueAt(0, {2, 18, 12}), 3)));
    for (const char* letter : {"t", "h", "w"}) QVERIFY(hasLabel(facts, LabelKind::Axis, letter));
    QVERIFY(QRectF(0, 0, 952, 692).contains(facts.bounds));
    QVERIFY(!desk.stage.accessibleDescription().isEmpty());
  }

  void labelsNeverCollideAndStayOnTheStage_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    QTest::addColumn<Triple>("voxel");
    for (const QSize size : {QSize(640, 420), QSize(952, 692), QSize(1280, 790)}) {
      for (const Triple voxel : {Triple{0, 0, 0}, Triple{2, 18, 12}, Triple{5, 24, 33}}) {
        for (const bool presenter : {false, true}) {
          if (presenter && size.width() < 900) continue;
          QTest::addRow("%d×%d voxel %d,%d,%d%s", size.width(), size.height(), voxel.t, voxel.y, voxel.x,
                        presenter ? " presenter" : "")
              << size << presenter << voxel;
        }
      }
    }
  }
  void labelsNeverCollideAndStayOnTheStage() {
    QFETCH(const QSize, size);
    QFETCH(const bool, presenter);
    QFETCH(const Triple, voxel);
    KernelView view = viewOf(cups());
    view.state.look.presenter = presenter;
    view.state.selection.voxel = voxel;
    Desk desk(view);
    (void)desk.stage.renderImage(size);
    const StageFacts facts = desk.stage.facts();
    const QRectF stage = QRectF(QPointF(0, 0), size).adjusted(-1, -1, 1, 1);
    QRectF value;
    for (const StageLabel& label : facts.labels) {
      if (label.kind == LabelKind::Value) value = label.box;
    }
    QVERIFY(!value.isNull());
    for (const StageLabel& a : facts.labels) {
      if (a.kind != LabelKind::Axis) QVERIFY2(stage.contains(a.box), qPrintable(a.text));
      const bool title = a.kind == LabelKind::MapTitle || a.kind == LabelKind::InputTitle;
      if (a.kind == LabelKind::MapTitle && a.lit) QVERIFY(!a.box.intersects(value));
      for (const StageLabel& b : facts.labels) {
        const bool other = b.kind == LabelKind::MapTitle || b.kind == LabelKind::InputTitle;
        if (&a < &b && title && other)
          QVERIFY2(!a.box.intersects(b.box), qPrintable(a.text + " and " + b.text));
      }
    }
  }

  void paddingFramesSayWhatTheyAre() {
    KernelView view = viewOf({{6, 27, 36, 3}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Full)});
    view.state.selection.voxel = {0, 9, 13};
    Desk desk(view);
    int lit = 0, dim = 0;
    for (const StageLabel& label : desk.stage.facts().labels) {
      if (label.kind == LabelKind::InputTitle && label.text == "pad") (label.lit ? lit : dim) += 1;
    }
    QCOMPARE(lit, 2);  // both frames before the clip are read
    QVERIFY(dim >= 1);
  }

  void presentersFramesAreLargeAndClearOfThePinnedMap() {
    KernelView view = viewOf({{4, 27, 36, 1}, spec({2, 3, 3})});
    view.state.look.presenter = true;
    const LookTheme& theme = lookTheme(view.state.look);
    for (const QSizeF size : {QSizeF(1920, 790), QSizeF(1280, 790)}) {
      for (const int t : {0, 1, 2}) {
        view.state.selection.voxel = {t, 9, 13};
        const StageLayout layout = layoutOf(view, theme);
        const StageCamera camera = stageCamera(layout, {}, size, furnitureOf(size, theme, layout));
        const QPolygonF map = projected(layout.find(PlaneKind::Map, t)->corners(), camera);
        for (const int frame : {t, t + 1}) {
          const QPolygonF shape = projected(layout.find(PlaneKind::Input, frame)->corners(), camera);
          QVERIFY(map.intersected(shape).isEmpty());
          const double least = frame == 0 ? .36 : .25;  // of the stage: the nearest frame and the others
          QVERIFY(shape[2].y() - shape[1].y() > least * size.height());
        }
      }
    }
  }

  /// Every figure of the article at the sizes of the design: what is written stands on the stage and not on
  /// other words.
  void figuresAreLegibleAtEverySize_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    for (const int figure : {2, 3, 4, 5, 6, 7, 10}) {
      const QString id = QStringLiteral("fig-%1").arg(figure);
      for (const QSize size : {QSize(720, 496), QSize(952, 692), QSize(1232, 756)})
        QTest::addRow("figure %d on %d", figure, size.width()) << id << size << false;
      QTest::addRow("figure %d, presenter", figure) << id << QSize(1920, 790) << true;
    }
  }
  void figuresAreLegibleAtEverySize() {
    QFETCH(const QString, id);
    QFETCH(const QSize, size);
    QFETCH(const bool, presenter);
    KernelView view = convscope::viewOf(*sceneState(id.toStdString()));
    QVERIFY(view.result != nullptr);
    if (view.state.selection.voxel == kStrongest) view.state.selection.voxel = view.result->strongest(0);
    view.state.look.presenter = presenter;
    view.state.look.reducedMotion = true;
    Desk desk(view);
    (void)desk.stage.renderImage(size);
    const QRectF stage = QRectF(QPointF(0, 0), size).adjusted(-1, -1, 1, 1);
    const std::vector<StageLabel> labels = desk.stage.facts().labels;
    QVERIFY(!labels.empty());
    for (const StageLabel& a : labels) {
      QVERIFY2(stage.contains(a.box), qPrintable(a.text));
      for (const StageLabel& b : labels) {
        const QRectF both = a.box.intersected(b.box);  // boxes hold a little room above and below the letters
        if (&a < &b && both.width() > 2)
          QVERIFY2(both.height() < .3 * std::min(a.box.height(), b.box.height()),
                   qPrintable(a.text + " and " + b.text));
      }
    }
  }

  /// No frame and no map of the article's figures is without its title, neither is one of an ordinary clip.
  void everyFrameAndMapIsTitled_data() {
    QTest::addColumn<QString>("id");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<double>("presenter");  // its scale, or 0
    for (const QString id : {"fig-3", "fig-4", "fig-5", "fig-6", "fig-7", "fig-10", "cups"}) {
      for (const QSize size : {QSize(718, 494), QSize(952, 692), QSize(1232, 756)})
        QTest::addRow("%s on %d", qPrintable(id), size.width()) << id << size << 0.;
      QTest::addRow("%s, presenter", qPrintable(id)) << id << QSize(1920, 790) << 1.;
      QTest::addRow("%s, presenter on 1280", qPrintable(id)) << id << QSize(1280, 526) << 2 / 3.;
    }
  }
  void everyFrameAndMapIsTitled() {
    QFETCH(const QString, id);
    QFETCH(const QSize, size);
    QFETCH(const double, presenter);
    const bool cup = id == "cups";
    KernelView view = cup ? viewOf(cups()) : convscope::viewOf(*sceneState(id.toStdString()));
    QVERIFY(view.result != nullptr);
    const int maps = view.result->geometry.output.length;
    const auto back = qScopeGuard([] { setPresenterScale(1); });
    if (presenter > 0) setPresenterScale(presenter);
    view.state.look.presenter = presenter > 0;
    view.state.selection.voxel = view.result->strongest(0);
    for (int t = 0; t < maps; ++t) {
      view.state.selection.voxel.t = t;
      const StageLayout layout = layoutOf(view, lookTheme(view.state.look));
      const auto frames = std::ranges::count_if(layout.planes, [](const StagePlane& plane) {
        return plane.kind == PlaneKind::Input && !plane.title.isEmpty();
      });
      const auto mapFrames = std::ranges::count_if(layout.planes, [](const StagePlane& plane) {
        return plane.kind == PlaneKind::Map && !plane.title.isEmpty();
      });
      const std::vector<StageLabel> labels = labelsOn(view, size);
      QStringList told;
      for (const StageLabel& label : labels) told << label.text;
      const QString all = QStringLiteral("t=%1: %2").arg(t + 1).arg(told.join(QStringLiteral(" ")));
      QVERIFY2(std::ranges::count(labels, LabelKind::InputTitle, &StageLabel::kind) == frames,
               qPrintable(all));
      QVERIFY2(std::ranges::count(labels, LabelKind::MapTitle, &StageLabel::kind) == mapFrames,
               qPrintable(all));
    }
  }

  /// What a stride leaves over is named where it is, and moves no title.
  void leftOverCellsAreNamed_data() {
    QTest::addColumn<Shape>("input");
    QTest::addColumn<Triple>("stride");
    QTest::addColumn<QStringList>("words");
    QTest::addRow("frame and column")
        << Shape{8, 27, 36, 3} << Triple{2, 2, 2} << QStringList{"unused", "1 column unused"};
    QTest::addRow("rows and columns")
        << Shape{7, 29, 36, 3} << Triple{2, 3, 3} << QStringList{"2 rows unused"};
    QTest::addRow("frames") << Shape{8, 27, 35, 3} << Triple{3, 2, 2} << QStringList{"2 unused"};
    QTest::addRow("none") << Shape{7, 27, 35, 3} << Triple{2, 2, 2} << QStringList{};
  }
  void leftOverCellsAreNamed() {
    QFETCH(const Shape, input);
    QFETCH(const Triple, stride);
    QFETCH(const QStringList, words);
    KernelView view = viewOf({input, spec({3, 3, 3}, stride)});
    view.state.selection.voxel = {1, 4, 4};
    for (const QSize size : {QSize(718, 494), QSize(952, 692)}) {
      const std::vector<StageLabel> labels = labelsOn(view, size);
      QStringList found;
      for (const StageLabel& label : labels)
        if (label.kind == LabelKind::Note) found << label.text;
      std::ranges::sort(found, {}, &QString::size);
      QCOMPARE(found.size(), words.size());  // on a small stage they may be fewer letters
      if (size.width() > 900) QCOMPARE(found, words);
      QCOMPARE(std::ranges::count(labels, LabelKind::InputTitle, &StageLabel::kind), input.length);
    }
  }

  void litTitlesNeverOverprintOneAnother_data() {
    QTest::addColumn<int>("camera");
    QTest::addRow("front") << 2;
    QTest::addRow("side") << 3;
    QTest::addRow("above") << 4;
  }
  void litTitlesNeverOverprintOneAnother() {
    QFETCH(const int, camera);
    for (const QSize size : {QSize(720, 496), QSize(952, 692), QSize(1232, 756)}) {
      KernelView view = viewOf(cups());
      view.state.selection.voxel = {2, 18, 12};
      view.state.look.camera = presetAngles(camera);
      Desk desk(view);
      (void)desk.stage.renderImage(size);
      int lit = 0;
      const std::vector<StageLabel> labels = desk.stage.facts().labels;
      for (const StageLabel& a : labels) {
        const bool title = a.kind == LabelKind::InputTitle || a.kind == LabelKind::MapTitle;
        if (!title || !a.lit) continue;
        ++lit;
        for (const StageLabel& b : labels) {
          const bool other = b.kind == LabelKind::InputTitle || b.kind == LabelKind::MapTitle;
          if (&a != &b && other) QVERIFY2(!a.box.intersects(b.box), qPrintable(a.text + " and " + b.text));
        }
      }
      QVERIFY(lit >= 3);
    }
  }

  void framesLeaveTheKernelBlockFree() {
    for (const int camera : {1, 2, 3, 4}) {
      const KernelView view = viewOf(cups());
      const LookTheme& theme = lookTheme(view.state.look);
      const QSizeF size(952, 692);
      const StageLayout layout = layoutOf(view, theme);
      const StageFurniture furniture = furnitureOf(size, theme, layout);
      const StageCamera seen = stageCamera(layout, presetAngles(camera), size, furniture);
      for (const StagePlane& plane : layout.planes)
        QVERIFY2(projected(plane.corners(), seen).intersected(QPolygonF(furniture.kernelArea)).isEmpty(),
                 qPrintable(QString::number(camera)));
    }
  }

  /// Whatever the clip's shape, the column of texts at the left has air between its words and the frames.
  void framesLeaveTheTextsAtTheLeftFree_data() {
    QTest::addColumn<Shape>("input");
    QTest::addColumn<QSize>("size");
    for (const Shape& input : {Shape{8, 27, 36, 3}, Shape{8, 36, 64, 3}, Shape{16, 27, 48, 1},
                               Shape{64, 45, 80, 1}, Shape{120, 18, 32, 3}, Shape{1, 36, 64, 3}}) {
      for (const QSize size : {QSize(640, 420), QSize(718, 494), QSize(952, 692), QSize(1920, 790)})
        QTest::addRow("%s on %d", toText(input).c_str(), size.width()) << input << size;
    }
  }
  void framesLeaveTheTextsAtTheLeftFree() {
    QFETCH(const Shape, input);
    QFETCH(const QSize, size);
    KernelView view = viewOf({input, spec({std::min(3, input.length), 3, 3})});
    view.state.look.presenter = size.width() > 1900;
    const int last = view.result->geometry.output.length - 1;
    for (const int t : {0, last / 2, last}) {
      view.state.selection.voxel = {t, 9, 13};
      Desk desk(view);
      (void)desk.stage.renderImage(size);
      const LookTheme& theme = lookTheme(view.state.look);
      const StageLayout layout = layoutOf(view, theme);
      const StageCamera camera = stageCamera(layout, {}, size, furnitureOf(size, theme, layout));
      for (const StageLabel& label : desk.stage.facts().labels) {
        if (label.kind != LabelKind::Corner && label.kind != LabelKind::Kernel) continue;
        const QPolygonF room(label.box.adjusted(-2, 0, 8, 0));
        for (const StagePlane& plane : layout.planes)
          QVERIFY2(projected(plane.corners(), camera).intersected(room).isEmpty(), qPrintable(label.text));
      }
    }
  }

  void onlyWhatDiffersIsDrawnAgain() {
    Desk desk(viewOf(cups()));
    desk.stage.repaint();
    const int pictures = desk.stage.facts().pictures;
    desk.view.hover = {Hover::Kind::Input, {0, 1, 1}, 0};
    desk.stage.present(desk.view);
    desk.stage.repaint();
    desk.view.state.selection.voxel.x = 7;  // slides in its row: the frames stay where they are
    desk.stage.present(desk.view);
    desk.stage.repaint();
    QCOMPARE(desk.stage.facts().pictures, pictures);
    desk.view.state.selection.voxel.t = 3;  // other frames are lit
    desk.stage.present(desk.view);
    desk.stage.repaint();
    QCOMPARE(desk.stage.facts().pictures, pictures + 1);
  }

  void lookChangesThePictureAndTheSameLookDoesNot_data() {
    QTest::addColumn<int>("change");
    const char* names[] = {"nothing", "theme",  "colour map", "range", "voxel",         "isosurface",
                           "slices",  "volume", "painted",    "stale", "channels apart"};
    for (int i = 0; i < 11; ++i) QTest::newRow(names[i]) << i;
  }
  void lookChangesThePictureAndTheSameLookDoesNot() {
    QFETCH(const int, change);
    Desk desk(viewOf(cups()));
    const QImage before = desk.stage.renderImage({640, 480});
    Look& look = desk.view.state.look;
    if (change == 1) look.theme = Theme::Light;
    if (change == 2) look.activationMap = lookTheme(look).actSigned.back().id();
    if (change == 3) look.rangeMode = RangeMode::Fixed, look.fixedRange = 30;
    if (change == 4) desk.view.state.selection.voxel = {3, 4, 5};
    if (change == 5) look.stageMode = StageMode::Isosurface, look.isoLevel = .3;
    if (change == 6) look.stageMode = StageMode::Slices;
    if (change == 7) look.stageMode = StageMode::Volume;
    if (change == 8) desk.view.state.playback.paint = true;
    if (change == 9) desk.view.stale = true;
    if (change == 10) look.channelsApart = true;
    desk.stage.present(desk.view);
    const double differs = difference(before, desk.stage.renderImage({640, 480}));
    if (change == 0)
      QVERIFY(differs < 1e-4);
    else
      QVERIFY2(differs > .01, qPrintable(QString::number(differs)));
  }

  void tensorAloneSaysExtentsIndexAndValues() {
    KernelView view = viewOf(cups());
    view.state.look.inputOnly = view.state.look.channelsApart = true;
    view.state.selection.input = InputPoint{{1, 4, 7}, 2};
    Desk desk(view);
    const StageFacts facts = desk.stage.facts();
    QCOMPARE(facts.mapFrames, 0);
    for (const char* extent : {"H = 27", "W = 36", "C = 3"})
      QVERIFY2(hasLabel(facts, LabelKind::Axis, extent), extent);
    QVERIFY(hasLabel(facts, LabelKind::Time, "L = 8"));
    QVERIFY(hasLabel(facts, LabelKind::Note, "t=2 y=5 x=8"));
    for (int c = 0; c < 3; ++c) {
      const float value = desk.view.result->clip->pixels.at(1, 4, 7, c);
      QVERIFY(hasLabel(facts, LabelKind::Value, QString::number(value, 'f', 3)));
    }
  }

  void partialSumsOfFramesAndChannelsAddUpToTheValue() {
    KernelView view = viewOf(cups());
    view.state.look.channelsApart = true;
    Desk desk(view);
    double sum = 0;
    int sums = 0;
    for (const StageLabel& label : desk.stage.facts().labels) {
      bool number = false;
      const double value = QString(label.text).replace(QChar(0x2212), '-').toDouble(&number);
      if (label.kind != LabelKind::Note || !number) continue;
      sum += value;
      ++sums;
    }
    QCOMPARE(sums, 9);
    const KernelView& shown = desk.view;
    QVERIFY(std::abs(sum - shown.result->valueAt(0, shown.voxel())) < 9 * .0005 + 1e-5);
  }

  void channelsApartMakeAGridOfFramesAndChannels() {
    KernelView view = viewOf({{4, 9, 12, 3}, spec({2, 3, 3})});
    view.state.look.channelsApart = true;
    view.state.look.camera = designedCamera(true, false);
    const LookTheme theme;
    const StageLayout layout = layoutOf(view, theme);
    const QSizeF size(952, 692);
    const StageFurniture furniture = furnitureOf(size, theme, layout);
    const StageCamera camera = stageCamera(layout, view.state.look.camera, size, furniture);
    const auto shape = [&](PlaneKind kind, int t, int channel) {
      return projected(layout.find(kind, t, channel)->corners(), camera);
    };
    for (const StagePlane& plane : layout.planes) {
      if (plane.kind != PlaneKind::Input) continue;
      // no frame stands on that of another channel, nor beside the kernel's weights
      QVERIFY(projected(plane.corners(), camera).boundingRect().left() > furniture.kernelArea.right());
      for (const StagePlane& other : layout.planes) {
        if (other.kind == PlaneKind::Input && other.channel != plane.channel && other.t == plane.t)
          QVERIFY(
              projected(plane.corners(), camera).intersected(projected(other.corners(), camera)).isEmpty());
      }
    }
    for (int c = 0; c < 3; ++c) {
      const QPolygonF near = shape(PlaneKind::Input, 0, c), far = shape(PlaneKind::Input, 1, c);
      // three quarters of the second frame are seen above the first one
      QVERIFY(near[0].y() - far[0].y() > .6 * (far[3].y() - far[0].y()));
      QCOMPARE(layout.find(PlaneKind::Input, 0, c)->title.isEmpty(), c > 0);
    }
    // the voxel's map stands clear of the frames that it was made from
    const QPolygonF map = shape(PlaneKind::Map, 0, 0);
    for (int c = 0; c < 3; ++c) QVERIFY(map.intersected(shape(PlaneKind::Input, 1, c)).isEmpty());
  }

  /// Figures 6 and 7: one direction of time for all channels, arrows at the first, three planes of weights.
  void channelsApartShareOneDirectionOfTime_data() {
    QTest::addColumn<int>("frames");
    QTest::addRow("image") << 1;
    QTest::addRow("clip") << 4;
  }
  void channelsApartShareOneDirectionOfTime() {
    QFETCH(const int, frames);
    KernelView view = viewOf({{frames, 27, 36, 3}, spec({std::min(2, frames), 3, 3})});
    view.state.look.channelsApart = true;
    view.state.look.camera = designedCamera(true, frames == 1);
    view.state.selection.voxel = {0, 7, 20};
    const LookTheme& theme = lookTheme(view.state.look);
    for (const QSize size : {QSize(718, 494), QSize(952, 692)}) {
      const StageLayout layout = layoutOf(view, theme);
      const StageFurniture furniture = furnitureOf(size, theme, layout);
      const StageCamera camera = stageCamera(layout, view.state.look.camera, size, furniture);
      QRectF bounds;
      for (const StagePlane& plane : layout.planes)
        bounds |= projected(plane.corners(), camera).boundingRect();
      QVERIFY(size.width() - bounds.right() > .03 * size.width());
      // the figure fills the stage one way or the other
      QVERIFY(bounds.height() > .7 * size.height() ||
              bounds.right() - furniture.room.left() > .8 * (size.width() - furniture.room.left()));
      for (const StagePlane& plane : layout.planes)
        QVERIFY(projected(plane.corners(), camera).intersected(QPolygonF(furniture.legendBar)).isEmpty());
      const QLineF axis(camera.project(layout.axisFrom), camera.project(layout.axisTo));
      for (int c = 0; c < 3 && frames > 1; ++c) {
        const QLineF step(camera.project(layout.find(PlaneKind::Input, 0, c)->origin),
                          camera.project(layout.find(PlaneKind::Input, 1, c)->origin));
        const double off = std::remainder(step.angle() - axis.angle(), 360.);
        QVERIFY2(std::abs(off) < 3, qPrintable(QStringLiteral("channel %1: %2°").arg(c).arg(off)));
      }
      // every arrow begins at the first channel's patch, and each channel has one pair of links
      const double right = camera.project(layout.find(PlaneKind::Input, 0, 1)->origin).x();
      for (const Axis axisOf : kAxes) {
        if (layout.slides[static_cast<int>(axisOf)])
          QVERIFY(slideArrow(layout, camera, theme, axisOf).x1() < right);
      }
      for (const StageBox& box : layout.cuboids)
        QCOMPARE(linkLines(box, layout, camera, theme).size(), std::size_t{2});
      const std::vector<StageLabel> labels = labelsOn(view, size);
      QStringList planes;
      int plus = 0;
      for (const StageLabel& label : labels) {
        if (label.kind == LabelKind::Kernel && label.text.size() == 1) planes << label.text;
        plus += label.kind == LabelKind::Note && label.text == "+";
      }
      QCOMPARE(planes, (QStringList{"R", "G", "B"}));
      QCOMPARE(plus, 2);
      const std::vector<KernelBlock> blocks = kernelBlocks(view, furniture.kernelArea);
      QCOMPARE(blocks.size(), std::size_t{3});
      for (int c = 0; c < 3; ++c) {
        QCOMPARE(blocks[static_cast<std::size_t>(c)].channel, c);
        QVERIFY(
            furniture.kernelArea.adjusted(-1, -1, 1, 1).contains(blocks[static_cast<std::size_t>(c)].bounds));
        for (const KernelBlock::Cell& cell : blocks[static_cast<std::size_t>(c)].cells)
          QCOMPARE(cell.weight, appliedWeight(view, c, cell.tap));
      }
    }
  }

  void tensorAloneKeepsAMarginOnBothSides() {
    KernelView view = viewOf({{2, 27, 36, 3}, spec({1, 1, 1})});
    view.state.look.channelsApart = view.state.look.inputOnly = true;
    view.state.look.camera = designedCamera(true, false);
    for (const QSize size : {QSize(952, 692), QSize(1320, 692)}) {
      const StageLayout layout = layoutOf(view, lookTheme(view.state.look));
      const StageCamera camera = stageCamera(layout, view.state.look.camera, size,
                                             furnitureOf(size, lookTheme(view.state.look), layout));
      QRectF bounds;
      for (const StagePlane& plane : layout.planes)
        bounds |= projected(plane.corners(), camera).boundingRect();
      QVERIFY(bounds.left() > .04 * size.width() && size.width() - bounds.right() > .04 * size.width());
      QVERIFY(std::abs(bounds.left() - (size.width() - bounds.right())) < .12 * size.width());
    }
  }

  /// From the last row of seats a hatch of a few pixels is none: a frame of padding is hatched whole.
  void framesOfPaddingInTheFieldAreHatched() {
    KernelView view = viewOf({{8, 27, 36, 3}, spec({3, 3, 3}, {1, 1, 1}, PaddingMode::Same)});
    view.state.selection.voxel = {0, 0, 0};
    const LookTheme& theme = lookTheme(view.state.look);
    const QSize size(952, 692);
    const StageLayout layout = layoutOf(view, theme);
    const StageFurniture furniture = furnitureOf(size, theme, layout);
    const StageCamera camera = stageCamera(layout, view.state.look.camera, size, furniture);
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    image.fill(theme.stage);
    QPainter painter(&image);
    StageOverlay().paint(painter, {layout, camera, view, theme, furniture});
    const StagePlane* before = layout.find(PlaneKind::Padding, -1);
    const StagePlane* after = layout.find(PlaneKind::Padding, 8);
    QVERIFY(before != nullptr && before->lit && after != nullptr && !after->lit);
    const auto marks = [&](const StagePlane& plane) {  // in its lower left quarter, away from the patch
      int count = 0;
      for (double row = 16; row < 25; row += .5)
        for (double column = 2; column < 12; column += .25)
          count += image.pixelColor(camera.project(plane.at(row, column)).toPoint()) != theme.stage;
      return count;
    };
    QVERIFY2(marks(*before) > 80, qPrintable(QString::number(marks(*before))));
    QVERIFY(marks(*after) < marks(*before) / 3);
  }

  void slicesAreSeenFromHigherUp() {
    const CameraLook look = designedCamera(false, false, StageMode::Slices);
    QVERIFY(look.pitch >= 30 && look.pitch <= 35);
    QCOMPARE(designedCamera(false, false), CameraLook{});
    KernelView view = viewOf(cups());
    view.state.look.stageMode = StageMode::Slices;
    view.state.selection.voxel = {2, 18, 12};
    const QSizeF size(952, 692);
    const LookTheme& theme = lookTheme(view.state.look);
    const StageLayout layout = layoutOf(view, theme);
    const auto height = [&](const CameraLook& camera) {
      const StageCamera seen = stageCamera(layout, camera, size, furnitureOf(size, theme, layout));
      return projected(layout.find(PlaneKind::SliceY, 18)->corners(), seen).boundingRect().height();
    };
    QVERIFY2(height(look) > 120 && height(look) > 1.3 * height({}),
             qPrintable(QString::number(height(look))));
  }

  void channelNamesAndRowsStandOnNoForeignPlane() {
    for (const bool alone : {false, true}) {
      KernelView view = viewOf({{4, 27, 36, 3}, spec({2, 3, 3})});
      view.state.look.channelsApart = true;
      view.state.look.inputOnly = alone;
      view.state.look.camera = designedCamera(true, false);
      Desk desk(view);
      const LookTheme& theme = lookTheme(desk.view.state.look);
      const StageLayout layout = layoutOf(desk.view, theme);
      const StageCamera camera =
          stageCamera(layout, view.state.look.camera, {952, 692}, furnitureOf({952, 692}, theme, layout));
      int found = 0;
      for (const StageLabel& label : desk.stage.facts().labels) {
        if (label.kind == LabelKind::Kernel) continue;  // its planes have these names, too
        const bool name = label.text == "R" || label.text == "G" || label.text == "B";
        if (!name && label.kind != LabelKind::InputTitle) continue;
        found += name;
        for (const StagePlane& plane : layout.planes)
          QVERIFY2(projected(plane.corners(), camera).intersected(QPolygonF(label.box)).isEmpty(),
                   qPrintable(label.text));
      }
      QCOMPARE(found, 3);
    }
  }

  void pinnedInputShowsWhatItFeedsInsteadOfTheVoxel() {
    KernelView view = viewOf(cups());
    view.state.selection.input = InputPoint{{4, 12, 18}, 0};
    Desk desk(view);
    QVERIFY(hasLabel(desk.stage.facts(), LabelKind::Note, "27 output cells use this cell"));
    // nothing of the kernel's own chain is left
    for (const StageLabel& label : desk.stage.facts().labels)
      QVERIFY(label.kind != LabelKind::Value && label.kind != LabelKind::Axis);
  }

  void cellsHaveTheColoursOfTheirValues() {
    KernelView view = viewOf(cups());
    view.state.selection.voxel = {2, 0, 0};
    view.state.look.camera = presetAngles(2);  // from the front
    Desk desk(view);
    const QImage image = desk.stage.renderImage({952, 692});
    const Tensor& pixels = desk.view.result->clip->pixels;
    const StageLayout layout = layoutOf(desk.view, lookTheme(desk.view.state.look));
    const StageFurniture furniture = furnitureOf({952, 692}, lookTheme(desk.view.state.look), layout);
    const StageCamera camera = stageCamera(layout, desk.view.state.look.camera, {952, 692}, furniture);
    const StagePlane* frame = layout.find(PlaneKind::Input, 2);
    int checked = 0, wrongIfSwapped = 0;
    for (int row = 12; row < 24; ++row) {
      for (int column = 14; column < 30; ++column) {
        const QPoint px = camera.project(frame->at(row + .5, column + .5)).toPoint();
        const QColor seen = image.pixelColor(px);
        // the faint frames before it veil it by at most their own opacity
        const double red = pixels.at(2, row, column, 0), blue = pixels.at(2, row, column, 2);
        QVERIFY2(std::abs(seen.redF() - red) < .32 && std::abs(seen.blueF() - blue) < .32,
                 qPrintable(QStringLiteral("row %1 column %2").arg(row).arg(column)));
        wrongIfSwapped += std::abs(seen.redF() - blue) >= .32;
        ++checked;
      }
    }
    QVERIFY(checked > 100 && wrongIfSwapped > 30);  // the check can tell channels apart
  }

  void draggingTurnsTheCameraAndDoubleClickResetsIt() {
    Desk desk(viewOf(cups()));
    const QPoint empty(930, 120);
    QTest::mousePress(&desk.stage, Qt::LeftButton, {}, empty);
    QTest::mouseMove(&desk.stage, empty - QPoint(40, 0));
    QTest::mouseRelease(&desk.stage, Qt::LeftButton, {}, empty - QPoint(40, 0));
    QVERIFY(std::abs(desk.view.state.look.camera.yaw + 50) > 5);
    QTest::mouseDClick(&desk.stage, Qt::LeftButton, {}, empty);
    QCOMPARE(desk.view.state.look.camera, CameraLook{});
  }

  void clickOnAMapPinsItsVoxel() {
    Desk desk(viewOf(cups()));
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const StageLayout layout = layoutOf(desk.view, theme);
    const StageCamera camera = stageCamera(layout, {}, {952, 692}, furnitureOf({952, 692}, theme, layout));
    const QPoint at = camera.project(layout.find(PlaneKind::Map, 0)->at(20.5, 10.5)).toPoint();
    QTest::mouseClick(&desk.stage, Qt::LeftButton, {}, at);
    QCOMPARE(desk.view.state.selection.voxel, (Triple{0, 20, 10}));
  }

  void clickOnAFramePinsAndLetsGo() {
    Desk desk(viewOf(cups()));
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const StageLayout layout = layoutOf(desk.view, theme);
    const StageCamera camera = stageCamera(layout, {}, {952, 692}, furnitureOf({952, 692}, theme, layout));
    const QPoint at = camera.project(layout.find(PlaneKind::Input, 0)->at(20.5, 10.5)).toPoint();
    QTest::mouseClick(&desk.stage, Qt::LeftButton, {}, at);
    QVERIFY(desk.view.state.selection.input.has_value());
    QCOMPARE(desk.view.state.selection.input->at, (Triple{0, 20, 10}));
    QTest::mouseClick(&desk.stage, Qt::LeftButton, {}, at);
    QVERIFY(!desk.view.state.selection.input.has_value());
  }

  void draggingThePatchSlidesTheKernel() {
    KernelView view = viewOf(cups());
    view.state.selection.voxel = {2, 10, 10};
    Desk desk(view);
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const StageLayout layout = layoutOf(desk.view, theme);
    const StageCamera camera = stageCamera(layout, {}, {952, 692}, furnitureOf({952, 692}, theme, layout));
    const StagePlane* frame = layout.find(PlaneKind::Input, 2);
    const QPoint from = camera.project(frame->at(11.5, 11.5)).toPoint();
    const QPoint to = camera.project(frame->at(16.5, 19.5)).toPoint();
    QTest::mousePress(&desk.stage, Qt::LeftButton, {}, from);
    QTest::mouseMove(&desk.stage, (from + to) / 2);
    QTest::mouseMove(&desk.stage, to);
    QTest::mouseRelease(&desk.stage, Qt::LeftButton, {}, to);
    QCOMPARE(desk.view.state.selection.voxel, (Triple{2, 15, 18}));
  }

  void hoverNamesTheCell() {
    Desk desk(viewOf(cups()));
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const StageLayout layout = layoutOf(desk.view, theme);
    const StageCamera camera = stageCamera(layout, {}, {952, 692}, furnitureOf({952, 692}, theme, layout));
    const QPoint at = camera.project(layout.find(PlaneKind::Input, 0)->at(22.5, 8.5)).toPoint();
    QTest::mouseMove(&desk.stage, at);
    QCOMPARE(desk.view.hover, (Hover{Hover::Kind::Input, {0, 22, 8}, 0}));
  }

  void wheelZoomsAboutThePointer() {
    Desk desk(viewOf(cups()));
    QWheelEvent wheel({700, 300}, desk.stage.mapToGlobal(QPointF(700, 300)), {}, {0, 240}, Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&desk.stage, &wheel);
    QVERIFY(desk.view.state.look.camera.zoom > 1.2);
  }

  void handlesOfTheLargeKernelStretchIt_data() {
    QTest::addColumn<int>("axis");
    QTest::addColumn<double>("steps");
    QTest::addColumn<Triple>("wanted");
    QTest::addRow("longer") << 0 << 1.0 << Triple{4, 3, 3};
    QTest::addRow("no longer than the clip") << 0 << 20.0 << Triple{8, 3, 3};
    QTest::addRow("higher") << 1 << 2.0 << Triple{3, 5, 3};
    QTest::addRow("lower") << 1 << -1.0 << Triple{3, 2, 3};
    QTest::addRow("narrower than one column") << 2 << -9.0 << Triple{3, 3, 1};
    QTest::addRow("not half a column") << 2 << .4 << Triple{3, 3, 3};
  }
  void handlesOfTheLargeKernelStretchIt() {
    QFETCH(const int, axis);
    QFETCH(const double, steps);
    QFETCH(const Triple, wanted);
    KernelView view = viewOf(cups());
    view.state.look.kernelLarge = true;
    Desk desk(view);
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const StageLayout layout = layoutOf(desk.view, theme);
    const QRectF area = furnitureOf({952, 692}, theme, layout).kernelArea;
    const KernelHandle handle = kernelBlock(desk.view, area).handles[static_cast<std::size_t>(axis)];
    const QPoint from = handle.knob.toPoint(), to = (handle.knob + handle.step * steps).toPoint();
    const CameraLook camera = desk.view.state.look.camera;
    QTest::mousePress(&desk.stage, Qt::LeftButton, {}, from);
    QTest::mouseMove(&desk.stage, (from + to) / 2);
    QTest::mouseMove(&desk.stage, to);
    QTest::mouseRelease(&desk.stage, Qt::LeftButton, {}, to);
    QCOMPARE(desk.view.state.kernel().conv.kernel, wanted);
    QCOMPARE(desk.view.state.look.camera, camera);
  }

  void largeKernelStandsBesideTheFrames() {
    KernelView view = viewOf({{8, 27, 36, 1}, spec({4, 3, 3})});
    view.state.look.kernelLarge = true;
    for (const QSize size : {QSize(720, 496), QSize(952, 692), QSize(1880, 790)}) {
      view.state.look.presenter = size.width() > 1000;
      Desk desk(view);
      (void)desk.stage.renderImage(size);
      const StageFacts facts = desk.stage.facts();
      for (const char* extent : {"l = 4", "h = 3", "w = 3"}) {
        QVERIFY2(hasLabel(facts, LabelKind::Axis, extent), extent);
        for (const StageLabel& label : facts.labels) {
          if (label.text == extent) QVERIFY(QRectF(QPointF(0, 0), size).contains(label.box));
        }
      }
      const LookTheme& theme = lookTheme(view.state.look);
      const StageLayout layout = layoutOf(view, theme);
      const StageFurniture furniture = furnitureOf(size, theme, layout);
      const KernelBlock block = kernelBlock(view, furniture.kernelArea);
      QVERIFY(block.bounds.width() > .25 * size.width());
      for (const KernelHandle& handle : block.handles) QVERIFY(furniture.kernelArea.contains(handle.knob));
      const StageCamera camera = stageCamera(layout, {}, size, furniture);
      for (const StagePlane& plane : layout.planes)
        QVERIFY(projected(plane.corners(), camera).boundingRect().left() > furniture.kernelArea.right());
      // every cell of the lattice is seen
      for (const KernelBlock::Cell& cell : block.cells)
        QCOMPARE(block.tapAt((cell.shape[0] + cell.shape[2]) / 2).value(), cell.tap);
    }
  }

  void endsOfTheLegendFixTheRange() {
    Desk desk(viewOf(cups()));
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const QRectF bar = furnitureOf({952, 692}, theme, layoutOf(desk.view, theme)).legendBar;
    const double fitted = desk.view.mapRange(0, 0).high;
    const CameraLook camera = desk.view.state.look.camera;
    const QPoint end(static_cast<int>(bar.right()), static_cast<int>(bar.center().y()));
    const QPoint inwards = end - QPoint(static_cast<int>(bar.width() / 2), 0);
    QTest::mousePress(&desk.stage, Qt::LeftButton, {}, end);
    QTest::mouseMove(&desk.stage, (end + inwards) / 2);
    QTest::mouseMove(&desk.stage, inwards);
    QTest::mouseRelease(&desk.stage, Qt::LeftButton, {}, inwards);
    QCOMPARE(desk.view.state.look.rangeMode, RangeMode::Fixed);
    const double fixed = desk.view.state.look.fixedRange;
    QVERIFY2(std::abs(fixed / fitted - .5) < .04, qPrintable(QString::number(fixed / fitted)));
    QCOMPARE(desk.view.state.look.camera, camera);
    (void)desk.stage.renderImage(desk.stage.size());
    QVERIFY(hasLabel(desk.stage.facts(), LabelKind::Legend, "fixed"));
    QVERIFY(hasLabel(desk.stage.facts(), LabelKind::Legend, signedText(fixed, rangeDecimals(fixed))));
    QTest::mouseDClick(&desk.stage, Qt::LeftButton, {}, end);
    QCOMPARE(desk.view.state.look.rangeMode, RangeMode::Map);
    QCOMPARE(desk.view.state.look.camera, camera);
  }

  void tickOfTheLegendIsTheSurfacesLevel() {
    KernelView view = viewOf(cups());
    view.state.look.stageMode = StageMode::Isosurface;
    view.state.look.isoLevel = .5;
    Desk desk(view);
    const LookTheme& theme = lookTheme(desk.view.state.look);
    const QRectF bar = furnitureOf({952, 692}, theme, layoutOf(desk.view, theme)).legendBar;
    const auto at = [&](double share) {
      return QPoint(static_cast<int>(bar.center().x() + share * bar.width() / 2),
                    static_cast<int>(bar.top() - 3));
    };
    for (const auto& [from, to, level] : {std::tuple{.5, .8, .8}, {-.8, -.3, .3}, {.3, .0, .02}}) {
      QTest::mousePress(&desk.stage, Qt::LeftButton, {}, at(from));
      QTest::mouseMove(&desk.stage, at((from + to) / 2));
      QTest::mouseMove(&desk.stage, at(to));
      QTest::mouseRelease(&desk.stage, Qt::LeftButton, {}, at(to));
      QVERIFY(std::abs(desk.view.state.look.isoLevel - level) < .015);
    }
    QCOMPARE(desk.view.state.look.rangeMode, RangeMode::Map);
    QTest::mouseDClick(&desk.stage, Qt::LeftButton, {}, at(0));
    QVERIFY(desk.view.state.look.isoLevel < .03);  // a tick keeps its place
  }

  void smallAndLargeKernelsFitTheirBlock_data() {
    QTest::addColumn<Triple>("kernel");
    QTest::newRow("1×1×1") << Triple{1, 1, 1};
    QTest::newRow("1×7×7") << Triple{1, 7, 7};
    QTest::newRow("7×1×1") << Triple{7, 1, 1};
    QTest::newRow("16×3×3") << Triple{16, 3, 3};
    QTest::newRow("3×2×12") << Triple{3, 2, 12};
  }
  void smallAndLargeKernelsFitTheirBlock() {
    QFETCH(const Triple, kernel);
    const KernelView view = viewOf({{16, 12, 16, 1}, spec(kernel)});
    const QRectF area(20, 130, 150, 110);
    const KernelBlock block = kernelBlock(view, area);
    QCOMPARE(static_cast<std::int64_t>(block.cells.size()), kernel.product());
    for (const KernelBlock::Cell& cell : block.cells)
      QVERIFY(area.adjusted(-1, -1, 1, 1).contains(cell.shape.boundingRect()));
    // the nearest slice hides the ones behind it: its cells answer
    QPointF middle;
    for (const QPointF& corner : block.cells.back().shape) middle += corner / 4;
    QCOMPARE(block.tapAt(middle).value(), (Triple{0, kernel.y - 1, kernel.x - 1}));
  }
};

QTEST_MAIN(TestStageView)
#include "tst_stage_view.moc"
