#pragma once

#include "app/command_line.h"

#include <functional>
#include <span>
#include <string>

namespace convscope {

/// One option: what it is called, what it takes, what --help says and what it does. The parser, the help text
/// and the suggestions for misspelt names all read this one table.
struct OptionEntry {
  std::string name;   ///< "--kernel"
  std::string value;  ///< "l,h,w"; empty where the option takes none
  std::string help;   ///< lines separated by line breaks
  std::function<Result<void>(Options& options, const std::string& name, const std::string& value)> apply;
};

struct OptionGroup {
  std::string title;  ///< "The clip"
  std::vector<OptionEntry> options;
};

/// In the order of --help. Built on first use; thread-safe.
[[nodiscard]] std::span<const OptionGroup> optionGroups();

}  // namespace convscope
