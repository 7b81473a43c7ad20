#pragma once

#include "engine/core/shape.h"

#include <optional>
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

/// What a failure is about, filled where its sentence is made, so that whoever shows the sentence can put it
/// there without reading it. Each part is left as it is where the sentence is about none.
struct ErrorPlace {
  enum class Setting {
    None,
    Source,  ///< the clip's file, camera or name, as a whole
    Motion,  ///< a control of the motion lab
    Range,   ///< first frame, number of frames, step
    Crop,
    Resize,
    Size,  ///< the kernel's extent
    Stride,
    Dilation,
    Padding,
    Groups,
    Filters,  ///< their number, or their weights
    Repeat    ///< how often a layer of a stack stands there
  };
  Setting setting = Setting::None;
  std::optional<Axis> axis = {};  ///< where the setting has one value for each
  int layer = -1;                 ///< of a stack as it was given, its repeats not written out; from 0
  int line = 0;                   ///< of a text, from 1

  bool operator==(const ErrorPlace&) const = default;
};

/// An expected failure: a full sentence that names the file, axis or layer and the numbers, so that a user
/// can act.
struct Error {
  ErrorCode code = ErrorCode::BadInput;
  std::string message;
  ErrorPlace place = {};
};

/// A value, or the reason why there is none. Bugs are assertions, never Results; exceptions do not leave a
/// job.
template <class T>
using Result = tl::expected<T, Error>;

/// Shorthand for returning a failure from a function that returns Result<T>.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message,
                                                const ErrorPlace& place = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), place});
}

/// Hands a failure on as one about `setting`, unless it says already what it is about.
[[nodiscard]] inline tl::unexpected<Error> failAt(ErrorPlace::Setting setting, Error error) {
  if (error.place.setting == ErrorPlace::Setting::None) error.place.setting = setting;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace convscope
