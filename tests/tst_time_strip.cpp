#include "tests/kernel_view_fixture.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/film_titles.h"
#include "widgets/panels/film_view.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/slice_motion.h"
#include "widgets/panels/slice_view.h"
#include "widgets/panels/time_strip.h"

#include <QPushButton>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <random>

using namespace convscope;

namespace {

constexpr QSize kFull(1600, 184), kLow(1280, 104);

/// A textured line of 40 cells that moves by `speed` cells a frame for 5 frames; `noise` instead of it if
/// asked.
Tensor movingLine(double speed, bool noise) {
  Tensor pixels(Shape{5, 3, 40, 1});
  std::mt19937 random(11);
  std::vector<float> texture(160);
  for (float& value : texture) value = static_cast<float>(random() % 1000) / 1000.F;
  for (int t = 0; t < 5; ++t)
    for (int x = 0; x < 40; ++x) {
      const double at = 60 + x - speed * t;
      const auto whole = static_cast<std::size_t>(std::floor(at));
      const auto part = static_cast<float>(at - std::floor(at));
      pixels.at(t, 1, x, 0) = noise ? static_cast<float>(random() % 1000) / 1000.F
                                    : (1 - part) * texture[whole] + part * texture[whole + 1];
    }
  return pixels;
}

/// A grating of `period` cells that moves by `speed` cells a frame for 5 frames.
Tensor movingGrating(double period, double speed) {
  Tensor pixels(Shape{5, 3, 40, 1});
  for (int t = 0; t < 5; ++t)
    for (int x = 0; x < 40; ++x)
      pixels.at(t, 1, x, 0) = static_cast<float>(.5 + .4 * std::sin(2 * M_PI * (x - speed * t) / period));
  return pixels;
}

}  // namespace

class TestTimeStrip : public QObject {
  Q_OBJECT

 private slots:
  void mapsStandOverTheMiddleOfTheirFrames_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("stride");
    QTest::addColumn<int>("dilation");
    QTest::addColumn<PaddingMode>("padding");
    QTest::addRow("l3") << 3 << 1 << 1 << PaddingMode::Valid;
    QTest::addRow("l2") << 2 << 1 << 1 << PaddingMode::Valid;
    QTest::addRow("stride 2") << 3 << 2 << 1 << PaddingMode::Valid;
    QTest::addRow("dilation 2") << 3 << 1 << 2 << PaddingMode::Valid;
    QTest::addRow("full") << 3 << 1 << 1 << PaddingMode::Full;
    QTest::addRow("causal") << 4 << 1 << 1 << PaddingMode::Causal;
  }
  void mapsStandOverTheMiddleOfTheirFrames() {
    QFETCH(int, length);
    QFETCH(int, stride);
    QFETCH(int, dilation);
    QFETCH(PaddingMode, padding);
    KernelStudy study = smallStudy({length, 3, 3});
    study.conv.stride.t = stride;
    study.conv.dilation.t = dilation;
    study.conv.padding = padding;
    const KernelView view = viewOf(stateOf(study));
    QVERIFY2(view.result != nullptr, qPrintable(view.problem));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    const FilmLayout lay = strip.film()->layoutNow();
    for (int t = 0; t < view.result->geometry.output.length; ++t) {
      const int first = patchStart(*view.result, {t, 0, 0}).t;
      const int last = first + study.conv.span(Axis::T) - 1;
      QVERIFY(lay.shows(first) && lay.shows(last));
      const double middle = (lay.slot(first).left() + lay.slot(last).right()) / 2;
      QVERIFY(std::abs(mapBox(lay, *view.result, t).center().x() - middle) < .01);
    }
  }

  void mapCellsStandOverTheMiddleOfTheirPatch() {
    KernelStudy study = smallStudy({3, 5, 3});
    study.conv.stride = {1, 2, 1};
    const KernelView view = viewOf(stateOf(study));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    const FilmLayout lay = strip.film()->layoutNow();
    const QRectF box = mapBox(lay, *view.result, 1);
    const QRectF picture = mapPicture(lay, *view.result, 1);
    const Shape out = view.result->geometry.output;
    for (const int y : {0, out.height - 1}) {
      const double middle = picture.top() + (y + .5) * picture.height() / out.height;
      QVERIFY(std::abs(middle - box.top() - (y * 2 + 2.5) * lay.cell) < .01);
    }
    QVERIFY(std::abs(picture.left() - box.left() - lay.cell) < .01);
  }

  void clickOnAFrameSetsTheTimeAlone_data() {
    QTest::addColumn<int>("frame");
    QTest::addColumn<int>("output");
    QTest::addRow("its middle") << 4 << 3;
    QTest::addRow("first frame, as near as the kernel gets") << 0 << 0;
    QTest::addRow("last frame") << 7 << 5;
  }
  void clickOnAFrameSetsTheTimeAlone() {
    QFETCH(int, frame);
    QFETCH(int, output);
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {1, 5, 6};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QSignalSpy edits(&strip, &TimeStrip::editRequested);
    QTest::mouseClick(strip.film(), Qt::LeftButton, {},
                      strip.film()->layoutNow().slot(frame).center().toPoint());
    AppState wanted = view.state;
    wanted.selection.voxel.t = output;
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
  }

  void clickOnAMapSetsItsTimeAlone() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {1, 5, 6};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QSignalSpy edits(&strip, &TimeStrip::editRequested);
    const QRectF box = mapBox(strip.film()->layoutNow(), *view.result, 4);
    QTest::mouseClick(strip.film(), Qt::LeftButton, {}, box.center().toPoint());
    AppState wanted = view.state;
    wanted.selection.voxel.t = 4;
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
    QVERIFY(!edits.last().at(0).value<StateEdit>().undoable);
  }

  void shiftClickSelectsTheInputVoxel() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.weightChannel = 2;
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QSignalSpy edits(&strip, &TimeStrip::editRequested);
    const FilmLayout lay = strip.film()->layoutNow();
    const QPointF at = lay.slot(6).topLeft() + QPointF(9.5, 13.5) * lay.cell;
    QTest::mouseClick(strip.film(), Qt::LeftButton, Qt::ShiftModifier, at.toPoint());
    AppState wanted = view.state;
    wanted.selection.input = InputPoint{{6, 13, 9}, 2};
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
  }

  void wheelStepsThroughTime() {
    const KernelView view = viewOf(stateOf(smallStudy()));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QSignalSpy edits(&strip, &TimeStrip::editRequested);
    const auto wheel = [&](int angle) {
      QWheelEvent event({300, 50}, strip.film()->mapToGlobal(QPointF(300, 50)), {}, {0, angle}, Qt::NoButton,
                        Qt::NoModifier, Qt::NoScrollPhase, false);
      QApplication::sendEvent(strip.film(), &event);
    };
    wheel(-60);
    QCOMPARE(edits.count(), 0);
    wheel(-60);
    QCOMPARE(edits.count(), 1);
    QCOMPARE(edited(view.state, edits).selection.voxel, (Triple{1, 0, 0}));
    wheel(120);  // already at the first map
    QCOMPARE(edits.count(), 1);
  }

  void sliceRunsThroughTheMiddleOfThePatch() {
    KernelView view = viewOf(stateOf(smallStudy({3, 5, 3})));
    view.state.selection.voxel = {2, 7, 9};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QVERIFY(strip.fact().contains(QStringLiteral("row y=10 ")));  // rows 8 to 12, counted from 1
    const QImage& slice = strip.images().inputSlice();
    QCOMPARE(slice.size(), QSize(24, 8));
    const Tensor& pixels = view.result->clip->pixels;
    for (int t = 0; t < 8; ++t)
      for (int x = 0; x < 24; ++x)
        QCOMPARE(qRed(slice.pixel(x, t)), static_cast<int>(std::lround(pixels.at(t, 9, x, 0) * 255)));
    const ColourMap& colours = mapColours(view);
    const QImage& output = strip.images().outputSlice();
    QCOMPARE(output.size(), QSize(22, 6));
    QCOMPARE(output.pixel(3, 4), colours.at(view.result->valueAt(0, {4, 7, 3}), 1));
  }

  void slicesRunThroughThePinnedInputVoxel() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {1, 2, 3};
    view.state.selection.input = InputPoint{{4, 14, 9}, 0};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QVERIFY(strip.fact().contains(QStringLiteral("row y=15 ")));
    const QImage& slice = strip.images().inputSlice();
    const Tensor& pixels = view.result->clip->pixels;
    for (int x = 0; x < 24; ++x)
      QCOMPARE(qRed(slice.pixel(x, 4)), static_cast<int>(std::lround(pixels.at(4, 14, x, 0) * 255)));
    const QImage& output = strip.images().outputSlice();  // of the row in the middle of those that use it
    QCOMPARE(output.pixel(5, 2), mapColours(view).at(view.result->valueAt(0, {2, 13, 5}), 1));
    const SliceLayout lay = strip.slices()->layoutNow();
    QCOMPARE(strip.slices()->cellAt(lay.input.topLeft() + QPointF(.5, .5)).at, (Triple{0, 14, 0}));
    strip.setPlane(FilmImages::Plane::YT);
    QVERIFY(strip.fact().contains(QStringLiteral("column x=10 ")));
  }

  /// The presenter's frames take at least half of their strip's height.
  void presentersFramesFillTheStrip() {
    const auto back = qScopeGuard([] { setPresenterScale(1); });
    for (const double scale : {1., 2 / 3.}) {
      setPresenterScale(scale);
      KernelStudy study = smallStudy({2, 3, 3});
      study.clip.range.count = 4;
      AppState state = stateOf(study);
      state.look.presenter = true;
      TimeStrip strip;
      strip.resize(static_cast<int>(1920 * scale), static_cast<int>(180 * scale));
      strip.present(viewOf(state));
      const FilmLayout lay = strip.film()->layoutNow();
      QVERIFY2(lay.frame.height() > .45 * strip.height(), qPrintable(QString::number(lay.frame.height())));
      QVERIFY(strip.film()->width() < .8 * strip.width());  // the words have their place beside it
    }
  }

  void clickOnASliceSetsTimeAndPlace_data() {
    QTest::addColumn<bool>("output");
    QTest::addColumn<bool>("columns");
    QTest::addColumn<Triple>("voxel");
    QTest::addRow("x-t input") << false << false << Triple{2, 5, 6};
    QTest::addRow("x-t output") << true << false << Triple{3, 5, 7};
    QTest::addRow("y-t input") << false << true << Triple{2, 6, 6};
    QTest::addRow("y-t output") << true << true << Triple{3, 7, 6};
  }
  void clickOnASliceSetsTimeAndPlace() {
    QFETCH(bool, output);
    QFETCH(bool, columns);
    QFETCH(Triple, voxel);
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.selection.voxel = {1, 5, 6};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    if (columns) strip.setPlane(FilmImages::Plane::YT);
    QSignalSpy edits(&strip, &TimeStrip::editRequested);
    const SliceLayout lay = strip.slices()->layoutNow();
    const QRectF box = output ? lay.output : lay.input;
    const double cell = output ? box.width() / (columns ? 18 : 22) : lay.cell;
    const QPointF at = box.topLeft() + QPointF(7.5 * cell, 3.5 * lay.rowHeight);
    QTest::mouseClick(strip.slices(), Qt::LeftButton, {}, at.toPoint());
    AppState wanted = view.state;
    wanted.selection.voxel = voxel;
    QCOMPARE(edits.count(), 1);
    QVERIFY(edited(view.state, edits) == wanted);
  }

  void pointingIsToldOnceACell() {
    const KernelView view = viewOf(stateOf(smallStudy()));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QSignalSpy hovered(&strip, &TimeStrip::hovered);
    const FilmLayout lay = strip.film()->layoutNow();
    const QPointF at = lay.slot(2).topLeft() + QPointF(4.4, 3.4) * lay.cell;
    pointAt(strip.film(), at);
    pointAt(strip.film(), at + QPointF(.1, .1));
    QCOMPARE(hovered.count(), 1);
    QCOMPARE(hovered.last().at(0).value<Hover>(), (Hover{Hover::Kind::Input, {2, 3, 4}, 0}));
    QCOMPARE(cellTip(view, hovered.last().at(0).value<Hover>()).count(QLatin1Char(' ')),
             8);  // t y x R . G . B .
    const QRectF picture = mapPicture(lay, *view.result, 3);
    pointAt(strip.film(), picture.topLeft() + QPointF(1, 1));
    QCOMPARE(hovered.last().at(0).value<Hover>(), (Hover{Hover::Kind::Output, {3, 0, 0}, 0}));
  }

  void unpaintedCellsHaveTheStagesColour() {
    KernelView view = viewOf(stateOf(smallStudy()));
    view.state.playback.paint = true;
    view.state.selection.voxel = {2, 3, 4};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    const QRgb stage = lookTheme(view.state.look).stage.rgb();
    const ColourMap& colours = mapColours(view);
    const std::vector<QImage>& maps = strip.images().maps();
    for (int t = 0; t < 6; ++t)
      for (int y = 0; y < 18; ++y)
        for (int x = 0; x < 22; ++x) {
          const Triple at{t, y, x};
          const QRgb wanted = view.painted(at) ? colours.at(view.result->valueAt(0, at), 1) : stage;
          QCOMPARE(maps[static_cast<std::size_t>(t)].pixel(x, y), wanted);
        }
    QVERIFY(!strip.images().blank(2));
    QVERIFY(strip.images().blank(3));
  }

  void picturesAreMadeOnlyWhereSomethingChanged() {
    KernelView view = viewOf(stateOf(smallStudy()));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    const qint64 frame = strip.images().frames().front().cacheKey();
    const qint64 map = strip.images().maps().front().cacheKey();
    view.state.selection.voxel = {3, 3, 3};
    strip.present(view);
    QCOMPARE(strip.images().maps().front().cacheKey(), map);
    view.state.look.theme = Theme::Light;
    strip.present(view);
    QVERIFY(strip.images().maps().front().cacheKey() != map);
    QCOMPARE(strip.images().frames().front().cacheKey(), frame);
  }

  void hidesWhatCannotApply_data() {
    QTest::addColumn<int>("frames");
    QTest::addColumn<bool>("presenter");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("slices");
    QTest::addColumn<bool>("oneRow");
    QTest::addRow("clip") << 8 << false << kFull << true << false;
    QTest::addRow("still image") << 1 << false << kFull << false << true;
    QTest::addRow("low") << 8 << false << kLow << false << true;
    QTest::addRow("presenter") << 8 << true << QSize(1920, 226) << false << true;
  }
  void hidesWhatCannotApply() {
    QFETCH(int, frames);
    QFETCH(bool, presenter);
    QFETCH(QSize, size);
    QFETCH(bool, slices);
    QFETCH(bool, oneRow);
    KernelStudy study = smallStudy({frames == 1 ? 1 : 3, 3, 3});
    study.clip.range.count = frames;
    AppState state = stateOf(study);
    state.look.presenter = presenter;
    TimeStrip strip;
    strip.resize(size);
    strip.present(viewOf(state));
    QCOMPARE(strip.slices()->isVisibleTo(&strip), slices);
    QCOMPARE(strip.film()->layoutNow().oneRow, oneRow);
    QVERIFY(strip.film()->layoutNow().width <= size.width());
    if (frames == 1) QVERIFY(strip.fact().isEmpty());
    QVERIFY(!strip.grab().isNull());
  }

  /// The presenter's sentences: colour is about channels, grey about maps.
  void presenterSaysWhatSlides() {
    AppState state = stateOf(smallStudy({2, 3, 3}));
    TimeStrip strip;
    strip.resize(1920, 226);
    strip.present(viewOf(state));
    QVERIFY(strip.slidingWords().isEmpty());
    state.look.presenter = true;
    strip.present(viewOf(state));
    QCOMPARE(strip.slidingWords(), QStringList({"R, G and B are summed, not slid:",
                                                QString::fromUtf8("2 × 3 partial sums make one value."),
                                                "It slides in h, w and t."}));
    state.columns = {smallStudy({2, 3, 3}, true)};
    strip.present(viewOf(state));
    QCOMPARE(strip.slidingWords(),
             QStringList({"Sliding in h and w paints one map.", "Sliding in t opens the next."}));
    state.columns = {smallStudy({8, 3, 3}, true)};
    strip.present(viewOf(state));
    QVERIFY(strip.slidingWords().last().contains("cannot slide in t"));
    state.look.inputOnly = true;
    strip.present(viewOf(state));
    QVERIFY(strip.slidingWords().isEmpty());
  }

  void lowStripShowsSlicesBehindATab() {
    TimeStrip strip;
    strip.resize(kLow);
    strip.present(viewOf(stateOf(smallStudy())));
    QVERIFY(strip.fact().contains(QStringLiteral("3 of 8 frames")));
    strip.showSlices(true);
    QVERIFY(strip.slices()->isVisibleTo(&strip));
    QVERIFY(!strip.film()->isVisibleTo(&strip));
    QVERIFY(strip.slices()->layoutNow().input.bottom() < kLow.height());
    QVERIFY(strip.fact().contains(QStringLiteral("row y=2 ")));
  }

  void paddingIsNotCountedAsFrames_data() {
    QTest::addColumn<PaddingMode>("padding");
    QTest::addColumn<int>("t");
    QTest::addColumn<QString>("fact");
    QTest::addRow("same, first map") << PaddingMode::Same << 0
                                     << QStringLiteral("the kernel covers 2 of 8 frames and 1 of padding");
    QTest::addRow("same, inside") << PaddingMode::Same << 3
                                  << QStringLiteral("the kernel covers 3 of 8 frames");
    QTest::addRow("full, first map") << PaddingMode::Full << 0
                                     << QStringLiteral("the kernel covers 1 of 8 frames and 2 of padding");
    QTest::addRow("full, last map") << PaddingMode::Full << 9
                                    << QStringLiteral("the kernel covers 1 of 8 frames and 2 of padding");
  }
  void paddingIsNotCountedAsFrames() {
    QFETCH(PaddingMode, padding);
    QFETCH(int, t);
    QFETCH(QString, fact);
    KernelStudy study = smallStudy();
    study.conv.padding = padding;
    KernelView view = viewOf(stateOf(study));
    view.state.selection.voxel.t = t;
    TimeStrip strip;
    for (const bool presenter : {false, true}) {
      view.state.look.presenter = presenter;
      strip.resize(kLow);
      strip.present(view);
      QCOMPARE(strip.fact(), fact);
    }
  }

  /// Long titles are shortened before one is left out, and no two touch.
  void allMapsAndFramesAreTitled_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<int>("frames");
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("presenter");
    for (const int length : {1, 2, 3, 4, 7})
      for (const int frames : {8, 12}) {
        QTest::addRow("l %d of %d, two rows", length, frames) << length << frames << kFull << false;
        QTest::addRow("l %d of %d, one row", length, frames) << length << frames << kLow << false;
        if (frames > 8) continue;
        QTest::addRow("l %d of %d, presenter", length, frames)
            << length << frames << QSize(1920, 226) << true;
      }
  }
  void allMapsAndFramesAreTitled() {
    QFETCH(int, length);
    QFETCH(int, frames);
    QFETCH(QSize, size);
    QFETCH(bool, presenter);
    KernelStudy study = smallStudy({length, 3, 3});
    study.clip.range.count = frames;
    AppState state = stateOf(study);
    state.look.presenter = presenter;
    KernelView view = viewOf(state);
    QVERIFY2(view.result != nullptr, qPrintable(view.problem));
    TimeStrip strip;
    strip.resize(size);
    for (int t = 0; t < view.result->geometry.output.length; ++t) {
      view.state.selection.voxel.t = t;
      strip.present(view);
      const FilmLayout lay = strip.film()->layoutNow();
      std::vector<int> maps;
      for (int map = lay.firstMap; map < lay.endMap; ++map) maps.push_back(map);
      QVERIFY(maps.size() >= 3 || std::ssize(maps) == view.result->geometry.output.length);
      const double px = lookTheme(view.state.look).body;
      const std::vector<FilmTitle> above = mapTitles(view, lay, maps, px);
      QCOMPARE(above.size(), maps.size());
      const std::vector<FilmTitle> below = frameTitles(view, lay, px);
      QCOMPARE(std::ssize(below), frames);
      for (const auto* row : {&above, &below})
        for (std::size_t i = 1; i < row->size(); ++i)
          QVERIFY((*row)[i].x - (*row)[i - 1].x >= ((*row)[i].width + (*row)[i - 1].width) / 2);
    }
  }

  void oneRowShowsTheNeighboursOfTheChosenMap() {
    KernelStudy study = smallStudy();
    study.clip.range.count = 32;
    KernelView view = viewOf(stateOf(study));
    TimeStrip strip;
    strip.resize(kLow);
    for (const int t : {0, 3, 29}) {
      view.state.selection.voxel.t = t;
      strip.present(view);
      const FilmLayout lay = strip.film()->layoutNow();
      for (int map = std::max(0, t - 1); map <= std::min(29, t + 1); ++map) {
        const QRectF box = mapBox(lay, *view.result, map);
        QVERIFY(!box.isEmpty() && box.right() <= strip.film()->width());
      }
      QVERIFY(lay.slot(lay.endSlot - 1).right() < lay.mapLeft);
    }
  }

  void leftOverFramesAreTold() {
    KernelStudy study = smallStudy();
    study.conv.stride = {2, 2, 2};
    QCOMPARE(unusedInClip(*viewOf(stateOf(study)).result), (Triple{1, 1, 1}));
    study.conv.padding = PaddingMode::Same;  // the cell of padding is left over instead
    QCOMPARE(unusedInClip(*viewOf(stateOf(study)).result), (Triple{0, 0, 0}));
    study.conv.padding = PaddingMode::Valid;
    KernelView view = viewOf(stateOf(study));
    TimeStrip strip;
    const LookTheme& theme = lookTheme(view.state.look);
    for (const QSize size : {kFull, kLow}) {
      strip.resize(size);
      strip.present(view);
      const FilmLayout lay = strip.film()->layoutNow();
      const QImage picture = strip.film()->grab().toImage();
      const auto hatched = [&](int t) {  // pixels of the hatch's colour
        const QRect box = lay.slot(t).toRect();
        int count = 0;
        for (int y = box.top() + 1; y < box.bottom(); ++y)
          for (int x = box.left() + 1; x < box.right(); ++x) {
            const QColor at = picture.pixelColor(x, y);
            count += std::abs(at.red() - theme.muted.red()) + std::abs(at.green() - theme.muted.green()) +
                         std::abs(at.blue() - theme.muted.blue()) <
                     60;
          }
        return count;
      };
      QVERIFY(hatched(7) > 30);
      QVERIFY(hatched(7) > 5 * hatched(6));
    }
  }

  void manyFramesKeepTheKernelInSight() {
    KernelStudy study = smallStudy();
    study.clip.range.count = 300;
    KernelView view = viewOf(stateOf(study));
    QVERIFY2(view.result != nullptr, qPrintable(view.problem));
    TimeStrip strip;
    strip.resize(kFull);
    for (const int t : {0, 150, 297}) {
      view.state.selection.voxel.t = t;
      strip.present(view);
      const FilmLayout lay = strip.film()->layoutNow();
      QVERIFY(lay.shows(t) && lay.shows(t + 2));
      QVERIFY(lay.frame.width() >= 9);
      QVERIFY(lay.slot(lay.endSlot - 1).right() <= strip.film()->width());
    }
  }

  void motionIsMeasuredNotInvented_data() {
    QTest::addColumn<double>("speed");
    QTest::addColumn<bool>("noise");
    for (const double speed : {-3.0, -1.5, -.5, 0.0, 1.0, 2.5, 5.0})
      QTest::addRow("%g", speed) << speed << false;
    QTest::addRow("noise") << 0.0 << true;
  }
  void motionIsMeasuredNotInvented() {
    QFETCH(double, speed);
    QFETCH(bool, noise);
    const Tensor pixels = movingLine(speed, noise);
    const std::optional<double> found = motionIn(pixels, {Axis::X, 1, 8, 32, 0, 5});
    QCOMPARE(found.has_value(), !noise);
    if (found) QCOMPARE(*found, speed);
    QVERIFY(!motionIn(pixels, {Axis::X, 0, 8, 32, 0, 5}).has_value());  // an empty row shows nothing
  }

  void ofARepeatingPatternTheSmallShiftIsSeenOrNone_data() {
    QTest::addColumn<double>("period");
    QTest::addColumn<double>("speed");
    QTest::addColumn<double>("wanted");  // not a number: nothing is said
    const double none = std::nan("");
    QTest::addRow("period 6, half a cell right") << 6.0 << .5 << .5;
    QTest::addRow("period 6, one cell left") << 6.0 << -1.0 << -1.0;
    QTest::addRow("period 6, nearly a period: half a cell left") << 6.0 << 5.5 << -.5;
    QTest::addRow("period 6, half of it") << 6.0 << 3.0 << none;
    QTest::addRow("period 6, nearly half of it") << 6.0 << 2.5 << none;
    QTest::addRow("period 5, nearly half of it") << 5.0 << -2.0 << none;
    QTest::addRow("period 11, rival beyond what is told") << 11.0 << 4.5 << none;
  }
  void ofARepeatingPatternTheSmallShiftIsSeenOrNone() {
    QFETCH(double, period);
    QFETCH(double, speed);
    QFETCH(double, wanted);
    const Tensor pixels = movingGrating(period, speed);
    // the whole line and what is about a patch, in the middle and at both ends
    for (const auto& [from, to] : {std::pair{0, 40}, {15, 24}, {0, 6}, {34, 40}}) {
      const std::optional<double> found = motionIn(pixels, {Axis::X, 1, from, to, 0, 5});
      if (std::isnan(wanted)) {
        QVERIFY2(!found,
                 qPrintable(QStringLiteral("%1 in %2 to %3").arg(found.value_or(0)).arg(from).arg(to)));
      } else if (from == 15 || to - from == 40) {
        QVERIFY(found.has_value());
        QCOMPARE(*found, wanted);
      } else if (found) {
        QCOMPARE(*found, wanted);  // at the ends nothing may be said, but nothing false
      }
    }
  }

  void noiseIsNoMotionInSmallWindows() {
    std::mt19937 random(5);
    int found = 0;
    for (int round = 0; round < 200; ++round) {
      Tensor pixels(Shape{5, 1, 30, 3});
      for (float& value : pixels.values()) value = static_cast<float>(random() % 1000) / 1000.F;
      found += motionIn(pixels, {Axis::X, 0, 10, 19, 0, 5}).has_value() ? 1 : 0;
    }
    QVERIFY2(found == 0, qPrintable(QStringLiteral("seed 5: %1 of 200").arg(found)));
  }

  void wideSlicesShowTheColumnsAboutThePatch_data() {
    QTest::addColumn<int>("x");
    QTest::addColumn<int>("stride");
    QTest::addRow("left end") << 0 << 1;
    QTest::addRow("middle") << 400 << 1;
    QTest::addRow("right end") << 797 << 1;
    QTest::addRow("strided") << 200 << 2;
  }
  void wideSlicesShowTheColumnsAboutThePatch() {
    QFETCH(int, x);
    QFETCH(int, stride);
    KernelStudy study = smallStudy();
    study.clip.prepare.resize = FrameSize{12, 800};
    study.conv.stride.x = stride;
    KernelView view = viewOf(stateOf(study));
    QVERIFY2(view.result != nullptr, qPrintable(view.problem));
    view.state.selection.voxel = {1, 5, x};
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    const SliceView& slices = *strip.slices();
    const SliceLayout lay = slices.layoutNow();
    QVERIFY(!lay.output.isEmpty());
    QVERIFY(lay.output.right() <= slices.width());
    QVERIFY(lay.cell >= 3);
    // the patch and the voxel are among what is shown, and each output stands over the middle of its patch
    QVERIFY(lay.firstIn <= x * stride && x * stride + 3 <= lay.firstIn + lay.columnsIn);
    QVERIFY(lay.firstOut <= x && x < lay.firstOut + lay.columnsOut);
    const QPointF middle((x - lay.firstOut + .5) * stride * lay.cell, .5 * lay.rowHeight);
    const Hover cell = slices.cellAt(lay.output.topLeft() + middle);
    QCOMPARE(cell.at, (Triple{0, 5, x}));
    const QPointF onPatch((x * stride + 1.5 - lay.firstIn) * lay.cell, .5 * lay.rowHeight);
    QCOMPARE(slices.cellAt(lay.input.topLeft() + onPatch).at, (Triple{0, 6, x * stride + 1}));
    QVERIFY2(slices.title(false).contains(
                 QStringLiteral("columns %1 to %2").arg(lay.firstIn + 1).arg(lay.firstIn + lay.columnsIn)),
             qPrintable(slices.title(false)));
    QVERIFY(!strip.grab().isNull());
    // where all fit nothing is said
    strip.present(viewOf(stateOf(smallStudy())));
    QVERIFY(!slices.title(false).contains(QStringLiteral("columns")));
    QCOMPARE(slices.layoutNow().columnsIn, 24);
  }

  void staleStripsAreFaintAltogether() {
    KernelView view = viewOf(stateOf(smallStudy()));
    TimeStrip strip;
    strip.resize(kFull);
    const LookTheme& theme = lookTheme(view.state.look);
    // how many pixels have nearly the colour, as strong as it is
    const auto strong = [&](const QColor& colour) {
      const QImage picture = strip.grab().toImage();
      int count = 0;
      for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) {
          const QColor at = picture.pixelColor(x, y);
          const int off = std::max({std::abs(at.red() - colour.red()), std::abs(at.green() - colour.green()),
                                    std::abs(at.blue() - colour.blue())});
          count += off < 8 ? 1 : 0;
        }
      return count;
    };
    strip.present(view);
    for (const QColor& colour : {theme.kernel, theme.voxel, theme.time}) QVERIFY(strong(colour) > 20);
    view.stale = true;
    strip.present(view);
    for (const QColor& colour : {theme.kernel, theme.voxel, theme.time}) QCOMPARE(strong(colour), 0);
  }

  void thePinnedInputVoxelMarksTheMapsThatItFeeds_data() {
    QTest::addColumn<int>("t");
    QTest::addColumn<std::vector<int>>("maps");
    QTest::addRow("first frame") << 0 << std::vector<int>{0};
    QTest::addRow("inner frame") << 3 << std::vector<int>{1, 2, 3};
    QTest::addRow("last frame") << 7 << std::vector<int>{5};
  }
  void thePinnedInputVoxelMarksTheMapsThatItFeeds() {
    QFETCH(int, t);
    QFETCH(std::vector<int>, maps);
    KernelView view = viewOf(stateOf(smallStudy()));
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(view);
    QVERIFY(strip.film()->fedMaps().empty());
    const QImage before = strip.film()->grab().toImage();
    view.state.selection.input = InputPoint{{t, 6, 7}, 0};
    strip.present(view);
    QCOMPARE(strip.film()->fedMaps(), maps);
    const QImage after = strip.film()->grab().toImage();
    const FilmLayout lay = strip.film()->layoutNow();
    for (int map = 1; map < 6; ++map) {  // the first one is chosen and outlined in any case
      const QRect box = mapBox(lay, *view.result, map).adjusted(-2, -2, 2, 2).toRect();
      QCOMPARE(before.copy(box) != after.copy(box), std::ranges::count(maps, map) == 1);
    }
  }

  /// Where a lesson speaks of the slices they are large, and in the presenter nothing lies on them.
  void demandedSlicesHaveHalfOfTheWidth() {
    for (const bool presenter : {false, true}) {
      AppState state = stateOf(smallStudy());
      state.look.presenter = presenter;
      TimeStrip strip;
      strip.resize(1400, 320);
      strip.demandSlices(true);
      strip.present(viewOf(state));
      QVERIFY(strip.film()->isVisibleTo(&strip) && strip.slices()->isVisibleTo(&strip));
      QVERIFY(strip.slices()->width() >= strip.width() / 2 && strip.film()->width() > 200);
      QCOMPARE(strip.slices()->geometry().right(), strip.width() - 1);
      QCOMPARE(strip.findChild<QPushButton*>()->isVisibleTo(&strip), !presenter);
      QVERIFY(strip.slidingWords().isEmpty());
      strip.demandSlices(false);
      QCOMPARE(strip.slices()->isVisibleTo(&strip), !presenter);
      QCOMPARE(strip.slidingWords().isEmpty(), !presenter);
    }
  }

  void everythingHasANameForScreenReaders() {
    TimeStrip strip;
    strip.resize(kFull);
    strip.present(viewOf(stateOf(smallStudy())));
    for (const QWidget* part :
         {static_cast<const QWidget*>(&strip), static_cast<const QWidget*>(strip.film()),
          static_cast<const QWidget*>(strip.slices())})
      QVERIFY(!part->accessibleName().isEmpty());
    for (const QToolButton* button : strip.findChildren<QToolButton*>()) QVERIFY(!button->text().isEmpty());
    QCOMPARE(strip.accessibleDescription(), strip.fact());
  }
};

QTEST_MAIN(TestTimeStrip)
#include "tst_time_strip.moc"
