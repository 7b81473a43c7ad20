#pragma once

#include "widgets/state/network_view.h"

#include <QWidget>

class QLabel;

namespace convscope {

class ChoiceBox;
class LabelledRow;
class NumberField;

/// What the network is fed of the clip: the choice of preprocessing, how many frames and how far apart, and
/// in words what it does to this clip.
class PreprocessPanel : public QWidget {
  Q_OBJECT

 public:
  explicit PreprocessPanel(QWidget* parent = nullptr);
  void present(const NetworkView& view);
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] QString words() const;
  [[nodiscard]] ChoiceBox* choice() const { return m_choice; }
  /// Frames of the window; locked where the model's input has a fixed length.
  [[nodiscard]] NumberField* frames() const { return m_frames; }
  [[nodiscard]] NumberField* step() const { return m_step; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 private:
  void presentWindow(const NetworkView& view);

  ChoiceBox* m_choice;
  LabelledRow* m_row;
  NumberField* m_frames;
  NumberField* m_step;
  QLabel* m_locked;
  QLabel* m_words;
  QString m_fact;
};

}  // namespace convscope
