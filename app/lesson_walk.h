#pragma once

#include "widgets/lesson/lesson.h"

#include <functional>

namespace convscope {

class MainWindow;

/// What of a step is in sight.
enum class StepMoment {
  Open,    ///< as it opens
  Told,    ///< its question answered rightly and the answer told
  Solved,  ///< its goal reached by its own solution
};

/// Hands the newest state and all that was asked for to every view.
void settle(MainWindow& window);

/// Goes through a lesson in a window that is shown, and calls `visit` for each step, and where it has a
/// question or a goal for those; the player stands there and everything is computed and shown. Stops where
/// `visit` returns false, and returns that. GUI thread only.
bool walkLesson(MainWindow& window, const Lesson& lesson, const std::function<bool(StepMoment)>& visit);

}  // namespace convscope
