#pragma once

#include "engine/clip/clip.h"
#include "engine/conv/conv_spec.h"
#include "engine/conv/cost.h"
#include "engine/field/receptive_field.h"
#include "engine/study/network_result.h"
#include "engine/study/study_spec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace convscope {

/// What a KernelStudy gives. Immutable and shared: nobody edits it after compute() returned it.
struct KernelResult {
  KernelStudy spec;
  std::shared_ptr<const Clip> clip;
  ConvGeometry geometry;  ///< of the full result, also in a preview
  Tensor maps;  ///< (L′, H′, W′, K) in order K, L′, H′, W′; a preview holds fewer cells, see step
  Triple step{1, 1,
              1};  ///< map cell (t, y, x) stands for output voxel (t·step.t, …); above 1 only in a preview
  std::vector<int>
      filters;           ///< which filter each channel of `maps` is; a preview may hold only the chosen one
  bool preview = false;  ///< no value shown is a guess, but not every cell was computed
  /// Of each frame of each map, [channel · L′ of maps + t], see range(); empty: not worked out.
  std::vector<ValueRange> ranges;
  ConvCost cost;
  std::array<AxisField, 3> field{};
  /// Multiply-adds that were computed for this result: fewer than cost.multiplyAdds in a preview, and where
  /// maps and map frames of the result before were taken over, whose bits they have.
  std::int64_t multiplyAddsDone = 0;
  double convolveMs = 0;  ///< time in the engine, wall clock

  /// Smallest and largest finite value of frame t of a channel of `maps`; of all frames where t is −1, of all
  /// channels where that is −1. {0, 0} stands for a frame without finite values. Cost O(frames) where
  /// `ranges` is filled, else O(values).
  [[nodiscard]] ValueRange range(int channel = -1, int t = -1) const;
  /// Channel of `maps` that holds filter `k`, or −1.
  [[nodiscard]] int channelOf(int k) const;
  /// Value of output voxel `at` of filter k; in a preview that of the computed cell that stands for it. NaN
  /// if none.
  [[nodiscard]] float valueAt(int k, const Triple& at) const;
  /// Output voxel at which filter k answers most: the largest positive value, or where none is positive the
  /// largest magnitude; the first of several in raster order. Only voxels whose patch lies inside the clip
  /// count, if there are any: what padding makes is no answer to the clip. In a preview among the cells
  /// computed. {0, 0, 0} if there is none. Cost O(values).
  [[nodiscard]] Triple strongest(int k) const;
};

/// What a ReadoutStudy gives. Immutable and shared.
struct ReadoutResult {
  ReadoutStudy spec;
  std::shared_ptr<const Readout> readout;  ///< never null
  std::shared_ptr<const Clip> clip;        ///< the one scored; null where the study names none
  std::vector<double> scores;              ///< one a class, adding up to 1; empty where there are none
  double distance = 0;                     ///< of the clip from those learned from, see ClipScores
  std::string obstacle;                    ///< why the clip has no scores: one sentence, or empty

  /// The clip lies farther from those learned from than all but a few of their like: its scores are a guess.
  [[nodiscard]] bool unlike() const { return !scores.empty() && distance > readout->usual; }
};

/// What a StackStudy gives. Immutable and shared.
struct StackResult {
  StackStudy spec;
  std::shared_ptr<const Clip> clip;  ///< never null
  LayerTable table;                  ///< on the clip as it was read
  std::vector<Tensor> maps;          ///< of each row of the table, see runStack()
  double runMs = 0;                  ///< time in the engine, wall clock
};

using StudyResult = std::variant<KernelResult, ReadoutResult, StackResult, NetworkResult>;

}  // namespace convscope
