#pragma once

#include "engine/core/result.h"

#include <cstdint>
#include <string>

namespace convscope {

/// Why `path` cannot be read as a file, as the end of a sentence that begins with its name ("is a folder",
/// "is not a regular file", "does not exist", "cannot be opened: …"); empty where it can. Nothing is opened
/// that is no regular file: a named pipe would wait for a writer that never comes. Thread-safe.
[[nodiscard]] std::string whyNotReadable(const std::string& path);

/// All bytes of a file of at most `most` bytes. Errors: BadInput, or TooLarge, a sentence that begins with
/// `name`. Thread-safe.
[[nodiscard]] Result<std::string> fileText(const std::string& path, const std::string& name,
                                           std::int64_t most);

/// Writes `text` as the whole of a file, or leaves what is there: see WholeFile. Errors: Io, a sentence with
/// the path and the reason. Thread-safe.
[[nodiscard]] Result<void> writeFileText(const std::string& path, const std::string& text);

}  // namespace convscope
