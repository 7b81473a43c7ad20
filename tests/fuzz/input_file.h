#pragma once

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <string>

namespace convscope::fuzz {

/// Bytes as a file for code that reads files; gone with the value.
class InputFile {
 public:
  InputFile(const std::string& bytes, const std::string& suffix)
      : m_path(
            (std::filesystem::temp_directory_path() / ("convscope-fuzz-" + std::to_string(getpid()) + suffix))
                .string()) {
    std::ofstream(m_path, std::ios::binary) << bytes;
  }
  ~InputFile() { std::remove(m_path.c_str()); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  [[nodiscard]] const std::string& path() const { return m_path; }

 private:
  std::string m_path;
};

/// What is in a file, as bytes.
[[nodiscard]] inline std::string bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace convscope::fuzz
