// A lesson to take home: what the file holds, held to the lesson's own text and to the engine.
#include "app/command_line.h"
#include "app/lesson_desk.h"
#include "app/lesson_export.h"
#include "app/lesson_export_job.h"
#include "app/main_window.h"
#include "app/notice_bar.h"
#include "widgets/lesson/lesson_state.h"
#include "widgets/look/look_theme.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QtTest>

using namespace convscope;

namespace {

/// Section `id` of a hand-out, from its tag to the next.
QString sectionOf(const QString& html, const QString& id) {
  const qsizetype from = html.indexOf(QStringLiteral("<section id='%1'>").arg(id));
  return from < 0 ? QString() : html.mid(from, html.indexOf(QStringLiteral("</section>"), from) - from);
}

/// Words without tags and pictures.
QString wordsOf(QString html) {
  html.remove(QRegularExpression(QStringLiteral("<figure>.*?</figure>")));
  html.remove(QRegularExpression(QStringLiteral("<[^>]*>")));
  return html.replace(QStringLiteral("&nbsp;"), QStringLiteral(" ")).simplified();
}

std::vector<QImage> picturesOf(const QString& html) {
  static const QRegularExpression kPicture(QStringLiteral("src='data:image/png;base64,([^']*)'"));
  std::vector<QImage> all;
  for (auto match = kPicture.globalMatch(html); match.hasNext();)
    all.push_back(QImage::fromData(QByteArray::fromBase64(match.next().captured(1).toLatin1()), "PNG"));
  return all;
}

/// How many colours a picture holds, up to `most`: one of a single colour shows nothing.
int coloursOf(const QImage& image, int most) {
  QSet<QRgb> seen;
  for (int y = 0; y < image.height() && seen.size() < most; y += 7)
    for (int x = 0; x < image.width() && seen.size() < most; x += 7) seen.insert(image.pixel(x, y));
  return static_cast<int>(seen.size());
}

int pagesOf(const QByteArray& pdf) {
  static const QRegularExpression kPage(QStringLiteral("/Type\\s*/Page\\b(?!s)"));
  const QString text = QString::fromLatin1(pdf);
  int count = 0;
  for (auto match = kPage.globalMatch(text); match.hasNext(); match.next()) ++count;
  return count;
}

}  // namespace

class TestHandout : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    AppState state = initialState();
    state.look.reducedMotion = true;
    state.look.theme = Theme::Light;
    m_window = std::make_unique<MainWindow>(state, Settings::forgetful());
    m_window->setAttribute(Qt::WA_DontShowOnScreen);
    m_window->setFixedSize(1024, 720);
    m_window->show();
  }
  void cleanupTestCase() { m_window.reset(); }

  void everyStepIsThereAndAnswersAreTheEngines_data() {
    QTest::addColumn<QString>("id");
    QTest::newRow("fig-4") << QStringLiteral("fig-4");
    QTest::newRow("takeaway-2") << QStringLiteral("takeaway-2");
  }
  void everyStepIsThereAndAnswersAreTheEngines() {
    QFETCH(QString, id);
    const Lesson lesson = *lessonNamed(id.toStdString());
    std::vector<int> told;
    const auto handout = makeHandout(*m_window, lesson, [&](int step, int count) {
      told.push_back(step);
      return count == static_cast<int>(lesson.steps.size());
    });
    QVERIFY2(handout, handout ? "" : handout.error().message.c_str());
    QCOMPARE(handout->steps.size(), lesson.steps.size());
    QCOMPARE(told.size(), lesson.steps.size());
    const QString html = QString::fromUtf8(handoutHtml(*handout));
    QVERIFY(html.contains(QStringLiteral("<title>%1</title>").arg(QString::fromStdString(lesson.title))));
    // one file: nothing is fetched from elsewhere, no script
    QVERIFY(!html.contains(QStringLiteral("http")) && !html.contains(QStringLiteral("<script")));
    QVERIFY(!html.contains(QStringLiteral("lesson:")) && !html.contains(QChar(0x2026)));

    const qsizetype answers = html.indexOf(QStringLiteral("<section id='answers'>"));
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
      const LessonStep& step = lesson.steps[i];
      const int index = static_cast<int>(i);
      const QString section = sectionOf(html, QStringLiteral("step-%1").arg(i + 1));
      const QByteArray where = QByteArray::number(index + 1);
      QVERIFY2(wordsOf(section).contains(QString::fromStdString(step.title).toHtmlEscaped()), where);
      QVERIFY2(html.indexOf(section) < answers, where);
      const auto pictures = picturesOf(section);
      QCOMPARE(pictures.size(), std::size_t{1});
      QVERIFY2(pictures.front().width() >= 1800 && coloursOf(pictures.front(), 40) == 40, where);
      // the facts once more, from the lesson's text alone
      const auto open = stepState(lesson, index, false, {});
      const auto after = stepState(lesson, index, true, {});
      QVERIFY(open && after);
      const auto facts = factsOf(step, *after, *open, m_cache, ComputeContext{m_pool, {}});
      QVERIFY(facts && facts->problem.empty());
      const QString words = lessonPlain(step.text, facts->values).simplified();
      QVERIFY2(wordsOf(section).contains(words.left(60).toHtmlEscaped()), qPrintable(words));
      if (!step.question) continue;
      const QString answer = sectionOf(html, QStringLiteral("answer-%1").arg(i + 1));
      QVERIFY2(html.indexOf(answer) > answers, where);
      const QString expected =
          facts->right ? lessonPlain(step.question->choices[static_cast<std::size_t>(*facts->right)].text,
                                     facts->values)
                       : lessonNumber(*facts->answer, 3);
      QVERIFY2(answer.contains(QStringLiteral("<p class='answer'><b>%1").arg(expected.toHtmlEscaped())),
               qPrintable(wordsOf(answer)));
      // all choices stand in the step, and nothing there says which is right
      for (const LessonChoice& choice : step.question->choices)
        QVERIFY2(wordsOf(section).contains(lessonPlain(choice.text, facts->values).toHtmlEscaped()), where);
      QVERIFY2(!section.contains(QStringLiteral("class='answer'")), where);
      if (!step.answerText.empty())
        QVERIFY2(
            !wordsOf(section).contains(
                wordsOf(lessonHtml(step.answerText, lookTheme(Theme::Light, false), facts->values)).left(50)),
            where);
    }
    QCOMPARE(html.count(QStringLiteral("<section id='step-")), static_cast<qsizetype>(lesson.steps.size()));
  }

  // A question's picture hides what it asks for; that of the answer shows it.
  void picturesDoNotTellTheAnswer() {
    const auto handout = makeHandout(*m_window, *lessonNamed("fig-4"), [](int, int) { return true; });
    QVERIFY(handout);
    const HandoutStep& asked = handout->steps[3];
    QVERIFY(!asked.answerPicture.isNull());
    QVERIFY(asked.picture != asked.answerPicture);
    QVERIFY(handout->steps[4].answerPicture.isNull());   // asks nothing
    QVERIFY(!handout->steps[5].answerPicture.isNull());  // its goal is reached
  }

  void pagesAreThoseThatThePdfHolds() {
    const auto handout = makeHandout(*m_window, *lessonNamed("fig-5"), [](int, int) { return true; });
    QVERIFY(handout);
    const QString path = m_folder.filePath("fig-5.pdf");
    const auto pages = writeHandout(*handout, path);
    QVERIFY2(pages, pages ? "" : pages.error().message.c_str());
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    QVERIFY(bytes.startsWith("%PDF-"));
    QCOMPARE(pagesOf(bytes), *pages);
    const int steps = static_cast<int>(handout->steps.size());
    QVERIFY2(*pages >= 3 && *pages <= 2 * steps, qPrintable(QString::number(*pages)));
    QVERIFY(!writeHandout(*handout, m_folder.filePath("fig-5.txt")));
    QVERIFY(!writeHandout(*handout, m_folder.filePath("none/fig-5.pdf")));
  }

  // Sections that are long, or many, fill pages from top to bottom and lose nothing.
  void longLessonsTakeMorePages() {
    Handout handout;
    handout.lesson.title = "Long";
    int before = 0;
    for (const int steps : {1, 8, 30}) {
      handout.lesson.steps.assign(static_cast<std::size_t>(steps), {});
      handout.steps.assign(static_cast<std::size_t>(steps), {});
      for (std::size_t i = 0; i < handout.lesson.steps.size(); ++i) {
        LessonStep& step = handout.lesson.steps[i];
        step.title = "Step";
        for (int line = 0; line < 60; ++line) step.text += "A paragraph of some words.\n\n";
        handout.steps[i].picture = QImage(200, 100, QImage::Format_RGB32);
        handout.steps[i].picture.fill(Qt::gray);
      }
      const HandoutPdf pdf = handoutPdf(handout);
      QCOMPARE(pagesOf(pdf.bytes), pdf.pages);
      QVERIFY(pdf.pages > before && pdf.pages >= steps);
      before = pdf.pages;
    }
  }

  void itCanBeStopped() {
    const auto stopped =
        makeHandout(*m_window, *lessonNamed("fig-4"), [](int step, int) { return step < 2; });
    QVERIFY(!stopped);
    QCOMPARE(stopped.error().code, ErrorCode::Stopped);
  }

  void whatCannotBeShownIsOneSentence() {
    const auto lesson = lessonFromText(
        "---\ntitle: T\n---\n## A\nscene: fig-4\nset clip.source: {\"kind\": \"file\", \"path\": "
        "\"/none.mp4\"}\n\n"
        "{= output.length}\n",
        "t.md");
    QVERIFY2(lesson, lesson ? "" : lesson.error().message.c_str());
    const auto refused = makeHandout(*m_window, *lesson, [](int, int) { return true; });
    QVERIFY(!refused);
    QVERIFY2(refused.error().message.find("Step 1") == 0 &&
                 refused.error().message.find("none.mp4") != std::string::npos,
             refused.error().message.c_str());
  }

  void theCommandLineNamesLessonAndFile() {
    const auto parsed = [](const std::vector<std::string>& words) { return parseCommandLine(words); };
    const auto both = parsed({"--export-lesson", "fig-4", "out.pdf"});
    QVERIFY(both && both->task == Task::ExportLesson);
    QCOMPARE(both->lesson, std::string("fig-4"));
    QCOMPARE(both->exportLesson, std::string("out.pdf"));
    const auto withClip = parsed({"--export-lesson", "fig-4", "clip.mp4", "out.html"});
    QVERIFY(withClip);
    QCOMPARE(withClip->clip, std::string("clip.mp4"));
    QCOMPARE(withClip->exportLesson, std::string("out.html"));
    const auto none = parsed({"--export-lesson", "fig-4"});
    QVERIFY(!none && none.error().message.find("OUT.html or OUT.pdf") != std::string::npos);
    QVERIFY(!parsed({"--export-lesson", "fig-4", "out.pdf", "--step", "2"}));
  }

  // From the window: the program once more, unseen; a lesson that was never saved is written as it is.
  void theWindowWritesOneBesideTheWork() {
    const QString path = m_folder.filePath("window.html");
    auto lesson = lessonFromText(
        "---\ntitle: Never saved\n---\n## Only step\nscene: fig-4\nask: How many?\nanswer: "
        "output.length\n\nWords.\n",
        "mine.md");
    QVERIFY(lesson);
    m_window->lessonDesk().player().open(*lesson);
    m_window->finish();
    const AppState before = m_window->store().state();
    m_window->startHandout(path, QStringLiteral(CONVSCOPE_PROGRAM));
    QVERIFY(m_window->notice().sentence().contains(QStringLiteral("window.html")));
    QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path), 120'000);
    QTRY_VERIFY(m_window->notice().sentence().isEmpty());
    QVERIFY(m_window->store().state() == before);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString html = QString::fromUtf8(file.readAll());
    QVERIFY(wordsOf(sectionOf(html, "step-1")).contains("Only step"));
    QVERIFY(sectionOf(html, "answer-1").contains("<b>3</b>"));
    // a program that is not there is said, and nothing is left
    m_window->startHandout(m_folder.filePath("nothing.pdf"), QStringLiteral("/no/such/program"));
    QTRY_VERIFY(m_window->notice().sentence().isEmpty());
    QVERIFY(!QFile::exists(m_folder.filePath("nothing.pdf")));
  }

 private:
  QTemporaryDir m_folder;
  std::unique_ptr<MainWindow> m_window;
  ThreadPool m_pool{1};
  StudyCache m_cache;
};

QTEST_MAIN(TestHandout)
#include "tst_handout.moc"
