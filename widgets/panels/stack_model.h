#pragma once

#include "engine/field/layer_table.h"
#include "widgets/state/state_edit.h"

#include <QAbstractTableModel>

#include <optional>

namespace convscope {

/// A stack as a table: one row a layer, what can be set and what follows from it. Setting a cell changes
/// nothing here: it asks for the edit, and present() brings the answer. A repeated layer shows the figures of
/// its last copy, weights and multiply-adds of all.
class StackModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column {
    Name,
    Kind,
    Kernel,
    Stride,
    Padding,
    Dilation,
    Groups,
    Channels,
    Repeat,
    Output,
    Jump,
    Field,
    Weights,
    Work,
    ColumnCount
  };

  static constexpr int kStaleRole = Qt::UserRole;  ///< the figures are not the stack's

  using QAbstractTableModel::QAbstractTableModel;

  /// Where the stack cannot be worked out `table` is the sentence: the last figures stay, faint, as long as
  /// there are as many layers, and the layer and the setting that it is about are marked.
  void present(const StackSpec& stack, Result<LayerTable> table);
  [[nodiscard]] const StackSpec& stack() const { return m_stack; }
  /// The row of the table that layer `layer` shows, or nullptr.
  [[nodiscard]] const LayerRow* rowOf(int layer) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  /// What was typed cannot be read: one sentence, or empty after what could.
  void refused(const QString& sentence);

 private:
  [[nodiscard]] QString text(int layer, Column column) const;
  [[nodiscard]] bool isUsed(const LayerSpec& layer, Column column) const;

  StackSpec m_stack;
  std::optional<LayerTable> m_table;  ///< the last good one
  std::optional<Error> m_wrong;       ///< why it is not the stack's
};

/// Three whole numbers t, y, x written "3×3×3", "3x3x3", "3,3,3" or "3 3 3"; one number stands for all three.
[[nodiscard]] std::optional<Triple> tripleFrom(const QString& text);
/// "1×1×1", or with before:after where an axis is padded unevenly: "1:2×0×0"; "same" and "fitting".
[[nodiscard]] std::optional<std::pair<StackPadding, std::array<AxisPadding, 3>>> paddingFrom(
    const QString& text);

}  // namespace convscope
