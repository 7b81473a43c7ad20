#include "widgets/state/session_file.h"

#include "engine/conv/filter_bank.h"
#include "engine/core/caught.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/network/bundled_models.h"
#include "widgets/state/column_kinds.h"

#include <algorithm>
#include <filesystem>

namespace convscope {

namespace {

namespace fs = std::filesystem;

Result<OpenedSession> readWhole(const std::string& path);

/// A network that comes with the program is no file of the user's, wherever the program lies.
bool isFile(const std::string& model) {
  return !model.empty() &&
         std::ranges::none_of(bundledModels(), [&](const BundledModel& one) { return model == one.id; });
}

/// Every name of a file in `state` without which something is not shown.
template <class Visit>
void eachNeededFile(AppState& state, const Visit& visit) {
  const auto visitSource = [&](ClipSource& source) {
    if (auto* file = std::get_if<FileSource>(&source)) visit(file->path);
  };
  const auto visitModel = [&](std::string& model) {
    if (isFile(model)) visit(model);
  };
  const auto visitPreprocess = [&](std::string& preprocess) {  // which may also be one of the known ones
    if (preprocess.ends_with(".json")) visit(preprocess);
  };
  for (StudySpec& column : state.columns) {
    if (ClipSpec* clip = clipOf(column)) visitSource(clip->source);
    if (auto* network = std::get_if<NetworkStudy>(&column)) {
      visitSource(network->source);
      visitModel(network->model);
      visitPreprocess(network->preprocess);
    }
  }
  visitModel(state.network.model);
  visitModel(state.network.beside);
  visitPreprocess(state.network.preprocess);
}

/// Those, and the lesson that was open, without which only its panel is missing.
template <class Visit>
void eachFile(AppState& state, const Visit& visit) {
  eachNeededFile(state, visit);
  if (state.lesson.file.ends_with(".md")) visit(state.lesson.file);
}

bool isThere(const fs::path& path) {
  std::error_code unknown;  // a name too long for the file system is no file
  return fs::exists(path, unknown);
}

/// The name of a file as it stands in a session in `folder`.
std::string nameIn(const fs::path& folder, const std::string& name) {
  std::error_code unknown;
  const fs::path whole = fs::absolute(name, unknown).lexically_normal();
  static_cast<void>(fs::status(whole, unknown));
  if (unknown == std::errc::filename_too_long) return name;  // no file can be called so: kept as it is
  const bool related =
      whole.begin() != whole.end() && folder.begin() != folder.end() &&
      std::distance(whole.begin(),
                    std::mismatch(whole.begin(), whole.end(), folder.begin(), folder.end()).first) > 1;
  return related ? whole.lexically_relative(folder).generic_string() : whole.string();
}

fs::path folderOf(const std::string& path) {
  std::error_code unknown;
  const fs::path whole = fs::absolute(path, unknown).lexically_normal();
  return unknown ? fs::path(path).parent_path() : whole.parent_path();
}

}  // namespace

std::vector<std::string> missingFiles(const AppState& state) {
  std::vector<std::string> missing;
  AppState copy = state;
  eachNeededFile(copy, [&](const std::string& name) {
    if (!isThere(name) && std::ranges::find(missing, name) == missing.end()) missing.push_back(name);
  });
  return missing;
}

void replaceFile(AppState& state, const std::string& from, const std::string& to) {
  eachFile(state, [&](std::string& name) {
    if (name == from) name = to;
  });
}

void nameBeside(AppState& state, const std::string& path) {
  const fs::path folder = folderOf(path);
  eachFile(state, [&](std::string& name) {
    if (fs::path(name).is_absolute()) return;
    const fs::path beside = (folder / name).lexically_normal();
    std::error_code unknown;
    static_cast<void>(fs::status(beside, unknown));
    if (unknown == std::errc::filename_too_long) return;  // no file can be called so
    if (isThere(beside) || !isThere(name)) name = beside.string();
  });
}

bool holdsTooMuch(const std::string& text) {
  constexpr std::ptrdiff_t kOthers = 1'000'000;
  constexpr std::ptrdiff_t kMostValues = std::ptrdiff_t{kMostColumns} * kMostWeights + kOthers;
  return std::ranges::count(text, ',') > kMostValues;
}

Result<OpenedSession> readSession(const std::string& path) {
  return caught([&] { return readWhole(path); });  // what is left may still be more than there is memory
}

namespace {

Result<OpenedSession> readWhole(const std::string& path) {
  constexpr std::int64_t kLargest = std::int64_t{512} << 20;  // weights of the largest bank, several times
  const auto text = fileText(path, path, kLargest);
  if (!text) return tl::unexpected(text.error());
  if (holdsTooMuch(*text))
    return fail(ErrorCode::TooLarge, path + " holds more values than a session can have weights.");
  const auto json = jsonFrom(*text);
  if (!json) return fail(ErrorCode::BadInput, path + " is not a JSON file.");
  auto state = stateFromJson(*json);
  if (!state) return fail(state.error().code, path + ": " + state.error().message);
  nameBeside(*state, path);
  std::vector<std::string> missing = missingFiles(*state);
  return OpenedSession{std::move(*state), std::move(missing)};
}

}  // namespace

Result<void> writeSession(const AppState& state, const std::string& path) {
  AppState written = state;
  const fs::path folder = folderOf(path);
  eachFile(written, [&](std::string& name) { name = nameIn(folder, name); });
  return writeFileText(path, textOfJson(toJson(written)));
}

Result<AppState> readState(const std::string& path) {
  auto session = readSession(path);
  if (!session) return tl::unexpected(session.error());
  return std::move(session->state);
}

Result<void> writeState(const AppState& state, const std::string& path) {
  return writeSession(state, path);
}

}  // namespace convscope
