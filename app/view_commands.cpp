// The part of the table of commands that changes how things look: the View and the Camera menu.
#include "app/compare_workspace.h"
#include "app/kernel_workspace.h"
#include "app/main_window.h"
#include "widgets/look/look_theme.h"
#include "widgets/stage/stage_view.h"

#include <algorithm>

namespace convscope {

namespace {

/// For orders of the kernel's stage, which the other workspaces have not.
bool always(const KernelView&) {
  return true;
}
bool never(const KernelView&) {
  return false;
}

}  // namespace

std::vector<MainWindow::Command> MainWindow::mapCommands() {
  const QString view = tr("View");
  std::vector<Command> commands;
  const auto page = [&](const QString& text, const QString& key, Workspace wanted, const QString& tip) {
    commands.push_back({view,
                        text,
                        {},
                        {QKeySequence(key)},
                        tip,
                        [this, wanted] {
                          change(
                              tr("Workspace"), [wanted](AppState& s) { s.workspace = wanted; }, false);
                        },
                        [wanted](const AppState& s) { return s.workspace == wanted; }});
  };
  page(tr("Kernel workspace"), tr("Alt+1"), Workspace::Kernel, tr("One layer of kernels on the clip"));
  page(tr("Field workspace"), tr("Alt+2"), Workspace::Field,
       tr("What a unit deep in a network sees of the clip"));
  page(tr("Network workspace"), tr("Alt+3"), Workspace::Network,
       tr("Your network on the clip, layer by layer"));
  page(tr("Compare workspace"), tr("Alt+4"), Workspace::Compare,
       tr("Kernels, stacks and networks side by side on the clip"));
  const auto mode = [&](const QString& text, const QString& key, StageMode wanted, const QString& tip) {
    commands.push_back({view,
                        text,
                        {},
                        {QKeySequence(key)},
                        tip,
                        [this, wanted] {
                          const StageView& stage = m_workspace->stage();
                          const Look& look = m_store.state().look;
                          const CameraLook before = stage.designedView(look.channelsApart, look.stageMode);
                          const CameraLook after = stage.designedView(look.channelsApart, wanted);
                          change(tr("Stage view"), [wanted, before, after](AppState& s) {
                            s.look.stageMode = wanted;
                            if (s.look.camera == before)
                              s.look.camera = after;  // a view that the user chose stays
                          });
                        },
                        [wanted](const AppState& s) { return s.look.stageMode == wanted; }});
    commands.back().applies = always;
    if (wanted != StageMode::Volume) commands.back().alsoIn = {Workspace::Network};
  };
  mode(tr("Maps as frames"), tr("Shift+1"), StageMode::Frames, tr("Each map frame above its input frames"));
  commands.back().startsSection = true;
  mode(tr("Maps as slices"), tr("Shift+2"), StageMode::Slices, tr("Three slices through the chosen voxel"));
  mode(tr("Maps as isosurface"), tr("Shift+3"), StageMode::Isosurface,
       tr("The surface where the response reaches the level marked on the legend"));
  mode(tr("Maps as volume"), tr("Shift+4"), StageMode::Volume, tr("The whole response as a cloud"));
  for (Command& command : rangeCommands()) commands.push_back(std::move(command));
  const auto level = [&](const QString& text, const QString& key, double step) {
    commands.push_back({view, text, {}, {QKeySequence(key)}, tr("Of the maps as isosurface"), [this, step] {
                          change(tr("Level of the surface"), [step](AppState& s) {
                            s.look.isoLevel = std::clamp(s.look.isoLevel + step, .02, .98);
                          });
                        }});
    commands.back().applies = always;
    commands.back().alsoIn = {Workspace::Network};
  };
  level(tr("Surface at a higher level"), tr("Shift+Up"), .05);
  commands.back().startsSection = true;
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
    commands.back().startsSection = id == signedMapNames().front().first;
  }
  return commands;
}

std::vector<MainWindow::Command> MainWindow::rangeCommands() {
  const QString view = tr("View");
  std::vector<Command> commands;
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
  commands.back().startsSection = true;
  range(tr("Colour range: this filter's maps"), RangeMode::Map, tr("One range for all frames of a filter"));
  range(tr("Colour range: all filters"), RangeMode::All, tr("One range for everything"));
  range(tr("Colour range: fixed"), RangeMode::Fixed, tr("A fixed range, to compare settings"));
  const auto scale = [&](const QString& text, const QString& key, bool wider, const QString& tip) {
    commands.push_back({view, text, {}, {QKeySequence(key)}, tip, [this, wider] {
                          const KernelView& shown = m_workspace->view();
                          const CompareView& compared = m_compare->view();
                          const bool compares =
                              m_store.state().workspace == Workspace::Compare && compared.count() > 0;
                          const double now = compares ? compared.range(m_store.state().selection.column)
                                                      : shown.mapRange(shown.filter(), shown.voxel().t).high;
                          const double next = neighbourRange(now, wider);
                          change(tr("Colour range"), [next](AppState& s) {
                            s.look.rangeMode = RangeMode::Fixed;
                            s.look.fixedRange = std::clamp(next, 1e-9, 1e9);
                          });
                        }});
  };
  scale(tr("Colour range wider"), tr("Ctrl+Up"), true, tr("Fix the range, one step larger"));
  scale(tr("Colour range narrower"), tr("Ctrl+Down"), false, tr("Fix the range, one step smaller"));
  return commands;
}

MainWindow::Command MainWindow::channelsCommand() {
  return {tr("View"),
          tr("Channels apart"),
          {},
          {QKeySequence(tr("C"))},
          tr("Red, green and blue as planes of their own"),
          [this] {
            const StageView& stage = m_workspace->stage();
            const bool apart = m_store.state().look.channelsApart;
            const StageMode mode = m_store.state().look.stageMode;
            const CameraLook before = stage.designedView(apart, mode);
            const CameraLook after = stage.designedView(!apart, mode);
            change(tr("Channels apart"), [apart, before, after](AppState& s) {
              s.look.channelsApart = !apart;
              // a view that the user chose stays
              if (s.look.camera == before) s.look.camera = after;
            });
          },
          [](const AppState& s) { return s.look.channelsApart; },
          {},
          always};
}

/// What stands over the clip of a network, once more: the field of the unit.
std::vector<MainWindow::Command> MainWindow::explainCommands() {
  std::vector<Command> commands;
  const auto add = [&](const QString& text, const QString& key, const QString& tip, Explain wanted) {
    commands.push_back({tr("View"),
                        text,
                        {},
                        {QKeySequence(key)},
                        tip,
                        [this, text, wanted] {
                          change(text, [wanted](AppState& s) {
                            s.network.explain = s.network.explain == wanted ? Explain::Field : wanted;
                            s.network.moment = 0;
                          });
                        },
                        [wanted](const AppState& s) { return s.network.explain == wanted; }});
    commands.back().applies = never;
    commands.back().alsoIn = {Workspace::Network};
  };
  add(tr("Map over the clip"), tr("Shift+M"), tr("The chosen channel over the clip's frames"), Explain::Map);
  add(tr("Saliency"), tr("Shift+S"), tr("Which voxels of the clip move the score of a class"),
      Explain::Saliency);
  add(tr("Grad-CAM"), tr("Shift+G"), tr("Where the chosen layer speaks for a class"), Explain::GradCam);
  return commands;
}

std::vector<MainWindow::Command> MainWindow::viewCommands() {
  const QString view = tr("View");
  std::vector<Command> commands;
  const auto toggle = [&](const QString& text, const QString& key, const QString& icon, bool Look::*member,
                          const QString& tip, const QString& id = {}) {
    commands.push_back({view, text, icon,
                        key.isEmpty() ? QList<QKeySequence>{} : QList<QKeySequence>{QKeySequence(key)}, tip,
                        [this, member, text] {
                          change(text, [member](AppState& s) { s.look.*member = !(s.look.*member); });
                        },
                        [member](const AppState& s) { return s.look.*member; }, id});
  };
  commands.push_back(channelsCommand());
  commands.back().startsSection = true;
  commands.push_back(
      {view,
       tr("Effective field"),
       {},
       {QKeySequence(tr("E"))},
       tr("What the unit really reacts to, measured, as a cloud in the clip"),
       [this] { change(tr("Effective field"), [](AppState& s) { s.field.effective = !s.field.effective; }); },
       [](const AppState& s) { return s.field.effective; },
       {},
       never,
       {Workspace::Field}});
  commands.push_back(
      {view,
       tr("Preferred stimulus"),
       {},
       {QKeySequence(tr("Shift+E"))},
       tr("What the unit or channel answers to most, found by gradient ascent, in place of the clip"),
       [this] {
         change(tr("Preferred stimulus"), [](AppState& s) {
           if (s.workspace != Workspace::Network) {
             s.field.stimulus = !s.field.stimulus;
             return;
           }
           s.network.explain = s.network.explain == Explain::Stimulus ? Explain::Field : Explain::Stimulus;
           s.network.moment = 0;
         });
       },
       [](const AppState& s) {
         return s.workspace == Workspace::Network ? s.network.explain == Explain::Stimulus : s.field.stimulus;
       },
       {},
       never,
       {Workspace::Field, Workspace::Network}});
  for (Command& command : explainCommands()) commands.push_back(std::move(command));
  toggle(tr("Input tensor alone"), {}, {}, &Look::inputOnly, tr("Hide kernel and maps"));
  commands.back().applies = always;
  toggle(tr("Large kernel"), tr("L"), {}, &Look::kernelLarge,
         tr("The kernel's cells with their weights; drag a handle to stretch it"));
  commands.back().applies = always;
  toggle(tr("Response in time"), {}, {}, &Look::timeResponse,
         tr("Which changes in time the kernel lets through, beside the same kernel two frames long"));
  commands.back().applies = always;
  toggle(tr("Left panels"), tr("F6"), {}, &Look::showLeft, tr("Clip, kernel and weights"));
  commands.back().startsSection = true;
  commands.back().applies = always;
  commands.back().alsoIn = {Workspace::Network};
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
                      "ledger",
                      slidesAtAll});
  toggle(tr("Time strip"), tr("F8"), {}, &Look::showStrip, tr("Frames, maps and slices"));
  toggle(tr("Presenter size"), tr("P"), "screen", &Look::presenter,
         tr("Larger type and lines for a projector"), "presenter");
  commands.back().startsSection = true;
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
                                 [this] { page().resetCamera(); },
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
  for (Command& command : commands) {
    if (command.id.isEmpty()) command.applies = always;
  }
  return commands;
}

}  // namespace convscope
