#include "app/main_window.h"

#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/focus_keys.h"
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/network_workspace.h"
#include "app/notice_bar.h"
#include "app/presenter_bar.h"
#include "engine/clip/clip_reader.h"
#include "widgets/lesson/lesson_parts.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_panel.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/panels/shortcut_sheet.h"
#include "widgets/stage/stage_view.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QScopeGuard>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThreadPool>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

// The least window in which the stage keeps 640 × 420 beside the left dock and the strip of one row.
constexpr int kLeastWidth = 1024;
constexpr int kLeastHeight = 660;

// A real clip's cells are smaller than a pixel of the stage, its kernel a speck: opened by hand, one of more
// rows than the first is shown at the second.
constexpr int kMostOpenedRows = 96;
constexpr int kOpenedRows = 36;

constexpr int kStatusMs = 80;
constexpr int kPreloadDelayMs = 1500;  // the first pictures come first

/// Indices of the video devices that the kernel lists; opening one to see whether it works would switch it
/// on.
QList<int> cameras() {
  QList<int> indices;
  for (const QString& name :
       QDir(QStringLiteral("/dev")).entryList({QStringLiteral("video*")}, QDir::System)) {
    bool isNumber = false;
    const int index = name.mid(5).toInt(&isNumber);
    if (isNumber) indices << index;
  }
  return indices;
}

}  // namespace

MainWindow::MainWindow(const AppState& initial, Settings settings, QWidget* parent)
    : QMainWindow(parent), m_settings(std::move(settings)), m_store(initial), m_session(m_store) {
  setAcceptDrops(true);
  setMinimumSize(kLeastWidth, kLeastHeight);
  qApp->installEventFilter(new FocusKeys(this));
  askKernel();
  // Before any view hears of a change: whether an answer is under way decides what they draw at once.
  connect(&m_store, &StateStore::changed, this, &MainWindow::askKernel);
  applyTheme(lookTheme(m_store.state().look));
  m_workspace = new KernelWorkspace(m_store, m_controller);
  m_field = new FieldWorkspace(m_store);
  m_network = new NetworkWorkspace(m_store);
  m_compare = new CompareWorkspace(m_store);
  m_pages = new QStackedWidget;
  // in the order of Workspace
  const std::initializer_list<WorkspacePage*> pages{m_workspace, m_field, m_network, m_compare};
  for (WorkspacePage* one : pages) {
    m_pages->addWidget(one);
    connect(one, &WorkspacePage::presented, this, [this, one] {
      if (one != &page()) return;
      // what a drag says comes faster than one reads, and a new text lays out the bar anew
      if (!m_statusTimer.isActive()) m_statusTimer.start();
      presentBar();
      if (m_lessons != nullptr) m_lessons->presented();
    });
  }
  m_presenterBar = new PresenterBar;
  auto* centre = new QWidget;
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  m_notice = new NoticeBar;
  column->addWidget(m_presenterBar);
  column->addWidget(m_notice);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(1);
  row->addWidget(m_pages, 1);
  column->addLayout(row, 1);
  setCentralWidget(centre);
  m_lessons = new LessonDesk(m_store, this, row, m_pages, [this]() -> WorkspacePage& { return page(); });
  connect(m_lessons, &LessonDesk::said, this, &MainWindow::say);
  connect(m_lessons, &LessonDesk::handoutRequested, this, &MainWindow::chooseHandout);
  const auto followLesson = [this] {
    presentBar();
    // orders that mean something only while a lesson is open
    for (std::size_t i = 0; i < m_actions.size(); ++i)
      if (m_commands[i].id.startsWith(QStringLiteral("lesson-")))
        m_actions[i]->setVisible(m_lessons->player().isOpen());
  };
  connect(&m_lessons->player(), &LessonPlayer::changed, this, followLesson);
  connect(&m_lessons->player(), &LessonPlayer::changed, this, [this] {
    const auto lesson = m_lessons->unsaved();
    m_session.keepLesson(lesson ? std::optional(KeptWork::LessonText{lessonText(*lesson), lesson->path})
                                : std::nullopt);
  });
  connect(&m_presenterBar->dots(), &LessonDots::stepChosen, &m_lessons->player(), &LessonPlayer::goTo);
  buildActions();
  followLesson();
  buildMenus();
  buildToolbar();
  buildStatusBar();
  for (const char* id : {"step-back", "play", "step-on", "paint", "ledger", "presenter"})
    m_presenterBar->addAction(action(QLatin1String(id)));
  applyLook();  // once more, for the bars
  m_statusTimer.setSingleShot(true);
  m_statusTimer.setInterval(kStatusMs);
  connect(&m_statusTimer, &QTimer::timeout, this, &MainWindow::refreshStatus);
  connect(m_workspace, &KernelWorkspace::openFileRequested, this, &MainWindow::chooseClip);
  connect(m_network, &NetworkWorkspace::openModelRequested, this, &MainWindow::chooseModel);
  connect(m_network, &NetworkWorkspace::bundledModelRequested, this, &MainWindow::openModel);
  connect(m_network, &NetworkWorkspace::curvesExportRequested, this, [this] { exportCurves(); });
  connect(&m_store, &StateStore::changed, this, [this] {
    applyLook();
    refreshActions();
    nameFigure();
  });
  connect(&m_store, &StateStore::historyChanged, this, &MainWindow::refreshActions);
  connect(&m_session, &Session::changed, this, &MainWindow::refreshTitle);
  connect(&m_reader, &SessionReader::done, this,
          [this](const QString& path, const auto& session) { showSession(path, *session); });
  // what was said of a figure or a file is about the settings of then
  connect(&m_store, &StateStore::studyChanged, statusBar(), &QStatusBar::clearMessage);
  connect(&m_controller, &StudyController::resultChanged, this, [this] {
    const auto* file = std::get_if<FileSource>(&m_store.state().kernel().clip.source);
    if (file == nullptr || m_controller.stale() || file->path == m_rememberedClip) return;
    m_rememberedClip = file->path;
    m_settings.addRecentClip(QString::fromStdString(file->path));
    m_workspace->clipPanel().setRecentFiles(m_settings.recentClips());
  });
  connect(&m_controller, &StudyController::resultChanged, this, &MainWindow::sizeOpenedClip);
  connect(&m_workspace->clipPanel(), &ClipPanel::filePicked, this,
          [this](const QString& path) { m_openedClip = path.toStdString(); });
  m_workspace->clipPanel().setRecentFiles(m_settings.recentClips());
  m_workspace->clipPanel().setCameras(cameras());
  refreshActions();
  nameFigure();
  // The first file would otherwise wait for the decoders; nobody else waits for this thread, so it is let go.
  QTimer::singleShot(kPreloadDelayMs, this, [] { QThreadPool::globalInstance()->start(&preloadDecoders); });
}

MainWindow::~MainWindow() = default;

WorkspacePage& MainWindow::page() const {
  return *static_cast<WorkspacePage*>(m_pages->widget(static_cast<int>(m_store.state().workspace)));
}

// One pool is busy at a time: out of sight the Kernel workspace's jobs would take turns from the page that is
// looked at. A clip opened by hand is read all the same, for its size is chosen by what comes.
void MainWindow::askKernel() {
  const AppState& state = m_store.state();
  const auto* file = std::get_if<FileSource>(&state.kernel().clip.source);
  const bool opened = !m_openedClip.empty() && file != nullptr && file->path == m_openedClip;
  if (state.workspace != Workspace::Kernel && !opened) {
    if (!m_controller.busy()) return;
    m_controller.stop();
    m_kernelWaits = true;
    return;
  }
  m_controller.setSpec(state.kernel(), state.selection.filter);
  if (std::exchange(m_kernelWaits, false) && m_controller.stale() && !m_controller.busy())
    m_controller.resubmit();
}

void MainWindow::change(const QString& label, std::function<void(AppState&)> apply, bool undoable) {
  m_store.edit({label, std::move(apply), undoable});
}

QAction* MainWindow::action(const QString& id) const {
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    if (m_commands[i].id == id) return m_actions[i];
  }
  return nullptr;
}

void MainWindow::settleLayout() {
  // a bar that comes or goes moves its neighbours, which move what is inside them
  constexpr int kDeep = 4;
  for (int turn = 0; turn < kDeep; ++turn) QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
}

void MainWindow::applyLook() {
  const Look& look = m_store.state().look;
  const bool same =
      m_appliedLook && m_appliedLook->theme == look.theme && m_appliedLook->presenter == look.presenter;
  if (!same) {
    // bars, panels and type change one after the other: nothing is painted before all of them have
    const bool inSight = isVisible() && updatesEnabled();
    if (inSight) setUpdatesEnabled(false);
    const auto paintAgain = qScopeGuard([&] {
      if (!inSight) return;
      m_workspace->presentNow();
      settleLayout();
      setUpdatesEnabled(true);
    });
    applyTheme(lookTheme(look));
    const LookTheme& theme = lookTheme(look);
    for (std::size_t i = 0; i < m_actions.size(); ++i) {
      if (!m_commands[i].icon.isEmpty()) m_actions[i]->setIcon(themeIcon(m_commands[i].icon, theme));
    }
    m_playIcon = {};
    m_hintWidths.clear();
    refreshStatusHints();
    for (QWidget* bar : {static_cast<QWidget*>(menuBar()), static_cast<QWidget*>(m_toolbar),
                         static_cast<QWidget*>(statusBar())})
      bar->setVisible(!look.presenter);
    m_presenterBar->setVisible(look.presenter);
    m_presenterBar->applySizes();
  }
  if (m_appliedLook &&
      (m_appliedLook->theme != look.theme || m_appliedLook->reducedMotion != look.reducedMotion)) {
    m_settings.remember(look);
  }
  m_appliedLook = look;
}

void MainWindow::say(const QString& sentence) {
  statusBar()->showMessage(sentence, 8000);
}

void MainWindow::finish() {
  m_reader.finish();
  m_controller.finish();  // whatever is in sight, the clip is read
  m_workspace->presentNow();
  page().finish();
  m_lessons->finish();
  refreshStatus();
  QApplication::processEvents();
}

void MainWindow::openClip(const QString& path) {
  const std::string file = path.toStdString();
  m_openedClip = file;
  change(tr("Open clip"), [file](AppState& state) { takeSource(state, FileSource{file}); });
}

void MainWindow::openModel(const QString& path) {
  const std::string file = path.toStdString();
  change(tr("Open model"), [file](AppState& state) {
    NetworkSettings fresh;
    fresh.model = file;
    fresh.range = state.network.range;
    fresh.sorted = state.network.sorted;
    state.network = std::move(fresh);
    state.workspace = Workspace::Network;
  });
}

void MainWindow::sizeOpenedClip() {
  const ClipSpec& clip = m_store.state().kernel().clip;
  const auto* file = std::get_if<FileSource>(&clip.source);
  if (m_openedClip.empty() || m_controller.stale() || file == nullptr || file->path != m_openedClip) return;
  m_openedClip.clear();
  const auto* result = std::get_if<KernelResult>(m_controller.result().get());
  if (result == nullptr || clip.prepare.resize) return;
  const Shape& input = result->geometry.input;
  if (input.height <= kMostOpenedRows) return;
  const FrameSize size{
      kOpenedRows,
      std::max(1, static_cast<int>(std::lround(1.0 * kOpenedRows * input.width / input.height)))};
  change(tr("Resize"), [size](AppState& state) { state.kernel().clip.prepare.resize = size; });
  say(tr("Shown at %1 × %2, so that cells and kernel can be seen; undo brings back all %3 × %4 pixels.")
          .arg(size.height)
          .arg(size.width)
          .arg(input.height)
          .arg(input.width));
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!m_lessons->mayLeaveLesson() || !mayLeaveWork() || !mayLoseUnkept()) {
    event->ignore();
    return;
  }
  m_settings.setWindowGeometry(saveGeometry());
  change(
      tr("Pause"), [](AppState& state) { setPlaying(state.playback, false); }, false);
  m_lessons->closeSecondStage();  // as the last window it would keep the program alive
  if (Autosave* kept = m_session.autosave()) kept->close();
  QMainWindow::closeEvent(event);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  // a projector of any resolution shows the same picture
  const bool rescaled = setPresenterScale(std::min(width() / 1920.0, height() / 1080.0));
  if (rescaled && m_store.state().look.presenter) {
    m_appliedLook.reset();
    applyLook();
    refreshActions();
    m_workspace->presentNow();
  }
  // in a small window the bar has no room for that word
  constexpr int kRoomy = 1500;
  if (auto* const sort =
          qobject_cast<QToolButton*>(m_toolbar->widgetForAction(action(QStringLiteral("sort")))))
    sort->setToolButtonStyle(width() >= kRoomy ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  m_workspace->updateGeometry();
  fitToolbar();
  refreshStatusHints();
}

void MainWindow::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (event->spontaneous()) return;  // it comes back with what it had
  page().stageWidget()->setFocus();  // else Qt gives it to the first list, which would take the keys
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  // what the field in focus has no more use for: back to where the keys slide the kernel
  const bool leaves =
      event->key() == Qt::Key_Escape || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (leaves) page().stageWidget()->setFocus();
  QMainWindow::keyPressEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QList<QUrl> urls = event->mimeData()->urls();
  if (!urls.isEmpty() && urls.constFirst().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QString path = event->mimeData()->urls().constFirst().toLocalFile();
  const bool isState = path.endsWith(QStringLiteral(".convscope")) || path.endsWith(QStringLiteral(".json"));
  if (path.endsWith(QStringLiteral(".onnx"), Qt::CaseInsensitive))
    openModel(path);
  else if (path.endsWith(QStringLiteral(".md"), Qt::CaseInsensitive))
    m_lessons->openFile(path);
  else
    isState ? openState(path) : openClip(path);
  event->acceptProposedAction();
}

void MainWindow::showShortcuts() {
  std::vector<ShortcutGroup> groups;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    const Command& command = m_commands[i];
    if (command.keys.isEmpty() || !m_actions[i]->isVisible()) continue;
    QStringList keys;
    for (const QKeySequence& key : command.keys) keys << key.toString(QKeySequence::NativeText);
    if (groups.empty() || groups.back().title != command.group) groups.push_back({command.group, {}});
    groups.back().lines.push_back({keys.join(QStringLiteral(" / ")), m_actions[i]->text()});
  }
  if (m_store.state().workspace == Workspace::Network)  // no orders: keys of the panel in focus
    groups.push_back({tr("Class scores, in focus"),
                      {{tr("Up / Down"), tr("Another class")},
                       {tr("Space / Return"), tr("Explain it; once more: the best")}}});
  if (m_shortcuts == nullptr) {
    m_shortcuts = new ShortcutSheet(this);
    connect(m_shortcuts, &ShortcutSheet::closed, this, [this] {
      if (isVisible()) page().stageWidget()->setFocus();
    });
  }
  m_shortcuts->setLook(m_store.state().look);
  m_shortcuts->setShortcuts(std::move(groups));
  m_shortcuts->toggle();
}

}  // namespace convscope
