#include "engine/clip/file_kind.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

namespace convscope {

namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::size_t kSniffed = 64 * 1024;  // a JPEG's size may stand behind a thumbnail

std::uint32_t bigEndian(std::string_view bytes, std::size_t at, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  }
  return value;
}

int asExtent(std::uint32_t value) {
  return static_cast<int>(std::min<std::uint32_t>(value, 1U << 30));
}

bool isImage(std::string_view start) {
  static constexpr std::array kMarks{
      "\x89PNG\r\n\x1a\n"sv, "\xFF\xD8\xFF"sv, "BM"sv,     "II*\0"sv, "MM\0*"sv,
      "\0\0\0\x0CjP  "sv,    "#?RADIANCE"sv,   "v/1\x01"sv};
  if (std::ranges::any_of(kMarks, [&](std::string_view mark) { return start.starts_with(mark); }))
    return true;
  if (start.starts_with("RIFF") && start.size() >= 12 && start.substr(8, 4) == "WEBP") return true;
  // Portable pixmaps: P1 … P6 and white space.
  return start.size() >= 3 && start[0] == 'P' && start[1] >= '1' && start[1] <= '6' &&
         (start[2] == '\n' || start[2] == ' ' || start[2] == '\r' || start[2] == '\t');
}

/// The extent that the header of a PNG, BMP or JPEG claims.
FrameSize claimedSize(std::string_view start) {
  if (start.starts_with("\x89PNG") && start.size() >= 24) {
    return {asExtent(bigEndian(start, 20, 4)), asExtent(bigEndian(start, 16, 4))};
  }
  if (start.starts_with("BM") && start.size() >= 26) {
    std::array<std::int32_t, 2> extent{};  // little-endian; a negative height means top row first
    std::memcpy(extent.data(), start.data() + 18, sizeof extent);
    const auto size = [](std::int32_t value) {
      return asExtent(value < 0 ? 0U - static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value));
    };
    return {size(extent[1]), size(extent[0])};
  }
  if (!start.starts_with("\xFF\xD8")) return {};
  for (std::size_t at = 2; at + 9 < start.size() && start[at] == '\xFF';) {
    const auto marker = static_cast<unsigned char>(start[at + 1]);
    const bool isFrame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (isFrame) return {asExtent(bigEndian(start, at + 5, 2)), asExtent(bigEndian(start, at + 7, 2))};
    at += 2 + bigEndian(start, at + 2, 2);
  }
  return {};
}

bool isText(std::string_view start) {
  const std::string_view part = start.substr(0, 4096);
  return std::ranges::none_of(part, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 32 && byte != '\n' && byte != '\r' && byte != '\t' && byte != '\f' && byte != 27;
  });
}

}  // namespace

Result<SniffedFile> sniffFile(const std::string& path) {
  SniffedFile file;
  file.name = fs::path(path).filename().string();
  if (file.name.empty()) file.name = path.empty() ? "A file without a name" : path;
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (status.type() == fs::file_type::not_found) {
    return fail(ErrorCode::BadInput, file.name + " does not exist.");
  }
  if (fs::is_directory(status)) {
    return fail(ErrorCode::BadInput,
                file.name + " is a folder: choose a video, or one image of a numbered sequence.");
  }
  if (status.type() != fs::file_type::none && !fs::is_regular_file(status)) {
    return fail(ErrorCode::BadInput, file.name + " is not a regular file.");
  }
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return fail(ErrorCode::BadInput, file.name + " cannot be opened: " + std::strerror(errno) + ".");
  }
  file.bytes = static_cast<std::int64_t>(fs::file_size(path, problem));
  std::vector<char> bytes(kSniffed);
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string_view start(bytes.data(),
                               static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  if (stream.bad())
    return fail(ErrorCode::BadInput, file.name + " cannot be read: " + std::strerror(errno) + ".");
  if (start.empty()) return fail(ErrorCode::BadInput, file.name + " is empty.");

  if (start.starts_with("\x93NUMPY")) {
    file.kind = FileKind::Npy;
  } else if (isImage(start)) {
    file.kind = FileKind::Image;
    file.size = claimedSize(start);
  } else if (isText(start) && !start.starts_with("YUV4MPEG2 ")) {
    return fail(ErrorCode::BadInput, file.name + " holds text, not a video, an image or a .npy array.");
  }
  return file;
}

}  // namespace convscope
