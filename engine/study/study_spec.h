#pragma once

#include "engine/classify/readout.h"
#include "engine/clip/clip_spec.h"
#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/field/stack_run.h"

#include <optional>
#include <string>
#include <variant>

namespace convscope {

/// One layer of kernels on one clip: the Kernel workspace's study.
struct KernelStudy {
  ClipSpec clip;
  ConvSpec conv;
  FilterBank bank;  ///< at least one filter, each of conv.kernel × (input channels / groups) weights
  bool operator==(const KernelStudy&) const = default;
};

/// The scores that follow a kernel: a readout trained on synthetic motion through a bank of the kernel's
/// shape, and what it says of a clip.
struct ReadoutStudy {
  std::optional<ClipSpec> clip;  ///< the one scored; none: the readout is trained and tested only
  ReadoutSpec readout;
  bool operator==(const ReadoutStudy&) const = default;
};

/// A stack of layers on one clip: the Field workspace's study.
struct StackStudy {
  ClipSpec clip;    ///< brought to the size that the stack takes, see clipFor()
  StackSpec stack;  ///< its clip's shape is only wished for: a file may hold fewer frames
  StackRun run;
  bool operator==(const StackStudy&) const = default;
};

/// A network on one window of a clip: the Network workspace's study.
struct NetworkStudy {
  std::string model;  ///< ONNX file
  ClipSource source;
  int start = 0;                ///< first frame of the window, counted from 0
  std::string preprocess;       ///< as OpenNetwork::preprocess() takes it
  std::vector<ClipEdit> edits;  ///< of the window, after it was resized and cropped
  int frames = 0;               ///< of the window; 0: as many as the preprocessing says
  int step = 0;                 ///< every step-th frame of the source; 0: as the preprocessing says
  // what a column shows of it, of no part in what is computed
  std::string layer = {};  ///< whose maps, see columnRow(); empty: the one looked at first
  int channel = -1;        ///< of that layer, from 0; −1: the one that answers most
  bool operator==(const NetworkStudy&) const = default;
};

/// What one column of the program computes. A further kind is added by: a spec struct like KernelStudy, a
/// result struct, its branch of compute() and expectedMs() in study.cpp, a describe() of its fields
/// (study_describe.h) and its name in kindNames(), and one line in each of the two variants StudySpec and
/// StudyResult; to stand in a column, also the overloads of widgets/state/column_kinds.h.
using StudySpec = std::variant<KernelStudy, ReadoutStudy, StackStudy, NetworkStudy>;

/// Channels that the engine is fed: 1 for grey, 3 for RGB, whatever the source holds.
[[nodiscard]] int channelsOf(const ClipSpec& clip);

/// `clip` as a stack takes it: as many frames from its first one on, resized to the stack's height and width,
/// grey for one channel and RGB for more.
[[nodiscard]] ClipSpec clipFor(const StackSpec& stack, ClipSpec clip);

/// The readout of a layer: its kernel's extent, stride and dilation, and with BankKind::Own its filters as
/// they are applied (`flipped` heeded), of each the strongestChannel(). Padding, bias, groups and activation
/// play no part. Filters that do not hold the weights of the kernel's extent are left out.
[[nodiscard]] ReadoutSpec readoutOf(const KernelStudy& study, BankKind bank);

}  // namespace convscope
