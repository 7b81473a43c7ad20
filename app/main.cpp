#include "app/batch.h"
#include "app/benchmark_drag.h"
#include "app/benchmark_field.h"
#include "app/benchmark_network.h"
#include "app/benchmark_scores.h"
#include "app/benchmark_start.h"
#include "app/command_line.h"
#include "app/contact_sheet.h"
#include "app/display.h"
#include "app/lesson_export.h"
#include "app/main_window.h"
#include "app/notice_bar.h"
#include "app/screenshot.h"
#include "widgets/state/session_file.h"

#include <QApplication>
#include <QSurfaceFormat>

#include <clocale>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

int complain(const convscope::Error& error) {
  std::cerr << "convscope: " << error.message << '\n';
  return convscope::exitCodeOf(error);
}

int runWindow(int& argc, char** argv, const convscope::Options& options, convscope::AppState state) {
  using namespace convscope;
  QApplication::setApplicationName(QStringLiteral("ConvScope"));
  QApplication::setApplicationVersion(QStringLiteral(CONVSCOPE_VERSION));
  const QApplication application(argc, argv);
  // Qt takes the desktop's language over for the whole process; VTK and OpenCV print and read numbers by it.
  std::setlocale(LC_NUMERIC, "C");
  // A picture or a measurement must not depend on what this user chose before.
  const bool personal = options.task == Task::Window;
  const Settings settings = personal ? Settings() : Settings::forgetful();
  if (personal && !options.theme) settings.restore(state.look);
  if (options.task == Task::Screenshot || options.task == Task::ExportView ||
      options.task == Task::ExportAnimation)
    return takeScreenshot(state, options);
  if (options.task == Task::ContactSheet) return makeContactSheets(state, options);
  if (options.task == Task::ExportLesson) return exportLesson(state, options);
  if (options.task == Task::BenchmarkDrag) return benchmarkDrag(options);
  if (options.task == Task::BenchmarkScores) return benchmarkScores(options);
  if (options.task == Task::BenchmarkField) return benchmarkField(options, state);
  if (options.task == Task::BenchmarkNetwork) return benchmarkNetwork(options, state);
  if (options.task == Task::BenchmarkStart) return benchmarkStart(options, state);

  MainWindow window(state, settings);
  if (options.size) {
    window.resize(options.size->width, options.size->height);
  } else if (!window.restoreGeometry(settings.windowGeometry())) {
    window.resize(1600, 1000);
  }
  const bool named = namesSomething(options);
  window.keepWork(Autosave::usualFolder(), named);
  if (options.stateFile) {
    window.session().belongsTo(QString::fromStdString(*options.stateFile));
    window.askForMissing(missingFiles(window.store().state()));
  }
  window.show();
  if (const auto wrong = openLesson(window, options)) return complain(*wrong);
  // work that comes back goes first
  const bool other = !options.welcome && !window.notice().sentence().isEmpty();
  if (welcomeIsDue(options, settings.welcomed()) && !other) window.showWelcome();
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace convscope;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const auto options = parseCommandLine(arguments);
  if (!options) return complain(options.error());
  if (const auto code = printTask(*options)) return *code;
  if (options->task == Task::Batch) return batchMain(*options);
  // What is wrong with the command line is so with and without a display.
  auto state = stateOf(*options);
  if (!state) return complain(state.error());
  if (wantsVirtualDisplay(*options)) restartUnderVirtualDisplay(*options, argv);
  if (const auto problem = displayProblem(*options)) {
    std::cerr << "convscope: " << *problem << '\n';
    return 1;
  }
  return runWindow(argc, argv, *options, std::move(*state));
}
