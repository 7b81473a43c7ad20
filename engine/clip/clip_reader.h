#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"

#include <memory>

namespace convscope {

/// Reads the frames of `range` from a file: mp4, avi, mkv, webm, gif and whatever else FFmpeg knows; a still
/// image; a numbered sequence (frame_0001.png: the other numbers beside it); .npy of (L, H, W) or (L, H, W,
/// C) with C 1 or 3, uint8 or float32/64. Frames are decoded in order and counted (containers' frame counts
/// and seeking are not to be trusted), frames before the range are skipped without being kept: memory is
/// bounded by the range. A range that starts inside the file and runs past its end gives the frames that
/// there are, and a notice. Errors: BadInput (cannot be opened, empty, not a video, no frame in the range:
/// «clip.mp4 has 40 frames; the range starts at frame 50.»), TooLarge, Stopped. Truncated files give their
/// frames and a notice. Thread-safe: each call opens the file anew.
[[nodiscard]] Result<RawFrames> readFile(const std::string& path, const FrameRange& range,
                                         const ReadContext& context);

/// Takes `range.count` frames from camera `index` (every `range.step`-th; start is ignored).
/// Errors: BadInput («No camera 0 on this machine.»), Stopped.
[[nodiscard]] Result<RawFrames> readWebcam(int index, const FrameRange& range, const ReadContext& context);

/// Any source: motion lab, file or webcam. The one entry that the rest of the program uses.
[[nodiscard]] Result<RawFrames> readSource(const ClipSource& source, const FrameRange& range,
                                           const ReadContext& context);

class VideoWalk;

/// Reads range after range of one source, each as readSource() would. A video stays open: ranges that go
/// forward, those that overlap among them where the steps agree, are decoded in one pass; a range that goes
/// back opens it anew. A file that is written to meanwhile is read as it was opened. Of a video the last
/// range is held beside the one that is handed out: twice its frames are in memory. One thread at a time.
class RangeReader {
 public:
  explicit RangeReader(ClipSource source);
  ~RangeReader();
  RangeReader(RangeReader&&) noexcept;
  RangeReader& operator=(RangeReader&&) noexcept;

  /// Errors: those of readSource().
  [[nodiscard]] Result<RawFrames> read(const FrameRange& range, const ReadContext& context);

 private:
  ClipSource m_source;
  std::unique_ptr<VideoWalk> m_video;  ///< null where nothing is open
};

/// Loads the decoders, which the first file would otherwise wait for (0.2 to 0.4 s). For a background thread,
/// after the window has been painted. Thread-safe; does nothing the second time, or where they are missing.
void preloadDecoders();

}  // namespace convscope
