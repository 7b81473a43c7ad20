#include "engine/clip/file_kind.h"

#include "engine/clip/image_size.h"

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
    file.size = claimedImageSize(start);
    file.cutShort = endsEarly(stream, start, file.bytes);
  } else if (isText(start) && !start.starts_with("YUV4MPEG2 ")) {
    return fail(ErrorCode::BadInput, file.name + " holds text, not a video, an image or a .npy array.");
  }
  return file;
}

}  // namespace convscope
