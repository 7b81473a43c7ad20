#include "colour_checks.h"
#include "widgets/look/colour_lab.h"
#include "widgets/look/focus_ring.h"
#include "widgets/look/installed_font.h"
#include "widgets/look/look_theme.h"

#include <QtTest>
#include <QtWidgets>

using namespace convscope;
using namespace colour_checks;

Q_DECLARE_METATYPE(convscope::Theme)

namespace {

QJsonObject tokens() {
  QFile file(QStringLiteral(":/convscope/look/tokens.json"));
  return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

QJsonObject themeObject(Theme theme) {
  return tokens()["themes"].toObject()[theme == Theme::Dark ? "dark" : "light"].toObject();
}

void addThemeRows() {
  QTest::addColumn<Theme>("name");
  QTest::addColumn<bool>("presenter");
  for (const bool presenter : {false, true}) {
    QTest::addRow("dark%s", presenter ? " presenter" : "") << Theme::Dark << presenter;
    QTest::addRow("light%s", presenter ? " presenter" : "") << Theme::Light << presenter;
  }
}

QColor chromeOf(const LookTheme& theme, const QString& name) {
  const QHash<QString, QColor> colours{
      {"window", theme.window},   {"panel", theme.panel}, {"head", theme.head},
      {"raised", theme.raised},   {"field", theme.field}, {"sel", theme.sel},
      {"stage", theme.stage},     {"floor", theme.floor}, {"line", theme.line},
      {"line2", theme.line2},     {"text", theme.text},   {"muted", theme.muted},
      {"accent", theme.accent},   {"focus", theme.focus}, {"halo", theme.halo},
      {"kernel", theme.kernel},   {"voxel", theme.voxel}, {"time", theme.time},
      {"height", theme.height},   {"width", theme.width}, {"channel", theme.channel},
      {"padding", theme.padding}, {"error", theme.error}, {"stale", theme.stale}};
  return colours.value(name);
}

const QStringList kAllSeven{"window", "panel", "head", "raised", "field", "sel", "stage"};
const QStringList kConceptPlaces{"panel", "head", "sel", "stage"};
const QStringList kConcepts{"kernel",  "voxel",   "time",  "height", "width",
                            "channel", "padding", "error", "stale"};

/// Scales that stretch about 0, of one theme: those of the maps and that of the weights.
std::vector<const ColourMap*> signedMaps(const LookTheme& theme) {
  std::vector<const ColourMap*> maps{&theme.weightSigned};
  for (const ColourMap& map : theme.actSigned) maps.push_back(&map);
  return maps;
}

}  // namespace

class TestLook : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { applyTheme(lookTheme(Theme::Dark, false)); }

  void coloursAreThoseOfTheTokens_data() { addThemeRows(); }
  void coloursAreThoseOfTheTokens() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    const QJsonObject object = themeObject(name);
    QJsonObject ui = object["ui"].toObject();
    QCOMPARE(ui.size(), 15);
    const QJsonObject larger = object["ui_presenter"].toObject();
    if (presenter)
      for (const QString& key : larger.keys()) ui[key] = larger[key];
    const QJsonObject concepts = object[presenter ? "concept_presenter" : "concept"].toObject();
    QCOMPARE(concepts.size(), 9);
    for (const QJsonObject& group : {ui, concepts})
      for (const QString& key : group.keys())
        QVERIFY2(chromeOf(theme, key) == QColor(group[key].toString()), qPrintable(key));
  }

  void sizesAndTimesAreThoseOfTheTokens_data() { addThemeRows(); }
  void sizesAndTimesAreThoseOfTheTokens() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    const QJsonObject all = tokens();
    const QJsonObject type = all["type"].toObject()[presenter ? "presenter" : "normal"].toObject();
    QCOMPARE(theme.caption, type["caption"].toDouble());
    QCOMPARE(theme.body, type["body"].toDouble());
    QCOMPARE(theme.title, type["title"].toDouble());
    QCOMPARE(theme.stageLabel, type["stage_label"].toDouble());
    QCOMPARE(theme.stageTitle, type["stage_title"].toDouble());
    QCOMPARE(theme.value, type["value"].toDouble());
    const QJsonObject spacing = all["spacing"].toObject();
    QCOMPARE(theme.panelPad, spacing["panel_pad"].toInt());
    QCOMPARE(theme.row, spacing[presenter ? "presenter_row" : "row"].toInt());
    QCOMPARE(theme.control, spacing[presenter ? "presenter_control" : "control"].toInt());
    QCOMPARE(theme.radius, spacing["radius"].toInt());
    const QJsonObject line = all["line"].toObject();
    const double factor = presenter ? line["presenter_factor"].toDouble() : 1;
    QCOMPARE(theme.patch, factor * line["patch"].toDouble());
    QCOMPARE(theme.voxelLine, factor * line["voxel"].toDouble());
    QCOMPARE(theme.arrowHead, factor * line["arrow_head"].toDouble());
    QCOMPARE(theme.staleOpacity, all["opacity"].toObject()["stale"].toDouble());
    const QJsonObject motion = all["motion"].toObject();
    QCOMPARE(theme.travelMs, motion["travel_ms"].toInt());
    QCOMPARE(theme.cameraMs, motion["camera_ms"].toInt());
    QCOMPARE(theme.levelPitch, all["camera"].toObject()["level_pitch_in_frame_heights"].toDouble());
  }

  void contrastIsAsCheckedInTheDesign_data() {
    QTest::addColumn<Theme>("name");
    QTest::addColumn<bool>("presenter");
    QTest::addColumn<QString>("colour");
    QTest::addColumn<QStringList>("places");
    QTest::addColumn<double>("lowest");
    const auto add = [](Theme theme, bool presenter, const char* colour, const QStringList& places,
                        double lowest) {
      QTest::addRow("%s%s %s on %s", theme == Theme::Dark ? "dark" : "light", presenter ? " presenter" : "",
                    colour, qPrintable(places.join(',')))
          << theme << presenter << QString(colour) << places << lowest;
    };
    const struct {
      Theme theme;
      bool presenter;
      std::array<double, 9> lowest;  // in the order of kConcepts
    } concepts[] = {
        {Theme::Dark, false, {7.27, 4.84, 8.99, 9.59, 6.00, 11.47, 7.39, 4.50, 5.19}},
        {Theme::Dark, true, {10.33, 7.90, 11.68, 13.02, 7.13, 14.14, 12.31, 7.00, 7.98}},
        {Theme::Light, false, {4.52, 4.77, 4.52, 6.50, 6.02, 14.11, 6.93, 7.48, 4.50}},
        {Theme::Light, true, {7.04, 7.18, 12.13, 7.00, 16.19, 13.26, 10.46, 9.10, 16.93}},
    };
    for (const auto& set : concepts)
      for (int i = 0; i < 9; ++i)
        add(set.theme, set.presenter, qPrintable(kConcepts[i]),
            set.presenter ? QStringList{"panel", "stage"} : kConceptPlaces, set.lowest[i]);
    add(Theme::Dark, false, "text", kAllSeven, 11.53);
    add(Theme::Dark, false, "muted", kAllSeven, 5.82);
    add(Theme::Dark, false, "accent", kAllSeven, 9.46);
    add(Theme::Light, false, "text", kAllSeven, 15.03);
    add(Theme::Light, false, "muted", kAllSeven, 6.00);
    add(Theme::Light, false, "accent", kAllSeven, 10.29);
    const QStringList presenterPlaces{"window", "panel", "field", "stage"};
    add(Theme::Dark, true, "text", presenterPlaces, 15.42);
    add(Theme::Dark, true, "muted", presenterPlaces, 9.48);
    add(Theme::Dark, true, "text", {"sel"}, 12.28);
    add(Theme::Light, true, "text", presenterPlaces, 16.21);
    add(Theme::Light, true, "muted", presenterPlaces, 7.82);
    add(Theme::Light, true, "text", {"sel"}, 16.46);
  }
  void contrastIsAsCheckedInTheDesign() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    QFETCH(QString, colour);
    QFETCH(QStringList, places);
    QFETCH(double, lowest);
    const LookTheme& theme = lookTheme(name, presenter);
    double found = 99;
    for (const QString& place : places)
      found = std::min(found, contrast(chromeOf(theme, colour), chromeOf(theme, place)));
    QVERIFY2(std::abs(found - lowest) < 0.006, qPrintable(QStringLiteral("is %1").arg(found)));
    QVERIFY2(found >= (presenter ? 7 : 4.5) - 0.005, qPrintable(QStringLiteral("is %1").arg(found)));
  }

  void conceptsDifferForEveryVision_data() { addThemeRows(); }
  void conceptsDifferForEveryVision() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    for (const Vision& vision : kVisions)
      for (int i = 0; i < 9; ++i)
        for (int k = 0; k < i; ++k) {
          const double apart = distance(seen(chromeOf(theme, kConcepts[i]), vision),
                                        seen(chromeOf(theme, kConcepts[k]), vision));
          QVERIFY2(apart >= 10, qPrintable(QStringLiteral("%1: %2 and %3 are %4 apart")
                                               .arg(vision.name, kConcepts[i], kConcepts[k])
                                               .arg(apart)));
        }
  }

  void scalesHoldTheirControlPoints_data() { addThemeRows(); }
  void scalesHoldTheirControlPoints() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    const QJsonObject maps = themeObject(name)["maps"].toObject();
    QCOMPARE(maps.size(), 3 + static_cast<int>(theme.actSigned.size()));
    std::vector<const ColourMap*> all = signedMaps(theme);
    all.push_back(&theme.actUnsigned);
    all.push_back(&theme.fieldEffective);
    for (const ColourMap* map : all) {
      const QJsonArray points = maps[QString::fromStdString(map->id())].toArray();
      QVERIFY2(points.size() >= 5, map->id().c_str());
      QCOMPARE(map->isSigned(), points[0].toArray()[0].toDouble() < 0);
      for (const QJsonValue& point : points) {
        // 2.5 is as far as the nearest of 256 entries can lie from the point
        const double at = point.toArray()[0].toDouble();
        const double apart = distance(QColor(map->at(3 * at, 3)), QColor(point.toArray()[1].toString()));
        QVERIFY2(apart < (std::abs(at) == 1 ? 0.01 : 2.5),
                 qPrintable(QStringLiteral("%1 at %2: %3").arg(map->id().c_str()).arg(at).arg(apart)));
      }
      QCOMPARE(map->at(99, 1), map->table()[255]);
      QCOMPARE(map->at(-99, 1), map->table()[0]);
      QCOMPARE(map->at(qQNaN(), 1), map->table()[127]);
    }
    QCOMPARE(&theme.activation("no such map"), &theme.actSigned.front());
    QCOMPARE(theme.activation("act_blue_yellow").id(), std::string("act_blue_yellow"));
  }

  void scalesAreInterpolatedInLab() {
    const ColourMap map("two", {{-1, QColor(0, 0, 255)}, {1, QColor(255, 255, 0)}});
    const Lab a = labOf(QColor(0, 0, 255));
    const Lab b = labOf(QColor(255, 255, 0));
    for (const int i : {64, 128, 200}) {
      const double share = i / 255.0;
      QCOMPARE(map.table()[i],
               rgbOf({a.l + share * (b.l - a.l), a.a + share * (b.a - a.a), a.b + share * (b.b - a.b)}));
    }
    const Lab white = labOf(Qt::white);
    QVERIFY(std::abs(white.l - 100) < 0.01 && std::abs(white.a) < 0.05 && std::abs(white.b) < 0.05);
    QCOMPARE(rgbOf(labOf(QColor(12, 200, 99))), qRgb(12, 200, 99));
  }

  void threeScalesForMapsServeEveryVision_data() { addThemeRows(); }
  void threeScalesForMapsServeEveryVision() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    QVERIFY(theme.actSigned.size() >= 3);
    QCOMPARE(theme.actSigned.size(), signedMapNames().size());
    for (const ColourMap* map : signedMaps(theme))
      for (const Vision& vision : kVisions) {
        const QByteArray what = QByteArray::fromStdString(map->id()) + ", " + vision.name;
        const auto lightness = [&](int i) { return labOf(seen(QColor(map->table()[i]), vision)).l; };
        const double outward = lightness(0) > lightness(127) ? 1 : -1;
        // 0.35 is what rounding to bytes and clipping to the screen's colours may take back between two
        // entries
        for (int i = 128; i < 255; ++i) QVERIFY2(outward * (lightness(i + 1) - lightness(i)) > -0.35, what);
        for (int i = 127; i > 0; --i) QVERIFY2(outward * (lightness(i - 1) - lightness(i)) > -0.35, what);
        const double apart =
            distance(seen(QColor(map->at(-0.5, 1)), vision), seen(QColor(map->at(0.5, 1)), vision));
        QVERIFY2(apart >= 38, what + ": " + QByteArray::number(apart));
      }
    for (const ColourMap* map : {&theme.actUnsigned, &theme.fieldEffective})
      for (const Vision& vision : kVisions) {
        const auto lightness = [&](int i) { return labOf(seen(QColor(map->table()[i]), vision)).l; };
        const double outward = lightness(255) > lightness(0) ? 1 : -1;
        for (int i = 0; i < 255; ++i)
          QVERIFY2(outward * (lightness(i + 1) - lightness(i)) > -0.35, map->id().c_str());
      }
  }

  void textOnCellsIsLegible_data() { addThemeRows(); }
  void textOnCellsIsLegible() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    for (const ColourMap* map : signedMaps(theme))
      for (const QRgb cell : map->table()) {
        const double found = contrast(theme.textOn(cell), QColor(cell));
        QVERIFY2(found >= 3, qPrintable(QStringLiteral("%1 on %2: %3")
                                            .arg(theme.textOn(cell).name(), QColor(cell).name())
                                            .arg(found)));
      }
    QVERIFY(labOf(theme.textOn(qRgb(255, 255, 255))).l < 20);
    QVERIFY(labOf(theme.textOn(qRgb(0, 0, 0))).l > 80);
  }

  void digitsAreOfOneWidth_data() { addThemeRows(); }
  void digitsAreOfOneWidth() {
    QFETCH(Theme, name);
    QFETCH(bool, presenter);
    const LookTheme& theme = lookTheme(name, presenter);
    for (const double px : {theme.caption, theme.body, theme.value})
      for (const bool semibold : {false, true}) {
        const QFontMetricsF metrics(theme.font(px, semibold));
        for (const QChar digit : QStringLiteral("123456789"))
          // 1/16 px a glyph is what rounding to the font engine's grid may do; a proportional 1 is 2 px
          // narrower
          QVERIFY2(std::abs(metrics.horizontalAdvance(QString(8, digit)) -
                            metrics.horizontalAdvance(QStringLiteral("00000000"))) <= 0.5,
                   qPrintable(QString("%1 at %2 px: %3 and %4")
                                  .arg(digit)
                                  .arg(px)
                                  .arg(metrics.horizontalAdvance(QString(8, digit)))
                                  .arg(metrics.horizontalAdvance(QStringLiteral("00000000")))));
        QVERIFY(metrics.horizontalAdvance(".") < metrics.horizontalAdvance("0"));
      }
    QCOMPARE(QFontInfo(theme.font(40, true)).bold() || QFontInfo(theme.font(40, true)).weight() >= 600, true);
    QCOMPARE(QFontInfo(theme.font(50)).pixelSize(), 50);
  }

  void otherFilesAreNotTakenForFonts() {
    QVERIFY(withTabularDigits({}).isEmpty());
    QVERIFY(withTabularDigits("no font").isEmpty());
    QVERIFY(withTabularDigits(QByteArray(4096, '\xff')).isEmpty());
    QFile file(QStringLiteral("/usr/share/fonts/opentype/inter/Inter-Regular.otf"));
    if (!file.open(QIODevice::ReadOnly))
      QSKIP("Inter is not installed, so that its file cannot be cut short.");
    const QByteArray font = file.readAll();
    QVERIFY(!withTabularDigits(font).isEmpty());
    for (const qsizetype length : {100, 3000, 40000}) QVERIFY(withTabularDigits(font.left(length)).isEmpty());
  }

  void iconsAreDrawnInTheThemesColour_data() {
    QTest::addColumn<QString>("name");
    QDir icons(QStringLiteral(":/convscope/icons"));
    for (const QString& file : icons.entryList())
      QTest::addRow("%s", qPrintable(file)) << QFileInfo(file).baseName();
  }
  void iconsAreDrawnInTheThemesColour() {
    QFETCH(QString, name);
    for (const Theme kind : {Theme::Dark, Theme::Light}) {
      const LookTheme& theme = lookTheme(kind, false);
      const QImage image =
          themeIcon(name, theme).pixmap(40, 40).toImage().convertToFormat(QImage::Format_ARGB32);
      int solid = 0;
      int border = 0;
      for (int y = 0; y < 40; ++y)
        for (int x = 0; x < 40; ++x) {
          const QRgb pixel = image.pixel(x, y);
          if (qAlpha(pixel) == 255) {
            ++solid;
            // curves are rasterised with a rounding step of one
            QVERIFY(std::abs(qRed(pixel) - theme.text.red()) <= 1 &&
                    std::abs(qGreen(pixel) - theme.text.green()) <= 1 &&
                    std::abs(qBlue(pixel) - theme.text.blue()) <= 1);
          }
          if (x == 0 || y == 0 || x == 39 || y == 39) border += qAlpha(pixel);
        }
      QVERIFY2(solid > 20 && solid < 800, qPrintable(QString::number(solid)));
      QCOMPARE(border, 0);
    }
  }

  void everyIconThatTheDesignNamesExists() {
    for (const char* name :
         {"open-clip", "open-model",   "lesson", "play",      "pause",  "step-back", "step-on",
          "loop",      "camera-reset", "screen", "shortcuts", "link",   "unlink",    "lock",
          "pin",       "copy",         "add",    "remove",    "undo",   "redo",      "webcam",
          "lab",       "save",         "theme",  "paint",     "warning"})
      QVERIFY2(QFile::exists(QStringLiteral(":/convscope/icons/%1.svg").arg(name)), name);
  }

  void numbersAreWrittenAsTheLookWants_data() {
    QTest::addColumn<QString>("is");
    QTest::addColumn<QString>("should");
    QTest::newRow("sum") << signedText(0.951, 3) << "+0.951";
    QTest::newRow("negative sum") << signedText(-0.6944, 3) << "−0.694";
    QTest::newRow("zero has no sign") << signedText(-0.0001, 3) << "0.000";
    QTest::newRow("not a number") << signedText(qQNaN(), 3) << "–";
    QTest::newRow("infinite") << signedText(-qInf(), 3) << "−∞";
    QTest::newRow("cell") << cellText(0.74) << "+.74";
    QTest::newRow("negative cell") << cellText(-0.05) << "−.05";
    QTest::newRow("zero cell") << cellText(0) << ".00";
    QTest::newRow("small cell") << cellText(-0.001) << ".00";
    QTest::newRow("one cell") << cellText(1) << "+1.0";
    QTest::newRow("rounds to one") << cellText(0.999) << "+1.0";
    QTest::newRow("large cell") << cellText(-12.34) << "−12";
    QTest::newRow("count") << countText(413100) << "413\u2009100";
    QTest::newRow("small count") << countText(656) << "656";
    QTest::newRow("large count") << countText(1234567) << "1\u2009234\u2009567";
    QTest::newRow("short count") << shortCountText(5248) << "5\u2009248";
    QTest::newRow("giga") << shortCountText(38.5e9) << "38.5\u2009G";
    QTest::newRow("mega rounds up") << shortCountText(999.97e6) << "1.0\u2009G";
    QTest::newRow("power") << shortCountText(8.2e11) << "820\u2009G";
    QTest::newRow("great power") << shortCountText(8.2e12) << "8.2·10¹²";
    QTest::newRow("power rounds up") << shortCountText(9.97e14) << "1.0·10¹⁵";
  }
  void numbersAreWrittenAsTheLookWants() {
    QFETCH(QString, is);
    QFETCH(QString, should);
    QCOMPARE(is, should);
  }

  void focusRingShowsForTheKeyboardOnly() {
    QWidget window;
    auto* first = new QPushButton(QStringLiteral("first"), &window);
    auto* second = new QPushButton(QStringLiteral("second"), &window);
    first->setGeometry(20, 20, 80, 24);
    second->setGeometry(20, 60, 80, 24);
    window.resize(200, 120);
    window.show();
    QApplication::setActiveWindow(&window);  // no window manager does it here
    const auto ring = [&] { return window.findChild<QWidget*>(QStringLiteral("focusRing")); };
    first->setFocus(Qt::MouseFocusReason);
    QVERIFY(ring() == nullptr);
    QTest::keyClick(&window, Qt::Key_Tab);
    QVERIFY(second->hasFocus());
    QVERIFY(ring() != nullptr && ring()->isVisible());
    QCOMPARE(ring()->geometry(), second->geometry().adjusted(-3, -3, 3, 3));
    second->move(40, 70);
    QCOMPARE(ring()->geometry(), second->geometry().adjusted(-3, -3, 3, 3));
    first->setFocus(Qt::MouseFocusReason);
    QVERIFY(ring() == nullptr || !ring()->isVisible());
  }

  void themesCanBeChangedWhileRunning() {
    for (const Theme kind : {Theme::Light, Theme::Dark})
      for (const bool presenter : {true, false}) {
        const LookTheme& theme = lookTheme(kind, presenter);
        applyTheme(theme);
        QCOMPARE(&appliedTheme(), &theme);
        QCOMPARE(qApp->palette().color(QPalette::Window), theme.panel);
        QVERIFY(qApp->styleSheet().contains(theme.line2.name()));
        QComboBox combo;
        QCOMPARE(combo.sizeHint().height(), theme.control);
        QPushButton button(QStringLiteral("Normalise"));
        QCOMPARE(button.sizeHint().height(), theme.control);
      }
  }
};

QTEST_MAIN(TestLook)
#include "tst_look.moc"
