#pragma once

#include "app/command_line.h"

namespace convscope {

class MainWindow;

/// Opens the lesson or the contents page that the options ask for in a window that is shown. Returns what is
/// wrong, if anything. GUI thread only.
[[nodiscard]] std::optional<Error> openLesson(MainWindow& window, const Options& options);

/// --screenshot: opens the window at --size, computes everything, writes what a person would see as a PNG and
/// returns the exit code. With an error in the state (a clip that cannot be read, a kernel that does not fit)
/// the picture shows the window with the sentence, the sentence also goes to stderr, and the code is 1. Needs
/// a QApplication.
[[nodiscard]] int takeScreenshot(const AppState& state, const Options& options);

}  // namespace convscope
