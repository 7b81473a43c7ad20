#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

class QLabel;

namespace convscope {

class ChoiceBox;

/// What the network is fed of the clip: the choice of preprocessing, and in words what it does to this clip.
class PreprocessPanel : public QWidget {
  Q_OBJECT

 public:
  explicit PreprocessPanel(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QString words() const;
  [[nodiscard]] ChoiceBox* choice() const { return m_choice; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 private:
  ChoiceBox* m_choice;
  QLabel* m_words;
  QString m_fact;
};

}  // namespace convscope
