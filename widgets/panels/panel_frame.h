#pragma once

#include "widgets/look/themed_widgets.h"

#include <QTimer>
#include <QWidget>

class QHBoxLayout;

namespace convscope {

/// One panel of a dock: a title bar of 28 px (name left, the one fact that matters right), a thin bar under
/// it while something is computed for longer than 150 ms, and a body.
class PanelFrame : public QWidget {
  Q_OBJECT

 public:
  explicit PanelFrame(const QString& name, QWidget* parent = nullptr);

  void setName(const QString& name);
  [[nodiscard]] QString name() const { return m_name->text(); }
  /// Muted; may hold rich text ("output voxel <b>t=3</b>").
  void setFact(const QString& fact, const QString& tip = {});
  [[nodiscard]] QString fact() const { return m_fact->text(); }
  /// A control at the right end of the title bar (a switch).
  void setTitleControl(QWidget* control);
  /// Takes the body; its layout's margins are its own affair.
  void setBody(QWidget* body);
  [[nodiscard]] QWidget* body() const { return m_body; }
  /// On a projector a body that explains itself may stand alone.
  void setTitleVisible(bool visible) { m_title->setVisible(visible); }
  [[nodiscard]] int titleHeight() const { return m_title->height(); }
  /// `progress` in [0, 1], or below 0 where it is not known.
  void setBusy(bool busy, double progress = -1);
  /// The bar is seen.
  [[nodiscard]] bool showsBusy() const;

  static constexpr int kTitleHeight = 28;  ///< px, at the usual size
  static constexpr int kBusyDelayMs = 150;

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  class BusyBar;
  void retheme();
  QWidget* m_title;
  QHBoxLayout* m_titleLine;
  ThemedLabel* m_name;
  ThemedLabel* m_fact;
  QWidget* m_body = nullptr;
  BusyBar* m_bar;
  QTimer m_delay;
};

}  // namespace convscope
