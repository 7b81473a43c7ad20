#pragma once

#include "widgets/state/state_edit.h"

#include <QWidget>

namespace convscope {

class ChoiceBox;
class NumberField;

/// What is done to the clip before it is fed to the engine: its frames in another order or place. The list
/// adds and takes out; the number is that of the last change that has one. Holds no state of record.
class ClipEditBar : public QWidget {
  Q_OBJECT

 public:
  explicit ClipEditBar(QWidget* parent = nullptr);
  void present(const AppState& state);
  [[nodiscard]] ChoiceBox* list() const { return m_list; }
  [[nodiscard]] NumberField* amount() const { return m_amount; }

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 private:
  ChoiceBox* m_list;
  NumberField* m_amount;
  int m_kind = -1;  ///< of the edit that the number belongs to
};

}  // namespace convscope
