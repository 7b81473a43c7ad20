#pragma once

#include "engine/clip/clip_reader.h"
#include "engine/core/parallel.h"
#include "engine/study/network_result.h"

namespace convscope {

/// Reads model and clip, runs the network and keeps what fits the memory budget. Errors: those of
/// openNetwork(), OpenNetwork::preprocess(), readSource(), networkLayers() and Runner::run(); BadSpec where
/// the clip has fewer frames than the network takes. Progress layer by layer; stoppable. Thread-safe.
[[nodiscard]] Result<NetworkResult> computeNetwork(const NetworkStudy& study, const ComputeContext& context);

/// The layers alone: what is known before anything is run. Errors: those of the above that concern the model.
[[nodiscard]] Result<NetworkResult> outlineNetwork(const NetworkStudy& study,
                                                   const std::stop_token& stop = {});

/// The window of the network's source that begins at `start`, prepared as the network takes it, then edited.
/// Errors: those of readSource() and preprocessedClip(); BadSpec where the source has too few frames.
/// Thread-safe.
[[nodiscard]] Result<Clip> windowClip(const NetworkResult& network, int start,
                                      std::span<const ClipEdit> edits, const ComputeContext& context);

/// The row that is looked at first: the last one of the second convolution's layer, or of the only one;
/// without convolutions the last of all. A convolution over time alone is the second half of the one before
/// it, as in (2+1)D.
[[nodiscard]] int firstLookRow(const NetworkResult& network);
/// Whether a layer that follows a convolution is its second half: a convolution over time alone.
[[nodiscard]] bool isSecondHalf(const NetworkResult& network, const LayerGroup& group);

/// The row that `name` means: the last one of the layer (LayerGroup) of that name, or the row of the node.
/// Errors: BadUsage, a sentence with the nearest names. Cost O(rows).
[[nodiscard]] Result<int> rowNamed(const NetworkResult& network, const std::string& name);

inline constexpr int kWindows = 24;
inline constexpr int kMostWindows = 240;
/// First frames of the windows of `span` frames that a clip of `frames` is scanned in: about kWindows of
/// them, evenly apart, the last at the clip's end. In a long clip as many more as leave no frame between them
/// unseen, kMostWindows at most. Their distance is a multiple of `step`, that of the network's frames, but
/// for the last.
[[nodiscard]] std::vector<int> windowStarts(int frames, int span, int step);

/// Probabilities of all classes, by index, on the window of the source that begins at frame `start`; of
/// single pictures the mean over the window. `reader` is one of the network's source: windows that are asked
/// for in their order are read in one pass. Keeps no activations. Errors: those of computeNetwork(); BadSpec
/// where the network gives no scores.
[[nodiscard]] Result<std::vector<double>> windowScores(const NetworkResult& network, int start,
                                                       RangeReader& reader, const ComputeContext& context);
/// The same, with other edits of the clip than the network's own, of one window.
[[nodiscard]] Result<std::vector<double>> scoresOn(const NetworkResult& network, int start,
                                                   std::span<const ClipEdit> edits,
                                                   const ComputeContext& context);

}  // namespace convscope
