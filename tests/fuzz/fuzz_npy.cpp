// The .npy reader: arrays whose headers lie about type, order, shape and size.
#include "engine/clip/npy.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

#include <cstdlib>

namespace convscope::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> files;
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{2, 3, 4, 3}, {4, 1, 2, 3, 3}, {6, 5}, {1}}) {
    std::size_t count = 1;
    for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
    const InputFile file("", ".npy");
    if (!writeNpy(file.path(), shape, std::vector<float>(count, 0.5F))) std::abort();
    files.push_back(bytesOf(file.path()));
  }
  const std::string header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }";
  std::string bytes = std::string("\x93NUMPY\x01", 7) + std::string(1, '\0') +
                      std::string(1, static_cast<char>(118)) + std::string(1, '\0') + header;
  bytes.resize(127, ' ');
  files.push_back(bytes + "\n" + std::string(24, '\x7f'));
  return files;
}

void tryInput(const std::string& input) {
  const InputFile file(input, ".npy");
  const auto array = readNpy(file.path());
  if (!array) {
    if (array.error().message.empty()) std::abort();  // every failure has a sentence
    return;
  }
  std::size_t count = 1;
  for (const std::int64_t extent : array->shape) count *= static_cast<std::size_t>(extent);
  if (count != array->values.size()) std::abort();
}

}  // namespace convscope::fuzz
