#include "app/display.h"

#include "app/option_values.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace convscope {

namespace {

/// Tasks that open the window with nobody before it.
bool isUnattended(Task task) {
  return task == Task::Screenshot || task == Task::ExportView || task == Task::ExportAnimation ||
         task == Task::ContactSheet || task == Task::ExportLesson || task == Task::BenchmarkDrag ||
         task == Task::BenchmarkScores || task == Task::BenchmarkStart || task == Task::BenchmarkField ||
         task == Task::BenchmarkNetwork;
}

bool needsWindow(const Options& options) {
  return options.task == Task::Window || isUnattended(options.task);
}

/// True if a server listens there. The connection is left open until the program ends: an X server begins
/// anew when its last client goes, and the window that opens right after this question would find it closed.
bool answers(const std::string& path, bool abstract) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t skip = abstract ? 1 : 0;  // an abstract name begins with a zero byte
  if (path.size() + skip >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path + skip, path.data(), path.size());
  const int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0) return false;
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + skip + path.size() + (abstract ? 0 : 1));
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), length) == 0) return true;
  close(connection);
  return false;
}

/// ":7" and ":7.0" are displays of this machine; anything else (ssh, another host) is left for Qt to try.
bool canConnectTo(const std::string& display) {
  if (!display.starts_with(':')) return true;
  const auto number = wholeNumber(display.substr(1, display.find('.') - 1));
  if (!number) return false;
  const std::string path = "/tmp/.X11-unix/X" + std::to_string(*number);
  return answers(path, false) || answers(path, true);
}

bool inPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  const auto folders = splitText(path == nullptr ? "/usr/bin" : path, ':');
  return std::ranges::any_of(folders, [&](const std::string& folder) {
    return access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0;
  });
}

std::string valueOf(const DisplayProbe& probe, const char* name) {
  return probe.environment(name).value_or("");
}

/// The trouble itself, without advice; empty if a window can be opened.
std::string troubleWith(const DisplayProbe& probe) {
  // These platforms of Qt draw no OpenGL, so the stage would end the program.
  const std::string platform = valueOf(probe, "QT_QPA_PLATFORM");
  for (const char* blind : {"offscreen", "minimal", "vnc", "linuxfb"}) {
    if (platform.starts_with(blind))
      return "Qt's platform “" + platform + "” (QT_QPA_PLATFORM) cannot draw in 3-D";
  }
  if (!valueOf(probe, "WAYLAND_DISPLAY").empty()) return {};
  const std::string display = valueOf(probe, "DISPLAY");
  if (display.empty()) return "There is no display here";
  if (!probe.canConnect(display)) return "The display “" + display + "” (DISPLAY) does not answer";
  return {};
}

}  // namespace

DisplayProbe systemProbe() {
  return {[](const char* name) -> std::optional<std::string> {
            const char* value = std::getenv(name);
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
          },
          canConnectTo, inPath};
}

std::optional<std::string> displayProblem(const Options& options, const DisplayProbe& probe) {
  if (!needsWindow(options)) return std::nullopt;
  const std::string trouble = troubleWith(probe);
  if (trouble.empty()) return std::nullopt;
  if (options.task == Task::Window) {
    return trouble +
           ", so no window can be opened: --screenshot FILE.png draws it into a picture and --batch computes "
           "without it; both work here.";
  }
  return trouble +
         ", and the virtual one that could stand in needs xvfb-run: install the package xvfb with xauth.";
}

bool wantsVirtualDisplay(const Options& options, const DisplayProbe& probe) {
  return isUnattended(options.task) && !troubleWith(probe).empty() && probe.installed("xvfb-run") &&
         probe.installed("xauth");
}

void restartUnderVirtualDisplay(const Options& options, char** arguments) {
  const bool window = options.task != Task::ExportView && options.task != Task::ExportAnimation;
  const WindowSize size = window ? options.size.value_or(WindowSize{1920, 1200}) : WindowSize{1920, 1200};
  const std::string screen = "-screen 0 " + std::to_string(std::max(size.width, 1920)) + "x" +
                             std::to_string(std::max(size.height, 1200)) + "x24";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  unsetenv("QT_QPA_PLATFORM");
  if (std::getenv("XDG_RUNTIME_DIR") == nullptr) {  // servers have none; Qt would write a line about it
    const std::string folder = "/tmp/runtime-" + std::to_string(getuid());
    if (mkdir(folder.c_str(), S_IRWXU) == 0 || errno == EEXIST) setenv("XDG_RUNTIME_DIR", folder.c_str(), 1);
  }
  // Two programs started at the same moment must not reach for the same free display.
  const std::string first = std::to_string(100 + getpid() % 800);
  std::vector<const char*> command{"xvfb-run", "-a", "-n", first.c_str(), "-s", screen.c_str(), self.c_str()};
  for (char** argument = arguments + 1; *argument != nullptr; ++argument) command.push_back(*argument);
  command.push_back(nullptr);
  execvp(command[0], const_cast<char* const*>(command.data()));
}

}  // namespace convscope
