#include "app/screenshot.h"

#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/network_workspace.h"

#include <QApplication>

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

int takeScreenshot(const AppState& state, const Options& options) {
  AppState still = state;
  still.playback.playing = false;
  still.look.reducedMotion = true;  // nothing may be caught on its way
  MainWindow window(still, Settings::forgetful());
  const WindowSize size = options.size.value_or(WindowSize{1600, 1000});
  window.setFixedSize(size.width, size.height);
  window.show();
  if (const auto wrong = openLesson(window, options)) {
    std::cerr << "convscope: " << wrong->message << '\n';
    return exitCodeOf(*wrong);
  }
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
    if (const auto shown = checkVoxel(options, view.voxel()); !shown) {
      std::cerr << "convscope: " << shown.error().message << '\n';
      return exitCodeOf(shown.error());
    }
  }
  const QPixmap picture = window.grab();
  if (!picture.save(QString::fromStdString(*options.screenshot), "PNG")) {
    std::cerr << "convscope: " << *options.screenshot << " cannot be written.\n";
    return 1;
  }
  const auto problemOf = [&]() -> QString {
    if (state.workspace == Workspace::Field) return window.fieldWorkspace().view().problem;
    if (state.workspace == Workspace::Network) return window.networkWorkspace().view().problem;
    if (state.workspace != Workspace::Compare) return window.controller().problem();
    const CompareView& compared = window.compareWorkspace().view();
    if (!compared.clipProblem.isEmpty()) return compared.clipProblem;
    for (const CompareColumn& column : compared.columns)
      if (!column.problem.isEmpty()) return column.problem;
    return {};
  };
  const QString problem = problemOf();
  if (problem.isEmpty()) return 0;
  std::cerr << "convscope: " << problem.toStdString() << '\n';
  return 1;
}

}  // namespace convscope
