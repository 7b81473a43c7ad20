#pragma once

#include "widgets/state/network_view.h"

#include <QListView>

namespace convscope {

class LayerListModel;

/// The network's layers from the clip on: name, operators, shape, weights, multiply-adds, field and the time
/// that they took. The chosen one is marked. Holds no state of record.
class LayerList : public QListView {
  Q_OBJECT

 public:
  explicit LayerList(QWidget* parent = nullptr);

  void present(const NetworkView& view);
  /// "r3d_18.onnx, 29 layers".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// What is written of layer `group`, line by line.
  [[nodiscard]] QStringList linesOf(int group) const;
  [[nodiscard]] int layers() const;
  [[nodiscard]] QSize sizeHint() const override { return {330, 400}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {200, 220}; }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 private:
  LayerListModel* m_model;
  NetworkView m_view;
  QString m_fact;
};

}  // namespace convscope
