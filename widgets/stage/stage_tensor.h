#pragma once

#include "widgets/stage/stage_frame.h"

namespace convscope {

/// The input tensor alone (figure 2): its four extents as arrows, and the index and values of one cell – the
/// clicked one, else the one under the output voxel.
void paintTensor(const StageCanvas& canvas);

/// R, G and B below each channel's nearest frame, where nothing stands behind them; the tensor alone has its
/// extents there and gets them above. Where neither place is free for all, on the channels' own frames.
void paintChannelNames(const StageCanvas& canvas);

/// One partial sum a frame and channel beside its patch, where the channels stand apart (figures 6 and 7).
void paintPartialSums(const StageCanvas& canvas);

}  // namespace convscope
