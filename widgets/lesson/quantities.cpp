#include "widgets/lesson/quantities.h"

#include "engine/compare/grating_tuning.h"
#include "engine/conv/ledger.h"
#include "engine/core/nearest_names.h"
#include "engine/field/field_puzzle.h"
#include "engine/field/layer_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace convscope {

namespace {

constexpr const char* kBefore = "before.";

/// "A." … "D." before a name: the column, else −1.
int columnPrefix(const std::string& name) {
  const bool prefixed =
      name.size() > 2 && name[1] == '.' && name[0] >= 'A' && name[0] < 'A' + static_cast<int>(kMostColumns);
  return prefixed ? name[0] - 'A' : -1;
}

std::string withoutPrefixes(std::string name) {
  if (name.starts_with(kBefore)) name.erase(0, std::string(kBefore).size());
  if (columnPrefix(name) >= 0) name.erase(0, 2);
  return name;
}

std::vector<std::string> wordsOf(const std::string& name) {
  std::vector<std::string> words;
  std::size_t from = 0;
  for (std::size_t dot = 0; dot != std::string::npos; from = dot + 1) {
    dot = name.find('.', from);
    words.push_back(name.substr(from, dot - from));
  }
  return words;
}

/// A whole number from 1, or −1.
int numberOf(const std::string& word) {
  const bool digits = !word.empty() && word.size() < 7 &&
                      std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; });
  return digits ? std::stoi(word) : -1;
}

bool matches(const std::string& pattern, const std::string& name) {
  const auto expected = wordsOf(pattern), given = wordsOf(name);
  return expected.size() == given.size() &&
         std::equal(expected.begin(), expected.end(), given.begin(), [](const auto& want, const auto& word) {
           return want == "N" ? numberOf(word) >= 1 : want == word;
         });
}

/// length, height or width of a triple; nothing for another word.
std::optional<double> along(const Triple& extent, const std::string& word) {
  if (word == "length") return extent.t;
  if (word == "height") return extent.y;
  if (word == "width") return extent.x;
  return std::nullopt;
}
std::optional<double> at(const Triple& place, const std::string& word) {
  if (word == "t") return place.t + 1;
  if (word == "y") return place.y + 1;
  if (word == "x") return place.x + 1;
  return std::nullopt;
}

tl::unexpected<Error> meansNothing(const std::string& name, const std::string& why) {
  return fail(ErrorCode::BadInput, "“" + name + "” means nothing here: " + why + ".");
}

/// Of the chosen filter's maps: sums over all voxels.
Result<double> mapNumber(const KernelResult& result, int filter, const std::string& name) {
  const std::string what = name.substr(4);  // behind "map."
  const int channel = result.channelOf(filter);
  if (channel < 0) return meansNothing(name, "the chosen filter has no map");
  const ValueRange range = result.range(channel);
  if (what == "max") return range.high;
  if (what == "min") return range.low;
  if (what.starts_with("peak.")) {
    if (const auto place = at(result.strongest(filter), what.substr(5))) return *place;
    return tl::unexpected(unknownQuantity(name));
  }
  const float* values = result.maps.data() + channel * result.maps.shape().channelSize();
  const std::int64_t count = result.maps.shape().channelSize();
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += what == "strength" ? std::abs(values[i]) : values[i];
  return sum / static_cast<double>(count);
}

/// Of the ledger of the chosen voxel.
Result<double> ledgerNumber(const Ledger& ledger, const std::string& name) {
  const auto words = wordsOf(name);
  if (name == "voxel") return ledger.value;
  if (name == "products") return static_cast<double>(ledger.cells.size());
  if (name == "sum") return ledger.sum;
  const auto index = [&](std::size_t word) { return static_cast<std::size_t>(numberOf(words[word]) - 1); };
  const auto pick = [&](const std::vector<double>& sums, std::size_t i) -> Result<double> {
    if (i < sums.size()) return sums[i];
    return meansNothing(name, "there are " + std::to_string(sums.size()) + " such sums");
  };
  if (words[0] == "frameSum") return pick(ledger.frameSums, index(1));
  if (words[0] == "channelSum") return pick(ledger.channelSums, index(1));
  return pick(ledger.frameChannelSums, index(1) * static_cast<std::size_t>(ledger.channels) + index(2));
}

/// What the sizes of a layer alone say; nothing for a name that is about values.
std::optional<double> sizeNumber(const KernelResult& result, const std::string& name) {
  const ConvSpec& conv = result.spec.conv;
  const ConvGeometry& geometry = result.geometry;
  const auto words = wordsOf(name);
  const std::string second = words.size() == 2 ? words[1] : "";
  if (words[0] == "input")
    return second == "channels" ? geometry.input.channels : along(geometry.input.extent(), second);
  if (words[0] == "output") return along(geometry.output.extent(), second);
  if (words[0] == "kernel")
    return second == "channels" ? geometry.input.channels / std::max(1, conv.groups)
                                : along(conv.kernel, second);
  if (words[0] == "stride") return along(conv.stride, second);
  if (words[0] == "dilation") return along(conv.dilation, second);
  if (words[0] == "unused") return along(geometry.unused, second);
  if (words[0] == "padding") {
    const auto axis = second == "length" ? 0 : second == "height" ? 1 : 2;
    const AxisPadding& padding = geometry.padding[static_cast<std::size_t>(axis)];
    return padding.before + padding.after;
  }
  if (name == "filters") return geometry.output.channels;
  if (name == "weights") return static_cast<double>(result.cost.weights);
  if (name == "multiplyAdds") return static_cast<double>(result.cost.multiplyAdds);
  if (name == "connectedWeights") return result.cost.fullyConnectedWeights;
  if (name == "slides") return dimensionalityOf(conv, geometry).sliding();
  if (name == "mixes") return dimensionalityOf(conv, geometry).mixing();
  if (words[0] == "field" && second != "seconds" && second != "padding")
    return along({result.field[0].size, result.field[1].size, result.field[2].size}, second);
  if (name == "field.seconds") return fieldSeconds(result.field[0].size, 1, result.clip->framesPerSecond);
  if (name == "clip.seconds" && result.clip->framesPerSecond > 0)
    return result.geometry.input.length / result.clip->framesPerSecond;
  return std::nullopt;
}

}  // namespace

const std::vector<QuantityName>& quantityNames() {
  static const std::vector<QuantityName> names = [] {
    std::vector<QuantityName> all;
    const auto add = [&](const char* name, const char* meaning) { all.push_back({name, meaning}); };
    const auto axes = [&](const std::string& name, const std::string& of) {
      for (const char* axis : {"length", "height", "width"})
        all.push_back({name + "." + axis, of + " along that axis"});
    };
    axes("input", "cells of the clip");
    add("input.channels", "channels of the clip");
    axes("kernel", "cells of the kernel");
    add("kernel.channels", "channels that one filter reads");
    axes("stride", "step of the slide");
    axes("dilation", "distance between the kernel's cells");
    axes("padding", "cells added before and after");
    axes("output", "cells of one map (of a layer's maps)");
    axes("unused", "border cells that no position of the kernel reaches");
    axes("field", "cells of the clip that one unit sees");
    add("field.seconds", "time that it sees, at the clip's frame rate");
    add("field.padding", "frames of the chosen unit's field that lie before or after the clip");
    add("filters", "filters, so many maps");
    add("weights", "weights without biases (of a stack: all of them)");
    add("multiplyAdds", "multiply-adds for the whole clip");
    add("connectedWeights", "weights of one fully connected layer between the same shapes");
    add("slides", "axes along which the kernel can slide");
    add("mixes", "axes over which it mixes values");
    add("clip.seconds", "length of the clip");
    add("voxel", "value of the chosen output voxel");
    add("voxel.t", "its map frame, from 1");
    add("voxel.y", "its row");
    add("voxel.x", "its column");
    add("products", "products in its sum");
    add("sum", "that sum, before bias and activation");
    add("frameSum.N", "the part of kernel frame N");
    add("channelSum.N", "the part of channel N");
    add("partialSum.N.N", "the part of kernel frame N and channel N");
    add("pixel.N.N.N", "value of the clip at t, y, x (first channel)");
    add("map.max", "largest value of the chosen filter's maps");
    add("map.min", "smallest");
    add("map.mean", "mean of all of them: the map pooled");
    add("map.strength", "mean magnitude");
    add("map.peak.t", "where it answers most: map frame");
    add("map.peak.y", "row");
    add("map.peak.x", "column");
    add("tuning.rightOverLeft",
        "answer to a grating that drifts right over the answer to one that drifts left");
    add("accuracy", "share of test clips that the readout names right");
    for (int i = 0; i < kMotionClasses; ++i)
      all.push_back(
          {std::string("score.") + motionClassName(static_cast<MotionClass>(i)), "score of that class"});
    add("score.sum", "sum of all scores");
    add("layers", "layers of the stack, repeats counted");
    add("puzzle.solved", "1 where the stack solves the open puzzle");
    return all;
  }();
  return names;
}

bool isQuantity(const std::string& name) {
  const std::string bare = withoutPrefixes(name);
  return std::ranges::any_of(quantityNames(),
                             [&](const QuantityName& one) { return matches(one.name, bare); });
}

Error unknownQuantity(const std::string& name) {
  std::vector<std::string> names;
  for (const QuantityName& one : quantityNames()) names.push_back(one.name);
  return {ErrorCode::BadInput,
          unknownNameSentence("quantity", name, names, "the lessons' README lists them")};
}

Quantities::Quantities(AppState now, AppState before, StudyCache& cache, const ComputeContext& context)
    : m_cache(cache), m_context(context) {
  m_now.state = std::move(now);
  m_before.state = std::move(before);
}

Result<double> Quantities::value(const std::string& name) {
  if (!isQuantity(name)) return tl::unexpected(unknownQuantity(name));
  const bool before = name.starts_with(kBefore);
  return ofSide(before ? m_before : m_now, before ? name.substr(std::string(kBefore).size()) : name);
}

Result<double> Quantities::ofSide(Side& side, const std::string& name) {
  const AppState& state = side.state;
  const int prefix = columnPrefix(name);
  const std::string bare = prefix >= 0 ? name.substr(2) : name;
  if (prefix < 0 && state.workspace == Workspace::Field)
    return ofStack(state.field.stack, state.field.layer, state.field.unit, state.kernel().clip, bare);
  const int column = prefix >= 0 ? prefix : state.selection.column;
  if (column >= static_cast<int>(state.columns.size()))
    return meansNothing(name, "there are " + std::to_string(state.columns.size()) + " columns");
  const StudySpec& study = state.columns[static_cast<std::size_t>(column)];
  if (const auto* stack = std::get_if<StackStudy>(&study)) {
    const int last = static_cast<int>(stack->stack.layers.size()) - 1;
    return ofStack(stack->stack, last, {0, 0, 0}, stack->clip, bare);
  }
  if (!std::holds_alternative<KernelStudy>(study)) return meansNothing(name, "the column holds no kernel");
  return ofKernel(side, column, bare);
}

Result<double> Quantities::ofStack(const StackSpec& stack, int layer, const Triple& unit,
                                   const ClipSpec& clip, const std::string& name) const {
  const auto table = tableOf(stack);
  if (!table) return tl::unexpected(table.error());
  if (table->rows.empty()) return meansNothing(name, "the stack has no layer");
  const int last = static_cast<int>(stack.layers.size()) - 1;
  const auto index = static_cast<std::size_t>(expandedIndex(stack, std::clamp(layer, 0, last)));
  const LayerRow& row = table->rows[index];
  const Triple field{row.field[0].size, row.field[1].size, row.field[2].size};
  const auto words = wordsOf(name);
  std::optional<double> found;
  if (name == "layers") found = static_cast<double>(table->rows.size());
  if (name == "weights") found = static_cast<double>(table->weights);
  if (name == "multiplyAdds") found = static_cast<double>(table->multiplyAdds);
  if (words[0] == "input" && words.size() == 2)
    found = words[1] == "channels" ? std::optional<double>(table->stack.clip.channels)
                                   : along(table->stack.clip.extent(), words[1]);
  if (words[0] == "output" && words.size() == 2) found = along(row.output.extent(), words[1]);
  if (words[0] == "kernel" && words.size() == 2)
    found = words[1] == "channels" ? std::optional<double>(row.inputChannels / std::max(1, row.layer.groups))
                                   : along(row.layer.kernel, words[1]);
  if (words[0] == "field" && words.size() == 2) found = along(field, words[1]);
  if (name == "field.padding") {
    const int first = row.field[0].first(unit.t);
    const int end = first + field.t;
    const int length = table->stack.clip.length;
    found = std::max(0, -first) + std::max(0, end - length);
  }
  if (name == "field.seconds") {
    const auto* lab = std::get_if<LabSpec>(&clip.source);
    if (lab == nullptr)
      return meansNothing(name, "only a clip that is drawn has its frame rate in the state");
    found = fieldSeconds(field.t, clip.range.step, lab->framesPerSecond);
  }
  if (name == "puzzle.solved") {
    // the state names the puzzle; a stack alone cannot
    const FieldPuzzle* puzzle = puzzleNamed(m_now.state.field.puzzle);
    if (puzzle == nullptr) return meansNothing(name, "no puzzle is open");
    found = judged(*puzzle, *table).solved() ? 1 : 0;
  }
  if (found) return *found;
  return meansNothing(name, "it belongs to a kernel, and a stack of layers is shown");
}

Result<const KernelResult*> Quantities::kernel(Side& side, int column) {
  auto known = side.columns.find(column);
  if (known == side.columns.end()) {
    const StudySpec& study = side.state.columns[static_cast<std::size_t>(column)];
    known = side.columns.emplace(column, compute(study, {}, m_cache, m_context)).first;
  }
  if (!known->second) return tl::unexpected(known->second.error());
  return std::get_if<KernelResult>(known->second->get());
}

Result<double> Quantities::ofKernel(Side& side, int column, const std::string& name) {
  const bool scored = name.starts_with("score.") || name == "accuracy";
  if (scored) return ofScores(side, column, name);
  const auto got = kernel(side, column);
  if (!got) return tl::unexpected(got.error());
  const KernelResult& result = **got;
  if (const auto size = sizeNumber(result, name)) return *size;
  const Selection& selection = side.state.selection;
  const int filter = std::clamp(selection.filter, 0, std::max(0, result.geometry.output.channels - 1));
  if (name.starts_with("map.")) return mapNumber(result, filter, name);
  if (name == "tuning.rightOverLeft") {
    const TuningSpec gratings{side.state.compare.frequency, 48, {0, 1}};
    const auto tuning =
        tuningOf(result.spec.conv, result.spec.bank[static_cast<std::size_t>(filter)],
                 result.geometry.input.channels / std::max(1, result.spec.conv.groups), gratings, m_context);
    if (!tuning) return tl::unexpected(tuning.error());
    return tuning->rightOverLeft(1);
  }
  const auto words = wordsOf(name);
  if (words[0] == "pixel") {
    const Triple place{numberOf(words[1]) - 1, numberOf(words[2]) - 1, numberOf(words[3]) - 1};
    if (!result.geometry.input.contains(place)) return meansNothing(name, "it lies outside the clip");
    const Shape& in = result.geometry.input;
    return result.clip->pixels.data()[(std::int64_t{place.t} * in.height + place.y) * in.width + place.x];
  }
  Triple voxel = selection.voxel == kStrongest ? result.strongest(filter) : selection.voxel;
  for (const Axis axis : kAxes)
    voxel[axis] = std::clamp(voxel[axis], 0, std::max(0, result.geometry.output.along(axis) - 1));
  if (words[0] == "voxel" && words.size() == 2) return *at(voxel, words[1]);
  static constexpr std::array kOfLedger{"voxel", "products", "sum", "frameSum", "channelSum", "partialSum"};
  if (std::ranges::find(kOfLedger, words[0]) == kOfLedger.end())
    return meansNothing(name, "it belongs to a stack of layers, and a kernel is shown");
  const auto ledger = ledgerOf(result.clip->pixels, result.spec.conv, result.spec.bank, filter, voxel);
  if (!ledger) return tl::unexpected(ledger.error());
  return ledgerNumber(*ledger, name);
}

Result<double> Quantities::ofScores(Side& side, int column, const std::string& name) {
  auto known = side.readouts.find(column);
  if (known == side.readouts.end()) {
    const auto& study = std::get<KernelStudy>(side.state.columns[static_cast<std::size_t>(column)]);
    const ReadoutStudy readout{study.clip, readoutOf(study, side.state.scores.bank)};
    known = side.readouts.emplace(column, compute(readout, {}, m_cache, m_context)).first;
  }
  if (!known->second) return tl::unexpected(known->second.error());
  const auto& result = std::get<ReadoutResult>(**known->second);
  if (name == "accuracy") return result.readout->test.accuracy();
  if (result.scores.empty()) return meansNothing(name, result.obstacle);
  if (name == "score.sum") return std::accumulate(result.scores.begin(), result.scores.end(), 0.0);
  for (int i = 0; i < kMotionClasses; ++i)
    if (name == std::string("score.") + motionClassName(static_cast<MotionClass>(i)))
      return result.scores[static_cast<std::size_t>(i)];
  return tl::unexpected(unknownQuantity(name));
}

}  // namespace convscope
