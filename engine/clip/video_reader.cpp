#include "engine/clip/frame_taker.h"
#include "engine/clip/readers.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace convscope {

namespace {

/// The container's frame count where it can be believed at all, else 0. Live recordings state negative or
/// huge ones.
double plausibleCount(double stated) {
  return std::isfinite(stated) && stated >= 1 && stated < 1e9 ? std::floor(stated) : 0;
}

double plausibleRate(double rate) {
  return std::isfinite(rate) && rate > 0 && rate <= 1000 ? rate : 0;
}

/// How decoding a range went, beside the frames.
struct Decoded {
  std::int64_t counted = 0;  ///< frames that came, from the first of the source on
  bool endSeen = false;
  std::string trouble;  ///< a sentence, where decoding stopped before the end and before the range was full
};

/// `passed` frames have come before.
Result<Decoded> decodeRange(VideoDecoder& decoder, const std::string& name, FrameTaker& taker,
                            std::int64_t passed = 0) {
  Decoded decoded;
  decoded.counted = passed;
  while (!taker.done()) {
    if (taker.stopped()) return fail(ErrorCode::Stopped, "Reading " + name + " was stopped.");
    if (!decoder.advance()) {
      decoded.endSeen = true;
      break;
    }
    const std::int64_t index = decoded.counted;
    if (taker.wants(index)) {
      BgrView view;
      if (!decoder.frame(view)) {
        decoded.trouble = "Frame " + std::to_string(index + 1) + " of " + name + " cannot be decoded.";
        break;
      }
      if (auto taken = taker.take(index, view); !taken) {
        if (taken.error().code == ErrorCode::TooLarge) return tl::unexpected(taken.error());
        decoded.trouble = taken.error().message;
        break;
      }
    }
    ++decoded.counted;
    taker.reportProgress(index);
  }
  return decoded;
}

/// One sentence about a range that was not filled, or nothing.
std::string noticeFor(const std::string& name, const Decoded& decoded, double stated, const RawFrames& raw,
                      int asked) {
  if (raw.count() == asked) return {};
  if (!decoded.trouble.empty()) {
    std::string notice = decoded.trouble;
    notice.pop_back();
    return notice + ": the " + framesText(raw.count()) + " before it were taken.";
  }
  // Containers that hold no count are estimated from their length, which may be off by a frame or two.
  const double missing = stated - static_cast<double>(decoded.counted);
  if (missing > std::max(2.0, stated / 50)) {
    return name + " ends after " + framesText(decoded.counted) + " of the " +
           std::to_string(static_cast<std::int64_t>(stated)) +
           " that it states, it may be cut short: " + std::to_string(raw.count()) + " of the " +
           framesText(asked) + " asked for could be taken.";
  }
  return endsInside(name, decoded.counted, raw.count(), asked);
}

tl::unexpected<Error> cannotDecode(const std::string& name) {
  return fail(ErrorCode::BadInput,
              name + " cannot be opened as a video: it is damaged, cut short or of an unknown format.");
}

}  // namespace

Result<VideoWalk> VideoWalk::open(const std::string& path, const SniffedFile& file) {
  const Result<const DecoderLibrary*> library = decoderLibrary();
  if (!library) return tl::unexpected(library.error());
  // An absolute path cannot be taken for an address or a protocol ("concat:a.mp4").
  std::error_code problem;
  std::unique_ptr<VideoDecoder> decoder =
      (*library)->openVideo(std::filesystem::absolute(path, problem).string());
  if (decoder == nullptr) return cannotDecode(file.name);
  return VideoWalk(file.name, std::move(decoder));
}

bool VideoWalk::leadsTo(const FrameRange& range) const {
  if (m_decoder == nullptr) return false;
  for (std::int64_t i = 0, at = range.start; i < range.count && at < m_passed; ++i, at += range.step) {
    if (!std::ranges::binary_search(m_frames.taken, at)) return false;
  }
  return true;
}

Result<void> VideoWalk::read(const FrameRange& range, const ReadContext& context) {
  std::unique_ptr<VideoDecoder> decoder = std::move(m_decoder);
  const double stated = plausibleCount(decoder->statedFrames());
  FrameTaker taker(m_name, range, context);
  taker.expect(stated);
  if (auto again = taker.takeAgain(m_frames); !again) return again;
  const Result<Decoded> decoded = decodeRange(*decoder, m_name, taker, m_passed);
  if (!decoded) return tl::unexpected(decoded.error());
  RawFrames raw = std::move(taker).finish();
  if (raw.count() == 0) {
    if (!decoded->trouble.empty()) return fail(ErrorCode::BadInput, decoded->trouble);
    if (decoded->counted == 0) return cannotDecode(m_name);
    return startsBehindEnd(m_name, decoded->counted, range);
  }
  raw.source.framesPerSecond = plausibleRate(decoder->framesPerSecond());
  if (decoded->endSeen) {
    raw.source.frameCount = static_cast<int>(decoded->counted);
  } else if (stated >= static_cast<double>(decoded->counted)) {
    raw.source.frameCount = static_cast<int>(stated);
  }
  raw.source.notice = noticeFor(m_name, *decoded, stated, raw, range.count);
  m_passed = decoded->counted;
  m_frames = std::move(raw);
  // where decoding stopped, another try may fail elsewhere: begin anew
  if (decoded->trouble.empty()) m_decoder = std::move(decoder);
  return {};
}

Result<RawFrames> readVideo(const std::string& path, const SniffedFile& file, const FrameRange& range,
                            const ReadContext& context) {
  auto walk = VideoWalk::open(path, file);
  if (!walk) return tl::unexpected(walk.error());
  if (auto read = walk->read(range, context); !read) return tl::unexpected(read.error());
  return std::move(*walk).takeFrames();
}

Result<RawFrames> readCamera(int index, const FrameRange& range, const ReadContext& context) {
  const std::string name = "Camera " + std::to_string(index);
  std::error_code problem;
  if (index < 0 || !std::filesystem::exists("/dev/video" + std::to_string(index), problem)) {
    return fail(ErrorCode::BadInput, "No camera " + std::to_string(index) + " on this machine.");
  }
  const Result<const DecoderLibrary*> library = decoderLibrary();
  if (!library) return tl::unexpected(library.error());
  const std::unique_ptr<VideoDecoder> decoder = (*library)->openCamera(index);
  if (decoder == nullptr) {
    return fail(ErrorCode::BadInput, name + " cannot be opened: another program may be using it.");
  }
  FrameRange fromNow = range;
  fromNow.start = 0;
  FrameTaker taker(name, fromNow, context);
  const Result<Decoded> decoded = decodeRange(*decoder, name, taker);
  if (!decoded) return tl::unexpected(decoded.error());
  RawFrames raw = std::move(taker).finish();
  if (raw.count() == 0) return fail(ErrorCode::BadInput, name + " gives no pictures.");
  raw.source.framesPerSecond = plausibleRate(decoder->framesPerSecond());
  if (raw.count() < range.count) {
    raw.source.notice = name + " stopped after " + framesText(raw.count()) + " of the " +
                        std::to_string(range.count) + " asked for.";
  }
  return raw;
}

}  // namespace convscope
