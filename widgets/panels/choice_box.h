#pragma once

#include <QComboBox>

namespace convscope {

/// A drop-down list with group titles and entries that cannot be chosen now, which say why. Holds nothing of
/// record: present() shows, picked() asks.
class ChoiceBox : public QComboBox {
  Q_OBJECT

 public:
  explicit ChoiceBox(QWidget* parent = nullptr);

  struct Choice {
    QString text;
    QString id;        ///< what picked() gives; empty: a group's title
    QString tip;       ///< one sentence
    QString obstacle;  ///< why it cannot be chosen now, or empty
    bool operator==(const Choice&) const = default;
  };
  /// Rebuilds the list where it differs from the one shown; the chosen entry is kept by id.
  void setChoices(const QList<Choice>& choices);
  /// Shows the entry `id`; where there is none, `otherwise` as plain text.
  void present(const QString& id, const QString& otherwise = {});
  [[nodiscard]] QString currentId() const;
  [[nodiscard]] const QList<Choice>& choices() const { return m_choices; }
  void setFailed(bool failed);

  void showPopup() override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void picked(const QString& id);  ///< by the user

 private:
  QList<Choice> m_choices;
};

}  // namespace convscope
