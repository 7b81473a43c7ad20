// The ONNX reader and everything behind it: damaged models are read, their sizes worked out and, where they
// are small still, run. ONNX's own test cases join the seeds where they are installed.
#include "engine/network/network_scores.h"
#include "engine/network/network_table.h"
#include "engine/network/onnx_reader.h"
#include "engine/network/runner.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"
#include "tests/onnx_files.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>

namespace convscope::fuzz {

namespace {

using onnx_files::Model;

/// Operators whose settings stand in small lists, where damage tells most.
Model listsNetwork() {
  Model model;
  model.input("x", {1, 2, 3, 6})
      .weights("w", {2, 1, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})
      .weights("scales", {4}, {1, 1, 2, 1.5F})
      .weights("roi", {0}, {})
      .numbers("pads", {0, 0, 1, 0, 0, 0, 0, 2})
      .numbers("starts", {1, -5})
      .numbers("ends", {9, -1})
      .numbers("axes", {2, -1})
      .numbers("steps", {1, 2})
      .numbers("parts", {1, 1})
      .numbers("shape", {0, -1})
      .numbers("wide", {2, 2, 1, 1})
      .node("ConvTranspose", {"x", "w"}, {"a"})
      .with("strides", {2, 1})
      .with("pads", {1, 0, 0, 1})
      .with("group", 2)
      .node("Resize", {"a", "roi", "scales"}, {"b"})
      .node("Pad", {"b", "pads"}, {"c"})
      .node("Slice", {"c", "starts", "ends", "axes", "steps"}, {"d"})
      .node("Transpose", {"d"}, {"e"})
      .with("perm", {0, 2, 1, 3})
      .node("AveragePool", {"d"}, {"f"})
      .with("kernel_shape", {2, 1})
      .with("ceil_mode", 1)
      .node("Split", {"d", "parts"}, {"g", "h"})
      .with("axis", 1)
      .node("Concat", {"h", "g"}, {"i"})
      .with("axis", -3)
      .node("Expand", {"i", "wide"}, {"j"})
      .node("ReduceMean", {"j"}, {"k"})
      .with("axes", {-1})
      .with("keepdims", 0)
      .node("Reshape", {"k", "shape"}, {"l"})
      .node("Gather", {"l", "parts"}, {"m"})
      .node("Shape", {"e"}, {"n"})
      .node("ConstantOfShape", {"n"}, {"o"})
      .output("m")
      .output("f")
      .output("o");
  return model;
}

/// Small enough to be run with the sanitizers.
constexpr std::int64_t kBudget = 8 << 20;

void runWhole(const std::shared_ptr<const Graph>& graph, const Dims& dims) {
  const ElementType type = graph->inputs.front().type;
  Runner runner(graph);
  ThreadPool pool(1);
  RunRequest request;
  request.budget = kBudget;
  request.keep = true;
  request.inputs = {converted(Value(dims, Tensor(Shape{1, 1, static_cast<int>(*countOf(dims)), 1})), type)};
  const auto run = runner.run(request, {pool, {}});
  if (!run) {
    if (!run.error().message.ends_with('.')) std::abort();
    return;
  }
  if (run->outputs.size() != graph->outputs.size()) std::abort();
  if (const auto scores = largestScores(*graph, run->outputs.back(), 3); !scores) {
    if (!scores.error().message.ends_with('.')) std::abort();
  }
}

}  // namespace

std::vector<std::string> seeds() {
  std::vector<std::string> files{onnx_files::smallNetwork().bytes(), listsNetwork().bytes()};
  const std::filesystem::path cases = "/usr/share/libonnx-testdata/data/node";
  std::error_code missing;
  for (const auto& folder : std::filesystem::directory_iterator(cases, missing)) {
    const std::filesystem::path model = folder.path() / "model.onnx";
    if (std::filesystem::exists(model) && readOnnx(model.string())) files.push_back(bytesOf(model.string()));
  }
  std::ranges::sort(files);  // the same seeds in the same order on every machine that has them
  return files;
}

void tryInput(const std::string& input) {
  const auto begun = std::chrono::steady_clock::now();
  const InputFile file(input, ".onnx");
  auto graph = readOnnx(file.path());
  if (!graph) {
    const std::string& message = graph.error().message;
    if (!message.ends_with('.') || message.find('\n') != std::string::npos) std::abort();
    return;
  }
  const auto shared = std::make_shared<const Graph>(std::move(*graph));
  const auto dims = inputDims(*shared);
  const auto count = dims ? countOf(*dims) : Result<std::int64_t>(0);
  if (!dims || !count || *count > kBudget / 8) return;
  const auto table = networkTable(shared, *dims);
  if (!table && !table.error().message.ends_with('.')) std::abort();
  if (table) {
    if (table->rows.size() + 1 != table->graph.size()) std::abort();
    runWhole(shared, *dims);
  }
  constexpr std::chrono::seconds kLongest{5};
  if (std::chrono::steady_clock::now() - begun > kLongest) {
    std::cerr << "This input takes longer than five seconds.\n";
    std::abort();
  }
}

}  // namespace convscope::fuzz
