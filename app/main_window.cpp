#include "app/main_window.h"

#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/focus_keys.h"
#include "app/kernel_workspace.h"
#include "app/network_workspace.h"
#include "app/presenter_bar.h"
#include "engine/clip/clip_reader.h"
#include "engine/clip/motion_lab.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_panel.h"
#include "widgets/panels/clip_words.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/shortcut_sheet.h"
#include "widgets/stage/stage_view.h"

#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QLabel>
#include <QLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QScopeGuard>
#include <QSlider>
#include <QStackedWidget>
#include <QStatusBar>
#include <QThreadPool>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace convscope {

namespace {

/// The speed slider is logarithmic: 0.1× … 100×, 1× a third of the way.
constexpr int kSpeedSteps = 300;
double speedOf(int slider) {
  return std::pow(10.0, slider / 100.0 - 1);
}
// The design's grid, px.
constexpr int kMenuHeight = 28;
constexpr int kToolbarHeight = 44;
constexpr int kIconSize = 20;
constexpr int kMargin = 12;
constexpr int kToolbarSpacing = 4;  // as in the style sheet

// The least window in which the stage keeps 640 × 420 beside the left dock and the strip of one row.
constexpr int kLeastWidth = 1024;
constexpr int kLeastHeight = 660;

// A real clip's cells are smaller than a pixel of the stage, its kernel a speck: opened by hand, one of more
// rows than the first is shown at the second.
constexpr int kMostOpenedRows = 96;
constexpr int kOpenedRows = 36;

constexpr int kStatusHeight = 24;
constexpr int kStatusMs = 80;
constexpr int kPreloadDelayMs = 1500;  // the first pictures come first

int sliderOf(double speed) {
  return static_cast<int>(std::lround((std::log10(speed) + 1) * 100));
}

QString clipName(const AppState& state) {
  const ClipSource& source = state.kernel().clip.source;
  if (const auto* file = std::get_if<FileSource>(&source)) {
    return QFileInfo(QString::fromStdString(file->path)).fileName();
  }
  if (const auto* camera = std::get_if<WebcamSource>(&source))
    return QObject::tr("camera %1").arg(camera->index);
  const auto* lab = std::get_if<LabSpec>(&source);
  const MotionLabEntry* entry = lab == nullptr ? nullptr : findMotionLabEntry(lab->name);
  return entry == nullptr ? QObject::tr("motion lab") : QString::fromStdString(entry->name);
}

QString documentName(const AppState& state) {
  const bool network = state.workspace == Workspace::Network && !state.network.model.empty();
  if (!network) return clipName(state);
  return QObject::tr("%1 on %2")
      .arg(QFileInfo(QString::fromStdString(state.network.model)).fileName(), clipName(state));
}

/// Bold words in the colour of text, on a label whose other words are muted.
QString withBrightWords(QString rich) {
  return rich.replace(QStringLiteral("<b>"),
                      QStringLiteral("<b style='color:%1'>").arg(appliedTheme().text.name()));
}

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
    : QMainWindow(parent), m_settings(std::move(settings)), m_store(initial) {
  setAcceptDrops(true);
  setMinimumSize(kLeastWidth, kLeastHeight);
  qApp->installEventFilter(new FocusKeys(this));
  const auto ask = [this] {
    m_controller.setSpec(m_store.state().kernel(), m_store.state().selection.filter);
  };
  ask();
  // Before any view hears of a change: whether an answer is under way decides what they draw at once.
  connect(&m_store, &StateStore::changed, this, ask);
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
    });
  }
  m_presenterBar = new PresenterBar;
  auto* centre = new QWidget;
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(1);
  column->addWidget(m_presenterBar);
  column->addWidget(m_pages, 1);
  setCentralWidget(centre);
  buildActions();
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
  connect(&m_store, &StateStore::changed, this, [this] {
    applyLook();
    refreshActions();
  });
  connect(&m_store, &StateStore::historyChanged, this, &MainWindow::refreshActions);
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
  // The first file would otherwise wait for the decoders; nobody else waits for this thread, so it is let go.
  QTimer::singleShot(kPreloadDelayMs, this, [] { QThreadPool::globalInstance()->start(&preloadDecoders); });
}

MainWindow::~MainWindow() = default;

WorkspacePage& MainWindow::page() const {
  return *static_cast<WorkspacePage*>(m_pages->widget(static_cast<int>(m_store.state().workspace)));
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

void MainWindow::buildMenus() {
  QMenu* menu = nullptr;
  QString heading;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    if (m_commands[i].group != heading) {
      heading = m_commands[i].group;
      menu = menuBar()->addMenu(heading);
    }
    menu->addAction(m_actions[i]);
  }
  m_document = new QLabel;
  m_document->setObjectName(QStringLiteral("muted"));
  m_document->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_document->setContentsMargins(0, 0, kMargin, 0);
  m_document->setMinimumHeight(kMenuHeight);
  menuBar()->setFixedHeight(kMenuHeight);
  menuBar()->setCornerWidget(m_document);
}

void MainWindow::buildToolbar() {
  m_toolbar = addToolBar(tr("Tools"));
  m_toolbar->setMovable(false);
  m_toolbar->setFixedHeight(kToolbarHeight);
  m_toolbar->setIconSize({kIconSize, kIconSize});
  m_toolbar->setContextMenuPolicy(Qt::PreventContextMenu);
  // Margins and padding at the sides would also be taken from the buttons' height (Qt's tool bars take them
  // for all edges), so that icons of the designed size would not fit: the margins are items.
  m_toolbar->layout()->setContentsMargins(0, 0, 0, 0);
  const auto margin = [this] {
    auto* item = new QWidget;
    item->setFixedWidth(kMargin - kToolbarSpacing);
    m_toolbar->addWidget(item);
  };
  margin();
  const auto add = [this](const char* id, bool withWord) {
    QAction* one = action(QLatin1String(id));
    m_toolbar->addAction(one);
    auto* button = qobject_cast<QToolButton*>(m_toolbar->widgetForAction(one));
    button->setToolButtonStyle(withWord ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
    button->setAccessibleName(one->text());
  };
  add("open-clip", true);
  add("open-model", true);
  // Qt leaves 2 px between icon and word
  action(QStringLiteral("open-clip"))->setIconText(QChar(0x2002) + tr("Open clip…"));
  action(QStringLiteral("open-model"))->setIconText(QChar(0x2002) + tr("Open model…"));
  m_toolbar->addSeparator();
  m_workspaces = new SegmentedControl(SegmentedControl::Size::Normal);
  const QStringList names{tr("Kernel"), tr("Field"), tr("Network"), tr("Compare")};
  m_workspaces->setChoices(names, names,
                           {tr("One layer of kernels on the clip (Alt+1)"),
                            tr("What a unit deep in a network sees of the clip (Alt+2)"),
                            tr("Your network on the clip, layer by layer (Alt+3)"),
                            tr("Kernels and stacks side by side on the clip (Alt+4)")});
  connect(m_workspaces, &SegmentedControl::chosen, this, [this](int index) {
    change(
        tr("Workspace"), [index](AppState& s) { s.workspace = static_cast<Workspace>(index); }, false);
  });
  m_toolbar->addWidget(m_workspaces);
  m_toolbar->addSeparator();
  add("linked", true);
  add("add-column", true);
  add("undo", false);
  add("redo", false);
  auto* gap = new QWidget;
  gap->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  m_toolbar->addWidget(gap);
  for (const char* id : {"step-back", "play", "step-on", "loop", "paint"}) add(id, false);
  m_speed = new QSlider(Qt::Horizontal);
  m_speed->setRange(0, kSpeedSteps);
  m_speed->setFixedWidth(96);
  m_speed->setAccessibleName(tr("Speed of the slide"));
  m_speed->setToolTip(tr("Speed of the slide: at 1× one kernel step takes 0.18 seconds"));
  connect(m_speed, &QSlider::valueChanged, this, [this](int value) {
    change(
        tr("Speed"), [value](AppState& state) { state.playback.speed = speedOf(value); }, false);
  });
  m_speedItems.push_back(m_toolbar->addWidget(m_speed));
  m_speedText = new QLabel;
  m_speedText->setObjectName(QStringLiteral("muted"));
  m_speedText->setMinimumWidth(44);
  m_speedItems.push_back(m_toolbar->addWidget(m_speedText));
  m_toolbar->addSeparator();
  for (const char* id : {"camera-reset", "presenter", "theme", "shortcuts"}) add(id, false);
  margin();
}

void MainWindow::buildStatusBar() {
  m_hints = new QLabel;
  m_hints->setContentsMargins(kMargin, 0, 0, 0);
  m_hints->setMinimumWidth(1);  // the window may get narrower than what it says now
  m_facts = new QLabel;
  m_facts->setContentsMargins(0, 0, kMargin, 0);
  for (QLabel* label : {m_hints, m_facts}) label->setObjectName(QStringLiteral("muted"));
  statusBar()->setSizeGripEnabled(false);
  statusBar()->setFixedHeight(kStatusHeight);  // whatever it says: what it moved would move the stage
  statusBar()->addWidget(m_hints);
  statusBar()->addPermanentWidget(m_facts);
  refreshStatusHints();
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

void MainWindow::refreshActions() {
  const AppState& state = m_store.state();
  m_pages->setCurrentIndex(static_cast<int>(state.workspace));
  m_workspaces->present(static_cast<int>(state.workspace));
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    if (m_commands[i].checked) m_actions[i]->setChecked(m_commands[i].checked(state));
  }
  action(QStringLiteral("undo"))->setEnabled(m_store.canUndo());
  action(QStringLiteral("redo"))->setEnabled(m_store.canRedo());
  action(QStringLiteral("undo"))
      ->setText(m_store.canUndo() ? tr("Undo %1").arg(m_store.undoLabel().toLower()) : tr("Undo"));
  const std::pair<bool, const LookTheme*> playIcon{state.playback.playing, &lookTheme(state.look)};
  if (std::exchange(m_playIcon, playIcon) != playIcon)  // a new icon is a new painting of the bar
    action(QStringLiteral("play"))
        ->setIcon(
            themeIcon(playIcon.first ? QStringLiteral("pause") : QStringLiteral("play"), *playIcon.second));
  const QSignalBlocker quiet(m_speed);
  m_speed->setValue(sliderOf(state.playback.speed));
  m_speedText->setText(
      QStringLiteral("%1×").arg(shortNumber(state.playback.speed, state.playback.speed < 1 ? 2 : 1)));
  const QString name = documentName(state);
  if (const QString document = tr("%1, ConvScope").arg(name); document != m_document->text()) {
    m_document->setText(document);
    menuBar()->setCornerWidget(m_document);  // a menu bar gives its corner a new width only then
  }
  presentBar();
  setWindowTitle(tr("%1 — ConvScope").arg(name));
}

void MainWindow::hideWhatCannotApply() {
  const KernelView& view = m_workspace->view();
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    const Command& command = m_commands[i];
    if (!command.applies) continue;
    const Workspace now = m_store.state().workspace;
    const bool elsewhere =
        std::find(command.alsoIn.begin(), command.alsoIn.end(), now) != command.alsoIn.end();
    const bool shown = now == Workspace::Kernel ? command.applies(view) : elsewhere;
    if (m_actions[i]->isVisible() != shown) m_actions[i]->setVisible(shown);
  }
  for (QAction* heading : menuBar()->actions()) {
    const QList<QAction*> entries =
        heading->menu() != nullptr ? heading->menu()->actions() : QList<QAction*>();
    heading->setVisible(std::ranges::any_of(entries, &QAction::isVisible));
  }
  const Workspace now = m_store.state().workspace;
  for (QAction* item : m_speedItems)
    item->setVisible(now == Workspace::Network || (now == Workspace::Kernel && slidesAtAll(view)));
}

void MainWindow::presentBar() {
  page().presentBar(*m_presenterBar, clipName(m_store.state()), openFigure());
}

void MainWindow::refreshStatus() {
  hideWhatCannotApply();
  m_facts->setText(withBrightWords(page().facts()));
  refreshStatusHints();  // they have what the facts leave
}

void MainWindow::refreshStatusHints() {
  if (m_hints == nullptr) return;
  if (const QString problem = page().problemOutOfSight(); !problem.isEmpty()) {
    const int room = width() - m_facts->sizeHint().width() - 4 * kMargin;
    m_hints->setText(
        QStringLiteral("<span style='color:%1'>%2</span>")
            .arg(appliedTheme().error.name(),
                 m_hints->fontMetrics().elidedText(problem, Qt::ElideRight, room).toHtmlEscaped()));
    return;
  }
  // as many as there is room for beside the facts: half a hint helps nobody
  const QStringList hints = page().hints();
  if (std::exchange(m_shownHints, hints) != hints) m_hintWidths.clear();
  const auto text = [&](int count) {
    return withBrightWords(hints.mid(0, count).join(QStringLiteral(" &nbsp;&nbsp; ")));
  };
  if (m_hintWidths.empty()) {
    for (int count = 0; count <= hints.size(); ++count) {
      m_hints->setText(text(count));
      m_hintWidths.push_back(m_hints->sizeHint().width());
    }
  }
  const int room = width() - m_facts->sizeHint().width() - 4 * kMargin;
  int count = static_cast<int>(hints.size());
  while (count > 0 && m_hintWidths[static_cast<std::size_t>(count)] > room) --count;
  m_hints->setText(text(count));
}

void MainWindow::say(const QString& sentence) {
  statusBar()->showMessage(sentence, 8000);
}

void MainWindow::finish() {
  m_controller.finish();  // whatever is in sight, the clip is read
  m_workspace->presentNow();
  page().finish();
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

void MainWindow::openState(const QString& path) {
  auto state = readState(path.toStdString());
  if (!state) {
    say(QString::fromStdString(state.error().message));
    return;
  }
  m_store.replace(std::move(*state), tr("Open %1").arg(QFileInfo(path).fileName()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
  m_settings.setWindowGeometry(saveGeometry());
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
  m_workspace->updateGeometry();
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
    groups.back().lines.push_back({keys.join(QStringLiteral(" / ")), command.text});
  }
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
