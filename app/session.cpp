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

}  // namespace

Session::Session(StateStore& store, QObject* parent) : QObject(parent), m_store(store) {
  connect(&m_store, &StateStore::changed, this, &Session::refresh);
}

Result<std::vector<std::string>> Session::open(const QString& path) {
  auto opened = readSession(path.toStdString());
  if (!opened) return tl::unexpected(opened.error());
  m_store.replace(std::move(opened->state), tr("Open %1").arg(QFileInfo(path).fileName()));
  take(path, false);
  return std::move(opened->missing);
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

void Session::takeUp(const KeptWork& work, const QString& label) {
  AppState state = work.state;
  state.playback.playing = false;  // nobody asked for it now
  m_store.replace(std::move(state), label);
  take(work.session, work.modified);
}

void Session::take(const QString& path, bool modified) {
  m_path = path.isEmpty() ? QString() : QFileInfo(path).absoluteFilePath();
  m_saved = lasting(m_store.state());
  m_lost = modified;
  m_modified = modified && !m_path.isEmpty();
  Q_EMIT changed();
  refresh();
}

void Session::refresh() {
  const bool modified = !m_path.isEmpty() && (m_lost || !(lasting(m_store.state()) == m_saved));
  if (std::exchange(m_modified, modified) != modified) Q_EMIT changed();
  if (m_autosave) m_autosave->keep(m_store.state(), m_path, m_modified);
}

}  // namespace convscope
