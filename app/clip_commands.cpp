// The part of the table of commands that changes the clip, and opens the networks that come with the program
// and exports their curves.
#include "app/main_window.h"
#include "app/network_workspace.h"
#include "app/save_path.h"
#include "engine/core/file_text.h"
#include "engine/network/bundled_models.h"
#include "widgets/state/clip_edits.h"

namespace convscope {

std::vector<MainWindow::Command> MainWindow::clipCommands() {
  const QString clip = tr("Clip");
  std::vector<Command> commands;
  const auto edits = [](AppState& state) -> std::vector<ClipEdit>& { return state.kernel().clip.edits; };
  commands.push_back({clip, tr("As it is"), {}, {}, tr("Take every change of the clip back"), [this, edits] {
                        change(tr("Clip change"), [edits](AppState& s) { edits(s).clear(); });
                      }});
  for (const ClipEditEntry& entry : clipEditEntries()) {
    commands.push_back({clip,
                        QString::fromUtf8(entry.title),
                        {},
                        {},
                        QString::fromUtf8(entry.shows),
                        [this, edits, kind = entry.kind] {
                          change(tr("Clip change"),
                                 [edits, kind](AppState& s) { toggleEdit(edits(s), kind); });
                        },
                        [kind = entry.kind](const AppState& s) {
                          return std::ranges::find(s.kernel().clip.edits, kind, &ClipEdit::kind) !=
                                 s.kernel().clip.edits.end();
                        }});
  }
  const auto shift = [&](const QString& text, Axis axis, int by) {
    commands.push_back(
        {clip, text, {}, {}, tr("What leaves on one side comes back on the other"), [this, edits, axis, by] {
           change(tr("Shift the clip"), [edits, axis, by](AppState& s) {
             const ClipEditKind kind = shiftAlong(axis);
             setAmount(edits(s), kind, amountOf(edits(s), kind) + by);
           });
         }});
  };
  shift(tr("Shift one pixel left"), Axis::X, -1);
  shift(tr("Shift one pixel right"), Axis::X, 1);
  shift(tr("Shift one pixel up"), Axis::Y, -1);
  shift(tr("Shift one pixel down"), Axis::Y, 1);
  shift(tr("Shift one frame earlier"), Axis::T, -1);
  shift(tr("Shift one frame later"), Axis::T, 1);
  for (const BundledModel& model : bundledModels()) {
    commands.push_back({tr("Networks"),
                        QString::fromUtf8(model.title),
                        {},
                        {},
                        QString::fromUtf8(model.says),
                        [this, id = QString::fromLatin1(model.id)] { openModel(id); }});
  }
  commands.push_back({tr("Networks"),
                      tr("Export curves as CSV…"),
                      {},
                      {},
                      tr("Write the score over time, or score and map against shifts, as a table"),
                      [this] { exportCurves(); },
                      {},
                      {},
                      [](const KernelView&) { return false; },
                      {Workspace::Network}});
  return commands;
}

void MainWindow::exportCurves(QString path) {
  const auto curves = m_network->curvesCsv();
  if (!curves) return say(QString::fromStdString(curves.error().message));
  if (path.isEmpty())
    path = savePath(this, tr("Export curves"), m_settings.lastFolder(), tr("Tables (*.csv)"), {".csv"});
  if (path.isEmpty()) return;
  const auto written = writeFileText(path.toStdString(), *curves);
  say(written ? tr("Wrote %1.").arg(path) : QString::fromStdString(written.error().message));
}

}  // namespace convscope
