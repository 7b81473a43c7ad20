// The part of the window that opens, saves and keeps sessions.
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/notice_bar.h"
#include "app/save_path.h"
#include "widgets/state/session_file.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QScopeGuard>

#include <filesystem>

namespace convscope {

namespace {

QString sessionFilter() {
  return QObject::tr("ConvScope sessions (*.convscope *.json);;All files (*)");
}

}  // namespace

void MainWindow::chooseSession() {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Open session"), m_settings.lastFolder(), sessionFilter());
  if (!path.isEmpty()) openState(path);
}

void MainWindow::openState(const QString& path) {
  if (!m_lessons->mayLeaveLesson() || !mayLeaveWork()) return;
  m_left = m_store.state();
  m_reader.read(path);
}

void MainWindow::showSession(const QString& path, Result<OpenedSession>& read) {
  if (!read) {
    say(QString::fromStdString(read.error().message));
    return;
  }
  // what was changed while it was read nobody has been asked about
  if (m_left && !(m_store.state() == *m_left) && !(m_lessons->mayLeaveLesson() && mayLeaveWork())) return;
  m_left.reset();
  m_session.show(path, std::move(read->state));
  m_lessons->settle();
  m_session.dropLeft();  // that was asked for
  m_settings.addRecentSession(path);
  m_notice->clearAll();
  askForMissing(read->missing);
}

void MainWindow::askForMissing(const std::vector<std::string>& names) {
  if (names.empty()) return;
  const std::string name = names.front();
  m_notice->add(
      tr("The session names %1, which is not there. Everything else is as it was saved.")
          .arg(QString::fromStdString(name)),
      {{tr("Find %1…").arg(QFileInfo(QString::fromStdString(name)).fileName()), [this, name] { find(name); }},
       {tr("Not now"), {}}});
}

void MainWindow::find(const std::string& name) {
  const QFileInfo wanted(QString::fromStdString(name));
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Where is %1?").arg(wanted.fileName()), m_settings.lastFolder(),
                                   tr("%1 (*.%1);;All files (*)").arg(wanted.suffix()));
  if (path.isEmpty()) {
    askForMissing({name});
    return;
  }
  change(tr("Find %1").arg(wanted.fileName()),
         [name, found = path.toStdString()](AppState& state) { replaceFile(state, name, found); });
  askForMissing(missingFiles(m_store.state()));
}

bool MainWindow::saveSession(bool asNew) {
  // a session names its lesson by its file
  const auto lesson = m_lessons->unsaved();
  if (lesson && lesson->path.empty() && !m_lessons->mayLeaveLesson()) return false;
  QString path = m_session.path();
  if (asNew || path.isEmpty() || !path.endsWith(QStringLiteral(".convscope"))) {
    path = savePath(this, tr("Save session"), path.isEmpty() ? m_settings.lastFolder() : path,
                    tr("ConvScope sessions (*.convscope)"), {".convscope", ".json"});
    if (path.isEmpty()) return false;
  }
  const auto written = m_session.save(path);
  if (written) m_settings.addRecentSession(path);
  say(written ? tr("Saved %1.").arg(path) : QString::fromStdString(written.error().message));
  return written.has_value();
}

bool MainWindow::mayLeaveWork() {
  const auto ask = [this](const QString& sentence) {
    return QMessageBox::question(this, tr("Save the session?"), sentence,
                                 QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel,
                                 QMessageBox::Save);
  };
  if (const auto& left = m_session.left()) {
    const auto answer = ask(tr("%1 was changed and not saved before something else was shown in its place.")
                                .arg(QFileInfo(left->path).fileName()));
    if (answer == QMessageBox::Cancel) return false;
    if (answer == QMessageBox::Save) {
      if (const auto written = m_session.saveLeft(); !written) {
        say(QString::fromStdString(written.error().message));
        return false;
      }
    }
  }
  // what belongs to no file is kept as it is and can be reopened
  if (!m_session.modified()) return true;
  const auto answer =
      ask(tr("%1 differs from what is on screen.").arg(QFileInfo(m_session.path()).fileName()));
  return answer == QMessageBox::Discard || (answer == QMessageBox::Save && saveSession(false));
}

bool MainWindow::mayLoseUnkept() {
  Autosave* kept = m_session.autosave();
  if (kept == nullptr || !m_session.path().isEmpty() || !m_store.canUndo()) return true;
  kept->finish();
  if (kept->problem().isEmpty()) return true;
  const auto answer = QMessageBox::question(
      this, tr("Save the session?"),
      tr("What is on screen belongs to no file and could not be kept: %1").arg(kept->problem()),
      QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
  return answer == QMessageBox::Discard || (answer == QMessageBox::Save && saveSession(false));
}

void MainWindow::tellKeepingProblem() {
  const QString problem = m_session.autosave()->problem();
  if (problem.isEmpty()) return;
  m_notice->add(tr("Work is not kept beside its file: %1").arg(problem),
                {{tr("Save session…"), [this] { saveSession(true); }}, {tr("Go on"), {}}});
}

void MainWindow::fillRecent() {
  m_recent->clear();
  for (const QString& path : m_settings.recentSessions())
    m_recent->addAction(QFileInfo(path).fileName(), this, [this, path] { openState(path); })
        ->setToolTip(path);
  const QStringList clips = m_settings.recentClips();
  if (!m_recent->isEmpty() && !clips.isEmpty()) m_recent->addSeparator();
  for (const QString& path : clips)
    m_recent->addAction(QFileInfo(path).fileName(), this, [this, path] { openClip(path); })->setToolTip(path);
  if (m_recent->isEmpty()) m_recent->addAction(tr("Nothing was opened yet"))->setEnabled(false);
}

bool MainWindow::takeUp(const KeptWork& work, const QString& label) {
  if (!m_lessons->mayLeaveLesson()) return false;
  if (work.lesson) {
    const std::string& path = work.lesson->path;
    auto lesson = lessonFromText(work.lesson->text, "my-lesson");
    if (lesson) {
      if (!path.empty())
        lesson->id = std::filesystem::path(path).stem().string();
      else
        lesson->id = work.state.lesson.file.empty() ? "my-lesson" : work.state.lesson.file;
      lesson->path = path;
      m_lessons->expect(std::move(*lesson));
    }
  }
  m_session.takeUp(work, label);
  m_lessons->settle();
  return true;
}

void MainWindow::keepWork(const QString& folder, bool named) {
  auto kept = std::make_unique<Autosave>(folder);
  const auto left = kept->takeLeftBehind(named ? Autosave::Take::Apart : Autosave::Take::Over);
  const QStringList setAside = kept->setAside();
  connect(kept.get(), &Autosave::problemChanged, this, &MainWindow::tellKeepingProblem);
  m_session.keepWith(std::move(kept));
  // behind what is said below
  const auto tellRest = qScopeGuard([&] {
    for (const QString& file : setAside)
      m_notice->add(tr("Work that was kept cannot be read any more: it lies in %1.").arg(file),
                    {{tr("Go on"), {}}});
    tellKeepingProblem();
  });
  if (!left) return;
  const QString when = QLocale().toString(left->at.time(), QLocale::ShortFormat);
  if (named) {
    // it lies apart until one of them is chosen, whatever else happens to the notice
    m_notice->show(tr("The program ended before it was closed. The work of %1 was kept.").arg(when),
                   {{tr("Bring it back"),
                     [this, work = *left] {
                       if (!takeUp(work, tr("Bring work back"))) return;
                       m_session.autosave()->finish();
                       if (m_session.autosave()->problem().isEmpty()) m_session.autosave()->letGo(work);
                     }},
                    {tr("Not needed"), [this, work = *left] { m_session.autosave()->letGo(work); }}});
    return;
  }
  const AppState before = m_store.state();
  takeUp(*left, tr("Bring work back"));
  m_notice->show(tr("The program ended before it was closed: here is the work of %1 again.").arg(when),
                 {{tr("Start anew"),
                   [this, before] {
                     takeUp({before, {}, false, {}, {}, {}}, tr("Start anew"));
                   }},
                  {tr("Go on"), {}}});
  askForMissing(missingFiles(m_store.state()));
}

void MainWindow::reopenLastWork() {
  const Autosave* kept = m_session.autosave();
  const auto work = kept == nullptr ? std::nullopt : kept->lastClosed();
  if (!work) {
    say(tr("No earlier work was kept."));
    return;
  }
  if (!takeUp(*work, tr("Reopen last work"))) return;
  askForMissing(missingFiles(m_store.state()));
}

}  // namespace convscope
