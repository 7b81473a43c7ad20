// The part of the window that is its bars: menus, tool bar, presenter's bar and status line.
#include "app/kernel_workspace.h"
#include "app/lesson_desk.h"
#include "app/main_window.h"
#include "app/presenter_bar.h"
#include "app/workspace_page.h"
#include "engine/clip/motion_lab.h"
#include "engine/network/bundled_models.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/clip_words.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/state/clip_edits.h"

#include <QAction>
#include <QFileInfo>
#include <QLabel>
#include <QLayout>
#include <QMenuBar>
#include <QSlider>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QToolButton>

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

constexpr int kStatusHeight = 24;

/// Buttons with words beside their icons, those first that can do without.
constexpr const char* kWorded[] = {"linked", "add-column", "open-model", "open-clip"};

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

/// "Dot", "Dot (reverse)".
QString clipWithEdits(const AppState& state) {
  const QString edits = editsText(state.kernel().clip.edits);
  return edits.isEmpty() ? clipName(state) : QObject::tr("%1 (%2)").arg(clipName(state), edits);
}

QString documentName(const AppState& state) {
  const bool network = state.workspace == Workspace::Network && !state.network.model.empty();
  if (!network) return clipWithEdits(state);
  return QObject::tr("%1 on %2")
      .arg(QString::fromStdString(modelTitle(state.network.model)), clipWithEdits(state));
}

/// Bold words in the colour of text, on a label whose other words are muted.
QString withBrightWords(QString rich) {
  return rich.replace(QStringLiteral("<b>"),
                      QStringLiteral("<b style='color:%1'>").arg(appliedTheme().text.name()));
}

}  // namespace

void MainWindow::buildMenus() {
  QMenu* menu = nullptr;
  QString heading;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    if (m_commands[i].group != heading) {
      heading = m_commands[i].group;
      menu = menuBar()->addMenu(heading);
    }
    if (m_commands[i].startsSection) menu->addSeparator();
    menu->addAction(m_actions[i]);
    if (m_commands[i].id == QStringLiteral("open-session")) {
      m_recent = menu->addMenu(tr("Open recent"));
      connect(m_recent, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
    }
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
  add("lessons", true);
  // Qt leaves 2 px between icon and word
  action(QStringLiteral("open-clip"))->setIconText(QChar(0x2002) + tr("Open clip…"));
  action(QStringLiteral("open-model"))->setIconText(QChar(0x2002) + tr("Open model…"));
  action(QStringLiteral("lessons"))->setIconText(QChar(0x2002) + tr("Lessons"));
  m_toolbar->addSeparator();
  m_workspaces = new SegmentedControl(SegmentedControl::Size::Normal);
  const QStringList names{tr("Kernel"), tr("Field"), tr("Network"), tr("Compare")};
  m_workspaces->setChoices(names, names,
                           {tr("One layer of kernels on the clip (Alt+1)"),
                            tr("What a unit deep in a network sees of the clip (Alt+2)"),
                            tr("Your network on the clip, layer by layer (Alt+3)"),
                            tr("Kernels, stacks and networks side by side on the clip (Alt+4)")});
  connect(m_workspaces, &SegmentedControl::chosen, this, [this](int index) {
    change(
        tr("Workspace"), [index](AppState& s) { s.workspace = static_cast<Workspace>(index); }, false);
  });
  m_toolbar->addWidget(m_workspaces);
  m_toolbar->addSeparator();
  add("sort", true);
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
  action(QStringLiteral("redo"))
      ->setText(m_store.canRedo() ? tr("Redo %1").arg(m_store.redoLabel().toLower()) : tr("Redo"));
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
  refreshTitle();
}

void MainWindow::refreshTitle() {
  const QString file = QFileInfo(m_session.path()).fileName();
  const QString shown = documentName(m_store.state());
  setWindowTitle(file.isEmpty() ? tr("%1 — ConvScope").arg(shown)
                                : tr("%1[*] — %2 — ConvScope").arg(file, shown));
  setWindowModified(m_session.modified());
}

void MainWindow::hideWhatCannotApply() {
  const KernelView& view = m_workspace->view();
  bool changed = false;
  for (std::size_t i = 0; i < m_commands.size(); ++i) {
    const Command& command = m_commands[i];
    const Workspace now = m_store.state().workspace;
    if (!command.networkText.isEmpty())
      m_actions[i]->setText(now == Workspace::Network ? command.networkText : command.text);
    if (!command.applies) continue;
    const bool elsewhere =
        std::find(command.alsoIn.begin(), command.alsoIn.end(), now) != command.alsoIn.end();
    const bool shown = now == Workspace::Kernel ? command.applies(view) : elsewhere;
    if (m_actions[i]->isVisible() == shown) continue;
    m_actions[i]->setVisible(shown);
    changed = true;
  }
  for (QAction* heading : menuBar()->actions()) {
    const QList<QAction*> entries =
        heading->menu() != nullptr ? heading->menu()->actions() : QList<QAction*>();
    heading->setVisible(std::ranges::any_of(entries, &QAction::isVisible));
  }
  const Workspace now = m_store.state().workspace;
  for (QAction* item : m_speedItems)
    item->setVisible(now == Workspace::Network || (now == Workspace::Kernel && slidesAtAll(view)));
  if (changed) fitToolbar();
}

void MainWindow::fitToolbar() {
  const auto words = [this](const char* id, bool shown) {
    auto* const button = qobject_cast<QToolButton*>(m_toolbar->widgetForAction(action(QLatin1String(id))));
    button->setToolButtonStyle(shown ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  };
  for (const char* id : kWorded) words(id, true);
  for (const char* id : kWorded) {
    if (m_toolbar->sizeHint().width() <= width()) return;
    words(id, false);
  }
}

void MainWindow::presentBar() {
  if (m_lessons != nullptr && m_lessons->player().isOpen()) {
    const LessonPlayer& player = m_lessons->player();
    return m_presenterBar->presentLesson(QString::fromStdString(player.lesson().title),
                                         QString::fromStdString(player.lesson().figure), player.step(),
                                         player.count());
  }
  m_presenterBar->leaveLesson();
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

}  // namespace convscope
