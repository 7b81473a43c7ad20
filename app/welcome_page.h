#pragma once

#include <QWidget>

#include <array>

class QAbstractButton;
class QLabel;

namespace convscope {

enum class WelcomeDoor { Teach, Inspect, Compare, None };

/// The page of the first start: what the program is in one sentence, and three doors, over the window in
/// which the clip already moves. Keys 1, 2, 3, Tab and Return or a click open one; Esc or a click beside
/// leaves the page.
class WelcomePage : public QWidget {
  Q_OBJECT

 public:
  /// Covers `parent` until a door is chosen.
  explicit WelcomePage(QWidget* parent);
  [[nodiscard]] QAbstractButton* door(WelcomeDoor which) const {
    return m_doors[static_cast<std::size_t>(which)];
  }

 Q_SIGNALS:
  void chosen(convscope::WelcomeDoor door);  ///< once; None: the page was left

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  bool event(QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void arrange();
  void leave(WelcomeDoor door);

  std::array<QAbstractButton*, 3> m_doors{};
  QRect m_title, m_sentence, m_hint;
  bool m_left = false;
};

}  // namespace convscope
