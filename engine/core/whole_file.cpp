#include "engine/core/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace convscope {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestName = 255;  // bytes

/// Two processes, or two threads of one, never write under the same name; hidden, so that one that a killed
/// program left is taken for nobody's work.
std::string nameBeside(const fs::path& target) {
  static std::atomic<unsigned> counter = 0;
  const std::string own = ".part" + std::to_string(getpid()) + "-" + std::to_string(++counter);
  const std::string ending = own + target.extension().string();
  std::string stem = target.stem().string();
  stem.resize(std::min(stem.size(), kLongestName - 1 - std::min(ending.size(), kLongestName - 1)));
  return (target.parent_path() / ("." + stem + ending)).string();
}

/// Else a file could be in its place before its bytes are on the disk.
bool onDisk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool written = fsync(file) == 0;
  return close(file) == 0 && written;
}

}  // namespace

WholeFile::WholeFile(const std::string& path) : m_path(path), m_target(path) {
  std::error_code unknown;
  if (fs::is_symlink(path, unknown)) {
    if (const fs::path behind = fs::weakly_canonical(path, unknown); !unknown) m_target = behind.string();
    // one that leads to nothing yet
    if (fs::is_symlink(m_target, unknown)) {
      const fs::path behind = fs::read_symlink(m_target, unknown);
      if (!unknown) m_target = (fs::path(m_target).parent_path() / behind).string();
    }
  }
  // A file that may not be written is not replaced either, though its folder would let it.
  if (fs::is_regular_file(m_target, unknown) && access(m_target.c_str(), W_OK) != 0) m_refused = errno;
  m_direct = fs::exists(m_target, unknown) && !fs::is_regular_file(m_target, unknown);
  m_beside = m_direct ? m_target : nameBeside(m_target);
}

WholeFile::~WholeFile() {
  if (m_placed || m_direct) return;
  m_stream.close();
  std::error_code unknown;
  fs::remove(m_beside, unknown);
}

std::ostream& WholeFile::out() {
  if (!std::exchange(m_written, true)) {
    if (m_refused == 0) {
      m_stream.open(m_beside, std::ios::binary);
      if (!m_stream) m_refused = errno;
    } else {
      m_stream.setstate(std::ios::failbit);
    }
  }
  return m_stream;
}

Result<void> WholeFile::place() {
  if (m_refused != 0) return failed(std::strerror(m_refused));
  if (m_written) {
    errno = 0;
    m_stream.close();
    const int reason = errno;
    if (!m_stream) return failed(reason != 0 ? std::strerror(reason) : "the disk may be full");
  }
  if (m_direct) return {};
  std::error_code problem;
  if (const fs::file_status there = fs::status(m_target, problem); fs::is_regular_file(there)) {
    fs::permissions(m_beside, there.permissions(), problem);
    if (problem) return failed(problem.message());
  }
  if (!onDisk(m_beside)) return failed(std::strerror(errno));
  fs::rename(m_beside, m_target, problem);
  if (problem) return failed(problem.message());
  m_placed = true;
  return {};
}

tl::unexpected<Error> WholeFile::failed(const std::string& reason) const {
  return fail(ErrorCode::Io, m_path + " cannot be written: " + reason + ".");
}

}  // namespace convscope
