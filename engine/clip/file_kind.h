#pragma once

#include "engine/clip/clip_spec.h"
#include "engine/core/result.h"

#include <cstdint>
#include <string>

namespace convscope {

enum class FileKind { Video, Image, Npy };

/// What a file is by its first bytes; its extension is not looked at. An animated gif is a video.
struct SniffedFile {
  FileKind kind = FileKind::Video;
  std::string name;  ///< file name without folders, for sentences
  std::int64_t bytes = 0;
  bool cutShort = false;  ///< an image that ends early, of which decoders make up the rest
  FrameSize size;         ///< an image's extent as its header claims, {0, 0} where it is not known
};

/// Errors: BadInput, one sentence: missing, a folder, unreadable, empty, or text. Text is refused here and
/// never given to FFmpeg, which would draw some of it as pictures and follow play lists to other files.
[[nodiscard]] Result<SniffedFile> sniffFile(const std::string& path);

}  // namespace convscope
