#pragma once

#include "widgets/panels/panel_frame.h"
#include "widgets/state/kernel_view.h"

#include <array>

class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace convscope {

class AxisRow;
class ChoiceBox;
class InlineSentence;
class LabelledRow;
class NumberField;

/// Everything of one layer but its weights: preset, extent, stride, dilation, padding, filters, groups,
/// activation, bias, flipped or not. Height and width are changed together while they are linked.
class KernelPanel : public PanelFrame {
  Q_OBJECT

 public:
  explicit KernelPanel(QWidget* parent = nullptr);
  void present(const KernelView& view);

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  using TripleOf = Triple& (*)(ConvSpec&);

  void build();
  void buildPreset(QVBoxLayout* column);
  void buildHeader(QVBoxLayout* column);
  void placeHeader();
  void connectTriple(AxisRow* row, const QStringList& labels, TripleOf triple);
  void buildPadding(QVBoxLayout* column);
  void connectCustom(AxisRow* row, int AxisPadding::*side, const QString& label);
  void buildLayer(QVBoxLayout* column);
  void presentPresets(const KernelView& view);
  void presentPadding(const KernelView& view);
  void presentLayer(const KernelView& view);
  void presentProblem(const KernelView& view);
  void request(const QString& label, std::function<void(AppState&)> apply);
  void setLinked(bool linked);
  /// In a narrow dock the number of filters and the bias have rows of their own, so that no name is cut.
  void foldRows(bool narrow);

  QVBoxLayout* m_column = nullptr;
  ChoiceBox* m_preset;
  QHBoxLayout* m_presetLine = nullptr;
  LabelledRow* m_filtersRow;
  NumberField* m_filters;
  QWidget* m_header = nullptr;
  std::array<ThemedLabel*, 3> m_axes{};
  IconButton* m_link;
  bool m_linked = true;  // a way of working, not a setting of the study
  AxisRow* m_size;
  AxisRow* m_stride;
  AxisRow* m_dilation;
  AxisRow* m_before;
  AxisRow* m_after;
  LabelledRow* m_paddingRow;
  ChoiceBox* m_padding;
  LabelledRow* m_valueRow;
  ChoiceBox* m_value;
  LabelledRow* m_channelsRow;
  ThemedLabel* m_channels;
  QLabel* m_lock;
  ChoiceBox* m_groups;
  LabelledRow* m_activationRow;
  ChoiceBox* m_activation;
  LabelledRow* m_biasRow;
  NumberField* m_bias;
  bool m_narrow = false;
  QPushButton* m_flipped;
  InlineSentence* m_problem;
  Shape m_presetInput{-1, -1, -1, -1};
};

}  // namespace convscope
