#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

class QPushButton;

namespace convscope {

class ChoiceBox;
class SegmentedControl;

/// The controls over the Network stage: how the maps are drawn, what is explained, of which class, and a way
/// to stop what is being worked out. Holds nothing of record.
class NetworkBar : public QWidget {
  Q_OBJECT

 public:
  explicit NetworkBar(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  /// How far the explanation is, why there is none, or empty.
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] SegmentedControl* modes() const { return m_modes; }
  [[nodiscard]] SegmentedControl* explanations() const { return m_explain; }
  [[nodiscard]] ChoiceBox* classes() const { return m_classes; }
  [[nodiscard]] QPushButton* stopButton() const { return m_stop; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);
  void stopRequested();

 private:
  void presentClasses(const NetworkView& view);

  SegmentedControl* m_modes;
  SegmentedControl* m_explain;
  ChoiceBox* m_classes;
  QPushButton* m_stop;
  QString m_fact;
};

}  // namespace convscope
