#include "engine/core/json_text.h"

namespace convscope {

namespace {

template <class Json>
std::string dumped(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace

std::optional<nlohmann::json> jsonFrom(std::string_view text) {
  constexpr int kDeepest = 64;
  bool tooDeep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    tooDeep = tooDeep || depth > kDeepest;
    return !tooDeep;
  };
  nlohmann::json json = nlohmann::json::parse(text.begin(), text.end(), watch, false);
  if (tooDeep || json.is_discarded()) return std::nullopt;
  return json;
}

std::string textOfJson(const nlohmann::json& json) {
  return dumped(json);
}
std::string textOfJson(const nlohmann::ordered_json& json) {
  return dumped(json);
}

}  // namespace convscope
