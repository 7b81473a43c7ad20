#pragma once

#include "engine/clip/clip_reader.h"
#include "engine/clip/file_kind.h"

namespace convscope {

/// One reader per kind of file. `range` has been checked (start ≥ 0, count ≥ 1, step ≥ 1, the last index fits
/// an int). Errors as in readFile().
[[nodiscard]] Result<RawFrames> readVideo(const std::string& path, const SniffedFile& file,
                                          const FrameRange& range, const ReadContext& context);
/// A still image, or the numbered sequence that it belongs to.
[[nodiscard]] Result<RawFrames> readImages(const std::string& path, const SniffedFile& file,
                                           const FrameRange& range, const ReadContext& context);
[[nodiscard]] Result<RawFrames> readNpyClip(const std::string& path, const SniffedFile& file,
                                            const FrameRange& range, const ReadContext& context);
[[nodiscard]] Result<RawFrames> readCamera(int index, const FrameRange& range, const ReadContext& context);

}  // namespace convscope
