#pragma once

#include "widgets/state/app_state.h"

#include <string>
#include <vector>

namespace convscope {

/// A named setting of the program: a figure of the article as a state. Files resources/scenes/<id>.json of
/// the form
/// {"title": …, "says": …, "state": {part of an AppState}}; what the state leaves out is that of
/// initialState(). "comparison": the id of one of comparisons(), put in place of the state's columns.
struct Scene {
  std::string id;     ///< "fig-4", "compare"
  std::string title;  ///< "Grey video, kernel two frames long"
  std::string says;   ///< one sentence: what to look at
  AppState state;
};

/// All scenes that ship, the article's figures in its order, then the others. Errors: BadInput (a damaged installation).
[[nodiscard]] Result<std::vector<Scene>> scenes();

/// One by id. Errors: BadUsage (unknown, with the ids there are), BadInput.
[[nodiscard]] Result<Scene> scene(const std::string& id);
[[nodiscard]] Result<AppState> sceneState(const std::string& id);

}  // namespace convscope
