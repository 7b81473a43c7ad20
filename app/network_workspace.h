#pragma once

#include "app/workspace_page.h"
#include "widgets/state/before_query.h"
#include "widgets/state/explanation_query.h"
#include "widgets/state/hierarchy_query.h"
#include "widgets/state/network_view.h"
#include "widgets/state/playback_clock.h"
#include "widgets/state/shift_queries.h"
#include "widgets/state/state_store.h"
#include "widgets/state/study_controller.h"

#include <QElapsedTimer>
#include <QTimer>

class QLabel;
class QPushButton;

namespace convscope {

class BeforeAfterView;
class ChannelGrid;
class ClipEditBar;
class ClipFilm;
class DockColumn;
class HierarchyView;
class IconButton;
class LayerList;
class NetworkBar;
class NetworkScoresPanel;
class NetworkStage;
class NetworkUnitPanel;
class PanelFrame;
class PreprocessPanel;
class ScaleLegend;
class ScoreTimeChart;
class SegmentedControl;
class ShiftChart;
class StopButton;
class ValueHistogram;
class WeightLattices;

/// The Network workspace: an ONNX model on the clip, layer by layer, every unit to be clicked. Layers and
/// weights left, the chosen channel over the clip and all channels below, scores and the unit right. It
/// computes only while it is in sight. Wiring only.
class NetworkWorkspace : public WorkspacePage {
  Q_OBJECT

 public:
  explicit NetworkWorkspace(StateStore& store, QWidget* parent = nullptr);

  [[nodiscard]] const NetworkView& view() const { return m_view; }
  [[nodiscard]] NetworkStage& stage() { return *m_stage; }
  [[nodiscard]] LayerList& layers() { return *m_list; }
  [[nodiscard]] ChannelGrid& channels() { return *m_channels; }
  [[nodiscard]] WeightLattices& weights() { return *m_weights; }
  [[nodiscard]] NetworkScoresPanel& scores() { return *m_scores; }
  [[nodiscard]] ScoreTimeChart& chart() { return *m_chart; }
  [[nodiscard]] ShiftChart& shiftChart() { return *m_shiftChart; }
  [[nodiscard]] HierarchyView& hierarchy() { return *m_hierarchy; }
  [[nodiscard]] ClipFilm& film() { return *m_film; }
  [[nodiscard]] BeforeAfterView& beforeAfter() { return *m_beforeAfter; }
  [[nodiscard]] ClipEditBar& clipEdits() { return *m_edits; }
  [[nodiscard]] ShiftQueries& shifts() { return m_shifts; }
  [[nodiscard]] NetworkUnitPanel& unitPanel() { return *m_unit; }
  [[nodiscard]] StudyController& controller() { return m_controller; }
  [[nodiscard]] NetworkScan& scan() { return m_scan; }
  [[nodiscard]] NetworkBar& bar() { return *m_bar; }
  [[nodiscard]] ExplanationQuery& explanations() { return m_explanations; }
  /// The sentence in place of everything where there is nothing to show, else empty.
  [[nodiscard]] QString invitation() const;
  void stop() override;
  /// The curves in sight as CSV: against shifts as shiftCsv() says, over time as windowsCsv(). Errors:
  /// BadUsage, a sentence, where they are not all there.
  [[nodiscard]] Result<std::string> curvesCsv() const;

  void presentNow() override;
  void finish() override;
  void computeAgain() override;
  void move(Axis axis, int by) override;
  void step(std::int64_t steps) override;
  void toStrongest() override;
  void nextChannel(int by) override;
  void deeper(int by) override;
  void resetCamera() override;
  [[nodiscard]] QWidget* stageWidget() const override;
  [[nodiscard]] QStringList hints() const override;
  [[nodiscard]] QString facts() const override;
  [[nodiscard]] QString problemOutOfSight() const override;
  void presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const override;
  /// In the middle one of "stage", "clip" (its frames, one of them large), "before" (what a change of the
  /// clip does) and "table" (two networks), with "channels" below the stage; left "layers", "weights" and
  /// "input", right "scores", "curve", "unit" and "values". "stage" is whatever stands in the middle.
  [[nodiscard]] QWidget* part(const QString& name) const override;
  /// A lesson's choice goes before that of the state (NetworkSettings::panels).
  void showParts(const QStringList& names, Veil veil) override;
  void setFigure(const QString& title) override;

 Q_SIGNALS:
  void openModelRequested();
  void bundledModelRequested(const QString& id);
  void curvesExportRequested();

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void build();
  void buildControls();
  void buildLeft();
  void buildRight();
  void buildInvitation();
  void connectViews();
  void schedulePresent();
  void takeResult();
  void takeAnswer();
  void ask();
  void explain();
  void presentViews();
  void presentParts();
  void presentExperiments();
  void presentTitles();
  void arrange();
  void arrangeBar();
  enum class Middle { Stage, Clip, Before, Table };
  /// What stands in the middle.
  [[nodiscard]] Middle middle() const;
  [[nodiscard]] QWidget* middleWidget() const;
  /// Panels that are shown alone; empty: no one says.
  [[nodiscard]] QStringList parts() const;
  [[nodiscard]] bool shows(std::initializer_list<const char*> names) const;
  void tick();
  void edit(const QString& label, std::function<void(NetworkSettings&)> apply);

  StateStore& m_store;
  NetworkView m_view;
  std::shared_ptr<const StudyResult> m_whole;    ///< the last that was run
  std::shared_ptr<const StudyResult> m_outline;  ///< of the model asked for, while nothing of it was run
  QTimer m_presentTimer;
  QTimer m_playTimer;
  QElapsedTimer m_sinceTick;
  PlaybackClock m_clock;
  NetworkStage* m_stage = nullptr;
  LayerList* m_list = nullptr;
  WeightLattices* m_weights = nullptr;
  ScaleLegend* m_legend = nullptr;
  PreprocessPanel* m_preprocess = nullptr;
  ChannelGrid* m_channels = nullptr;
  NetworkScoresPanel* m_scores = nullptr;
  ScoreTimeChart* m_chart = nullptr;
  ShiftChart* m_shiftChart = nullptr;
  HierarchyView* m_hierarchy = nullptr;
  ClipFilm* m_film = nullptr;
  BeforeAfterView* m_beforeAfter = nullptr;
  ClipEditBar* m_edits = nullptr;
  SegmentedControl* m_charts = nullptr;
  NetworkUnitPanel* m_unit = nullptr;
  ValueHistogram* m_histogram = nullptr;
  SegmentedControl* m_parts = nullptr;
  SegmentedControl* m_ranges = nullptr;
  NetworkBar* m_bar = nullptr;
  PanelFrame* m_barFrame = nullptr;
  QPushButton* m_allPanels = nullptr;
  PanelFrame* m_listFrame = nullptr;
  PanelFrame* m_weightFrame = nullptr;
  PanelFrame* m_histogramFrame = nullptr;
  PanelFrame* m_channelFrame = nullptr;
  PanelFrame* m_chartFrame = nullptr;
  PanelFrame* m_inputFrame = nullptr;
  PanelFrame* m_scoresFrame = nullptr;
  PanelFrame* m_unitFrame = nullptr;
  IconButton* m_export = nullptr;  ///< the curves
  StopButton* m_stop = nullptr;
  QPushButton* m_strongest = nullptr;
  DockColumn* m_left = nullptr;
  DockColumn* m_right = nullptr;
  QWidget* m_empty = nullptr;  ///< in place of everything while no model is open
  QLabel* m_invitation = nullptr;
  std::vector<int> m_partRows;
  QStringList m_lessonParts;
  QString m_figure;
  // own threads: last
  NetworkQueries m_queries;
  ExplanationQuery m_explanations;
  NetworkScan m_scan;
  ShiftQueries m_shifts;
  HierarchyQuery m_table;
  BeforeQuery m_before;
  StudyController m_controller;
};

}  // namespace convscope
