// Preprocessings beside a model: damaged JSON is read, and what comes of it is applied to a small clip.
#include "engine/network/preprocess_describe.h"
#include "tests/fuzz/fuzz_target.h"

#include <cstdlib>
#include <numeric>

namespace convscope::fuzz {

namespace {

RawFrames frames() {
  RawFrames raw;
  raw.taken = {0, 1};
  raw.height = 9;
  raw.width = 13;
  raw.bytes.resize(2 * 9 * 13 * 3);
  std::iota(raw.bytes.begin(), raw.bytes.end(), std::uint8_t{0});
  return raw;
}

void sound(const Error& error) {
  if (!error.message.ends_with('.') || error.message.find('\n') != std::string::npos) std::abort();
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> seeds{R"({"labels": "elsewhere.txt", "slowEvery": 8, "channels": "bgr"})"};
  for (const PreprocessPreset& preset : preprocessPresets()) {
    Preprocess labelled = preset.preprocess;
    labelled.labels = {"still", "left"};
    seeds.push_back(jsonOf(labelled).dump());
  }
  return seeds;
}

void tryInput(const std::string& input) {
  const auto made = preprocessFromText(input, "model.json");
  if (!made) return sound(made.error());
  constexpr int kLargest = 400;  // what is prepared with the sanitizers
  const auto size = preparedSize(*made, 9, 13);
  if (!size) return sound(size.error());
  if (size->cropped.height > kLargest || size->cropped.width > kLargest) return;
  const auto clip = preprocessedClip(frames(), *made);
  if (!clip) return sound(clip.error());
  if (clip->pixels.shape().height != size->cropped.height) std::abort();
}

}  // namespace convscope::fuzz
