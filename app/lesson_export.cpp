#include "app/lesson_export.h"

#include "app/export_picture.h"
#include "app/lesson_desk.h"
#include "app/lesson_walk.h"
#include "app/main_window.h"
#include "app/workspace_page.h"
#include "engine/core/file_text.h"

#include <cstdio>
#include <iostream>

namespace convscope {

namespace {

constexpr WindowSize kPaperWindow{1024, 660};  // type of 12.5 px is 6 pt across a page
constexpr int kSharpness = 2;                  // pixels of a picture for each px

/// Where a kernel that slides is shown on paper: at the step's first break, else half-way through a map.
Triple restOf(const LessonStep& step, const Triple& maps) {
  if (!step.breaks.empty()) {
    const std::string& first = step.breaks.front();
    if (first == "map") return {0, maps.y - 1, maps.x - 1};
    if (first == "row") return {0, 0, maps.x - 1};
    Triple at;
    if (std::sscanf(first.c_str(), "%d , %d , %d", &at.t, &at.y, &at.x) == 3)
      return {at.t - 1, at.y - 1, at.x - 1};
  }
  return {0, maps.y / 2, maps.x / 2};
}

void rest(MainWindow& window) {
  LessonDesk& desk = window.lessonDesk();
  if (!window.store().state().playback.playing) return;
  const Triple maps = desk.pageInSight().mapsExtent();
  window.store().edit({QStringLiteral("Pause"),
                       [&](AppState& state) {
                         setPlaying(state.playback, false);
                         if (maps.product() > 0)
                           state.selection.voxel = restOf(desk.player().current(), maps);
                       },
                       false});
  settle(window);
}

QImage pictureOfPage(MainWindow& window) {
  rest(window);
  QWidget& page = window.lessonDesk().pageInSight();
  return pictureOf(page, page.size() * kSharpness, false);
}

}  // namespace

Result<Handout> makeHandout(MainWindow& window, const Lesson& lesson,
                            const std::function<bool(int step, int count)>& told) {
  Handout handout{lesson, {}};
  const LessonPlayer& player = window.lessonDesk().player();
  std::string problem;
  window.lessonDesk().setPanelLeftOut(true);
  const bool whole = walkLesson(window, lesson, [&](StepMoment moment) {
    problem = player.problem().isEmpty() ? player.facts().problem : player.problem().toStdString();
    if (!problem.empty()) return false;
    if (moment == StepMoment::Open) {
      if (!handout.steps.empty() && !told(static_cast<int>(handout.steps.size()), player.count()))
        return false;
      handout.steps.push_back({player.facts(), pictureOfPage(window), {}});
      return true;
    }
    QImage picture = pictureOfPage(window);
    HandoutStep& step = handout.steps.back();
    if (moment == StepMoment::Solved && !player.goalReached())
      problem = "The goal is not reached by its own “solve” lines.";
    // what looks as before the answer need not be printed twice
    if (picture != step.picture) step.answerPicture = std::move(picture);
    return problem.empty();
  });
  window.lessonDesk().setPanelLeftOut(false);
  if (!problem.empty()) {
    return fail(ErrorCode::BadInput,
                "Step " + std::to_string(player.step() + 1) + " of the lesson " + lesson.id + ": " + problem);
  }
  if (!whole || !told(static_cast<int>(handout.steps.size()), player.count()))
    return fail(ErrorCode::Stopped, "The hand-out was stopped.");
  return handout;
}

Result<int> writeHandout(const Handout& handout, const QString& path) {
  if (path.endsWith(QStringLiteral(".html"))) {
    const auto written = writeFileText(path.toStdString(), handoutHtml(handout).toStdString());
    return written ? Result<int>(1) : tl::unexpected(written.error());
  }
  if (!path.endsWith(QStringLiteral(".pdf")))
    return fail(ErrorCode::BadUsage,
                "A hand-out is written as .html or .pdf; “" + path.toStdString() + "” is neither of them.");
  const HandoutPdf pdf = handoutPdf(handout);
  const auto written = writeFileText(path.toStdString(), pdf.bytes.toStdString());
  return written ? Result<int>(pdf.pages) : tl::unexpected(written.error());
}

int exportLesson(const AppState& state, const Options& options) {
  const auto complain = [](const Error& error) {
    std::cerr << "convscope: " << error.message << '\n';
    return exitCodeOf(error);
  };
  const auto lesson = lessonOf(options);
  if (!lesson) return complain(lesson.error());
  AppState still = state;
  still.look.theme = Theme::Light;  // for paper
  still.look.presenter = false;
  still.look.reducedMotion = true;
  MainWindow window(still, Settings::forgetful());
  window.setAttribute(Qt::WA_DontShowOnScreen);
  const WindowSize size = options.size.value_or(kPaperWindow);
  window.setFixedSize(size.width, size.height);
  window.show();
  window.lessonDesk().player().setClip(lessonClipOf(options));
  const auto handout = makeHandout(window, *lesson, [](int step, int count) {
    std::cout << step << " of " << count << " steps" << std::endl;
    return true;
  });
  if (!handout) return complain(handout.error());
  const auto written = writeHandout(*handout, QString::fromStdString(*options.exportLesson));
  return written ? 0 : complain(written.error());
}

}  // namespace convscope
