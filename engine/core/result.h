#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace convscope {

/// What kind of expected failure happened. The kind decides the program's exit code and whether a caller may
/// retry; the sentence is what a person reads.
enum class ErrorCode {
  BadUsage,  ///< the request itself makes no sense (unknown option, unknown preset)
  BadSpec,   ///< a setting is outside its range or does not fit the clip
  BadInput,  ///< a file cannot be opened, is damaged, or holds something else
  TooLarge,  ///< the request would need more memory than the budget
  Io,        ///< a file cannot be written
  Stopped,   ///< the caller's stop token was triggered; nobody needs to be told
};

/// An expected failure: a full sentence that names the file, axis or layer and the numbers, so that a user
/// can act.
struct Error {
  ErrorCode code = ErrorCode::BadInput;
  std::string message;
};

/// A value, or the reason why there is none. Bugs are assertions, never Results; exceptions do not leave a
/// job.
template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure from a function that returns Result<T>.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace convscope
