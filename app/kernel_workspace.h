#pragma once

#include "app/workspace_page.h"
#include "widgets/state/kernel_view.h"
#include "widgets/state/playback_clock.h"
#include "widgets/state/readout_scan.h"
#include "widgets/state/state_store.h"
#include "widgets/state/study_controller.h"

#include <QElapsedTimer>
#include <QTimer>

#include <vector>

class QTabBar;
class QVBoxLayout;

namespace convscope {

class ClipPanel;
class CostPanel;
class DockColumn;
class KernelPanel;
class LedgerPanel;
class LessonPanel;
class PanelFrame;
class ScoresPanel;
class StageView;
class TimeStrip;
class WeightsPanel;

/// The Kernel workspace: left docks, stage, right docks and time strip in the grid of the design, fed with
/// one KernelView and answering with edits of the store. Wiring only; it computes nothing.
class KernelWorkspace : public WorkspacePage {
  Q_OBJECT

 public:
  KernelWorkspace(StateStore& store, StudyController& controller, QWidget* parent = nullptr);

  [[nodiscard]] StageView& stage() { return *m_stage; }
  [[nodiscard]] ClipPanel& clipPanel() { return *m_clip; }
  [[nodiscard]] LedgerPanel& ledgerPanel() { return *m_ledger; }
  [[nodiscard]] const KernelView& view() const { return m_view; }
  void presentNow() override;
  void finish() override;
  void computeAgain() override { m_controller.computeAgain(); }
  void stop() override { m_controller.stop(); }
  /// What follows the kernel in the background lane: the class scores.
  [[nodiscard]] StudyController& scoresController() { return m_scores; }
  [[nodiscard]] ScoresPanel& scoresPanel() { return *m_scoresPanel; }
  /// Moves the kernel by `steps` positions in raster order.
  void step(std::int64_t steps) override;
  void move(Axis axis, int by) override;
  void resetCamera() override;
  [[nodiscard]] QWidget* stageWidget() const override;
  [[nodiscard]] QStringList hints() const override;
  [[nodiscard]] QString facts() const override;
  [[nodiscard]] QString problemOutOfSight() const override;
  void presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const override;
  [[nodiscard]] QWidget* part(const QString& name) const override;
  void showParts(const QStringList& names, Veil veil) override;
  bool takeBeside(QWidget* panel) override;
  [[nodiscard]] Triple mapsExtent() const override;
  [[nodiscard]] Veil veil() const { return m_veil; }

 Q_SIGNALS:
  void openFileRequested();
  void scoresPresented();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  void build();
  void connectViews();
  template <class View>
  void connectView(View* view);
  void schedulePresent();
  void setHover(const Hover& hover);
  /// Asks for the scores of the kernel as it is set, where they are in sight and the clip has been read.
  void updateScores();
  void presentScores();
  /// Every score that is in sight is computed and shown when this returns.
  void finishScores();
  /// What the cost is worked out for: the settings, or the last good layer while another clip cannot
  /// be computed.
  [[nodiscard]] KernelView costView() const;
  /// Puts the strongest response in the place of a voxel that is not chosen yet, once its maps are there.
  void chooseStrongest();
  void arrange();
  void arrangeBeside(const QSize& window);
  [[nodiscard]] bool names(std::initializer_list<const char*> parts) const;
  /// Opens the right dock from its collapsed tab bar in place of the left one, or closes it again.
  void openFromBar(int panel);
  void tick();

  StateStore& m_store;
  StudyController& m_controller;
  KernelView m_view;
  PlaybackClock m_clock;
  QElapsedTimer m_sinceTick;
  QTimer m_playTimer;
  QTimer m_presentTimer;
  double m_typeSize = 0;  ///< px of the captions that the panels were last laid out for

  ClipPanel* m_clip = nullptr;
  KernelPanel* m_kernel = nullptr;
  WeightsPanel* m_weights = nullptr;
  LedgerPanel* m_ledger = nullptr;
  CostPanel* m_cost = nullptr;
  TimeStrip* m_strip = nullptr;
  StageView* m_stage = nullptr;
  DockColumn* m_left = nullptr;
  DockColumn* m_right = nullptr;
  QVBoxLayout* m_rightColumn = nullptr;  ///< a lesson's panel, where there is one, above the right dock
  LessonPanel* m_beside = nullptr;
  QStringList m_parts;  ///< that a lesson shows alone; empty: no lesson says
  Veil m_veil = Veil::None;
  QTabBar* m_rightBar = nullptr;  ///< all of the right dock in a window too narrow for it
  bool m_openedFromBar = false;
  PanelFrame* m_ledgerFrame = nullptr;
  PanelFrame* m_costFrame = nullptr;
  PanelFrame* m_stripFrame = nullptr;
  ScoresPanel* m_scoresPanel = nullptr;
  PanelFrame* m_scoresFrame = nullptr;
  ScoresState m_scoresState;
  StudyController m_scores;  // these two own threads: last
  ReadoutScan m_scan;
};

}  // namespace convscope
