// Lessons as files and values: reading, writing, expressions, states, and every lesson that ships held to the
// engine.
#include "widgets/lesson/lesson_facts.h"
#include "widgets/lesson/lesson_state.h"
#include "widgets/lesson/lesson_text.h"
#include "widgets/look/look_theme.h"

#include <QTemporaryDir>
#include <QtTest>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

using namespace convscope;

namespace {

const std::string kHead = "---\ntitle: T\n---\n";

QString problemOf(const std::string& text) {
  const auto lesson = lessonFromText(text, "l.md");
  return lesson ? QString() : QString::fromStdString(lesson.error().message);
}

double valueOf(const std::string& text, const Expression::Lookup& lookup = {}) {
  const auto expression = Expression::parse(text);
  if (!expression) return std::nan("");
  const auto value = expression->value(lookup);
  return value ? *value : std::nan("");
}

Lesson shipped(const QString& id) {
  auto lesson = lessonNamed(id.toStdString());
  return lesson ? *lesson : Lesson{};
}

/// A clip of the reader's own, where there is one.
std::optional<ClipSource> realClip() {
  const QString path = qEnvironmentVariable("CONVSCOPE_TEST_CLIPS") + QStringLiteral("/shuffling_cups.mp4");
  if (!QFileInfo::exists(path)) return std::nullopt;
  return FileSource{path.toStdString()};
}

}  // namespace

class TestLessonFile : public QObject {
  Q_OBJECT

 private slots:
  void expressionsFollowTheRules_data() {
    QTest::addColumn<double>("value");
    QTest::newRow("1 + 2 * 3") << 7.0;
    QTest::newRow("(1 + 2) * 3") << 9.0;
    QTest::newRow("10 - 4 - 3") << 3.0;
    QTest::newRow("12 / 4 / 3") << 1.0;
    QTest::newRow("-2 * -3") << 6.0;
    QTest::newRow("abs(2 - 5)") << 3.0;
    QTest::newRow("2 < 3") << 1.0;
    QTest::newRow("3 < 3") << 0.0;
    QTest::newRow("3 <= 3 and 4 != 4") << 0.0;
    QTest::newRow("1 = 2 or 2 = 2") << 1.0;
    QTest::newRow("1 = 2 or 2 = 2 and 1 = 2") << 0.0;
    QTest::newRow("0.1 + 0.2 = 0.3") << 1.0;
  }
  void expressionsFollowTheRules() {
    QFETCH(double, value);
    QCOMPARE(valueOf(QTest::currentDataTag()), value);
  }

  void expressionsNameWhatIsWrong() {
    for (const char* text : {"1 +", "(1", "1 2", "= 3", "2 @ 3", "a b", ")"}) {
      const auto expression = Expression::parse(text);
      QVERIFY2(!expression, text);
      QVERIFY2(expression.error().message.find(text) != std::string::npos, text);
    }
    QVERIFY(!Expression::parse(std::string(500, '(')));
    const auto divided = Expression::parse("1 / (2 - 2)")->value({});
    QVERIFY(!divided && divided.error().message.find("divides by 0") != std::string::npos);
  }

  // Sums lean to one side, level by level: a long one would end the stack, at the latest when it is freed.
  void longExpressionsAreRefused() {
    const auto chain = [](const std::string& sign, std::size_t count) {
      std::string text = "1";
      for (std::size_t i = 1; i < count; ++i) text += sign + "1";
      return text;
    };
    QCOMPARE(valueOf(chain(" + ", 400)), 400.0);
    for (const char* sign : {" + ", " * ", " and ", " or "}) {
      const auto expression = Expression::parse(chain(sign, 400'000));
      QVERIFY2(!expression, sign);
      const QString said = QString::fromStdString(expression.error().message);
      QVERIFY2(said.contains("too many parts") && said.size() < 300, qPrintable(said));
    }
  }

  void expressionsLookNamesUp() {
    const auto lookup = [](const std::string& name) -> Result<double> {
      if (name == "kernel.length") return 2;
      return fail(ErrorCode::BadInput, "no " + name);
    };
    QCOMPARE(valueOf("kernel.length * 2 + 1", lookup), 5.0);
    QVERIFY(std::isnan(valueOf("kernel.width", lookup)));
    QCOMPARE(Expression::parse("a + b.c - a")->names(), (std::vector<std::string>{"a", "b.c"}));
  }

  void errorsNameTheLine_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("begins");
    QTest::addColumn<QString>("holds");
    const QString head = QString::fromStdString(kHead);
    QTest::newRow("unknown setting") << head + "## A\npannels: stage\n\nx\n"
                                     << "l.md:5: "
                                     << "panels";
    QTest::newRow("unknown panel") << head + "## A\npanels: stage, legder\n"
                                   << "l.md:5: "
                                   << "ledger";
    QTest::newRow("unknown spot") << head + "## A\nspotlight: kernle\n"
                                  << "l.md:5: "
                                  << "kernel";
    QTest::newRow("no JSON") << head + "## A\nset look.theme: dark\n"
                             << "l.md:5: "
                             << "JSON";
    QTest::newRow("expression") << head + "## A\nask: x\nanswer: 1 +\n"
                                << "l.md:6: "
                                << "ends too early";
    QTest::newRow("text without step") << head + "hello\n"
                                       << "l.md:4: "
                                       << "## ";
    QTest::newRow("no head") << "## A\n"
                             << "l.md:1: "
                             << "---";
    QTest::newRow("unknown head") << "---\ntitel: x\n---\n## A\n"
                                  << "l.md:2: "
                                  << "title";
    QTest::newRow("no title") << "---\n---\n## A\n"
                              << "l.md:1: "
                              << "title";
    QTest::newRow("no step") << head << "l.md:3: "
                             << "no step";
    QTest::newRow("question without answer") << head + "## A\nask: x\n"
                                             << "l.md:4: "
                                             << "answer";
    QTest::newRow("one choice") << head + "## A\nask: x\nanswer: 1\nchoice: 1\n"
                                << "l.md:4: "
                                << "2 to 6";
    QTest::newRow("choice without number") << head + "## A\nask: x\nanswer: 1\nchoice: one\nchoice: 2\n"
                                           << "l.md:4: "
                                           << "no number";
    QTest::newRow("goal without condition") << head + "## A\ngoal: do it\n"
                                            << "l.md:4: "
                                            << "reached";
    QTest::newRow("answer without question") << head + "## A\n\nx\n\n### Answer\n\ny\n"
                                             << "l.md:8: "
                                             << "ask:";
    QTest::newRow("break") << head + "## A\nbreak: 1,2\n"
                           << "l.md:5: "
                           << "1,2";
    QTest::newRow("number") << head + "## A\nwithin: a lot\n"
                            << "l.md:5: "
                            << "a lot";
    const QString deep = QString(100'000, '[') + QString(100'000, ']');
    QTest::newRow("deep value") << head + "## A\nset look: " + deep + "\n"
                                << "l.md:5: "
                                << "at most 64 levels";
    QTest::newRow("many steps") << head + QString("## A\n").repeated(201) << "l.md:204: "
                                << "at most 200 steps";
    QTest::newRow("many settings") << head + "## A\n" + QString("set look.spacing: 1\n").repeated(201)
                                   << "l.md:205: "
                                   << "at most 200 things";
    QTest::newRow("minutes") << "---\ntitle: T\nminutes: 4.5\n---\n## A\n"
                             << "l.md:3: "
                             << "whole number";
  }
  void errorsNameTheLine() {
    QFETCH(QString, text);
    QFETCH(QString, begins);
    QFETCH(QString, holds);
    const QString problem = problemOf(text.toStdString());
    QVERIFY2(problem.startsWith(begins), qPrintable(problem));
    QVERIFY2(problem.contains(holds), qPrintable(problem));
  }

  void writtenLessonsReadBackTheSame() {
    const auto all = lessons();
    QVERIFY2(all, all ? "" : all.error().message.c_str());
    QVERIFY(all->size() >= 20);
    for (const Lesson& lesson : *all) {
      const std::string text = lessonText(lesson);
      const auto again = lessonFromText(text, lesson.id);
      QVERIFY2(again, again ? "" : again.error().message.c_str());
      QCOMPARE(lessonText(*again), text);
      QCOMPARE(again->steps.size(), lesson.steps.size());
      for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
        QCOMPARE(again->steps[i].text, lesson.steps[i].text);
        QVERIFY(again->steps[i].settings == lesson.steps[i].settings);
        QCOMPARE(again->steps[i].answerText, lesson.steps[i].answerText);
      }
    }
  }

  void aFileKeepsALesson() {
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("mine.md")).toStdString();
    Lesson lesson = shipped(QStringLiteral("fig-4"));
    QVERIFY(writeLesson(lesson, path));
    const auto again = lessonNamed(path);
    QVERIFY(again);
    QCOMPARE(again->id, std::string("mine"));
    QCOMPARE(lessonText(*again), lessonText(lesson));
    QVERIFY(!writeLesson(lesson, "/nowhere/at/all.md"));
    QVERIFY(!readLesson(folder.filePath(QStringLiteral("none.md")).toStdString()));
  }

  // A folder with a lesson, its clip and its network can be moved and opened from anywhere.
  void filesAreFoundBesideTheLesson() {
    QTemporaryDir folder;
    const auto here = [&](const char* name) { return folder.filePath(QLatin1String(name)).toStdString(); };
    Lesson lesson = shipped(QStringLiteral("fig-4"));
    lesson.steps.resize(1);
    lesson.steps[0].settings = {{"clip.source", R"({"kind": "file", "path": "clips/walk.avi"})", 0},
                                {"network.model", R"("net.onnx")", 0},
                                {"network.beside", R"("sibling-2d")", 0},
                                {"network.preprocess", R"("net.json")", 0}};
    QVERIFY(writeLesson(lesson, here("talk.md")));
    const auto read = lessonNamed(here("talk.md"));
    QVERIFY(read);
    const auto state = stepState(*read, 0, false, {});
    QVERIFY2(state, state ? "" : state.error().message.c_str());
    QCOMPARE(std::get<FileSource>(state->kernel().clip.source).path, here("clips/walk.avi"));
    QCOMPARE(state->network.model, here("net.onnx"));
    QCOMPARE(state->network.preprocess, here("net.json"));
    QCOMPARE(state->network.beside, std::string("sibling-2d"));  // comes with the program
    // a lesson that was never saved is beside nothing
    const auto unsaved = stepState(lesson, 0, false, {});
    QVERIFY(unsaved);
    QCOMPARE(std::get<FileSource>(unsaved->kernel().clip.source).path, std::string("clips/walk.avi"));
  }

  // A session may name any file as its lesson; one that waits for a writer would never be read to its end.
  void onlyARegularFileIsALesson() {
    QTemporaryDir folder;
    const std::string pipe = folder.filePath(QStringLiteral("pipe.md")).toStdString();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    const auto read = readLesson(pipe);
    QVERIFY(!read);
    QCOMPARE(read.error().message, pipe + " is not a regular file.");
    const std::string large = folder.filePath(QStringLiteral("large.md")).toStdString();
    std::ofstream(large) << kHead;
    std::filesystem::resize_file(large, (4 << 20) + 1);
    const auto tooLarge = readLesson(large);
    QVERIFY(!tooLarge);
    QVERIFY2(tooLarge.error().message.starts_with(large + " holds 4 MiB"), tooLarge.error().message.c_str());
  }

  void settingsNameWhatDoesNotExist() {
    const AppState state = initialState();
    const auto unknown = withSettings(state, {{"look.camera.jaw", "1", 7}}, "l.md");
    QVERIFY(!unknown && unknown.error().message.starts_with("l.md:7: "));
    const auto wrong = withSettings(state, {{"look.spacing", "1", 7}, {"look.theme", "3", 8}}, "l.md");
    QVERIFY(!wrong && wrong.error().message.starts_with("l.md:8: "));
    const auto set =
        withSettings(state, {{"look.camera", R"({"yaw": 12})", 1}, {"conv.kernel.t", "2", 2}}, "l.md");
    QVERIFY(set);
    QCOMPARE(set->look.camera.yaw, 12.0);
    QCOMPARE(set->look.camera.pitch, state.look.camera.pitch);
    QCOMPARE(set->kernel().conv.kernel.t, 2);
    // deeper values than any of ours would be copied and freed level by level
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    const auto tooDeep = withSettings(state, {{"look", deep, 3}}, "l.md");
    QVERIFY(!tooDeep && tooDeep.error().message.starts_with("l.md:3: "));
    QCOMPARE(tooDeep.error().place.line, 3);
    // the one from which on no state is made is told of, not one that is mended behind it
    const auto mended = withSettings(
        state, {{"look.theme", "3", 7}, {"look.theme", "\"light\"", 8}, {"look.spacing", "\"far\"", 9}},
        "l.md");
    QVERIFY(!mended && mended.error().message.starts_with("l.md:9: "));
    QVERIFY(withSettings(state, {{"look.theme", "3", 7}, {"look.theme", "\"light\"", 8}}, "l.md"));
    // the weights have followed
    QCOMPARE(set->kernel().bank.front().weights.size(), std::size_t{2 * 3 * 3 * 3});
  }

  // What a recorded step holds leads from the state before to the one that was recorded.
  void recordedSettingsLeadThere() {
    for (const char* id : {"fig-4", "fig-7", "fig-9", "takeaway-2"}) {
      const Lesson lesson = shipped(QLatin1String(id));
      const auto from = stepState(lesson, 0, false, {});
      const auto to = stepState(lesson, static_cast<int>(lesson.steps.size()) - 1, true, {});
      QVERIFY(from && to);
      const auto led = withSettings(*from, settingsBetween(*from, *to), "l");
      QVERIFY2(led, led ? "" : led.error().message.c_str());
      AppState same = *led;
      same.lesson = to->lesson;
      QVERIFY2(same == *to, id);
    }
  }

  void textsShowValuesAndHideAnswers() {
    const LookTheme& theme = lookTheme(Theme::Dark, false);
    const std::string text = "**Bold** {time|L = {= input.length}} and {= voxel : 1}; {answer}.";
    QCOMPARE(quotedExpressions(text), (std::vector<std::string>{"input.length", "voxel"}));
    const QuotedValues values{{"input.length", 4}, {"voxel", -.25}};
    const QString html = lessonHtml(text, theme, values);
    QVERIFY(html.contains(QStringLiteral("<b>Bold</b>")));
    QVERIFY(html.contains(QStringLiteral("L = 4")) && html.contains(theme.time.name()));
    QVERIFY(html.contains(QChar(0x2212)));
    QVERIFY(html.contains(QString(7, QChar(0xA0))));  // an empty box
    QVERIFY(!lessonHtml(text, theme, values, QStringLiteral("3")).contains(QString(7, QChar(0xA0))));
    QCOMPARE(lessonPlain("a {time|t} *b* [c](lesson:d) {= x}", {}), QStringLiteral("a t b c …"));
    QVERIFY(lessonHtml("1 < 2 & <b>", theme, {}).contains(QStringLiteral("&lt;b&gt;")));
    QCOMPARE(lessonNumber(-3, 2), QStringLiteral("−3"));
    QCOMPARE(lessonNumber(.126, 2), QStringLiteral("0.13"));
  }

  void quantitiesAreTheEngines() {
    const Lesson lesson = shipped(QStringLiteral("fig-4"));
    const auto state = stepState(lesson, 3, true, {});
    QVERIFY(state);
    ThreadPool pool(1);
    StudyCache cache;
    Quantities quantities(*state, *state, cache, ComputeContext{pool, {}});
    const auto is = [&](const std::string& name, double value) {
      const auto got = quantities.value(name);
      return got && nearlyEqual(*got, value);
    };
    QVERIFY(is("input.length", 4) && is("kernel.length", 2) && is("output.length", 3));
    QVERIFY(is("products", 18) && is("weights", 18) && is("slides", 3));
    QVERIFY(is("multiplyAdds", 3. * 25 * 34 * 18));
    const auto sums = *quantities.value("frameSum.1") + *quantities.value("frameSum.2");
    QVERIFY(is("voxel", sums));
    QVERIFY(!quantities.value("frameSum.3"));
    const auto unknown = quantities.value("output.lenght");
    QVERIFY(!unknown && unknown.error().message.find("output.length") != std::string::npos);
    QVERIFY(!quantities.value("layers"));
    QVERIFY(!quantities.value("B.weights"));
    QVERIFY(isQuantity("before.B.map.peak.x") && !isQuantity("frameSum.0") && !isQuantity("pixel.1.2"));
  }

  void everyLessonHolds_data() {
    QTest::addColumn<bool>("real");
    const auto all = lessons();
    QVERIFY(all);
    for (const Lesson& lesson : *all) {
      QTest::newRow(lesson.id.c_str()) << false;
      if (lesson.ownClip) QTest::newRow((lesson.id + " on a real clip").c_str()) << true;
    }
  }
  // States can be set, answers are computed and exactly one choice is right, goals can be reached.
  void everyLessonHolds() {
    QFETCH(bool, real);
    const Lesson lesson =
        shipped(QString::fromLatin1(QTest::currentDataTag()).section(QLatin1Char(' '), 0, 0));
    const auto clip = real ? realClip() : std::nullopt;
    if (real && !clip) QSKIP("CONVSCOPE_TEST_CLIPS names no folder with shuffling_cups.mp4.");
    // those who give up are shown how: the check below reaches each goal so
    for (const LessonStep& step : lesson.steps)
      QVERIFY2(!step.goal || !step.goal->solution.empty(), step.title.c_str());
    const auto checked = checkLesson(lesson, clip, m_cache, ComputeContext{m_pool, {}});
    QVERIFY2(checked, checked ? "" : checked.error().message.c_str());
  }

  // The check itself objects: to two right choices, to a goal that is reached at once, to an unknown
  // quantity.
  void theCheckObjects() {
    const std::string scene = kHead + "## A\nscene: fig-4\n";
    for (const auto& [text, holds] :
         {std::pair<std::string, std::string>{
              "ask: x\nchoice: a [if output.length = 3]\nchoice: b [if 1 = 1]\n", "2 of the 2"},
          {"ask: x\nanswer: output.length\nchoice: 1\nchoice: 2\n", "0 of the 2"},
          {"goal: x\nreached: output.length = 3\n", "before anything is done"},
          {"goal: x\nreached: output.length = 2\nsolve conv.kernel.t: 4\n", "solve"},
          {"\n{= output.lenght}\n", "output.length"},
          {"set conv.kernel.t: 9\n\n{= output.length}\n", "time"}}) {
      const auto lesson = lessonFromText(scene + text, "l.md");
      QVERIFY2(lesson, lesson ? "" : lesson.error().message.c_str());
      const auto checked = checkLesson(*lesson, {}, m_cache, ComputeContext{m_pool, {}});
      QVERIFY(!checked);
      QVERIFY2(checked.error().message.find(holds) != std::string::npos, checked.error().message.c_str());
    }
  }

  void theFirstClassLasts45Minutes() {
    int minutes = 0;
    for (const PlaylistEntry& entry : firstClass()) {
      const auto lesson = lessonNamed(entry.lesson);
      QVERIFY2(lesson, entry.lesson.c_str());
      QVERIFY2(lesson->minutes == entry.minutes, entry.lesson.c_str());  // as its card says
      minutes += entry.minutes;
    }
    QCOMPARE(minutes, 45);
  }

 private:
  ThreadPool m_pool{2};
  StudyCache m_cache;
};

QTEST_MAIN(TestLessonFile)
#include "tst_lesson_file.moc"
