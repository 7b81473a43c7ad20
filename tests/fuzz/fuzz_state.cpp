// Saved states: JSON that is damaged, or whole and senseless. What is accepted must survive reconciling and
// writing.
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/input_file.h"
#include "widgets/state/app_state.h"
#include "widgets/state/scenes.h"

#include <nlohmann/json.hpp>

#include <cstdlib>

namespace convscope::fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> states{toJson(initialState()).dump()};
  const auto all = scenes();
  if (!all) std::abort();
  for (const Scene& scene : *all) states.push_back(toJson(scene.state).dump());
  return states;
}

void tryInput(const std::string& input) {
  const auto json = nlohmann::json::parse(input, nullptr, false);
  if (json.is_discarded()) return;
  const auto state = stateFromJson(json);
  if (!state) {
    if (state.error().message.empty()) std::abort();
    return;
  }
  const AppState consistent = reconciled(*state, *state);
  const auto again = stateFromJson(toJson(consistent));
  if (!again || !(*again == consistent)) std::abort();
}

}  // namespace convscope::fuzz
