#pragma once

#include "widgets/state/network_view.h"

#include <QAbstractScrollArea>

namespace convscope {

/// All channels of a layer at one moment as small pictures, the strongest first or by number. Click one to
/// bring it to the stage; a further click inside it chooses the unit. Paints ready pictures alone.
class ChannelGrid : public QAbstractScrollArea {
  Q_OBJECT

 public:
  explicit ChannelGrid(QWidget* parent = nullptr);

  void present(const NetworkView& view);
  /// "sorted by strongest response, borders left out; one range, 0 to 0.62".
  [[nodiscard]] QString fact() const { return m_fact; }
  /// Channels in the order shown.
  [[nodiscard]] const std::vector<int>& order() const { return m_order; }
  /// Where the picture of a channel stands in the viewport.
  [[nodiscard]] QRectF cellOf(int channel) const;
  [[nodiscard]] QSize sizeHint() const override { return {900, 380}; }

 Q_SIGNALS:
  void factChanged(const QString& fact);
  void editRequested(const convscope::StateEdit& edit);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool viewportEvent(QEvent* event) override;

 private:
  struct Plan {
    int columns = 1;
    double width = 1, height = 1;  ///< px of one picture
    double pitchX = 1, pitchY = 1, left = 0;
  };
  void arrange();
  [[nodiscard]] QRectF cellAt(int place) const;
  [[nodiscard]] int placeAt(const QPointF& at) const;

  NetworkView m_view;
  std::vector<int> m_order;
  Plan m_plan;
  QString m_fact;
};

}  // namespace convscope
