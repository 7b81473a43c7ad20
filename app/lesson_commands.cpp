// The part of the table of commands that is about lessons: the Lessons menu.
#include "app/lesson_desk.h"
#include "app/lesson_export_job.h"
#include "app/main_window.h"
#include "app/notice_bar.h"
#include "app/save_path.h"

#include <QAction>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

namespace convscope {

std::vector<MainWindow::Command> MainWindow::lessonCommands() {
  const QString lessons = tr("Lessons");
  return {
      {lessons,
       tr("Contents"),
       "lesson",
       {tr("F9")},
       tr("All lessons, and the 45 minutes of a first class"),
       [this] { m_lessons->showContents(!m_lessons->showsContents()); },
       {},
       "lessons"},
      {lessons,
       tr("Next step, or tell the answer"),
       {},
       {tr("PgDown")},
       tr("As a presenter's clicker does"),
       [this] { m_lessons->next(); },
       {},
       "lesson-next"},
      {lessons,
       tr("Step before"),
       {},
       {tr("PgUp")},
       tr("As a presenter's clicker does"),
       [this] { m_lessons->player().previous(); },
       {},
       "lesson-previous"},
      {lessons,
       tr("Return to this step"),
       {},
       {tr("Ctrl+R")},
       tr("Set the program as the step has it"),
       [this] { m_lessons->player().back(); },
       {},
       "lesson-back"},
      {lessons,
       tr("All panels in this step"),
       {},
       {tr("Ctrl+Shift+L")},
       tr("Also those that the step does not name"),
       [this] { m_lessons->showAllPanels(); },
       {},
       "lesson-panels"},
      {lessons,
       tr("Edit the lesson"),
       {},
       {tr("Ctrl+Shift+T")},
       tr("Change text and steps in place"),
       [this] { m_lessons->toggleEditor(); },
       {},
       "lesson-edit"},
      {lessons,
       tr("Record a lesson"),
       "add",
       {},
       tr("The program as it is now becomes the first step of a lesson of your own"),
       [this] { m_lessons->recordNew(); }},
      {lessons,
       tr("Save lesson…"),
       {},
       {},
       tr("Write the open lesson to a file"),
       [this] { m_lessons->save(); },
       {},
       "lesson-save"},
      {lessons,
       tr("Save as a hand-out…"),
       {},
       {},
       tr("Write the open lesson with its pictures, questions and answers as HTML or PDF"),
       [this] { chooseHandout(); },
       {},
       "lesson-handout"},
      {lessons,
       tr("Close the lesson"),
       {},
       {},
       tr("Back to the whole program"),
       [this] { m_lessons->player().close(); },
       {},
       "lesson-close"},
      {lessons,
       tr("Stage on the second screen"),
       "screen",
       {},
       tr("The stage once more in a window of its own"),
       [this] { m_lessons->toggleSecondStage(); }},
  };
}

void MainWindow::chooseHandout() {
  if (!m_lessons->player().isOpen()) return;
  const QString name = QString::fromStdString(m_lessons->player().lesson().id);
  const QString path =
      savePath(this, tr("Save as a hand-out"), QDir(m_settings.lastFolder()).filePath(name + ".pdf"),
               tr("Hand-outs (*.pdf *.html)"), {".pdf", ".html"});
  if (path.isEmpty()) return;
  startHandout(path, QCoreApplication::applicationFilePath());
}

void MainWindow::startHandout(const QString& path, const QString& program) {
  delete m_handout;  // a newer one takes its place
  auto* job = new LessonExportJob(program, this);
  m_handout = job;
  const QString name = QFileInfo(path).fileName();
  const auto tell = [this, name](const QString& far) {
    m_handoutNotice = m_notice->show(tr("Writing %1%2").arg(name, far), {{tr("Stop"), [job = m_handout] {
                                                                            if (job != nullptr) job->stop();
                                                                          }}});
  };
  connect(job, &LessonExportJob::progressed, this,
          [tell](int step, int count) { tell(tr(": step %1 of %2").arg(step).arg(count)); });
  connect(job, &LessonExportJob::done, this, [this, job, path](bool written, const QString& problem) {
    job->deleteLater();
    m_notice->clear(m_handoutNotice);
    say(written ? tr("Wrote %1.").arg(path) : problem.isEmpty() ? tr("The hand-out was stopped.") : problem);
  });
  tell(QStringLiteral(" …"));
  job->start(m_lessons->player().lesson(), m_lessons->player().clip(), path);
}

}  // namespace convscope
