#pragma once

#include "engine/clip/clip_reader.h"
#include "engine/clip/decoder_library.h"

#include <cstdint>
#include <string>

namespace convscope {

/// Collects the frames of a range from whatever decodes them: counts, checks the budget, turns BGR into RGB,
/// reports progress. What the readers of videos, image sequences and cameras share.
class FrameTaker {
 public:
  FrameTaker(std::string name, const FrameRange& range, const ReadContext& context);

  /// The source has this many frames as far as is known: bounds what is reserved. 0: not known.
  void expect(double frames);

  [[nodiscard]] bool wants(std::int64_t index) const;
  /// True when the range is full.
  [[nodiscard]] bool done() const { return m_frames.count() == m_range.count; }
  [[nodiscard]] int count() const { return m_frames.count(); }
  [[nodiscard]] bool stopped() const { return m_context.stop.stop_requested(); }
  /// Errors: TooLarge; BadInput for a frame of another size than the first (take what came before it).
  [[nodiscard]] Result<void> take(std::int64_t index, const BgrView& view);
  /// Takes those of `earlier` that the range wants, before any other is taken. Errors: TooLarge.
  [[nodiscard]] Result<void> takeAgain(const RawFrames& earlier);
  /// Frames [0, index] are behind us.
  void reportProgress(std::int64_t index) const;

  /// Hands the frames over; the source's name and frame size are filled in.
  [[nodiscard]] RawFrames finish() &&;

 private:
  [[nodiscard]] Result<void> begin(int height, int width);
  /// That so many frames fit the memory budget; they count as checked then.
  [[nodiscard]] Result<void> checkRoom(int frames);
  [[nodiscard]] std::size_t frameBytes() const;
  [[nodiscard]] std::int64_t lastIndex() const;
  std::string m_name;
  FrameRange m_range;
  const ReadContext& m_context;
  double m_known = 0;
  int m_checked = 0;  ///< frames that fit the memory budget
  RawFrames m_frames;
};

/// "1 frame", "16 frames".
[[nodiscard]] std::string framesText(std::int64_t count);

/// For a range that begins behind the end: «clip.mp4 has 40 frames; the range starts at frame 51.» (from 1 on
/// screen)
[[nodiscard]] tl::unexpected<Error> startsBehindEnd(const std::string& name, std::int64_t frames,
                                                    const FrameRange& range);
/// For a range that runs past it: «clip.mp4 has 40 frames: 6 of the 16 frames asked for could be taken.»
[[nodiscard]] std::string endsInside(const std::string& name, std::int64_t frames, int taken, int asked);

/// How many frames the range takes from a source of `frames` frames: at most range.count.
[[nodiscard]] int framesInside(const FrameRange& range, std::int64_t frames);

}  // namespace convscope
