#include "app/lesson_walk.h"

#include "app/lesson_desk.h"
#include "app/main_window.h"

#include <QApplication>

namespace convscope {

void settle(MainWindow& window) {
  for (int turn = 0; turn < 2; ++turn) {
    window.finish();
    QApplication::processEvents();
  }
}

bool walkLesson(MainWindow& window, const Lesson& lesson, const std::function<bool(StepMoment)>& visit) {
  LessonPlayer& player = window.lessonDesk().player();
  const auto show = [&](StepMoment moment) {
    settle(window);
    return visit(moment);
  };
  player.open(lesson);
  for (int step = 0; step < player.count(); ++step) {
    player.goTo(step);
    if (!show(StepMoment::Open)) return false;
    if (player.asking()) {
      if (player.facts().right) player.choose(*player.facts().right);
      player.tell();
      if (!show(StepMoment::Told)) return false;
    }
    if (!player.current().goal || player.current().goal->solution.empty()) continue;
    player.solve();
    if (!show(StepMoment::Solved)) return false;
  }
  return true;
}

}  // namespace convscope
