#include "engine/clip/frame_taker.h"
#include "engine/clip/readers.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

namespace convscope {

namespace {

namespace fs = std::filesystem;

/// A file name split around the last run of digits before its extension: "walk_0007.png" → "walk_", "0007",
/// ".png".
struct NumberedName {
  std::string before;
  std::string digits;
  std::string after;
  [[nodiscard]] bool padded() const { return digits.size() > 1 && digits.front() == '0'; }
  [[nodiscard]] std::int64_t number() const { return std::stoll(digits); }
};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<NumberedName> splitName(const std::string& name) {
  const std::size_t stemEnd = std::min(name.rfind('.'), name.size());
  std::size_t end = stemEnd;
  while (end > 0 && !isDigit(name[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && isDigit(name[begin - 1])) --begin;
  if (begin == end || end - begin > 9) return {};  // longer runs are times and serial numbers
  return NumberedName{name.substr(0, begin), name.substr(begin, end - begin), name.substr(end)};
}

/// True if `other` belongs to the sequence of `chosen`: the same width of digits, or both written without
/// padding.
bool sameSequence(const NumberedName& chosen, const NumberedName& other) {
  if (chosen.before != other.before || chosen.after != other.after) return false;
  if (chosen.digits.size() == other.digits.size()) return true;
  return !other.padded() && (!chosen.padded() || other.digits.size() > chosen.digits.size());
}

/// The files of the sequence that `path` belongs to, by number. Only `path` itself where there are no others.
std::map<std::int64_t, fs::path> findSequence(const fs::path& path) {
  const std::optional<NumberedName> chosen = splitName(path.filename().string());
  if (!chosen) return {{0, path}};
  std::map<std::int64_t, fs::path> files{{chosen->number(), path}};
  std::error_code problem;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    const std::optional<NumberedName> other = splitName(it->path().filename().string());
    std::error_code unreadable;
    if (other && sameSequence(*chosen, *other) && it->is_regular_file(unreadable)) {
      files.try_emplace(other->number(), it->path());
    }
  }
  return files;
}

/// «walk_0003.png and 2 more numbers are missing between …», or nothing.
std::string missingNumbers(const std::map<std::int64_t, fs::path>& files) {
  const std::int64_t missing =
      files.rbegin()->first - files.begin()->first + 1 - static_cast<std::int64_t>(files.size());
  if (missing == 0) return {};
  std::int64_t first = files.begin()->first;
  while (files.contains(first)) ++first;
  return (missing == 1 ? "Number " + std::to_string(first) + " is missing"
                       : std::to_string(missing) + " numbers, the first of them " + std::to_string(first) +
                             ", are missing") +
         " between " + files.begin()->second.filename().string() + " and " +
         files.rbegin()->second.filename().string() +
         ": the files are taken one after the other without a gap.";
}

/// A decoder needs the picture once and the taker a second time; the header's claim is checked before either.
Result<void> checkImage(const SniffedFile& file) {
  return checkBudget(6.0 * file.size.height * file.size.width,
                     "Reading " + file.name + " of " + std::to_string(file.size.width) + " × " +
                         std::to_string(file.size.height) + " pixels",
                     "choose a smaller image");
}

/// Returns what is to be told of the image, or nothing.
Result<std::string> takeImage(const DecoderLibrary& library, const fs::path& path, std::int64_t index,
                              FrameTaker& taker) {
  const Result<SniffedFile> file = sniffFile(path.string());
  if (!file) return tl::unexpected(file.error());
  if (auto fits = checkImage(*file); !fits) return tl::unexpected(fits.error());
  Result<void> taken;
  const auto take = [&](const BgrView& view) { taken = taker.take(index, view); };
  if (file->kind != FileKind::Image || !library.readImage(path.string(), take)) {
    return fail(ErrorCode::BadInput, file->name + " cannot be read as an image: it is damaged or cut short.");
  }
  if (!taken) return tl::unexpected(taken.error());
  return file->cutShort ? file->name + " is cut short: the end of its picture is made up." : std::string();
}

}  // namespace

Result<RawFrames> readImages(const std::string& path, const SniffedFile& file, const FrameRange& range,
                             const ReadContext& context) {
  const Result<const DecoderLibrary*> library = decoderLibrary();
  if (!library) return tl::unexpected(library.error());
  const std::map<std::int64_t, fs::path> files = findSequence(path);
  const auto total = static_cast<std::int64_t>(files.size());
  if (range.start >= total) return startsBehindEnd(file.name, total, range);

  FrameTaker taker(file.name, range, context);
  taker.expect(static_cast<double>(total));
  std::string trouble;
  std::string cut;  // the first that is cut short
  std::int64_t index = 0;
  for (const auto& [number, member] : files) {
    if (taker.done() || !trouble.empty()) break;
    if (taker.stopped()) return fail(ErrorCode::Stopped, "Reading " + file.name + " was stopped.");
    if (taker.wants(index)) {
      const auto taken = takeImage(**library, member, index, taker);
      if (taken && cut.empty()) cut = *taken;
      if (!taken) {
        if (taker.count() == 0 || taken.error().code == ErrorCode::TooLarge)
          return tl::unexpected(taken.error());
        trouble = taken.error().message;
      }
      taker.reportProgress(index);
    }
    ++index;
  }
  RawFrames raw = std::move(taker).finish();
  raw.source.frameCount = static_cast<int>(total);
  if (!trouble.empty()) {
    trouble.pop_back();
    raw.source.notice = trouble + ": the " + framesText(raw.count()) + " before it were taken.";
  } else if (!cut.empty()) {
    raw.source.notice = cut;
  } else if (total > 1) {
    raw.source.notice = missingNumbers(files);
    if (raw.source.notice.empty() && raw.count() < range.count) {
      raw.source.notice = endsInside("The sequence of " + file.name, total, raw.count(), range.count);
    }
  }
  return raw;
}

}  // namespace convscope
