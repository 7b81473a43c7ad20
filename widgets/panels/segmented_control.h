#pragma once

#include <QStringList>
#include <QWidget>

#include <vector>

class QAbstractButton;
class QButtonGroup;

namespace convscope {

/// A few choices side by side, one of them chosen (R G B; the workspaces). Tab goes to the chosen one, arrow
/// keys choose. Holds nothing of record: present() shows, chosen() asks.
class SegmentedControl : public QWidget {
  Q_OBJECT

 public:
  enum class Size { Small, Normal };  ///< 20 px high for a panel's title, a control's height else
  explicit SegmentedControl(Size size, QWidget* parent = nullptr);

  /// `tips` are the choices' tooltips, `names` what screen readers say; both as many as `texts`.
  void setChoices(const QStringList& texts, const QStringList& names, const QStringList& tips);
  void present(int index);
  [[nodiscard]] int current() const;
  [[nodiscard]] QAbstractButton* button(int index) const {
    return m_buttons.at(static_cast<std::size_t>(index));
  }
  [[nodiscard]] int count() const { return static_cast<int>(m_buttons.size()); }

 Q_SIGNALS:
  void chosen(int index);  ///< by the user

 private:
  Size m_size;
  QStringList m_texts;
  std::vector<QAbstractButton*> m_buttons;
  QButtonGroup* m_group;
};

}  // namespace convscope
