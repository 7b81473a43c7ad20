#pragma once

#include "app/command_line.h"
#include "widgets/lesson/handout.h"

#include <QSize>

#include <functional>

namespace convscope {

class MainWindow;

/// The hand-out of a lesson, its pictures taken in a window that is shown: at each step the stage and the
/// panels that the step names, a sliding kernel at the step's first break. `told` is called after each step
/// with how many there are; false stops. Errors: BadInput, one sentence with the step (something cannot be
/// computed); Stopped. GUI thread only.
[[nodiscard]] Result<Handout> makeHandout(MainWindow& window, const Lesson& lesson,
                                          const std::function<bool(int step, int count)>& told);

/// Writes it whole or not at all, as .html or .pdf. Returns the number of pages, of an .html 1. Errors:
/// BadUsage (another ending), Io.
[[nodiscard]] Result<int> writeHandout(const Handout& handout, const QString& path);

/// --export-lesson: says each step on stdout as it is done. Returns the exit code. Needs a QApplication; the
/// window is never seen.
[[nodiscard]] int exportLesson(const AppState& state, const Options& options);

}  // namespace convscope
