#pragma once

#include "widgets/panels/stack_model.h"
#include "widgets/state/field_view.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace convscope {

class ChoiceBox;

/// The table of layers with its presets: choose a network, change any cell, add, duplicate, remove and move
/// layers. Every change is worked out at once. Holds no state of record.
class StackEditor : public QWidget {
  Q_OBJECT

 public:
  explicit StackEditor(QWidget* parent = nullptr);

  void present(const FieldView& view);
  /// "16 layers, 79 991 015 weights, 38.5 G multiply-adds".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// The choice of networks, for the panel's title.
  [[nodiscard]] QWidget* titleControl() const { return m_title; }
  [[nodiscard]] StackModel& model() { return *m_model; }
  [[nodiscard]] QTableView& table() { return *m_table; }
  [[nodiscard]] QString problem() const;
  [[nodiscard]] QSize sizeHint() const override { return {800, 300}; }

  // what the buttons and keys order, on the chosen layer
  void addLayer();
  void duplicateChosen();
  void removeChosen();

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void buildTitle();
  void buildTable();
  void presentStack(const StackSpec& stack);
  void fitColumns();
  /// Scrolls to the chosen layer.
  void showChosen();
  void takePreset(const QString& id);
  void request(const QString& label, std::function<void(FieldSettings&)> apply);

  FieldView m_view;
  StackModel* m_model;
  QTableView* m_table;
  QWidget* m_title;
  ChoiceBox* m_presets;
  QPushButton* m_allColumns;
  QLabel* m_problem;
  QString m_fact;
  QString m_wrong;    ///< why the stack cannot be worked out, or empty
  QString m_refused;  ///< what was typed last and cannot be read
};

}  // namespace convscope
