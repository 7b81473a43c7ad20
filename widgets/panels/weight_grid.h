#pragma once

#include "engine/core/shape.h"

#include <QWidget>

#include <optional>
#include <vector>

class QLineEdit;

namespace convscope {

/// The weights of one filter and channel as one grid per kernel frame, in the colours of the weight scale. A
/// cell is typed into (click, or any digit), dragged up and down, or turned by the wheel; arrow keys move.
/// Holds nothing of record: present() shows, edited() asks.
class WeightGrid : public QWidget {
  Q_OBJECT

 public:
  explicit WeightGrid(QWidget* parent = nullptr);

  struct Shown {
    Triple kernel{1, 1, 1};
    std::vector<float> weights;  ///< order t, y, x
    double range = 1;            ///< the scale runs from −range to +range
    bool operator==(const Shown&) const = default;
  };
  void present(const Shown& shown);
  /// Outlines the tap that some other view points at.
  void presentHover(const std::optional<Triple>& tap);

  [[nodiscard]] bool hasHeightForWidth() const override { return true; }
  [[nodiscard]] int heightForWidth(int width) const override;
  [[nodiscard]] QSize sizeHint() const override;
  /// The cell of a tap in this widget's pixels.
  [[nodiscard]] QRectF cellRect(const Triple& tap) const;
  [[nodiscard]] std::optional<Triple> tapAt(const QPointF& at) const;
  /// The tap that the keyboard acts on.
  [[nodiscard]] Triple current() const { return m_current; }
  /// Cells are wide enough for their numbers.
  [[nodiscard]] bool showsNumbers() const;

 Q_SIGNALS:
  void edited(const convscope::Triple& tap, double value);
  void hovered(const std::optional<convscope::Triple>& tap);

 protected:
  bool event(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  /// How the grids are set out for one width: `columns` of them side by side.
  struct Plan {
    int columns = 1;
    int rows = 1;
    double cellWidth = 0;
    double cellHeight = 0;
    double gap = 10;
    double caption = 0;  ///< height of "frame 1" under each grid, 0 where there is no room for it
    [[nodiscard]] double height(int cellRows) const {
      return rows * (cellRows * cellHeight + caption) + (rows - 1) * gap / 2;
    }
  };
  /// What a plan follows from.
  struct PlanKey {
    int width = -1;
    Triple kernel;
    double body = 0;  ///< px of the type
    double scale = 0;
    bool operator==(const PlanKey&) const = default;
  };
  [[nodiscard]] const Plan& planFor(int width) const;
  [[nodiscard]] QRectF cellRect(const Plan& plan, const Triple& tap) const;
  [[nodiscard]] float weightAt(const Triple& tap) const;
  void paintFrame(QPainter& painter, const Plan& plan, int t) const;
  void moveCurrent(const Triple& to);
  void openEditor(const QString& text);
  void closeEditor(bool take);
  void ask(const Triple& tap, double value);
  [[nodiscard]] QString describeTap(const Triple& tap) const;

  Shown m_shown;
  mutable PlanKey m_planKey;
  mutable Plan m_plan;
  Triple m_current{0, 0, 0};
  std::optional<Triple> m_hover;
  std::optional<Triple> m_pressed;
  double m_pressY = 0;
  double m_pressValue = 0;
  bool m_dragging = false;
  QLineEdit* m_editor;
};

}  // namespace convscope
