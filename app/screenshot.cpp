#include "app/screenshot.h"

#include "app/animation_export.h"
#include "app/compare_workspace.h"
#include "app/export_picture.h"
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "app/progress_line.h"

#include <QApplication>
#include <QEventLoop>

#include <unistd.h>

#include <iostream>

namespace convscope {

std::optional<Error> openLesson(MainWindow& window, const Options& options) {
  LessonDesk& desk = window.lessonDesk();
  if (options.contents) desk.showContents(true);
  if (!options.lesson) return std::nullopt;
  auto lesson = lessonOf(options);
  if (!lesson) return lesson.error();
  desk.player().setClip(lessonClipOf(options));
  desk.player().open(std::move(*lesson), options.lessonStep);
  if (!desk.player().problem().isEmpty())
    return Error{ErrorCode::BadInput, desk.player().problem().toStdString()};
  return std::nullopt;
}

namespace {

constexpr WindowSize kDesignedWindow{1600, 1000};
constexpr WindowSize kLargestWindow{7680, 4320};
constexpr QSize kAnimation{1280, 720};
constexpr double kSlideSeconds = 12;
constexpr double kClipSeconds = 4;

int complain(const Error& error) {
  std::cerr << "convscope: " << error.message << '\n';
  return exitCodeOf(error);
}

/// Why what was asked for is not what is shown: one sentence, or empty.
QString problemOf(MainWindow& window) {
  const Workspace workspace = window.store().state().workspace;  // a lesson may have changed it
  if (workspace == Workspace::Field) return window.fieldWorkspace().view().problem;
  if (workspace == Workspace::Network) return window.networkWorkspace().view().problem;
  if (workspace != Workspace::Compare) return window.controller().problem();
  const CompareView& compared = window.compareWorkspace().view();
  if (!compared.clipProblem.isEmpty()) return compared.clipProblem;
  for (const CompareColumn& column : compared.columns)
    if (!column.problem.isEmpty()) return column.problem;
  return {};
}

WindowSize windowFor(const Options& options) {
  const bool ofWindow = options.task == Task::Screenshot || (options.view && *options.view == "window");
  if (!ofWindow || !options.size) return kDesignedWindow;
  // a picture larger than a window, or smaller, is one of the designed window, larger or smaller
  const bool fits = options.size->width >= 640 && options.size->height >= 480 &&
                    options.size->width <= kLargestWindow.width &&
                    options.size->height <= kLargestWindow.height;
  return fits ? *options.size : kDesignedWindow;
}

Result<void> writeView(MainWindow& window, const Options& options) {
  const auto view = exportableView(window, QString::fromStdString(options.view.value_or("stage")));
  if (!view) return tl::unexpected(view.error());
  const QSize size = options.size ? QSize(options.size->width, options.size->height) : view->widget->size();
  return writePicture(*view->widget, QString::fromStdString(*options.exportView), size, options.transparent);
}

Result<void> writeAnimation(MainWindow& window, const Options& options) {
  const KernelView& view = window.workspace().view();
  if (view.state.workspace != Workspace::Kernel || view.result == nullptr)
    return fail(ErrorCode::BadUsage,
                "--export-animation moves a kernel over the clip: give a state of the Kernel workspace.");
  AnimationPlan plan;
  plan.path = QString::fromStdString(*options.exportAnimation);
  plan.kind = options.animate.value_or(AnimationKind::Slide);
  plan.size = options.size ? QSize(options.size->width, options.size->height) : kAnimation;
  plan.seconds = options.seconds.value_or(plan.kind == AnimationKind::Slide ? kSlideSeconds : kClipSeconds);
  ProgressLine line(isatty(STDERR_FILENO) != 0 ? &std::cerr : nullptr);
  AnimationExport animation(view, plan);
  QEventLoop loop;
  QString problem;
  QObject::connect(&animation, &AnimationExport::progressed, &loop, [&](double share) { line.show(share); });
  QObject::connect(&animation, &AnimationExport::done, &loop, [&](bool, const QString& why) {
    problem = why;
    loop.quit();
  });
  animation.start();
  loop.exec();
  return problem.isEmpty() ? Result<void>() : fail(ErrorCode::Io, problem.toStdString());
}

}  // namespace

int takeScreenshot(const AppState& state, const Options& options) {
  AppState still = state;
  still.playback.playing = false;
  still.look.reducedMotion = true;  // nothing may be caught on its way
  MainWindow window(still, Settings::forgetful());
  const WindowSize size = windowFor(options);
  window.setFixedSize(size.width, size.height);
  if (options.welcome) window.showWelcome();
  window.show();
  if (const auto wrong = openLesson(window, options)) return complain(*wrong);
  // Layouts settle in the first turns of the event loop; the result arrives in finish().
  for (int turn = 0; turn < 3; ++turn) {
    window.finish();
    QApplication::processEvents();
  }
  if (options.told) {
    window.lessonDesk().player().tell();
    window.finish();
    window.finish();
  }
  const KernelView& view = window.workspace().view();
  if (view.result != nullptr && window.controller().problem().isEmpty()) {
    if (const auto shown = checkVoxel(options, view.voxel()); !shown) return complain(shown.error());
  }
  const QString problem = problemOf(window);
  if (options.task == Task::Screenshot) {
    if (!window.grab().save(QString::fromStdString(*options.screenshot), "PNG"))
      return complain({ErrorCode::Io, *options.screenshot + " cannot be written."});
  } else if (problem.isEmpty()) {
    const auto written =
        options.task == Task::ExportView ? writeView(window, options) : writeAnimation(window, options);
    if (!written) return complain(written.error());
  }
  if (problem.isEmpty()) return 0;
  return complain({ErrorCode::BadInput, problem.toStdString()});
}

}  // namespace convscope
