#pragma once

#include "app/command_line.h"

#include <functional>
#include <optional>
#include <string>

namespace convscope {

/// What the program asks its surroundings about displays; replaced in tests.
struct DisplayProbe {
  std::function<std::optional<std::string>(const char* name)> environment;  ///< nothing where not set
  std::function<bool(const std::string& display)> canConnect;  ///< does an X server answer under that name?
  std::function<bool(const std::string& program)> installed;   ///< is the program in PATH?
};
[[nodiscard]] DisplayProbe systemProbe();

/// Why no window can be opened here, as one sentence with what works instead; nothing if there is a display
/// or the task needs none. Asked before QApplication is made, which would end the program with a core dump.
[[nodiscard]] std::optional<std::string> displayProblem(const Options& options,
                                                        const DisplayProbe& probe = systemProbe());

/// True where --screenshot is asked for, there is no display and xvfb-run could give a virtual one.
[[nodiscard]] bool wantsVirtualDisplay(const Options& options, const DisplayProbe& probe = systemProbe());

/// Starts this program anew, with the same arguments, under xvfb-run. Returns only if that fails.
void restartUnderVirtualDisplay(const Options& options, char** arguments);

}  // namespace convscope
