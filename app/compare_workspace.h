#pragma once

#include "app/workspace_page.h"
#include "widgets/state/compare_controller.h"
#include "widgets/state/state_store.h"

#include <QElapsedTimer>
#include <QTimer>

#include <vector>

class QHBoxLayout;

namespace convscope {

class ClipChangeBar;
class ColumnHead;
class CompareStage;
class CompareTable;
class PanelFrame;
class StopButton;
class TuningPlot;

/// The Compare workspace: two to four kernels or stacks side by side on one clip, their difference, what each
/// costs and sees, and how it answers motion. Fed with one CompareView, answering with edits of the store. It
/// computes only while it is in sight. Wiring only.
class CompareWorkspace : public WorkspacePage {
  Q_OBJECT

 public:
  explicit CompareWorkspace(StateStore& store, QWidget* parent = nullptr);

  [[nodiscard]] const CompareView& view() const { return m_view; }
  /// The stage of a column, or of the difference (CompareStage::kDifference); nullptr where it is not made.
  [[nodiscard]] CompareStage* stage(int column) const;
  [[nodiscard]] ColumnHead* head(int column) const;
  [[nodiscard]] CompareTable& table() { return *m_table; }
  [[nodiscard]] TuningPlot& plot() { return *m_plot; }
  /// The columns in sight, from left to right; −1 is the difference.
  [[nodiscard]] std::vector<int> shown() const;
  void presentNow() override;
  void finish() override;
  void computeAgain() override { m_controller.computeAgain(); }
  void stop() override { m_controller.stop(); }
  void move(Axis axis, int by) override;
  /// Goes on in time by a map frame, from the last to the first where the state loops.
  void step(std::int64_t by) override;
  /// Shows the difference or takes it away; where there is no room for it, brings it into sight.
  void toggleDifference();
  /// Where not all columns fit: those further right or left.
  void scroll(int by);
  /// All networks one convolution deeper, or nearer to the clip.
  void deeper(int by) override;
  /// The next filter of the chosen kernel, and of every network the channel that answers next less.
  void nextChannel(int by) override;
  void resetCamera() override;
  [[nodiscard]] QWidget* stageWidget() const override;
  [[nodiscard]] QStringList hints() const override;
  [[nodiscard]] QString facts() const override;
  [[nodiscard]] QString problemOutOfSight() const override { return m_view.clipProblem; }
  void presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const override;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  struct Tile {
    int column;
    QWidget* whole;
    ColumnHead* head;
    CompareStage* stage;
  };
  void build();
  Tile& tile(int column);
  void schedulePresent();
  void openNetwork(int column);
  void arrange();
  void updatePlaying();
  void tick();

  StateStore& m_store;
  CompareView m_view;
  QTimer m_presentTimer;
  QTimer m_playTimer;
  QHBoxLayout* m_columns = nullptr;
  std::vector<Tile> m_tiles;
  int m_offset = 0;  ///< tiles left of those in sight, where not all fit
  CompareTable* m_table = nullptr;
  TuningPlot* m_plot = nullptr;
  ClipChangeBar* m_change = nullptr;
  StopButton* m_stop = nullptr;
  PanelFrame* m_tableFrame = nullptr;
  PanelFrame* m_plotFrame = nullptr;
  QWidget* m_lower = nullptr;
  CompareController m_controller;  // owns threads: last
};

}  // namespace convscope
