// The table of everything that the user can order: the rest of MainWindow, kept apart because it is a list.
#include "app/compare_workspace.h"
#include "app/field_workspace.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/conv/convolve.h"
#include "engine/conv/ledger.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/ledger_panel.h"
#include "widgets/stage/stage_view.h"
#include "widgets/state/scenes.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMessageBox>

namespace convscope {

std::vector<MainWindow::Command> MainWindow::fileCommands() {
  const QString file = tr("File");
  return {
      {file,
       tr("Open clip…"),
       "open-clip",
       {QKeySequence::Open},
       tr("Open a video, image sequence, picture or .npy"),
       [this] { chooseClip(); },
       {},
       "open-clip"},
      {file,
       tr("Open model…"),
       "open-model",
       {tr("Ctrl+M")},
       tr("Open a network as an ONNX file"),
       [this] { chooseModel(); },
       {},
       "open-model"},
      {file,
       tr("Open session…"),
       {},
       {tr("Ctrl+Shift+O")},
       tr("Open everything as it was saved"),
       [this] { chooseSession(); },
       {},
       "open-session"},
      {file,
       tr("Save session…"),
       "save",
       {QKeySequence::Save},
       tr("Save everything on screen as one file"),
       [this] { saveSession(false); }},
      {file,
       tr("Save session as…"),
       {},
       {tr("Ctrl+Shift+S")},
       tr("Save everything on screen as a file of another name"),
       [this] { saveSession(true); }},
      {file,
       tr("Reopen last work"),
       {},
       {},
       tr("Everything as it was when the window was closed last"),
       [this] { reopenLastWork(); }},
      {file,
       tr("Compute again"),
       {},
       {QKeySequence(Qt::Key_F5)},
       tr("Compute the maps again, after Stop or where a file has changed"),
       [this] { page().computeAgain(); }},
      {file,
       tr("Export picture…"),
       {},
       {tr("Ctrl+Shift+E")},
       tr("Write a view as PNG, SVG or PDF at any size"),
       [this] { exportWork(0); }},
      {file,
       tr("Export animation…"),
       {},
       {},
       tr("Write the slide, or the clip in time, as MP4 or GIF"),
       [this] { exportWork(1); }},
      {file,
       tr("Export data…"),
       {},
       {tr("Ctrl+E")},
       tr("Write maps, weights, costs, curves and fields as NPY or CSV"),
       [this] { exportWork(2); }},
      {file, tr("Quit"), {}, {QKeySequence::Quit}, tr("Leave the program"), [this] { close(); }},
  };
}

std::vector<MainWindow::Command> MainWindow::editCommands() {
  const QString edit = tr("Edit");
  const auto copy = [this](auto textOf) {
    return [this, textOf] {
      const KernelView& view = m_workspace->view();
      if (view.result == nullptr) return;
      QApplication::clipboard()->setText(QString::fromStdString(textOf(view)));
      say(tr("Copied to the clipboard."));
    };
  };
  const auto ledger = [](const KernelView& view, bool csv) -> std::string {
    const auto& spec = view.result->spec;
    const auto one = ledgerOf(view.result->clip->pixels, spec.conv, spec.bank, view.filter(), view.voxel());
    if (!one) return one.error().message;
    return csv ? ledgerCsv(*one) : ledgerText(*one, spec.conv);
  };
  return {
      {edit,
       tr("Undo"),
       "undo",
       {QKeySequence::Undo},
       tr("Take back the last change"),
       [this] { m_store.undo(); },
       {},
       "undo"},
      {edit,
       tr("Redo"),
       "redo",
       {QKeySequence::Redo},
       tr("Make the change again"),
       [this] { m_store.redo(); },
       {},
       "redo"},
      {edit,
       tr("Copy ledger as text"),
       "copy",
       {tr("Ctrl+Shift+C")},
       tr("The arithmetic of the chosen voxel"),
       copy([ledger](const KernelView& view) { return ledger(view, false); })},
      {edit,
       tr("Copy ledger as CSV"),
       {},
       {},
       tr("The products of the chosen voxel as a table"),
       copy([ledger](const KernelView& view) { return ledger(view, true); })},
      {edit,
       tr("Copy layer as PyTorch code"),
       {},
       {tr("Ctrl+Alt+C")},
       tr("torch.nn.Conv3d with these weights"),
       copy([](const KernelView& view) {
         return torchCode(view.result->spec.conv, view.result->geometry, view.result->spec.bank);
       })},
  };
}

std::vector<MainWindow::Command> MainWindow::playCommands() {
  const QString slide = tr("Slide");
  std::vector<Command> commands;
  const auto toggle = [&](const QString& text, const QString& id, const QList<QKeySequence>& keys,
                          const QString& tip, bool Playback::*member) {
    commands.push_back({slide, text, id, keys, tip,
                        [this, text, member] {
                          change(
                              text, [member](AppState& s) { s.playback.*member = !(s.playback.*member); },
                              false);
                        },
                        [member](const AppState& s) { return s.playback.*member; }, id});
  };
  const auto step = [&](const QString& text, const QString& id, const QString& key, const QString& tip,
                        int by) {
    commands.push_back({slide, text, id, {QKeySequence(key)}, tip, [this, by] { page().step(by); }, {}, id});
  };
  commands.push_back({slide,
                      tr("Play or pause"),
                      "play",
                      {tr("Space"), tr("K")},
                      tr("Slide the kernel over the clip and watch the maps grow"),
                      [this] {
                        change(
                            tr("Play"), [](AppState& s) { setPlaying(s.playback, !s.playback.playing); },
                            false);
                      },
                      [](const AppState& s) { return s.playback.playing; },
                      "play"});
  step(tr("Step back"), "step-back", tr(","), tr("One position back"), -1);
  step(tr("Step on"), "step-on", tr("."), tr("One position on"), 1);
  toggle(tr("Loop"), "loop", {tr("O")}, tr("Begin again at the end"), &Playback::loop);
  toggle(tr("Paint maps as the kernel slides"), "paint", {tr("M")},
         tr("Show only the cells that the kernel has reached"), &Playback::paint);
  const auto speed = [&](const QString& text, const QList<QKeySequence>& keys, const QString& tip,
                         double factor) {
    commands.push_back({slide, text, {}, keys, tip, [this, factor] {
                          change(
                              tr("Speed"),
                              [factor](AppState& s) {
                                s.playback.speed = std::clamp(s.playback.speed * factor, 0.1, 100.0);
                              },
                              false);
                        }});
  };
  speed(tr("Faster"), {tr("+"), tr("=")}, tr("Double the speed"), 2);
  speed(tr("Slower"), {tr("-")}, tr("Halve the speed"), .5);
  for (Command& command : commands) {
    command.applies = slidesAtAll;
    if (command.id != QStringLiteral("paint")) command.alsoIn = {Workspace::Network, Workspace::Compare};
  }
  return commands;
}

std::vector<MainWindow::Command> MainWindow::slideCommands() {
  const QString slide = tr("Slide");
  std::vector<Command> commands;
  const auto move = [&](const QString& text, const QString& ofUnit, const QList<QKeySequence>& keys,
                        const QString& tip, Axis axis, int by) {
    commands.push_back({slide, text, {}, keys, tip, [this, axis, by] { page().move(axis, by); }});
    commands.back().alsoIn = {Workspace::Field, Workspace::Network, Workspace::Compare};
    commands.back().applies = axis == Axis::T ? slidesInTime : slidesAtAll;
    commands.back().networkText = ofUnit;
  };
  move(tr("Kernel one cell to the left"), tr("Unit one cell to the left"), {tr("Left")}, tr("Slide in width"),
       Axis::X, -1);
  move(tr("Kernel one cell to the right"), tr("Unit one cell to the right"), {tr("Right")},
       tr("Slide in width"), Axis::X, 1);
  move(tr("Kernel one cell up"), tr("Unit one cell up"), {tr("Up")}, tr("Slide in height"), Axis::Y, -1);
  move(tr("Kernel one cell down"), tr("Unit one cell down"), {tr("Down")}, tr("Slide in height"), Axis::Y, 1);
  move(tr("Kernel to the map before"), tr("Unit to the frame before"), {tr("["), tr("PgUp")},
       tr("Slide in time"), Axis::T, -1);
  move(tr("Kernel to the map after"), tr("Unit to the frame after"), {tr("]"), tr("PgDown")},
       tr("Slide in time"), Axis::T, 1);
  const auto go = [&](const QString& text, const QString& key, const QString& tip, Triple to) {
    commands.push_back({slide, text, {}, {QKeySequence(key)}, tip, [this, to] {
                          change(
                              tr("Slide the kernel"),
                              [to](AppState& s) {
                                s.selection.voxel = to;
                                s.selection.input.reset();
                              },
                              false);
                        }});
    commands.back().applies = slidesAtAll;
    commands.back().alsoIn = {Workspace::Compare};
  };
  go(tr("To the first position"), tr("Home"), tr("Back to the start of the slide"), {0, 0, 0});
  go(tr("To the strongest response"), tr("J"), tr("Where the chosen filter answers most, for or against"),
     kStrongest);
  commands.back().run = [this, pin = commands.back().run] {
    m_store.state().workspace == Workspace::Network ? page().toStrongest() : pin();
  };
  commands.back().alsoIn = {Workspace::Network};
  commands.back().networkText = tr("To the strongest unit");
  commands.push_back({slide,
                      tr("Let go of the pinned input voxel"),
                      {},
                      {tr("Esc")},
                      tr("Show what goes into the output voxel again"),
                      [this] {
                        page().stageWidget()->setFocus();
                        change(
                            tr("Input voxel"), [](AppState& s) { s.selection.input.reset(); }, false);
                      }});
  commands.back().applies = [](const KernelView&) { return true; };
  commands.back().alsoIn = {Workspace::Field, Workspace::Compare};
  commands.push_back({slide, tr("Next filter"), {}, {tr("F")}, tr("Show the next filter's maps"), [this] {
                        if (m_store.state().workspace != Workspace::Kernel) return page().nextChannel(1);
                        change(
                            tr("Filter"),
                            [](AppState& s) {
                              s.selection.filter =
                                  (s.selection.filter + 1) % static_cast<int>(s.kernel().bank.size());
                            },
                            false);
                      }});
  commands.back().applies = slidesAtAll;
  commands.back().alsoIn = {Workspace::Network, Workspace::Compare};
  commands.back().networkText = tr("Next channel");
  for (Command& command : networkCommands()) commands.push_back(std::move(command));
  return commands;
}

std::vector<MainWindow::Command> MainWindow::networkCommands() {
  const QString slide = tr("Slide");
  std::vector<Command> commands;
  const auto add = [&](const QString& text, const QString& key, const QString& tip, auto run) {
    commands.push_back({slide, text, {}, {QKeySequence(key)}, tip, run});
    commands.back().applies = [](const KernelView&) { return false; };
    commands.back().alsoIn = {Workspace::Network, Workspace::Compare};
  };
  add(tr("Channel before"), tr("Shift+F"), tr("In the order shown"), [this] { page().nextChannel(-1); });
  add(tr("Layer after"), tr("Shift+PgDown"), tr("One layer deeper"), [this] { page().deeper(1); });
  add(tr("Layer before"), tr("Shift+PgUp"), tr("One layer nearer to the clip"),
      [this] { page().deeper(-1); });
  add(tr("Sort by strongest"), tr("S"), tr("Else they stand by number"), [this] {
    change(
        tr("Sort channels"), [](AppState& s) { s.network.sorted = !s.network.sorted; }, false);
  });
  commands.back().alsoIn = {Workspace::Network};
  commands.back().checked = [](const AppState& s) { return s.network.sorted; };
  commands.back().icon = QStringLiteral("sort");
  commands.back().id = QStringLiteral("sort");
  return commands;
}

namespace {

/// "4" of "fig-4", "3" of "takeaway-3".
QString numberOf(const Scene& figure) {
  return QString::fromStdString(figure.id).section(QLatin1Char('-'), 1, 1);
}

bool isFigure(const Scene& scene) {
  return scene.id.starts_with("fig-");
}

/// "Figure 4: Grey video", "Takeaway 3: …", or the title of a scene without a number.
QString headingOf(const Scene& scene) {
  const QString title = QString::fromStdString(scene.title);
  if (isFigure(scene)) return QObject::tr("Figure %1: %2").arg(numberOf(scene), title);
  if (scene.id.starts_with("table-")) return QObject::tr("Table %1: %2").arg(numberOf(scene), title);
  if (scene.id.starts_with("takeaway-")) return QObject::tr("Takeaway %1: %2").arg(numberOf(scene), title);
  return title;
}

}  // namespace

const Scene* MainWindow::openScene() const {
  const AppState& state = m_store.state();
  for (const Scene& one : m_figures) {
    const Look& look = one.state.look;
    // there the panels say which figure it is: its clip, its window and its unit are there to be changed
    const NetworkSettings &network = state.network, &wanted = one.state.network;
    if (state.workspace == Workspace::Network && !network.panels.empty() && network.panels == wanted.panels &&
        network.beside == wanted.beside)
      return &one;
    const bool sameStack = state.workspace != Workspace::Field || one.state.field.stack == state.field.stack;
    const bool sameNetwork =
        state.workspace != Workspace::Network ||
        (one.state.network.model == state.network.model && one.state.network.chart == state.network.chart &&
         one.state.network.beside == state.network.beside);
    if (one.state.workspace == state.workspace && sameStack && sameNetwork &&
        one.state.columns == state.columns && look.inputOnly == state.look.inputOnly &&
        look.channelsApart == state.look.channelsApart && look.stageMode == state.look.stageMode)
      return &one;
  }
  return nullptr;
}

QString MainWindow::openFigure() const {
  const Scene* const open = openScene();
  if (open == nullptr) return {};
  return isFigure(*open) ? tr("%1, figure %2").arg(QString::fromStdString(open->title), numberOf(*open))
                         : headingOf(*open);
}

void MainWindow::nameFigure() {
  const Scene* const open = openScene();
  page().setFigure(open == nullptr ? QString() : headingOf(*open));
}

std::vector<MainWindow::Command> MainWindow::helpCommands() {
  const QString figures = tr("Figures");
  std::vector<Command> commands;
  if (auto all = scenes()) m_figures = std::move(*all);
  // figures, then the table and the takeaways, then comparisons
  const auto theme = [](const Scene& one) {
    return isFigure(one) ? 0 : one.id.starts_with("compare") ? 2 : 1;
  };
  for (const Scene& one : m_figures) {
    const bool begins = !commands.empty() && theme(one) != theme(*(&one - 1));
    commands.push_back({figures,
                        headingOf(one),
                        {},
                        // the last digit of its number; the first has none: the sheet of keys is full
                        isFigure(one) && one.id != "fig-1"
                            ? QList{QKeySequence(QStringLiteral("Ctrl+%1").arg(numberOf(one).right(1)))}
                            : QList<QKeySequence>{},
                        QString::fromStdString(one.says),
                        [this, one] {
                          AppState state = one.state;
                          state.look.theme = m_store.state().look.theme;
                          state.look.presenter = m_store.state().look.presenter;
                          m_store.replace(state, QString::fromStdString(one.title));
                          say(QString::fromStdString(one.says));
                        }});
    commands.back().startsSection = begins;
  }
  const QString help = tr("Help");
  commands.push_back({help,
                      tr("Keys"),
                      "shortcuts",
                      {tr("F1"), tr("?")},
                      tr("All keys on one sheet"),
                      [this] { showShortcuts(); },
                      {},
                      "shortcuts"});
  commands.push_back(
      {help, tr("Welcome"), {}, {}, tr("Three doors to begin with"), [this] { showWelcome(); }});
  commands.push_back(
      {help, tr("About ConvScope"), {}, {}, tr("Version and engine"), [this] { showAbout(); }});
  return commands;
}

void MainWindow::buildActions() {
  for (auto list :
       {fileCommands(), editCommands(), playCommands(), slideCommands(), mapCommands(), viewCommands(),
        cameraCommands(), clipCommands(), compareCommands(), lessonCommands(), helpCommands()}) {
    for (Command& command : list) m_commands.push_back(std::move(command));
  }
  const LookTheme& theme = lookTheme(m_store.state().look);
  for (const Command& command : m_commands) {
    auto* one = new QAction(command.text, this);
    one->setShortcuts(command.keys);
    // the clicker's keys are the desk's while a lesson is open, and slide the kernel else: shown here alone
    if (command.id == QLatin1String("lesson-next") || command.id == QLatin1String("lesson-previous"))
      one->setShortcutContext(Qt::WidgetShortcut);
    one->setCheckable(static_cast<bool>(command.checked));
    const QString keys =
        command.keys.isEmpty() ? QString() : command.keys.first().toString(QKeySequence::NativeText);
    one->setToolTip(keys.isEmpty() ? command.tip : tr("%1 (%2)").arg(command.tip, keys));
    if (!command.icon.isEmpty()) one->setIcon(themeIcon(command.icon, theme));
    connect(one, &QAction::triggered, this, command.run);
    addAction(one);  // keys work where the menu is hidden, too
    m_actions.push_back(one);
  }
}

void MainWindow::showAbout() {
  const auto target = activeTarget();
  QMessageBox::about(
      this, tr("About ConvScope"),
      tr("<b>ConvScope %1</b><br>See a convolution move through the space and time of a video clip.<br><br>"
         "Engine: %2 on %3 threads.<br>Apache License 2.0.")
          .arg(QApplication::applicationVersion(),
               target ? QString::fromUtf8(target->data(), static_cast<int>(target->size())) : tr("none"))
          .arg(ThreadPool().threads()));
}

void MainWindow::chooseClip() {
  const QString path = QFileDialog::getOpenFileName(
      this, tr("Open clip"), m_settings.lastFolder(),
      tr("Clips (*.mp4 *.avi *.mkv *.webm *.mov *.gif *.png *.jpg *.jpeg *.bmp *.npy);;All files (*)"));
  if (!path.isEmpty()) openClip(path);
}

void MainWindow::chooseModel() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open model"), m_settings.lastFolder(),
                                                    tr("Networks (*.onnx);;All files (*)"));
  if (!path.isEmpty()) openModel(path);
}

}  // namespace convscope
