#pragma once

#include "engine/study/study_spec.h"

#include <optional>

namespace convscope {

// What one kernel can be compared with: others made from its own weights. All take one filter of a study
// (clamped to the bank) and keep its clip. Thread-safe: functions of their arguments.

/// The same filter over `frames` frames: its preset's formula worked out for them where it has one and was
/// not edited, else cropped or filled up with zeros about its middle.
[[nodiscard]] KernelStudy withFrames(const KernelStudy& study, int filter, int frames);

/// The middle frame of its weights alone (of an even number the later one), as a kernel of one frame: where
/// the kernel is a preset's formula, that formula's for one frame, if it leaves anything. Else, where
/// the whole kernel's weights add up to 0 in every channel, so that it does not answer brightness, the
/// frame's mean is taken off in each channel: else the two would differ by that alone.
[[nodiscard]] KernelStudy middleFrame(const KernelStudy& study, int filter);

/// Mirrored in x: what answered motion to the right answers motion to the left.
[[nodiscard]] KernelStudy mirroredInX(const KernelStudy& study, int filter);

/// Its middle frame, then the mean over as many frames as the kernel has: 1×h×w and a pool of l×1×1.
[[nodiscard]] StackStudy middleFramePooled(const KernelStudy& study, int filter);

/// (2+1)D: `between` filters of 1×h×w, then one of l×1×1, that together come nearest to the kernel's weights
/// (singular value decomposition of the l × C·h·w matrix of its weights; Eckart and Young, 1936), so that
/// with Activation::None the map is the kernel's but for what is lost, and nothing is where `between` reaches
/// the matrix's rank. `bend` follows the first layer.
[[nodiscard]] StackStudy separated(const KernelStudy& study, int filter, int between, Activation bend);

/// The number of filters between the two parts that keeps the weights near those of l×h×w:
///   ⌊l·h·w·C·K / (h·w·C + l·K)⌋ with K = 1, at least 1 (Tran et al., CVPR 2018)
[[nodiscard]] int separatedFilters(const KernelStudy& study);

/// The kernel, then a binomial mean of the same extent over its map (one of one cell on an axis of one):
/// two layers that see as much as one kernel of 2k − 1 on each axis. `bend` follows the first layer.
[[nodiscard]] StackStudy twoLayers(const KernelStudy& study, int filter, Activation bend);

/// Two convolutions of one given filter each, one behind the other without stride, dilation and padding, as
/// one kernel of k₁ + k₂ − 1: the same map where nothing bends between them. None for any other stack.
[[nodiscard]] std::optional<KernelStudy> composed(const StackStudy& stack);

}  // namespace convscope
