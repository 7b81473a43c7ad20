#pragma once

#include <QAbstractButton>
#include <QWidget>

namespace convscope {

/// Progress through a lesson: a dot for each step, the present one long. A click goes there.
class LessonDots : public QWidget {
  Q_OBJECT

 public:
  explicit LessonDots(QWidget* parent = nullptr);
  void setProgress(int step, int count);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 Q_SIGNALS:
  void stepChosen(int step);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  [[nodiscard]] QRectF dot(int step) const;
  int m_step = 0;
  int m_count = 0;
};

/// One answer to choose: its key in a box, its words, and at the right what has become of it.
class ChoiceButton : public QAbstractButton {
  Q_OBJECT

 public:
  enum class State { Open, Chosen, Right, RightChosen, WrongChosen, Passed };
  ChoiceButton(int key, const QString& words, QWidget* parent = nullptr);
  void present(const QString& words, State state);
  [[nodiscard]] State state() const { return m_state; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  [[nodiscard]] QString remark() const;
  [[nodiscard]] QRect wordsBox(int width) const;
  void refreshNames();
  int m_key;
  State m_state = State::Open;
};

/// A ring around the widget that is spoken of. It takes no click and hides nothing.
class SpotlightRing : public QWidget {
  Q_OBJECT

 public:
  explicit SpotlightRing(QWidget* window);
  /// The ring goes round `target` and follows it; null: none.
  void setTarget(QWidget* target);
  [[nodiscard]] QWidget* target() const { return m_target; }

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void place();
  QWidget* m_target = nullptr;
};

}  // namespace convscope
