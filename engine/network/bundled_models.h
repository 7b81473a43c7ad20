#pragma once

#include <span>
#include <string>

namespace convscope {

/// A network that comes with the program.
struct BundledModel {
  const char* id;     ///< "sibling-3d": what --model and a state call it
  const char* title;  ///< "Sibling 3-D: 3 × 3 × 3"
  const char* says;   ///< one sentence
};
[[nodiscard]] std::span<const BundledModel> bundledModels();

/// Title of a bundled model, else the file's own name without its folders.
[[nodiscard]] std::string modelTitle(const std::string& name);

/// The file of a bundled model: in share/convscope/models beside the folder of the program (or of its parent,
/// for programs one level deeper). Any other name is taken for a path and given back.
[[nodiscard]] std::string modelFile(const std::string& name);

}  // namespace convscope
