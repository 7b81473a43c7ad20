#pragma once

#include <QString>
#include <QWidget>

#include <deque>
#include <functional>
#include <utility>
#include <vector>

class QHBoxLayout;
class QLabel;

namespace convscope {

/// One sentence above the workspace with what can be done about it, never in the way: the window goes on
/// beneath. A newer notice takes the place of the one before, or waits behind it. GUI thread only.
class NoticeBar : public QWidget {
  Q_OBJECT

 public:
  struct Answer {
    QString text;
    std::function<void()> run;  ///< empty: nothing but closing the notice
  };
  explicit NoticeBar(QWidget* parent = nullptr);
  /// Any answer closes the notice first. Returns what clear() takes to mean this one.
  int show(const QString& sentence, std::vector<Answer> answers);
  /// The same behind what is shown now, once that was answered.
  void add(const QString& sentence, std::vector<Answer> answers);
  [[nodiscard]] QString sentence() const;
  /// Takes the notice away; the next one that waits is shown.
  void clear();
  /// The same, if what is shown is still the notice of show()'s `number`.
  void clear(int number);
  /// Takes those that wait away, too.
  void clearAll();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void takeAway();
  struct Notice {
    QString sentence;
    std::vector<Answer> answers;
  };
  std::deque<Notice> m_waiting;
  QHBoxLayout* m_row;
  QLabel* m_text;
  std::vector<QWidget*> m_buttons;
  int m_number = 0;  ///< of the notice shown last
};

}  // namespace convscope
