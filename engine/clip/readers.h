#pragma once

#include "engine/clip/clip_reader.h"
#include "engine/clip/decoder_library.h"
#include "engine/clip/file_kind.h"

#include <cstdint>
#include <memory>
#include <string>

namespace convscope {

/// One reader per kind of file. `range` has been checked (start ≥ 0, count ≥ 1, step ≥ 1, the last index fits
/// an int). Errors as in readFile().
[[nodiscard]] Result<RawFrames> readVideo(const std::string& path, const SniffedFile& file,
                                          const FrameRange& range, const ReadContext& context);
/// A video that stays open from range to range, so that ranges that follow each other are decoded in one
/// pass.
class VideoWalk {
 public:
  /// Errors: BadInput (it cannot be decoded, the decoders are missing).
  [[nodiscard]] static Result<VideoWalk> open(const std::string& path, const SniffedFile& file);

  /// Whether the range can be had by going on: what it wants of the frames that are passed is still held.
  [[nodiscard]] bool leadsTo(const FrameRange& range) const;
  /// Goes on to a range that it leads to and holds its frames instead of those before. Errors as of
  /// readFile(); after one it leads nowhere.
  [[nodiscard]] Result<void> read(const FrameRange& range, const ReadContext& context);
  /// Those of the last range.
  [[nodiscard]] const RawFrames& frames() const { return m_frames; }
  [[nodiscard]] RawFrames takeFrames() && { return std::move(m_frames); }

 private:
  VideoWalk(std::string name, std::unique_ptr<VideoDecoder> decoder)
      : m_name(std::move(name)), m_decoder(std::move(decoder)) {}
  std::string m_name;
  std::unique_ptr<VideoDecoder> m_decoder;  ///< null: it leads nowhere
  std::int64_t m_passed = 0;                ///< frames that the decoder has given
  RawFrames m_frames;
};

/// A still image, or the numbered sequence that it belongs to.
[[nodiscard]] Result<RawFrames> readImages(const std::string& path, const SniffedFile& file,
                                           const FrameRange& range, const ReadContext& context);
[[nodiscard]] Result<RawFrames> readNpyClip(const std::string& path, const SniffedFile& file,
                                            const FrameRange& range, const ReadContext& context);
[[nodiscard]] Result<RawFrames> readCamera(int index, const FrameRange& range, const ReadContext& context);

}  // namespace convscope
