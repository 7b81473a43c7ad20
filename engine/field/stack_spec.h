#pragma once

#include "engine/conv/conv_spec.h"

#include <string>
#include <vector>

namespace convscope {

enum class LayerKind {
  Conv,
  MaxPool,
  AveragePool,
  GlobalPool,         ///< mean over all that is left of t, y and x
  FullyConnected,     ///< every output from every value: a convolution as large as its input
  Add,                ///< element by element: the inputs have one shape
  Concat,             ///< channels side by side
  Lateral,            ///< joins `filters` maps of another pathway, which is not part of this stack
  SqueezeExcitation,  ///< scales each channel by a gate computed from its mean over the whole clip
  Upsample,           ///< repeats every value `stride` times
  Function,           ///< anything else that keeps the shape, element by element
};

/// How the padding of a layer is chosen.
enum class StackPadding {
  Custom,   ///< LayerSpec::padding
  Same,     ///< PaddingMode::Same: floor((k − 1)·d / 2) before, the rest after
  Fitting,  ///< out = ⌈in / stride⌉ with the least padding, the smaller half before: TensorFlow's SAME
};

/// One layer of a stack. Fields that its kind does not use are ignored.
struct LayerSpec {
  std::string name;
  LayerKind kind = LayerKind::Conv;
  Triple kernel{1, 1, 1};
  Triple stride{1, 1, 1};
  Triple dilation{1, 1, 1};
  StackPadding paddingMode = StackPadding::Custom;
  std::array<AxisPadding, 3> padding{};  ///< t, y, x
  int groups = 1;                        ///< Conv: 0 = as many as channels (depthwise)
  int filters = 0;  ///< Conv, FullyConnected: outputs (0: as many as channels); Lateral: channels that are
                    ///< joined; SqueezeExcitation: the gate's inner width
  bool bias = false;
  bool batchNorm = false;  ///< two weights more for each channel
  int repeat = 1;          ///< so many copies, one behind the other
  /// Earlier layers that it reads, by index; kClip is the clip. Empty: the layer before, or the clip.
  std::vector<int> inputs;
  static constexpr int kClip = -1;
  bool operator==(const LayerSpec&) const = default;
};

/// A network by the shapes of its layers alone: no weights' values. A plain value; layers read earlier ones.
struct StackSpec {
  std::string name;
  Shape clip{16, 112, 112, 3};
  std::vector<LayerSpec> layers;
  bool operator==(const StackSpec&) const = default;
};

inline constexpr int kMaxLayers = 2000;

/// "convolution", "max pool", …: the words of tables and sentences.
[[nodiscard]] const char* layerKindName(LayerKind kind);

/// Index in expanded(stack) of the last copy of layer `layer`.
[[nodiscard]] int expandedIndex(const StackSpec& stack, int layer);

/// A copy of layer `layer` behind it. Layers that name the original as their input go on reading it; one that
/// reads its neighbour reads the copy now.
void duplicateLayer(StackSpec& stack, int layer);
/// Takes a layer out; what read it reads what it read.
void removeLayer(StackSpec& stack, int layer);
/// Moves a layer to place `to`. Layers that name their inputs keep them; the others read their new neighbour.
void moveLayer(StackSpec& stack, int from, int to);

/// The same stack with every repeat written out: "name", "name #2", "name #3" …
[[nodiscard]] StackSpec expanded(const StackSpec& stack);

}  // namespace convscope
