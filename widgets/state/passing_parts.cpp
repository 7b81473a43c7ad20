#include "widgets/state/passing_parts.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace convscope {

namespace {

struct Part {
  bool (*equal)(const AppState&, const AppState&);
  void (*copy)(AppState& to, const AppState& from);
  bool (*sameMeaning)(const AppState&, const AppState&);
};

/// A part from what names its fields, as references, and what says whether they mean the same in two states.
template <class Fields, class SameMeaning>
constexpr Part partOf(Fields, SameMeaning) {
  return {[](const AppState& a, const AppState& b) { return Fields{}(a) == Fields{}(b); },
          [](AppState& to, const AppState& from) { Fields{}(to) = Fields{}(from); },
          [](const AppState& a, const AppState& b) { return SameMeaning{}(a, b); }};
}

constexpr auto kAlways = [](const AppState&, const AppState&) { return true; };
constexpr auto kOneClip = [](const AppState& a, const AppState& b) {
  return a.kernel().clip.source == b.kernel().clip.source;
};
constexpr auto kOneModel = [](const AppState& a, const AppState& b) {
  return a.network.model == b.network.model;
};
/// A layer whose kernel is another size is still that layer.
constexpr auto kOneStack = [](const AppState& a, const AppState& b) {
  return std::ranges::equal(a.field.stack.layers, b.field.stack.layers, {}, &LayerSpec::name,
                            &LayerSpec::name);
};

/// In the order of PassingPart.
constexpr std::array<Part, kPassingParts> kParts{
    partOf([](auto& s) { return std::tie(s.workspace); }, kAlways),
    partOf(
        [](auto& s) { return std::tie(s.look.camera, s.field.camera, s.network.camera, s.compare.camera); },
        kAlways),
    partOf([](auto& s) { return std::tie(s.playback); }, kAlways),
    partOf([](auto& s) { return std::tie(s.lesson); }, kAlways),
    partOf([](auto& s) { return std::tie(s.selection.voxel, s.selection.input); }, kOneClip),
    partOf(
        [](auto& s) { return std::tie(s.selection.column, s.selection.filter, s.selection.weightChannel); },
        kAlways),
    partOf([](auto& s) { return std::tie(s.look.scoresView); }, kAlways),
    partOf([](auto& s) { return std::tie(s.field.layer, s.field.unit); }, kOneStack),
    partOf([](auto& s) { return std::tie(s.network.row, s.network.channel, s.network.unit); }, kOneModel),
    partOf([](auto& s) { return std::tie(s.network.start); }, kOneClip),
    partOf([](auto& s) { return std::tie(s.network.sorted, s.network.range, s.network.chart); }, kAlways),
};

}  // namespace

PassingParts passingChanges(const AppState& before, const AppState& after) {
  PassingParts changed;
  for (std::size_t i = 0; i < kPassingParts; ++i) changed.set(i, !kParts[i].equal(before, after));
  return changed;
}

AppState withPassing(AppState remembered, const AppState& now, PassingParts own) {
  AppState state = remembered;
  for (std::size_t i = 0; i < kPassingParts; ++i) {
    if (!own[i] && kParts[i].sameMeaning(remembered, now)) kParts[i].copy(state, now);
  }
  return state;
}

}  // namespace convscope
