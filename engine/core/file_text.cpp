#include "engine/core/file_text.h"

#include "engine/core/whole_file.h"

#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace convscope {

namespace fs = std::filesystem;

std::string whyNotReadable(const std::string& path) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (status.type() == fs::file_type::not_found) return "does not exist";
  if (problem) return "cannot be opened: " + problem.message();
  if (fs::is_directory(status)) return "is a folder";
  if (!fs::is_regular_file(status)) return "is not a regular file";
  if (access(path.c_str(), R_OK) != 0) return std::string("cannot be opened: ") + std::strerror(errno);
  return "";
}

Result<std::string> fileText(const std::string& path, const std::string& name, std::int64_t most) {
  if (const std::string why = whyNotReadable(path); !why.empty())
    return fail(ErrorCode::BadInput, name + " " + why + ".");
  std::error_code problem;
  const auto size = static_cast<std::int64_t>(fs::file_size(path, problem));
  if (!problem && size > most) {
    return fail(ErrorCode::TooLarge, name + " holds " + std::to_string(size >> 20) + " MiB; at most " +
                                         std::to_string(most >> 20) + " MiB are read.");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(problem ? 0 : static_cast<std::size_t>(size), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (problem || !file) return fail(ErrorCode::BadInput, name + " cannot be read.");
  return text;
}

Result<void> writeFileText(const std::string& path, const std::string& text) {
  WholeFile file(path);
  file.out().write(text.data(), static_cast<std::streamsize>(text.size()));
  return file.place();
}

}  // namespace convscope
