#pragma once

#include "widgets/panels/panel_frame.h"
#include "widgets/state/kernel_view.h"

class QHBoxLayout;
class QPushButton;

namespace convscope {

class LabelledRow;
class NumberField;
class ScaleLegend;
class SegmentedControl;
class WeightGrid;

/// The weights of the chosen filter: one grid per kernel frame of the chosen channel, the weight scale, and
/// what can be done to a filter as a whole.
class WeightsPanel : public PanelFrame {
  Q_OBJECT

 public:
  explicit WeightsPanel(QWidget* parent = nullptr);
  void present(const KernelView& view);

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  void hoverChanged(const convscope::Hover& hover);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void build();
  void buildActions();
  void presentChannels(const KernelView& view);
  void presentGrid(const KernelView& view);
  /// Asks to replace the chosen filter by `change` of it.
  void change(const QString& label,
              std::function<Filter(const Filter& filter, const Triple& kernel, int channels)> change);
  SegmentedControl* m_channels;
  LabelledRow* m_filterRow;
  NumberField* m_filter;
  ThemedLabel* m_filterCount;
  WeightGrid* m_grid;
  ScaleLegend* m_legend;
  ThemedLabel* m_sum;
  QHBoxLayout* m_buttons = nullptr;
  QHBoxLayout* m_lowerButtons = nullptr;  ///< of a narrow dock
  QPushButton* m_reverse;
  IconButton* m_random;
  IconButton* m_more;
  QAction* m_transpose;
  QAction* m_inflate;
  QAction* m_zero;
  Hover m_hoverShown;
};

}  // namespace convscope
