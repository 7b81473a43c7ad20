#include "app/session.h"

#include "widgets/state/session_file.h"

#include <QFileInfo>

#include <utility>

namespace convscope {

namespace {

/// What a session is for: the state without what wanders while one looks at it.
AppState lasting(AppState state) {
  state.playback.playing = false;
  state.playback.paint = false;
  state.selection = {state.selection.column, 0, {0, 0, 0}, {}, 0};
  state.look.camera = {};
  state.look.theme = {};
  state.look.presenter = false;
  state.look.presenterDrawer = false;
  state.field.camera = {};
  state.compare.camera = {};
  state.network.camera = {};
  state.network.start = 0;
  state.network.unit = kStrongest;
  return state;
}

/// The same of the parts that are cheap to copy: without the columns, whose banks may hold millions of
/// weights.
AppState lastingRest(const AppState& state) {
  const auto& [workspace, columns, scores, field, network, compare, look, selection, playback, lesson] =
      state;
  return lasting(AppState{workspace, {}, scores, field, network, compare, look, selection, playback, lesson});
}

bool sameWork(const AppState& a, const AppState& b) {
  return a.columns == b.columns && lastingRest(a) == lastingRest(b);
}

QString wholePath(const QString& path) {
  return path.isEmpty() ? QString() : QFileInfo(path).absoluteFilePath();
}

}  // namespace

Session::Session(StateStore& store, QObject* parent) : QObject(parent), m_store(store) {
  connect(&m_store, &StateStore::changed, this, &Session::refresh);
  connect(&m_store, &StateStore::replacing, this, [this] {
    if (m_modified) m_left = Left{path(), m_store.state()};
  });
}

Result<void> Session::saveLeft() {
  if (!m_left) return {};
  if (auto written = writeSession(m_left->state, m_left->path.toStdString()); !written) return written;
  m_files[m_left->path] = {lasting(m_left->state), false};
  m_left.reset();
  return {};
}

void Session::show(const QString& path, AppState state) {
  m_store.replace(std::move(state), tr("Open %1").arg(QFileInfo(path).fileName()), wholePath(path));
  take(path, false);
}

Result<void> Session::save(const QString& path) {
  if (auto written = writeSession(m_store.state(), path.toStdString()); !written) return written;
  take(path, false);
  return {};
}

void Session::belongsTo(const QString& path) {
  take(path, false);
}

void Session::keepWith(std::unique_ptr<Autosave> autosave) {
  m_autosave = std::move(autosave);
}

void Session::keepLesson(std::optional<KeptWork::LessonText> lesson) {
  if (lesson == m_lesson) return;
  m_lesson = std::move(lesson);
  m_kept.reset();
  refresh();
}

void Session::takeUp(const KeptWork& work, const QString& label) {
  AppState state = work.state;
  state.playback.playing = false;  // nobody asked for it now
  m_store.replace(std::move(state), label, wholePath(work.session));
  take(work.session, work.modified);
}

void Session::take(const QString& path, bool modified) {
  const QString whole = wholePath(path);
  m_store.setFile(whole);
  if (!whole.isEmpty()) m_files[whole] = {lasting(m_store.state()), modified};
  refresh();
}

void Session::refresh() {
  const QString path = m_store.file();
  const auto file = m_files.find(path);
  const bool modified =
      file != m_files.end() && (file->second.lost || !sameWork(m_store.state(), file->second.state));
  if (m_left && m_left->path == path) m_left.reset();  // it is on screen again, or was saved, or opened anew
  const bool other = std::exchange(m_shownPath, path) != path;
  if (std::exchange(m_modified, modified) != modified || other) Q_EMIT changed();
  if (!m_autosave) return;
  // The slide alone is not worth a file each second: where it has got to is kept when it pauses.
  const bool asKept = m_kept && m_kept->playback.playing == m_store.state().playback.playing &&
                      m_store.state().playback.playing && !other && sameWork(*m_kept, m_store.state());
  if (asKept) return;
  m_kept = m_store.state();
  m_autosave->setLesson(m_lesson);
  m_autosave->keep(m_store.state(), path, m_modified);
}

}  // namespace convscope
