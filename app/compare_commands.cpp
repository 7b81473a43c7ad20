// The part of the table of commands that belongs to the Compare workspace.
#include "app/compare_workspace.h"
#include "app/main_window.h"
#include "widgets/compare/clip_change_bar.h"
#include "widgets/state/compare_choices.h"

namespace convscope {

std::vector<MainWindow::Command> MainWindow::compareCommands() {
  const QString compare = tr("Compare");
  std::vector<Command> commands;
  commands.push_back({compare,
                      tr("Difference of A and B"),
                      {},
                      {tr("D")},
                      tr("Show A − B beside the columns"),
                      [this] { m_compare->toggleDifference(); },
                      [](const AppState& s) { return s.compare.difference; }});
  commands.push_back(
      {compare,
       tr("Linked: cursor, camera, time, colours"),
       "link",
       {tr("Ctrl+L")},
       tr("One colour range and one pointer for all columns"),
       [this] { change(tr("Linked columns"), [](AppState& s) { s.compare.linked = !s.compare.linked; }); },
       [](const AppState& s) { return s.compare.linked; },
       "linked"});
  commands.push_back({compare,
                      tr("Column"),
                      "add",
                      {tr("Ctrl+Shift+N")},
                      tr("Add a column, up to four; its head says what it is"),
                      [this] { change(tr("Add column"), [](AppState& s) { addColumn(s); }); },
                      {},
                      "add-column"});
  commands.push_back(
      {compare,
       tr("Take the chosen column out"),
       {},
       {tr("Ctrl+Shift+W")},
       tr("The others stay as they are"),
       [this] { change(tr("Remove column"), [](AppState& s) { removeColumn(s, s.selection.column); }); }});
  commands.push_back(
      {compare, tr("Next column"), {}, {tr("N")}, tr("Choose the kernel of the next column"), [this] {
         change(
             tr("Column"),
             [](AppState& s) {
               const auto count = static_cast<int>(s.columns.size());
               for (int step = 1; step <= count; ++step) {
                 const int next = (s.selection.column + step) % count;
                 if (!std::holds_alternative<KernelStudy>(s.columns[static_cast<std::size_t>(next)]))
                   continue;
                 s.selection.column = next;
                 return;
               }
             },
             false);
       }});
  commands.back().startsSection = true;
  const auto scroll = [&](const QString& text, const QString& key, int by) {
    commands.push_back(
        {compare, text, {}, {QKeySequence(key)}, tr("Where the window is too narrow for all"), [this, by] {
           m_compare->scroll(by);
         }});
  };
  scroll(tr("Columns further left"), tr("Ctrl+Left"), -1);
  scroll(tr("Columns further right"), tr("Ctrl+Right"), 1);
  const auto tempo = [&](const QString& text, const QString& key, bool faster, const QString& tip) {
    commands.push_back({compare, text, {}, {QKeySequence(key)}, tip, [this, faster] {
                          change(tr("Clip's speed"), [faster](AppState& s) {
                            s.compare.tempo = neighbourTempo(s.compare.tempo, faster);
                          });
                        }});
  };
  tempo(tr("Clip faster"), tr("Ctrl+."), true, tr("Leave frames out"));
  commands.back().startsSection = true;
  tempo(tr("Clip slower"), tr("Ctrl+,"), false, tr("Repeat frames"));
  commands.push_back(
      {compare, tr("Next plot"), {}, {tr("H")}, tr("Polar plot, heat map, strength over tempo"), [this] {
         change(tr("Tuning view"), [](AppState& s) {
           s.compare.tuning = static_cast<TuningView>((static_cast<int>(s.compare.tuning) + 1) % 3);
         });
       }});
  for (const Comparison& one : comparisons()) {
    commands.push_back({compare, tr("Compare %1").arg(one.text), {}, {}, one.tip, [this, one] {
                          change(tr("Comparison"), [one](AppState& s) { applyComparison(s, one); });
                        }});
    commands.back().startsSection = one.id == comparisons().front().id;
  }
  for (Command& command : commands) {
    command.applies = [](const KernelView&) { return false; };
    command.alsoIn = {Workspace::Compare};
  }
  return commands;
}

}  // namespace convscope
