#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"
#include "engine/network/graph.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convscope {

/// Order of the input's channels. Grey is one channel, .299 R + .587 G + .114 B.
enum class ChannelOrder { Rgb, Bgr, Grey };

/// How frames are brought to another size: Linear takes two cells along each axis, as torch's bilinear
/// without antialiasing does (the common training code); Area averages what is shrunk, as the rest of the
/// program does.
enum class FrameResampling { Linear, Area };

/// What is said of a network's training beside its scores.
struct TrainingNote {
  std::string on;       ///< on what it was trained
  bool drawn = false;   ///< drawn clips alone, those of the motion lab: what it says of a real one is a guess
  int clips = 0;        ///< how many
  double accuracy = 0;  ///< on clips held out, 0 … 1
  std::int64_t weights = 0;
  std::int64_t multiplyAdds = 0;            ///< of one clip
  std::vector<std::vector<int>> confusion;  ///< held-out clips by [true class][class given]
  bool operator==(const TrainingNote&) const = default;
};

/// What a network was trained to be fed, in the order in which it happens: frames taken from the clip,
/// resized, cropped about the middle, brought to 0 … range, mean taken off and divided by std channel by
/// channel, channels in order. A plain value; the JSON beside a model holds these fields by these names.
struct Preprocess {
  int frames = 16;  ///< taken from the clip, 1 … 4096
  int step = 1;     ///< of the source's frames every step-th, 1 … 1000
  /// H × W of the resized frame; none: shortSide counts.
  std::optional<std::array<int, 2>> resize;
  /// The shorter side after resizing, the other one in proportion, fractions cut off; none: the frame keeps
  /// its size.
  std::optional<int> shortSide;
  std::optional<std::array<int, 2>> crop;  ///< H × W about the middle of what was resized
  FrameResampling resampling = FrameResampling::Linear;
  double range = 1;                     ///< what white is before the mean is taken off: 1, or 255
  std::array<double, 3> mean{0, 0, 0};  ///< of R, G and B, in units of range; grey takes the first
  std::array<double, 3> std{1, 1, 1};   ///< as mean; above 0
  ChannelOrder channels = ChannelOrder::Rgb;
  /// Of networks with a second, slower input (SlowFast): that takes every slowEvery-th of the frames.
  int slowEvery = 4;
  std::vector<std::string> labels;  ///< of the classes, by index; may be empty
  std::optional<TrainingNote> trained;
  bool operator==(const Preprocess&) const = default;
};

/// A preprocessing known by name.
struct PreprocessPreset {
  std::string name;    ///< "r3d"
  std::string title;   ///< "R3D-18, MC3-18, R(2+1)D-18"
  std::string source;  ///< where its numbers stand
  Preprocess preprocess;
};
[[nodiscard]] std::span<const PreprocessPreset> preprocessPresets();

/// The preset of that name. Errors: BadUsage, a sentence with the nearest name or all of them.
[[nodiscard]] Result<Preprocess> preprocessNamed(const std::string& name);

/// Reads a preprocessing from JSON; keys left out keep their defaults. `labels` is a list of names, or the
/// name of a file of labels beside it. Errors: BadInput, one sentence that begins with the file's name and
/// names the key that is unknown, of a wrong type or out of range.
[[nodiscard]] Result<Preprocess> readPreprocess(const std::string& path);
/// The same from text; `path` is for sentences and for labels in a file of their own.
[[nodiscard]] Result<Preprocess> preprocessFromText(const std::string& text, const std::string& path);

/// Names of classes: a JSON list, or one a line. Errors: BadInput.
[[nodiscard]] Result<std::vector<std::string>> readLabels(const std::string& path);

/// "model.json" for "model.onnx".
[[nodiscard]] std::string sidecarOf(const std::string& modelPath);

/// The preprocessing of a model that comes without one: as many frames of the size that its input declares;
/// what that leaves open comes from the clip (16 frames where the length is open, the clip's own size).
/// Values 0 … 1. Errors: those of checkPreprocess().
[[nodiscard]] Result<Preprocess> plainPreprocess(const Graph& graph);

/// Whether frames prepared so fit the network's input(s): (N, C, L, H, W), or (N, C, H, W) with the frames
/// along N. Errors: BadSpec, a sentence that names the input, its extents and what does not fit.
[[nodiscard]] Result<void> checkPreprocess(const Graph& graph, const Preprocess& preprocess);

/// True where the network takes single pictures, (N, C, H, W): its frames stand along N.
[[nodiscard]] bool takesPictures(const Graph& graph);

/// Size of the resized frame, then of what is left of it by the crop. Errors: BadSpec where the crop is
/// larger than the resized frame.
struct PreparedSize {
  FrameSize resized;
  FrameSize cropped;
};
[[nodiscard]] Result<PreparedSize> preparedSize(const Preprocess& preprocess, int height, int width);

/// The frames resized and cropped, (L, H, W, C) in order C, L, H, W, values 0 … 1 (.npy values as they are):
/// what the network sees, before mean and std. RGB, or one channel for ChannelOrder::Grey. `raw` holds
/// exactly the frames wanted. Errors: those of preparedSize(); TooLarge; Stopped.
[[nodiscard]] Result<Clip> preprocessedClip(const RawFrames& raw, const Preprocess& preprocess,
                                            const ReadContext& context = {});

/// The tensors that Graph::inputs are fed: ((clip · range) − mean) / std in the network's order of channels,
/// as (1, C, L, H, W) or (L, C, H, W). Clip as from preprocessedClip(). Errors: those of checkPreprocess();
/// BadSpec where a fixed extent differs from the clip's.
[[nodiscard]] Result<std::vector<Value>> networkInputs(const Graph& graph, const Clip& clip,
                                                       const Preprocess& preprocess);

}  // namespace convscope
