#pragma once

#include "engine/core/result.h"

#include <fstream>
#include <string>

namespace convscope {

/// A file that is there whole or not at all: it is written beside its place, under a hidden name of its
/// own with the same ending, and takes its place when it is whole, so that neither a full disk nor the end of
/// the program leaves half a file where one was. A link is followed, and a file that was there keeps its
/// rights; a device or a pipe is written as it is. For one thread at a time.
class WholeFile {
 public:
  explicit WholeFile(const std::string& path);
  /// What has not taken its place goes.
  ~WholeFile();
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;

  /// What is written until place(): for those who write bytes, and for those who open a file by its name.
  /// Nothing needs to be asked in between: place() knows of all that went wrong with out().
  [[nodiscard]] std::ostream& out();
  [[nodiscard]] const std::string& beside() const { return m_beside; }

  /// Takes the place of what was there. Errors: Io, the path and the reason.
  [[nodiscard]] Result<void> place();

 private:
  [[nodiscard]] tl::unexpected<Error> failed(const std::string& reason) const;

  std::string m_path;    ///< as it was given: for sentences
  std::string m_target;  ///< behind links
  std::string m_beside;
  bool m_direct = false;  ///< a device or a pipe: m_beside is the target itself
  bool m_placed = false;
  bool m_written = false;  ///< through m_stream
  int m_refused = 0;       ///< errno of m_stream's opening
  std::ofstream m_stream;
};

}  // namespace convscope
