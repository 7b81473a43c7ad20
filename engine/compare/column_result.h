#pragma once

#include "engine/study/network_result.h"
#include "engine/study/study_cache.h"
#include "engine/study/study_spec.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace convscope {

/// How the clip is shown otherwise than it is: faster or slower, larger or smaller.
struct ClipChange {
  double tempo = 1;  ///< n: every n-th of its frames; 1/n: each n times. Rounded to such a number
  double zoom = 1;   ///< factor on height and width
  bool operator==(const ClipChange&) const = default;
};

/// The clip of `spec` under a change, read and prepared through `cache`: as many frames as `spec` asks for,
/// or those that the source has. Frames a second stay those of `spec`, for that is the rate at which the
/// frames follow each other on screen. Errors: those of StudyCache::clip(). Thread-safe.
[[nodiscard]] Result<std::shared_ptr<const Clip>> changedClip(const ClipSpec& spec, const ClipChange& change,
                                                              StudyCache& cache,
                                                              const ComputeContext& context);

/// Where a clip lies in its source, before its edits: what a position on it means to a network, which reads
/// the source for itself.
struct ClipPlace {
  int start = 0;             ///< its first frame
  int step = 1;              ///< every step-th frame
  int times = 1;             ///< each shown so many times, which comes after the edits
  std::optional<Crop> crop;  ///< part of the source's frames; nothing: the whole
};
/// Of changedClip(spec, change).
[[nodiscard]] ClipPlace placeOf(const ClipSpec& spec, const ClipChange& change);

/// What one column of a comparison shows, whatever kind it is of. Immutable and shared.
struct ColumnResult {
  StudySpec spec;                    ///< a KernelStudy, a StackStudy or a NetworkStudy
  std::shared_ptr<const Clip> clip;  ///< never null
  /// Order K, L′, H′, W′: of a layer all maps, of a stack the last layer's, of a network those of `row`.
  Tensor maps;
  std::array<AxisField, 3> field{};              ///< of its cells on the clip, t, y, x
  std::int64_t weights = 0;                      ///< biases not counted
  std::int64_t multiplyAdds = 0;                 ///< on this clip
  int bends = 0;                                 ///< non-linear functions on the way of a value
  bool unsignedMaps = false;                     ///< no value can be below 0
  double ms = 0;                                 ///< time in the engine, wall clock
  std::shared_ptr<const NetworkResult> network;  ///< of a network, with its scores; else null
  int row = -1;                                  ///< of the network's table, see columnRow()
  std::vector<int> byStrength;  ///< a network's channels there, the strongest response first; else empty

  /// Extent of the field in frames and pixels of what the cells read: of a network that is what it is fed,
  /// which was sampled and resized by itself, and not the clip that `field` is placed on.
  [[nodiscard]] Triple ownField() const;
};

/// Computes a column on a clip that was read already; the study's own clip is not looked at. A network is fed
/// the frames of the source from `place.start` on as its preprocessing says and changed by its own edits,
/// which are taken to be the clip's, too. The fields of its units are given on the clip: where both are
/// reversed or turned, on the frames and pixels that the unit sees; a shift's way round the border is not
/// followed, and of shuffled frames only their numbers are compared. Errors: those of the convolution, the
/// stack or the network; BadSpec for a kind that no column holds. Work on the context's pool; the same bits
/// for any number of threads.
[[nodiscard]] Result<ColumnResult> computeColumn(const StudySpec& spec, std::shared_ptr<const Clip> clip,
                                                 const ComputeContext& context, const ClipPlace& place = {});

/// The column of a network that was run already, showing the maps of another layer: `known` is one of the
/// same study but for its layer and channel, of the same clip and place. Nothing is run again but what leads
/// to maps that were not kept. Errors: those of columnRow() and layerMaps(). Thread-safe.
[[nodiscard]] Result<ColumnResult> columnAtLayer(const ColumnResult& known, const NetworkStudy& study,
                                                 const ComputeContext& context, const ClipPlace& place = {});

/// Output position of the largest positive value of a map, or where none is positive of the largest
/// magnitude; the first of several in raster order. {0, 0, 0} for an empty one.
[[nodiscard]] Triple strongestCell(const Tensor& maps, int channel);

/// √(mean of the squares) of a map, sums in double. 0 for an empty one.
[[nodiscard]] double rootMeanSquare(const Tensor& maps, int channel);

/// How strong one map of a column is on the clip made slower and faster.
struct TempoPoint {
  double tempo = 1;
  std::optional<double> strength;  ///< rootMeanSquare(); none where the clip is too short for it
};
inline constexpr std::array kTempos{.125, .25, .5, 1., 2., 4.};

/// rootMeanSquare() of one map of every column on a changed clip, `channel` clamped to each column's maps;
/// none of what cannot be computed there, nor of networks. Errors: Stopped.
[[nodiscard]] Result<std::vector<std::optional<double>>> strengthsOf(const std::vector<StudySpec>& columns,
                                                                     const ClipSpec& clip,
                                                                     const ClipChange& change, int channel,
                                                                     StudyCache& cache,
                                                                     const ComputeContext& context);

/// Of every column the strengths at kTempos, see strengthsOf().
[[nodiscard]] Result<std::vector<std::vector<TempoPoint>>> tempoCurves(const std::vector<StudySpec>& columns,
                                                                       const ClipSpec& clip, double zoom,
                                                                       int channel, StudyCache& cache,
                                                                       const ComputeContext& context);

}  // namespace convscope
