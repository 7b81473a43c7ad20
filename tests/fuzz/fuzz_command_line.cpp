// The command line: arguments are the input's lines. Options that read files are left out of what reaches
// stateOf().
#include "app/command_line.h"
#include "app/option_values.h"
#include "tests/fuzz/fuzz_target.h"

#include <cstdlib>

namespace convscope::fuzz {

std::vector<std::string> seeds() {
  return {
      "--lab\ndot,speed=2,direction=90\n--seed\n7\n--frames\n3:8:2\n--resize\n27x36\n--grey",
      "clip.mp4\n--kernel\n3,5,5\n--stride\n1,2,2\n--dilation\n2,1,1\n--padding\nsame\n--padding-value="
      "reflect",
      "--padding\n2:0,1:1,0:3\n--groups\n3\n--filters\n6\n--bias\n-0.5,1,2,3,4,5\n--flip\n--activation\nrelu",
      "--preset\nsobel-x,sobel-y\n--kernel\n3,5,5\n--voxel\n2,3,4\n--theme\npresenter-dark\n--size\n1280x720",
      "--batch\n--export-maps\nm.npy\n--export-input=i.npy\n--scene\nfig-4"};
}

void tryInput(const std::string& input) {
  std::vector<std::string> arguments = splitText(input, '\n');
  auto options = parseCommandLine(arguments);
  if (!options) {
    if (options.error().message.empty() || exitCodeOf(options.error()) != 2) std::abort();
    return;
  }
  options->stateFile.reset();
  options->weightsFile.reset();
  const auto state = stateOf(*options);
  if (!state && state.error().message.empty()) std::abort();
}

}  // namespace convscope::fuzz
