#pragma once

#include "app/command_line.h"

namespace convscope {

/// --contact-sheet: every step of every lesson (or of that of --lesson) at --size, small, on one sheet a
/// lesson: FOLDER/ID.png; a question with its answer beside it. Beside that FOLDER/pictures/ID.png, the stage
/// of the lesson's first step with a kernel as the contents page shows it. Returns the exit code. Needs a
/// QApplication.
[[nodiscard]] int makeContactSheets(const AppState& state, const Options& options);

}  // namespace convscope
