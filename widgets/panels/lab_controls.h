#pragma once

#include "engine/clip/clip_spec.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

#include <map>
#include <string>

class QGridLayout;

namespace convscope {

class ChoiceBox;
class NumberField;
class ThemedLabel;

/// The settings of a motion-lab clip, two a line; those that the clip does not read are not shown.
class LabControls : public QWidget {
  Q_OBJECT

 public:
  explicit LabControls(QWidget* parent = nullptr);
  void present(const LabSpec& spec);
  void setFailed(bool failed);

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 private:
  struct Control {
    ThemedLabel* label = nullptr;
    QWidget* field = nullptr;
  };
  void addNumber(const std::string& name, const QString& label, double LabSpec::*value, const QString& unit,
                 const QString& sentence, double low, double high, int decimals, double step);
  void addSeed();
  void addTexture();
  void rebuild(const std::string& clip);
  QGridLayout* m_grid;
  std::map<std::string, Control> m_controls;
  std::map<std::string, double LabSpec::*> m_numbers;
  ChoiceBox* m_texture = nullptr;
  NumberField* m_seed = nullptr;
  std::string m_clip;
};

}  // namespace convscope
