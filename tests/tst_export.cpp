#include "app/animation_export.h"
#include "app/command_line.h"
#include "app/compare_workspace.h"
#include "app/export_dialog.h"
#include "app/export_picture.h"
#include "app/export_table.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/npy.h"
#include "widgets/look/look_theme.h"
#include "widgets/stage/stage_view.h"
#include "widgets/state/scenes.h"

#include <QCheckBox>
#include <QComboBox>
#include <QImage>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

using namespace convscope;

namespace {

/// Share of pixels that differ by more than 12 of 255 in some colour.
double different(const QImage& a, const QImage& b) {
  if (a.size() != b.size()) return 1;
  qint64 count = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
      count += std::abs(qRed(p) - qRed(q)) > 12 || std::abs(qGreen(p) - qGreen(q)) > 12 ||
               std::abs(qBlue(p) - qBlue(q)) > 12;
    }
  }
  return static_cast<double>(count) / (1.0 * a.width() * a.height());
}

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class TestExport : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    m_window = std::make_unique<MainWindow>(initialState(), Settings::forgetful());
    m_window->resize(1600, 1000);
    m_window->show();
    m_window->finish();
    QVERIFY2(m_window->controller().problem().isEmpty(), qPrintable(m_window->controller().problem()));
  }
  void cleanup() { m_window.reset(); }

  void everyViewIsWrittenAtTheSizeAskedFor() {
    QStringList names;
    for (const ExportableView& view : exportableViews(*m_window)) {
      names << view.name;
      const QSize before = view.widget->size();
      const QString file = path(view.name + ".png");
      QVERIFY(writePicture(*view.widget, file, {700, 500}, false));
      QCOMPARE(view.widget->size(), before);  // the screen is as it was
      const QImage picture(file);
      QCOMPARE(picture.size(), QSize(700, 500));
      QSet<QRgb> colours;
      for (int y = 0; y < 500; y += 3)
        for (int x = 0; x < 700; x += 3) colours.insert(picture.pixel(x, y));
      QVERIFY2(colours.size() > 8, qPrintable(view.name));
    }
    for (const char* wanted : {"stage", "time-strip", "ledger", "cost", "scores", "window"})
      QVERIFY2(names.contains(QLatin1String(wanted)), qPrintable(names.join(' ')));
    QVERIFY(exportableView(*m_window, "strip"));
    const auto none = exportableView(*m_window, "cellar");
    QVERIFY(!none);
    QVERIFY(QString::fromStdString(none.error().message)
                .startsWith("There is no view “cellar” here; there are stage, "));
  }

  void aLargerPictureIsTheSameAndSharper() {
    StageView& stage = m_window->workspace().stage();
    const QImage once = pictureOf(stage, stage.size(), false);
    const QImage twice = pictureOf(stage, stage.size() * 2, false);
    const QImage back = twice.scaled(stage.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QVERIFY2(different(once, back) < .05, qPrintable(QString::number(different(once, back))));
    const QImage blown = once.scaled(twice.size(), Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    QVERIFY2(different(twice, blown) > .002, "it is only the small one blown up");
  }

  /// As the preview of the dialog is: nothing of it is larger than the rest, or cut.
  void aSmallerPictureIsTheSameMadeSmaller() {
    for (const char* view : {"stage", "time-strip"}) {
      const auto shown = exportableView(*m_window, view);
      QVERIFY(shown);
      const QSize half = shown->widget->size() / 2;
      const QImage small = pictureOf(*shown->widget, half, false);
      const QImage large = pictureOf(*shown->widget, half * 2, false);
      const QImage made = large.scaled(half, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
      QVERIFY2(different(small, made) < .08, qPrintable(QString::number(different(small, made))));
    }
  }

  /// Laid on the ground that it was taken from, a transparent picture is the opaque one.
  void aTransparentPictureLaidOnItsGroundIsTheOpaqueOne_data() {
    QTest::addColumn<QString>("view");
    QTest::addColumn<bool>("light");
    for (const char* view : {"stage", "ledger", "time-strip"}) {
      QTest::addRow("%s dark", view) << view << false;
      QTest::addRow("%s light", view) << view << true;
    }
  }
  void aTransparentPictureLaidOnItsGroundIsTheOpaqueOne() {
    QFETCH(QString, view);
    QFETCH(bool, light);
    m_window->store().edit({QStringLiteral("Theme"),
                            [light](AppState& s) { s.look.theme = light ? Theme::Light : Theme::Dark; }});
    m_window->finish();
    const auto shown = exportableView(*m_window, view);
    QVERIFY(shown);
    const QSize size = shown->widget->size();
    const QImage opaque = pictureOf(*shown->widget, size, false);
    const QImage clear = pictureOf(*shown->widget, size, true);
    const LookTheme& theme = lookTheme(m_window->store().state().look);
    QCOMPARE(theme.stage.alpha(), 255);  // the ground is back
    QImage laid(size, QImage::Format_ARGB32_Premultiplied);
    laid.fill(view == "stage" ? theme.stage : theme.panel);
    QPainter painter(&laid);
    painter.drawImage(QPointF(0, 0), clear);
    painter.end();
    qint64 through = 0, solid = 0;
    for (int y = 0; y < size.height(); ++y) {
      for (int x = 0; x < size.width(); ++x) {
        through += qAlpha(clear.pixel(x, y)) == 0;
        solid += qAlpha(clear.pixel(x, y)) == 255;
      }
    }
    const double all = 1.0 * size.width() * size.height();
    QVERIFY2(through / all > .15, qPrintable(QString::number(through / all)));
    QVERIFY2(solid / all > .01, qPrintable(QString::number(solid / all)));
    // a panel's title has a ground of its own
    const double allowed = view == "stage" ? .02 : .3;
    QVERIFY2(different(laid, opaque) < allowed, qPrintable(QString::number(different(laid, opaque))));
    // and on screen nothing has changed
    QVERIFY(different(pictureOf(*shown->widget, size, false), opaque) < .001);
  }

  void vectorsStayLinesAndLetters() {
    StageView& stage = m_window->workspace().stage();
    QVERIFY(writePicture(stage, path("stage.svg"), {1200, 800}, false));
    const QString svg = QString::fromUtf8(contentOf(path("stage.svg")));
    QVERIFY(svg.contains("<svg") && svg.contains("viewBox=\"0 0 1200 800\""));
    QCOMPARE(svg.count("<image"), 1);  // the 3-D part
    QVERIFY2(svg.count("<path") + svg.count("<polyline") > 40,
             qPrintable(QString::number(svg.count("<path"))));
    const auto labels = stage.facts().labels;
    QVERIFY(!labels.empty());
    int found = 0;
    const auto holds = [&](const QString& text) { return svg.contains('>' + text.toHtmlEscaped() + '<'); };
    for (const StageLabel& label : labels) found += holds(label.text) || holds(label.text.toUpper());
    QVERIFY(holds("OUTPUT MAPS"));  // as on screen
    QVERIFY(svg.contains("font-family=\"Inter, ") &&
            !svg.contains(appliedTheme().font(13).families().constFirst() + '"'));
    QVERIFY2(found > static_cast<int>(labels.size()) / 2,
             qPrintable(QStringLiteral("%1 of %2 labels are text").arg(found).arg(labels.size())));
    const auto ledger = exportableView(*m_window, "ledger");
    QVERIFY(ledger);
    QVERIFY(writePicture(*ledger->widget, path("ledger.pdf"), {376, 600}, true));
    const QByteArray pdf = contentOf(path("ledger.pdf"));
    QVERIFY(pdf.startsWith("%PDF-") && pdf.contains("/Font"));
    QVERIFY2(pdf.contains("/MediaBox [0 0 282"), pdf.left(0));  // 376 / 96 inch in points
    const auto wrong = writePicture(stage, path("stage.bmp"), {100, 100}, false);
    QVERIFY(!wrong);
  }

  void theSlideGoesFromTheFirstPositionToTheLast() {
    AnimationPlan plan;
    plan.seconds = 4;
    const Triple output{3, 5, 7};
    for (const double seconds : {.5, 4., 40.}) {  // fewer pictures than positions, about as many, more
      plan.seconds = seconds;
      const auto all = animationPositions(plan, output, {1, 2, 3});
      QCOMPARE(all.size(), static_cast<std::size_t>(std::lround(seconds * 25)));
      QCOMPARE(all.front(), (Triple{0, 0, 0}));
      QCOMPARE(all.back(), (Triple{2, 4, 6}));
      const auto index = [&](const Triple& at) { return (at.t * 5 + at.y) * 7 + at.x; };
      for (std::size_t i = 1; i < all.size(); ++i) QVERIFY(index(all[i]) >= index(all[i - 1]));
    }
    plan.kind = AnimationKind::Clip;
    plan.seconds = 1;
    const auto clip = animationPositions(plan, output, {1, 2, 3});
    QCOMPARE(clip.front(), (Triple{0, 2, 3}));
    QCOMPARE(clip.back(), (Triple{2, 2, 3}));
  }

  void anAnimationShowsTheStage_data() {
    QTest::addColumn<QString>("name");
    QTest::addRow("mp4") << "slide.mp4";
    QTest::addRow("gif") << "slide.gif";
  }
  void anAnimationShowsTheStage() {
    QFETCH(QString, name);
    AnimationPlan plan;
    plan.path = path(name);
    plan.size = {480, 270};
    plan.seconds = .4;
    AnimationExport animation(m_window->workspace().view(), plan);
    QSignalSpy done(&animation, &AnimationExport::done);
    QSignalSpy progress(&animation, &AnimationExport::progressed);
    animation.start();
    QVERIFY(done.wait(60'000));
    QVERIFY2(done.front()[0].toBool(), qPrintable(done.front()[1].toString()));
    QCOMPARE(progress.size(), 10);
    QCOMPARE(progress.back()[0].toDouble(), 1.0);
    const auto read = readFile(plan.path.toStdString(), {0, 100, 1}, {});
    QVERIFY2(read, read ? "" : read.error().message.c_str());
    QCOMPARE(read->count(), 10);
    QCOMPARE(QSize(read->width, read->height), plan.size);
    // its last picture is the stage at the last position
    const Triple last = m_window->workspace().view().result->geometry.output.extent();
    m_window->store().edit({QStringLiteral("Voxel"),
                            [last](AppState& s) {
                              s.look.reducedMotion = true;
                              s.playback.paint = true;
                              s.selection.voxel = {last.t - 1, last.y - 1, last.x - 1};
                            },
                            false});
    m_window->finish();
    const QImage stage = m_window->workspace().stage().renderImage({952, 536}, 480.0 / 952);
    const std::size_t bytes = static_cast<std::size_t>(3) * 480 * 270;
    const QImage shown(&read->bytes[9 * bytes], 480, 270, 3 * 480, QImage::Format_RGB888);
    double sum = 0;
    for (int y = 0; y < 270; ++y)
      for (int x = 0; x < 480; ++x) sum += std::abs(qGray(shown.pixel(x, y)) - qGray(stage.pixel(x, y)));
    QVERIFY2(sum / (480 * 270) < 12, qPrintable(QString::number(sum / (480 * 270))));
    QVERIFY(QDir(m_folder.path()).entryList({"*slide.part*"}, QDir::Files | QDir::Hidden).isEmpty());
  }

  void aStoppedAnimationLeavesNoFile() {
    AnimationPlan plan;
    plan.path = path("stopped.gif");
    plan.size = {320, 180};
    plan.seconds = 60;
    AnimationExport animation(m_window->workspace().view(), plan);
    QSignalSpy done(&animation, &AnimationExport::done);
    QObject::connect(&animation, &AnimationExport::progressed, &animation, [&] { animation.stop(); });
    animation.start();
    QVERIFY(done.wait(60'000));
    QVERIFY(!done.front()[0].toBool());
    QCOMPARE(done.front()[1].toString(), QString());
    QVERIFY(QDir(m_folder.path()).entryList({"stopped*"}).isEmpty());
  }

  void tablesHoldWhatIsShown() {
    const KernelResult& result = *m_window->workspace().view().result;
    QVERIFY(writeTable(KernelTable::Maps, result, path("maps.csv").toStdString()));
    const QList<QByteArray> lines = contentOf(path("maps.csv")).trimmed().split('\n');
    QCOMPARE(lines.front(), QByteArray("filter,t,y,x,value"));
    QCOMPARE(lines.size() - 1, static_cast<qsizetype>(result.maps.values().size()));
    for (qsizetype i = 1; i < lines.size(); i += 97) {
      const QList<QByteArray> cells = lines[i].split(',');
      QCOMPARE(cells[4].toFloat(),
               result.maps.at(cells[1].toInt(), cells[2].toInt(), cells[3].toInt(), cells[0].toInt()));
    }
    QVERIFY(writeTable(KernelTable::Weights, result, path("weights.npy").toStdString()));
    const auto weights = readNpy(path("weights.npy").toStdString());
    QVERIFY(weights);
    QCOMPARE(weights->shape, (std::vector<std::int64_t>{1, 3, 3, 3, 3}));
    QVERIFY(weights->values == result.spec.bank.front().weights);
    QVERIFY(writeTable(KernelTable::Weights, result, path("weights.csv").toStdString()));
    QCOMPARE(contentOf(path("weights.csv")).count('\n'), 1 + 81);
    QVERIFY(writeTable(KernelTable::Cost, result, path("cost.csv").toStdString()));
    QVERIFY(contentOf(path("cost.csv"))
                .contains("\nmultiply-adds," + QByteArray::number(qint64{result.cost.multiplyAdds}) +
                          ",operations\n"));
    QVERIFY(!writeTable(KernelTable::Cost, result, path("cost.npy").toStdString()));
    QVERIFY(!writeTable(KernelTable::Maps, result, "/nowhere/maps.csv"));
    std::stop_source stop;
    stop.request_stop();
    const auto stopped =
        writeTable(KernelTable::Maps, result, path("stopped.csv").toStdString(), stop.get_token());
    QVERIFY(!stopped && stopped.error().code == ErrorCode::Stopped);
    QVERIFY(QDir(m_folder.path()).entryList({"stopped*"}).isEmpty());
  }

  void theDialogWritesWhatItShows() {
    auto* dialog = new ExportDialog(*m_window, ExportDialog::Page::Picture, m_folder.path());
    dialog->show();
    for (QWidget* control : dialog->findChildren<QWidget*>()) {
      if (control->focusPolicy() == Qt::NoFocus || !control->isVisible()) continue;
      const auto* button = qobject_cast<QAbstractButton*>(control);
      const bool named =
          !control->accessibleName().isEmpty() || (button != nullptr && !button->text().isEmpty());
      QVERIFY2(named || control->parentWidget()->focusPolicy() != Qt::NoFocus,
               control->metaObject()->className());
    }
    QSignalSpy done(dialog, &ExportDialog::done);
    dialog->write(path("dialog.png"));
    QCOMPARE(done.size(), 1);
    QCOMPARE(done[0][1].toString(), QString());
    QCOMPARE(QImage(path("dialog.png")).size(), m_window->workspace().stage().size() * 2);
    dialog->close();
    auto* data = new ExportDialog(*m_window, ExportDialog::Page::Data, m_folder.path());
    QSignalSpy written(data, &ExportDialog::done);
    data->write(path("dialog.npy"));
    QVERIFY(data->busy());
    QVERIFY(written.wait(30'000));
    QCOMPARE(written[0][1].toString(), QString());
    const auto maps = readNpy(path("dialog.npy").toStdString());
    QVERIFY(maps);
    QCOMPARE(maps->values.size(), m_window->workspace().view().result->maps.values().size());
    data->close();
  }

  void theDialogWritesWhatIsOnScreenWhenItWrites() {
    ExportDialog data(*m_window, ExportDialog::Page::Data, m_folder.path());
    data.setAttribute(Qt::WA_DeleteOnClose, false);
    m_window->store().edit({QStringLiteral("Stride"), [](AppState& s) {
                              s.kernel().conv.stride = {1, 3, 3};
                            }});
    m_window->finish();
    const auto& maps = m_window->workspace().view().result->maps;
    QSignalSpy written(&data, &ExportDialog::done);
    data.write(path("later.npy"));
    QVERIFY(written.wait(30'000));
    QCOMPARE(written[0][1].toString(), QString());
    const auto back = readNpy(path("later.npy").toStdString());
    QVERIFY(back);
    QCOMPARE(back->values.size(), maps.values().size());
    // the list of what can be written follows by itself
    const auto texts = [&] {
      QStringList all;
      for (const QComboBox* box : data.findChildren<QComboBox*>())
        for (int i = 0; i < box->count(); ++i) all << box->itemText(i);
      return all;
    };
    m_window->store().edit(
        {QStringLiteral("Network"), [](AppState& s) { s.workspace = Workspace::Field; }, false});
    m_window->finish();
    QTRY_VERIFY(!texts().contains(QStringLiteral("Maps")));
    m_window->store().edit(
        {QStringLiteral("Kernel"), [](AppState& s) { s.workspace = Workspace::Kernel; }, false});
    m_window->finish();
    QTRY_VERIFY(texts().contains(QStringLiteral("Maps")));
  }

  // Compare: the table, the curves and the maps of every column, as they are shown.
  void theDialogWritesAComparison() {
    m_window->store().replace(*sceneState("compare"), QStringLiteral("scene"));
    m_window->finish();
    const CompareView& view = m_window->compareWorkspace().view();
    ExportDialog data(*m_window, ExportDialog::Page::Data, m_folder.path());
    data.setAttribute(Qt::WA_DeleteOnClose, false);
    const QList<QComboBox*> boxes = data.findChildren<QComboBox*>();
    auto* const what = *std::ranges::find_if(
        boxes, [](const QComboBox* box) { return box->findText(QStringLiteral("Maps of column B")) >= 0; });
    const auto written = [&](const char* title, const char* name) {
      what->setCurrentText(QString::fromUtf8(title));
      QSignalSpy done(&data, &ExportDialog::done);
      data.write(path(name));
      return done.wait(30'000) && done[0][1].toString().isEmpty();
    };
    QVERIFY(written("Side by side", "table.csv"));
    const QList<QByteArray> rows = contentOf(path("table.csv")).split('\n');
    QCOMPARE(rows[0], QByteArray("quantity,A 3×3×3,B 1×3×3,unit"));
    QCOMPARE(rows[1], QByteArray("weights,81,27,numbers"));
    QVERIFY(rows.contains("multiply-adds,413100,183600,operations"));
    QVERIFY(written("Tuning curves", "tuning.csv"));
    const Tuning& tuning = *view.column(0).tuning;
    const QList<QByteArray> curves = contentOf(path("tuning.csv")).trimmed().split('\n');
    QCOMPARE(curves[0], QByteArray("column,filter,direction,speed,amplitude"));
    QCOMPARE(curves.size(), 1 + 2 * static_cast<qsizetype>(tuning.responses.size()));
    QVERIFY(curves[1].startsWith("A,,0.000,0.000,"));
    QVERIFY(std::abs(curves[1].split(',').last().toDouble() - tuning.amplitude(0, 0)) < 1e-5);
    QVERIFY(written("Tempo curves", "tempo.csv"));
    QVERIFY(contentOf(path("tempo.csv")).contains("B,1,"));
    QVERIFY(written("Maps of column B", "maps.npy"));
    const auto maps = readNpy(path("maps.npy").toStdString());
    QVERIFY(maps);
    QVERIFY(std::ranges::equal(maps->values, view.column(1).result->maps.values()));
    QVERIFY(written("Difference A − B", "difference.npy"));
    const auto difference = readNpy(path("difference.npy").toStdString());
    QVERIFY(difference);
    QCOMPARE(difference->shape, (std::vector<std::int64_t>{1, 6, 25, 34}));
  }

 private:
  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }
  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestExport)
#include "tst_export.moc"
