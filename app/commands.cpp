// The table of everything that the user can order: the rest of MainWindow, kept apart because it is a list.
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "engine/clip/npy.h"
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
       tr("Open state…"),
       {},
       {tr("Ctrl+Shift+O")},
       tr("Open a saved state of the program"),
       [this] {
         const QString path = QFileDialog::getOpenFileName(this, tr("Open state"), m_settings.lastFolder(),
                                                           tr("ConvScope states (*.convscope *.json)"));
         if (!path.isEmpty()) openState(path);
       }},
      {file,
       tr("Save state…"),
       "save",
       {QKeySequence::Save},
       tr("Save everything on screen as one file"),
       [this] { saveState(); }},
      {file,
       tr("Compute again"),
       {},
       {QKeySequence(Qt::Key_F5)},
       tr("Compute the maps again, after Stop or where a file has changed"),
       [this] { m_controller.computeAgain(); }},
      {file,
       tr("Export maps as .npy…"),
       {},
       {tr("Ctrl+E")},
       tr("Write the maps as float32 (K, L′, H′, W′)"),
       [this] { exportMaps(); }},
      {file,
       tr("Export picture…"),
       {},
       {tr("Ctrl+Shift+E")},
       tr("Write the window as a PNG"),
       [this] { exportPicture(); }},
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
  return {
      {slide,
       tr("Play or pause"),
       "play",
       {tr("Space"), tr("K")},
       tr("Slide the kernel over the clip"),
       [this] {
         change(
             tr("Play"), [](AppState& s) { s.playback.playing = !s.playback.playing; }, false);
       },
       [](const AppState& s) { return s.playback.playing; },
       "play"},
      {slide,
       tr("Step back"),
       "step-back",
       {tr(",")},
       tr("One position back"),
       [this] { m_workspace->step(-1); },
       {},
       "step-back"},
      {slide,
       tr("Step on"),
       "step-on",
       {tr(".")},
       tr("One position on"),
       [this] { m_workspace->step(1); },
       {},
       "step-on"},
      {slide,
       tr("Kernel one cell to the left"),
       {},
       {tr("Left")},
       tr("Slide in width"),
       [this] { m_workspace->move(Axis::X, -1); }},
      {slide,
       tr("Kernel one cell to the right"),
       {},
       {tr("Right")},
       tr("Slide in width"),
       [this] { m_workspace->move(Axis::X, 1); }},
      {slide,
       tr("Kernel one cell up"),
       {},
       {tr("Up")},
       tr("Slide in height"),
       [this] { m_workspace->move(Axis::Y, -1); }},
      {slide,
       tr("Kernel one cell down"),
       {},
       {tr("Down")},
       tr("Slide in height"),
       [this] { m_workspace->move(Axis::Y, 1); }},
      {slide,
       tr("Kernel to the map before"),
       {},
       {tr("["), tr("PgUp")},
       tr("Slide in time"),
       [this] { m_workspace->move(Axis::T, -1); }},
      {slide,
       tr("Kernel to the map after"),
       {},
       {tr("]"), tr("PgDown")},
       tr("Slide in time"),
       [this] { m_workspace->move(Axis::T, 1); }},
      {slide,
       tr("To the first position"),
       {},
       {tr("Home")},
       tr("Back to the start of the slide"),
       [this] {
         change(
             tr("Slide the kernel"),
             [](AppState& s) {
               s.selection.voxel = {0, 0, 0};
               s.selection.input.reset();
             },
             false);
       }},
      {slide,
       tr("To the strongest response"),
       {},
       {tr("J")},
       tr("Where the chosen filter answers most, for or against"),
       [this] {
         change(
             tr("Slide the kernel"),
             [](AppState& s) {
               s.selection.voxel = kStrongest;
               s.selection.input.reset();
             },
             false);
       }},
      {slide,
       tr("Let go of the pinned input voxel"),
       {},
       {tr("Esc")},
       tr("Show what goes into the output voxel again"),
       [this] {
         m_workspace->stage().setFocus();
         change(
             tr("Input voxel"), [](AppState& s) { s.selection.input.reset(); }, false);
       }},
      {slide,
       tr("Loop"),
       "loop",
       {tr("O")},
       tr("Begin again at the end"),
       [this] {
         change(
             tr("Loop"), [](AppState& s) { s.playback.loop = !s.playback.loop; }, false);
       },
       [](const AppState& s) { return s.playback.loop; },
       "loop"},
      {slide,
       tr("Paint maps as the kernel slides"),
       "paint",
       {tr("M")},
       tr("Show only the cells that the kernel has reached"),
       [this] {
         change(
             tr("Paint"), [](AppState& s) { s.playback.paint = !s.playback.paint; }, false);
       },
       [](const AppState& s) { return s.playback.paint; },
       "paint"},
      {slide,
       tr("Faster"),
       {},
       {tr("+"), tr("=")},
       tr("Double the speed"),
       [this] {
         change(
             tr("Speed"), [](AppState& s) { s.playback.speed = std::min(100.0, s.playback.speed * 2); },
             false);
       }},
      {slide,
       tr("Slower"),
       {},
       {tr("-")},
       tr("Halve the speed"),
       [this] {
         change(
             tr("Speed"), [](AppState& s) { s.playback.speed = std::max(0.1, s.playback.speed / 2); }, false);
       }},
      {slide,
       tr("Next filter"),
       {},
       {tr("F")},
       tr("Show the next filter's maps"),
       [this] {
         change(
             tr("Filter"),
             [](AppState& s) {
               s.selection.filter = (s.selection.filter + 1) % static_cast<int>(s.kernel().bank.size());
             },
             false);
       }},
  };
}

std::vector<MainWindow::Command> MainWindow::viewCommands() {
  const QString view = tr("View");
  std::vector<Command> commands;
  const auto mode = [&](const QString& text, const QString& key, StageMode wanted, const QString& tip) {
    commands.push_back(
        {view,
         text,
         {},
         {QKeySequence(key)},
         tip,
         [this, wanted] { change(tr("Stage view"), [wanted](AppState& s) { s.look.stageMode = wanted; }); },
         [wanted](const AppState& s) { return s.look.stageMode == wanted; }});
  };
  mode(tr("Maps as frames"), tr("Shift+1"), StageMode::Frames, tr("Each map frame above its input frames"));
  mode(tr("Maps as slices"), tr("Shift+2"), StageMode::Slices, tr("Three slices through the chosen voxel"));
  mode(tr("Maps as isosurface"), tr("Shift+3"), StageMode::Isosurface,
       tr("The surface where the response is half its largest"));
  mode(tr("Maps as volume"), tr("Shift+4"), StageMode::Volume, tr("The whole response as a cloud"));
  const auto range = [&](const QString& text, RangeMode wanted, const QString& tip) {
    commands.push_back(
        {view,
         text,
         {},
         {},
         tip,
         [this, wanted] { change(tr("Colour range"), [wanted](AppState& s) { s.look.rangeMode = wanted; }); },
         [wanted](const AppState& s) { return s.look.rangeMode == wanted; }});
  };
  range(tr("Colour range: this map frame"), RangeMode::MapFrame, tr("Each frame to its own largest value"));
  range(tr("Colour range: this filter's maps"), RangeMode::Map, tr("One range for all frames of a filter"));
  range(tr("Colour range: all filters"), RangeMode::All, tr("One range for everything"));
  range(tr("Colour range: fixed"), RangeMode::Fixed, tr("A fixed range, to compare settings"));
  const auto scale = [&](const QString& text, const QString& key, bool wider, const QString& tip) {
    commands.push_back({view, text, {}, {QKeySequence(key)}, tip, [this, wider] {
                          const KernelView& shown = m_workspace->view();
                          const double next =
                              neighbourRange(shown.mapRange(shown.filter(), shown.voxel().t).high, wider);
                          change(tr("Colour range"), [next](AppState& s) {
                            s.look.rangeMode = RangeMode::Fixed;
                            s.look.fixedRange = std::clamp(next, 1e-9, 1e9);
                          });
                        }});
  };
  scale(tr("Colour range wider"), tr("Ctrl+Up"), true, tr("Fix the range, one step larger"));
  scale(tr("Colour range narrower"), tr("Ctrl+Down"), false, tr("Fix the range, one step smaller"));
  const auto level = [&](const QString& text, const QString& key, double step) {
    commands.push_back({view, text, {}, {QKeySequence(key)}, tr("Of the maps as isosurface"), [this, step] {
                          change(tr("Level of the surface"), [step](AppState& s) {
                            s.look.isoLevel = std::clamp(s.look.isoLevel + step, .02, .98);
                          });
                        }});
  };
  level(tr("Surface at a higher level"), tr("Shift+Up"), .05);
  level(tr("Surface at a lower level"), tr("Shift+Down"), -.05);
  for (const auto& [id, name] : signedMapNames()) {
    commands.push_back(
        {view,
         tr("Colours: %1").arg(name),
         {},
         {},
         tr("Colour-blind-safe scale for maps"),
         [this, id = id] { change(tr("Colours"), [id](AppState& s) { s.look.activationMap = id; }); },
         [id = id](const AppState& s) { return s.look.activationMap == id; }});
  }
  const auto toggle = [&](const QString& text, const QString& key, const QString& icon, bool Look::*member,
                          const QString& tip, const QString& id = {}) {
    commands.push_back({view, text, icon,
                        key.isEmpty() ? QList<QKeySequence>{} : QList<QKeySequence>{QKeySequence(key)}, tip,
                        [this, member, text] {
                          change(text, [member](AppState& s) { s.look.*member = !(s.look.*member); });
                        },
                        [member](const AppState& s) { return s.look.*member; }, id});
  };
  commands.push_back({view,
                      tr("Channels apart"),
                      {},
                      {QKeySequence(tr("C"))},
                      tr("Red, green and blue as planes of their own"),
                      [this] {
                        const StageView& stage = m_workspace->stage();
                        const bool apart = m_store.state().look.channelsApart;
                        const CameraLook before = stage.designedView(apart),
                                         after = stage.designedView(!apart);
                        change(tr("Channels apart"), [apart, before, after](AppState& s) {
                          s.look.channelsApart = !apart;
                          // a view that the user chose stays
                          if (s.look.camera == before) s.look.camera = after;
                        });
                      },
                      [](const AppState& s) { return s.look.channelsApart; }});
  toggle(tr("Input tensor alone"), {}, {}, &Look::inputOnly, tr("Hide kernel and maps"));
  toggle(tr("Large kernel"), tr("L"), {}, &Look::kernelLarge,
         tr("The kernel's cells with their weights; drag a handle to stretch it"));
  toggle(tr("Left panels"), tr("F6"), {}, &Look::showLeft, tr("Clip, kernel and weights"));
  const auto right = [](auto& look) -> auto& {
    return look.presenter ? look.presenterDrawer : look.showRight;
  };
  commands.push_back({view,
                      tr("Ledger and cost"),
                      "ledger",
                      {QKeySequence(tr("F7"))},
                      tr("Ledger and cost beside the stage"),
                      [this, right] {
                        change(tr("Ledger and cost"),
                               [right](AppState& s) { right(s.look) = !right(s.look); });
                      },
                      [right](const AppState& s) { return right(s.look); },
                      "ledger"});
  toggle(tr("Time strip"), tr("F8"), {}, &Look::showStrip, tr("Frames, maps and slices"));
  toggle(tr("Presenter size"), tr("P"), "screen", &Look::presenter,
         tr("Larger type and lines for a projector"), "presenter");
  toggle(tr("Reduced motion"), {}, {}, &Look::reducedMotion, tr("No travelling, no camera flights"));
  commands.push_back({view,
                      tr("Light theme"),
                      "theme",
                      {QKeySequence(tr("T"))},
                      tr("Light or dark"),
                      [this] {
                        change(tr("Theme"), [](AppState& s) {
                          s.look.theme = s.look.theme == Theme::Dark ? Theme::Light : Theme::Dark;
                        });
                      },
                      [](const AppState& s) { return s.look.theme == Theme::Light; },
                      "theme"});
  commands.push_back({view, tr("Full screen"), {}, {QKeySequence(tr("F11"))}, tr("Fill the screen"), [this] {
                        isFullScreen() ? showNormal() : showFullScreen();
                      }});
  return commands;
}

std::vector<MainWindow::Command> MainWindow::cameraCommands() {
  const QString camera = tr("Camera");
  std::vector<Command> commands{{camera,
                                 tr("Reset camera"),
                                 "camera-reset",
                                 {tr("R"), tr("0")},
                                 tr("Frame everything again"),
                                 [this] { m_workspace->stage().resetCamera(); },
                                 {},
                                 "camera-reset"}};
  const std::vector<QString> names{tr("Designed view"), tr("From the front"), tr("From the side: time"),
                                   tr("From above"),    tr("The chosen map"), tr("The kernel")};
  for (int i = 0; i < static_cast<int>(names.size()); ++i) {
    commands.push_back({camera,
                        names[static_cast<std::size_t>(i)],
                        {},
                        {QKeySequence(QString::number(i + 1))},
                        tr("Fly there"),
                        [this, i] {
                          const CameraLook look = m_workspace->stage().presetCamera(i + 1);
                          change(
                              tr("Camera"), [look](AppState& s) { s.look.camera = look; }, false);
                        }});
  }
  const auto gap = [&](const QString& text, const QString& key, double factor) {
    commands.push_back(
        {camera, text, {}, {QKeySequence(key)}, tr("Spacing of the frames in the stage"), [this, factor] {
           change(tr("Spacing"),
                  [factor](AppState& s) { s.look.spacing = std::clamp(s.look.spacing * factor, 0.1, 3.0); });
         }});
  };
  gap(tr("Frames further apart"), tr("Shift+Right"), 1.25);
  gap(tr("Frames closer together"), tr("Shift+Left"), 0.8);
  return commands;
}

namespace {

/// "4" of "fig-4".
QString numberOf(const Scene& figure) {
  return QString::fromStdString(figure.id).section(QLatin1Char('-'), 1);
}

}  // namespace

QString MainWindow::openFigure() const {
  const AppState& state = m_store.state();
  for (const Scene& one : m_figures) {
    const Look& look = one.state.look;
    if (one.state.columns == state.columns && look.inputOnly == state.look.inputOnly &&
        look.channelsApart == state.look.channelsApart && look.stageMode == state.look.stageMode)
      return tr("%1, figure %2").arg(QString::fromStdString(one.title), numberOf(one));
  }
  return {};
}

std::vector<MainWindow::Command> MainWindow::helpCommands() {
  const QString figures = tr("Figures");
  std::vector<Command> commands;
  if (auto all = scenes()) m_figures = std::move(*all);
  for (const Scene& one : m_figures) {
    commands.push_back({figures,
                        tr("Figure %1: %2").arg(numberOf(one), QString::fromStdString(one.title)),
                        {},
                        // the last digit of its number: there are ten figures
                        {QKeySequence(QStringLiteral("Ctrl+%1").arg(numberOf(one).right(1)))},
                        QString::fromStdString(one.says),
                        [this, one] {
                          AppState state = one.state;
                          state.look.theme = m_store.state().look.theme;
                          state.look.presenter = m_store.state().look.presenter;
                          m_store.replace(state, QString::fromStdString(one.title));
                          say(QString::fromStdString(one.says));
                        }});
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
      {help, tr("About ConvScope"), {}, {}, tr("Version and engine"), [this] { showAbout(); }});
  return commands;
}

void MainWindow::buildActions() {
  for (auto list :
       {fileCommands(), editCommands(), playCommands(), viewCommands(), cameraCommands(), helpCommands()}) {
    for (Command& command : list) m_commands.push_back(std::move(command));
  }
  const LookTheme& theme = lookTheme(m_store.state().look);
  for (const Command& command : m_commands) {
    auto* one = new QAction(command.text, this);
    one->setShortcuts(command.keys);
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

void MainWindow::saveState() {
  QString path = QFileDialog::getSaveFileName(this, tr("Save state"), m_settings.lastFolder(),
                                              tr("ConvScope states (*.convscope)"));
  if (path.isEmpty()) return;
  if (!path.contains(QLatin1Char('.'))) path += QStringLiteral(".convscope");
  const auto written = writeState(m_store.state(), path.toStdString());
  say(written ? tr("Saved %1.").arg(path) : QString::fromStdString(written.error().message));
}

void MainWindow::exportMaps() {
  // The file holds what is on screen when it is asked for: whole maps of the settings shown, or none.
  const std::shared_ptr<const StudyResult> holder = m_controller.result();
  const auto* result = holder ? std::get_if<KernelResult>(holder.get()) : nullptr;
  if (result == nullptr || result->preview || m_controller.stale()) {
    say(tr("There are no whole maps of these settings yet: wait until they are computed, or press F5."));
    return;
  }
  const QString path = QFileDialog::getSaveFileName(this, tr("Export maps"), m_settings.lastFolder(),
                                                    tr("NumPy arrays (*.npy)"));
  if (path.isEmpty()) return;
  const auto written = writeMapsNpy(path.toStdString(), result->maps);
  say(written ? tr("Wrote %1.").arg(path) : QString::fromStdString(written.error().message));
}

void MainWindow::exportPicture() {
  const QPixmap picture = grab();
  const QString path = QFileDialog::getSaveFileName(this, tr("Export picture"), m_settings.lastFolder(),
                                                    tr("Pictures (*.png)"));
  if (path.isEmpty()) return;
  say(picture.save(path) ? tr("Wrote %1.").arg(path) : tr("%1 cannot be written.").arg(path));
}

}  // namespace convscope
