// Clip files: damaged pictures and videos through the whole reader. Real clips of CONVSCOPE_TEST_CLIPS join
// the seeds.
#include "engine/clip/clip_prepare.h"
#include "engine/clip/clip_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"

#include <algorithm>
#include <cstdlib>

namespace convscope::fuzz {

std::vector<std::string> seeds() {
  // A grey PGM picture and a 2 × 2 GIF of one frame, written by hand.
  std::vector<std::string> files{
      "P5\n4 3\n255\n0123456789ab",
      std::string("GIF89a\x02\x00\x02\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\x00\x00\x00"
                  "\x00\x02\x00\x02\x00\x00\x02\x02\x44\x0a\x00\x3b",
                  36),
      // A bitmap of one orange pixel, and an array of two frames of 1 × 2 bytes.
      std::string("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0\0\0\0\0\x04\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x00\x80\xff\0",
                  58),
      std::string("\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, 'shape': (2,1,2)}abcd", 72)};
  const char* folder = std::getenv("CONVSCOPE_TEST_CLIPS");
  if (folder == nullptr) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    // Small ones only: each input is a whole file.
    if (entry.is_regular_file() && entry.file_size() < 64'000)
      files.push_back(bytesOf(entry.path().string()));
  }
  return files;
}

void tryInput(const std::string& input) {
  const InputFile file(input, ".mp4");
  const FrameRange range{1, 3, 2};
  const auto raw = readFile(file.path(), range, {});
  if (!raw) {
    if (!raw.error().message.ends_with('.')) std::abort();  // every failure has a sentence
    return;
  }
  if (raw->count() < 1 || raw->count() > range.count) std::abort();
  const std::size_t values = std::size_t{1} * raw->count() * raw->height * raw->width * raw->channels;
  if (std::max(raw->bytes.size(), raw->floats.size()) != values) std::abort();
  PrepareSpec prepare;
  prepare.resize = FrameSize{7, 9};
  prepare.colour = ColourMode::Grey;
  const auto clip = prepareClip(*raw, prepare, range.step);
  if (clip && clip->pixels.shape().length != raw->count()) std::abort();
}

}  // namespace convscope::fuzz
