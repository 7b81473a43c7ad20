#pragma once

#include "widgets/lesson/lesson.h"
#include "widgets/state/app_state.h"

#include <optional>

namespace convscope {

/// The state that a step sets: the scene named by it, or what the step before left (its answer told), then
/// its settings, and with `told` those of its answer. Weights follow the kernel as after an edit by hand.
/// Theme, presenter size and reduced motion are those of `keep`. `clip`, where it is given, takes the place
/// of the lesson's own wherever Lesson::ownClip allows it; frames are taken from its beginning, as many and
/// as large as the step asks for. Files with
/// relative names lie beside the lesson's own file. Errors: BadInput, "NAME:LINE: …" for a setting that does not exist or does
/// not suit.
[[nodiscard]] Result<AppState> stepState(const Lesson& lesson, int step, bool told, const Look& keep,
                                         const std::optional<ClipSource>& clip = {});

/// `settings` applied to `state`. Errors as above; `name` names the file.
[[nodiscard]] Result<AppState> withSettings(const AppState& state, const std::vector<LessonSetting>& settings,
                                            const std::string& name);

/// The settings that lead from one state to another: what a recorded step holds. Theme, presenter size,
/// reduced motion and the lesson's own position are left out.
[[nodiscard]] std::vector<LessonSetting> settingsBetween(const AppState& from, const AppState& to);

}  // namespace convscope
