#pragma once

#include "app/workspace_page.h"
#include "widgets/state/effective_query.h"
#include "widgets/state/field_view.h"
#include "widgets/state/state_store.h"
#include "widgets/state/stimulus_query.h"
#include "widgets/state/study_controller.h"

#include <QTimer>

class QGridLayout;
class QVBoxLayout;
class QLabel;
class QToolButton;

namespace convscope {

class FieldStage;
class GrowthChart;
class LessonPanel;
class PanelFrame;
class StackEditor;
class StopButton;
class UnitPanel;

/// The Field workspace: what a unit deep in a network sees of the clip. Pyramid and stack editor left, unit,
/// growth and meaning right, fed with one FieldView and answering with edits of the store. It computes only
/// while it is in sight. Wiring only.
class FieldWorkspace : public WorkspacePage {
  Q_OBJECT

 public:
  explicit FieldWorkspace(StateStore& store, QWidget* parent = nullptr);

  [[nodiscard]] const FieldView& view() const { return m_view; }
  [[nodiscard]] FieldStage& stage() { return *m_stage; }
  [[nodiscard]] StackEditor& editor() { return *m_editor; }
  /// Opens and shuts the stack editor where it is a tab over the stage.
  [[nodiscard]] QToolButton& editorTab() { return *m_tab; }
  [[nodiscard]] UnitPanel& unitPanel() { return *m_unit; }
  [[nodiscard]] GrowthChart& chart() { return *m_chart; }
  [[nodiscard]] QString meaning() const;
  /// As a click on a link of the puzzle's text.
  void follow(const QString& link) { followLink(link); }
  [[nodiscard]] bool busy() const { return m_controller.busy(); }
  void presentNow() override;
  void finish() override;
  void computeAgain() override { m_controller.computeAgain(); }
  void stop() override;
  void move(Axis axis, int by) override;
  /// Looks at the layer that is `by` layers deeper.
  void deeper(int by) override;
  void resetCamera() override;
  [[nodiscard]] QWidget* stageWidget() const override;
  [[nodiscard]] QStringList hints() const override;
  [[nodiscard]] QString facts() const override;
  void presentBar(PresenterBar& bar, const QString& clip, const QString& figure) const override;
  [[nodiscard]] QWidget* part(const QString& name) const override;
  void showParts(const QStringList& names, Veil veil) override;
  bool takeBeside(QWidget* panel) override;

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void build();
  void schedulePresent();
  void measure(FieldView& shown);
  [[nodiscard]] QString meaningOf(const FieldView& shown) const;
  void followLink(const QString& target);
  void arrange();
  void arrangeBeside();
  void placeTab();

  StateStore& m_store;
  FieldView m_view;
  QTimer m_presentTimer;
  FieldStage* m_stage = nullptr;
  StackEditor* m_editor = nullptr;
  UnitPanel* m_unit = nullptr;
  GrowthChart* m_chart = nullptr;
  QLabel* m_meaning = nullptr;
  PanelFrame* m_editorFrame = nullptr;
  QGridLayout* m_grid = nullptr;
  QVBoxLayout* m_rightColumn = nullptr;
  LessonPanel* m_beside = nullptr;  ///< above the right panels while a lesson is open here
  QToolButton* m_tab = nullptr;
  StopButton* m_stop = nullptr;           ///< of the stack's run
  StopButton* m_stopMeasuring = nullptr;  ///< of what is measured of the unit
  bool m_editorIsTab = false;
  PanelFrame* m_unitFrame = nullptr;
  PanelFrame* m_chartFrame = nullptr;
  QWidget* m_right = nullptr;
  PanelFrame* m_meaningFrame = nullptr;
  QStringList m_parts;  ///< that a lesson shows alone; empty: no lesson says
  // own threads: last
  EffectiveQuery m_effective;
  StimulusQuery m_stimulus;
  StudyController m_controller;
};

}  // namespace convscope
