#include "engine/field/field_puzzle.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace convscope {

namespace {

constexpr std::array<FieldPuzzle, 2> kPuzzles{
    {{"hands",
      "A pair of hands",
      "Build a stack whose units see 1 × 300 × 300, the size of a pair of hands in a picture.",
      {1, 300, 300},
      {1, 300, 300, 3},
      16,
      25'000,
      60'000'000},
     {"clapping",
      "Hands clapping",
      "Build a stack whose units see 25 × 300 × 300: hands that clap, for a second at 25 frames per second.",
      {25, 300, 300},
      {25, 300, 300, 3},
      16,
      80'000,
      7'500'000'000}}};

constexpr std::size_t kMostSentences = 10;

/// Kernel and stride of a layer on t, and on y and x alike.
struct Step {
  int time = 1, space = 3, timeStride = 1, spaceStride = 1;
};

StackSpec stackOf(const FieldPuzzle& puzzle, const std::string& name, const std::vector<Step>& steps) {
  StackSpec stack{name, puzzle.clip, {}};
  for (const Step& step : steps) {
    LayerSpec layer;
    layer.name = "layer " + std::to_string(stack.layers.size() + 1);
    layer.kernel = {step.time, step.space, step.space};
    layer.stride = {step.timeStride, step.spaceStride, step.spaceStride};
    for (const Axis axis : kAxes) {
      const int half = (layer.kernel[axis] - 1) / 2;
      layer.padding[static_cast<std::size_t>(axis)] = {half, half};
    }
    layer.filters = puzzle.filters;
    stack.layers.push_back(std::move(layer));
  }
  return stack;
}

/// What of the rules a layer breaks, or empty.
std::string brokenBy(const LayerRow& row, const FieldPuzzle& puzzle) {
  const LayerSpec& layer = row.layer;
  const std::string name = "“" + layer.name + "” ";
  if (layer.kind != LayerKind::Conv)
    return name + "is a " + layerKindName(layer.kind) + "; learned layers alone count.";
  if (layer.filters != puzzle.filters || layer.groups != 1)
    return name + "has " + std::to_string(layer.filters) + " filters in " + std::to_string(layer.groups) +
           (layer.groups == 1 ? " group" : " groups") + "; every layer has " +
           std::to_string(puzzle.filters) + " in one.";
  if (layer.kernel == Triple{1, 1, 1})
    return name + "looks at no neighbour; a kernel of 3 on one axis at least.";
  for (const Axis axis : kAxes) {
    const std::string along = std::string(" along ") + axisName(axis);
    const int kernel = layer.kernel[axis], stride = layer.stride[axis];
    if (kernel != 1 && kernel != 3)
      return name + "has a kernel of " + std::to_string(kernel) + along + "; 1 and 3 are allowed.";
    if (stride > 2)
      return name + "has a stride of " + std::to_string(stride) + along + "; 1 and 2 are allowed.";
    if (layer.dilation[axis] != 1) return name + "is dilated" + along + ".";
    const AxisPadding& padding = row.padding[static_cast<std::size_t>(axis)];
    if (padding.before != (kernel - 1) / 2 || padding.after != (kernel - 1) / 2)
      return name + "is padded by " + std::to_string(padding.before) + along +
             "; (kernel − 1) / 2 is allowed.";
  }
  return {};
}

/// Whether the field has a position along an axis that is not seen.
std::string gapsOf(const LayerTable& table) {
  const Box seen =
      seenBy(table.graph, static_cast<int>(table.rows.size()), {0, 0, 0}, Borders::Ideal, Gates::LeaveOut)
          .front();
  for (const Axis axis : kAxes) {
    const Positions& positions = seen[static_cast<std::size_t>(axis)];
    const int size = positions.back() - positions.front() + 1;
    const int missing = size - static_cast<int>(positions.size());
    if (missing > 0)
      return "The field has gaps along " + std::string(axisName(axis)) + ": " + std::to_string(missing) +
             " of " + std::to_string(size) + " positions are not seen.";
  }
  return {};
}

}  // namespace

std::span<const FieldPuzzle> fieldPuzzles() {
  return kPuzzles;
}

const FieldPuzzle* puzzleNamed(const std::string& id) {
  const auto found =
      std::ranges::find_if(kPuzzles, [&](const FieldPuzzle& puzzle) { return id == puzzle.id; });
  return found == kPuzzles.end() ? nullptr : &*found;
}

PuzzleVerdict judged(const FieldPuzzle& puzzle, const LayerTable& table) {
  PuzzleVerdict verdict;
  verdict.weights = table.weights;
  verdict.multiplyAdds = table.multiplyAdds;
  verdict.weightsFit = table.weights <= puzzle.weights;
  verdict.workFits = table.multiplyAdds <= puzzle.multiplyAdds;
  const Shape& clip = table.stack.clip;
  if (!(clip == puzzle.clip))
    verdict.broken.push_back("The stack looks at " + toText(clip) + "; the puzzle's clip is " +
                             toText(puzzle.clip) + ".");
  for (const LayerRow& row : table.rows) {
    std::string broken = brokenBy(row, puzzle);
    if (!broken.empty() && verdict.broken.size() < kMostSentences)
      verdict.broken.push_back(std::move(broken));
  }
  if (table.rows.empty()) return verdict;
  if (std::string gaps = gapsOf(table); !gaps.empty()) verdict.broken.push_back(std::move(gaps));
  for (const Axis axis : kAxes) {
    const auto a = static_cast<std::size_t>(axis);
    verdict.field[axis] = table.rows.back().field[a].size;
    verdict.reached[a] = 100 * std::abs(verdict.field[axis] - puzzle.field[axis]) <= puzzle.field[axis];
  }
  return verdict;
}

std::vector<PuzzleSolution> bestKnown(const FieldPuzzle& puzzle) {
  const Step half{1, 3, 1, 2}, whole{1, 3, 1, 1};
  if (puzzle.field.t == 1) {
    return {{"cheapest",
             stackOf(puzzle, "nine layers", {half, half, half, whole, half, whole, half, half, half})}};
  }
  const auto both = [](int timeStride, int spaceStride) { return Step{3, 3, timeStride, spaceStride}; };
  const auto time = [](int timeStride, int spaceStride) { return Step{3, 1, timeStride, spaceStride}; };
  // Found by search over all stacks that keep the rules, by weights and by multiply-adds alike.
  return {{"cheapest", stackOf(puzzle, "twelve layers of one kind each",
                               {half, half, half, time(1, 1), time(2, 1), time(2, 1), Step{1, 3, 2, 1}, half,
                                time(2, 2), Step{1, 3, 2, 1}, half, half})},
          {"all 3 × 3 × 3", stackOf(puzzle, "nine layers of 3 × 3 × 3",
                                    {both(1, 2), both(1, 2), both(1, 2), both(1, 1), both(1, 2), both(2, 1),
                                     both(1, 2), both(1, 2), both(2, 2)})},
          {"all frames", stackOf(puzzle, "twelve layers of 3 × 3 × 3",
                                 {both(1, 2), both(1, 1), both(1, 2), both(1, 1), both(1, 2), both(1, 2),
                                  both(1, 1), both(1, 1), both(1, 1), both(1, 2), both(1, 1), both(1, 1)})}};
}

StackSpec puzzleStart(const FieldPuzzle& puzzle) {
  const Step step{puzzle.field.t > 1 ? 3 : 1, 3, 1, 1};
  return stackOf(puzzle, puzzle.title, {step, step, step, step});
}

}  // namespace convscope
