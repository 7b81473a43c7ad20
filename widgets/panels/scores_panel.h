#pragma once

#include "widgets/state/kernel_view.h"
#include "widgets/state/scores_state.h"

#include <QWidget>

namespace convscope {

class ChoiceBox;
class LabelledRow;
class ScoresCanvas;
class SegmentedControl;

/// Scores of the clip by a readout that is trained on the spot through a bank of the kernel's shape: bars, or
/// the confusion matrix, or a chart against the kernel's extents; below them the choice of the bank. The
/// switch between the three belongs in the title bar of the panel's frame.
class ScoresPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ScoresPanel(QWidget* parent = nullptr);

  void present(const ScoresState& scores);
  [[nodiscard]] SegmentedControl* viewSwitch() const { return m_views; }
  [[nodiscard]] ChoiceBox* bankChoice() const { return m_bank; }
  /// What the title bar says at the right.
  [[nodiscard]] QString fact() const { return m_fact; }
  /// Everything shown as plain text.
  [[nodiscard]] QStringList lines() const;
  [[nodiscard]] QString tipAt(const QPointF& at) const;

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  void factChanged(const QString& fact);
  void shown();  ///< it came in sight: its scores are wanted

 protected:
  void showEvent(QShowEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void retheme();

  SegmentedControl* m_views;
  ScoresCanvas* m_canvas;
  LabelledRow* m_bankRow;
  ChoiceBox* m_bank;
  QString m_fact;
};

}  // namespace convscope
