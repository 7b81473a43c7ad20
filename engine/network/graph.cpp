#include "engine/network/graph.h"

namespace convscope {

std::string nodeText(const Node& node) {
  return "Node “" + nameForText(node.name) + "” (" + nameForText(node.op) + ")";
}

std::string nameForText(const std::string& name) {
  constexpr std::size_t kLongest = 80;
  std::string text = name.substr(0, kLongest);
  if (text.size() < name.size()) {
    // Not in the middle of a character of several bytes.
    while (!text.empty() && (static_cast<unsigned char>(name[text.size()]) & 0xC0U) == 0x80U) text.pop_back();
    text += "…";
  }
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

std::string dimsText(const std::vector<InputExtent>& dims) {
  if (dims.empty()) return dimsText(Dims{});
  std::string text;
  for (const InputExtent& extent : dims) {
    if (!text.empty()) text += " × ";
    text += extent.fixed          ? std::to_string(*extent.fixed)
            : extent.name.empty() ? "?"
                                  : nameForText(extent.name);
  }
  return text;
}

}  // namespace convscope
