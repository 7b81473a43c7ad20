#pragma once

#include "widgets/state/app_state.h"

#include <string>
#include <vector>

namespace convscope {

/// A session is a state on disk: the JSON of toJson(), in a file .convscope. Names of clips, models and their
/// preprocessing stand in it relative to the file where both share a folder below the root, so that a folder
/// of both can be moved or handed on; else they are absolute.
struct OpenedSession {
  AppState state;
  std::vector<std::string> missing;  ///< files that the state names and that are not there, each once
};

/// Reads a session, or any JSON of a state. Relative names mean files beside it; one that is not there but in
/// the current folder means that one. Thread-safe. Errors: BadInput, one sentence that begins with the path
/// (no file, no JSON, of another version, a state that cannot be used). A missing clip is no error.
[[nodiscard]] Result<OpenedSession> readSession(const std::string& path);

/// Writes the session whole or not at all: into a file beside it that then takes its place, so that neither a
/// full disk nor the end of the program leaves half a session. Thread-safe. Errors: Io, with the reason.
[[nodiscard]] Result<void> writeSession(const AppState& state, const std::string& path);

/// `text`, the JSON of a state, holds more values than the weights that a state may have: as a tree it would
/// take many times its size, so it is not read. Thread-safe.
[[nodiscard]] bool holdsTooMuch(const std::string& text);

/// Relative names in `state`, which was read from the file `path`, mean files beside that file from now on;
/// one that is not there but in the current folder means that one.
void nameBeside(AppState& state, const std::string& path);
/// Names `to` wherever `state` names `from`; nothing else changes.
void replaceFile(AppState& state, const std::string& from, const std::string& to);
/// Files that `state` names and that are not there, each once.
[[nodiscard]] std::vector<std::string> missingFiles(const AppState& state);

}  // namespace convscope
