#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/network/preprocess_describe.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

namespace convscope {

namespace {

constexpr std::int64_t kLargestFile = 16 << 20;  // bytes: no list of labels is longer
constexpr std::size_t kMostLabels = 1'000'000;

/// `what` may name a key of the file: the sentence stays on one line.
tl::unexpected<Error> complaint(const std::string& path, std::string what) {
  std::ranges::replace_if(
      what, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return fail(ErrorCode::BadInput, nameForText(path) + ": " + what + ".");
}

Result<std::string> textOf(const std::string& path) {
  return fileText(path, nameForText(path), kLargestFile);
}

/// A phrase for what no frame could be prepared with, or empty.
std::string impossible(const Preprocess& made) {
  const auto outside = [](const char* key, double value, double low, double high) {
    std::ostringstream text;
    if (!(value >= low && value <= high))
      text << "“" << key << "” is " << value << " and must lie between " << low << " and " << high;
    return text.str();
  };
  const double side = made.shortSide.value_or(1);
  const auto resize = made.resize.value_or(std::array{1, 1}), crop = made.crop.value_or(std::array{1, 1});
  constexpr double kMost = 1e6;
  for (const std::string& what :
       {outside("frames", made.frames, 1, 4096), outside("step", made.step, 1, 1000),
        outside("shortSide", side, 1, 16384), outside("resize[0]", resize[0], 1, 16384),
        outside("resize[1]", resize[1], 1, 16384), outside("crop[0]", crop[0], 1, 16384),
        outside("crop[1]", crop[1], 1, 16384), outside("range", made.range, 1e-6, kMost),
        outside("slowEvery", made.slowEvery, 1, 4096)}) {
    if (!what.empty()) return what;
  }
  for (std::size_t c = 0; c < 3; ++c) {
    const std::string at = "[" + std::to_string(c) + "]";
    std::string what = outside(("mean" + at).c_str(), made.mean[c], -kMost, kMost);
    if (what.empty()) what = outside(("std" + at).c_str(), made.std[c], 1e-6, kMost);
    if (!what.empty()) return what;
  }
  if (made.resize && made.shortSide) return "“resize” and “shortSide” exclude each other";
  if (made.labels.size() > kMostLabels) return "“labels” holds more than a million names";
  return {};
}

}  // namespace

std::string sidecarOf(const std::string& modelPath) {
  return std::filesystem::path(modelPath).replace_extension(".json").string();
}

Result<std::vector<std::string>> readLabels(const std::string& path) {
  auto text = textOf(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<std::string> labels;
  if (const std::size_t begin = text->find_first_not_of(" \t\r\n");
      begin != std::string::npos && (*text)[begin] == '[') {
    const auto json = jsonFrom(*text);
    if (!json) return complaint(path, "this is not a JSON list of names");
    try {
      fromJson(*json, labels, "labels");
    } catch (const std::exception& error) {
      return complaint(path, error.what());
    }
    return labels;
  }
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    labels.push_back(line);
  }
  if (labels.empty()) return complaint(path, "there are no labels in it");
  return labels;
}

Result<Preprocess> preprocessFromText(const std::string& text, const std::string& path) {
  auto json = jsonFrom(text);
  if (!json) return complaint(path, "this is not a JSON file");
  Preprocess made;
  try {
    if (!json->is_object()) return complaint(path, "a preprocessing must be a JSON object");
    std::optional<std::string> file;
    if (const auto labels = json->find("labels"); labels != json->end() && labels->is_string()) {
      file = labels->get<std::string>();
      json->erase(labels);
    }
    fromJson(*json, made, "");
    if (file) {
      auto labels = readLabels((std::filesystem::path(path).parent_path() / *file).string());
      if (!labels) return tl::unexpected(labels.error());
      made.labels = std::move(*labels);
    }
  } catch (const std::exception& error) {
    return complaint(path, error.what());
  }
  if (const std::string what = impossible(made); !what.empty()) return complaint(path, what);
  return made;
}

Result<Preprocess> readPreprocess(const std::string& path) {
  const auto text = textOf(path);
  if (!text) return tl::unexpected(text.error());
  return preprocessFromText(*text, path);
}

}  // namespace convscope
