#pragma once

#include "engine/core/shape.h"
#include "widgets/panels/panel_rows.h"

#include <array>

namespace convscope {

class NumberField;

/// A row of three whole numbers, one an axis in the order t, h, w. GUI thread only.
class AxisRow : public LabelledRow {
  Q_OBJECT

 public:
  /// `teach` is the tooltip, with %1 for "frames", "rows" or "columns"; the numbers are `low` … `high`.
  AxisRow(const QString& label, const QString& teach, int low, int high, QWidget* parent = nullptr);
  [[nodiscard]] NumberField& field(Axis axis) { return *m_fields[static_cast<std::size_t>(axis)]; }
  [[nodiscard]] const NumberField& field(Axis axis) const {
    return *m_fields[static_cast<std::size_t>(axis)];
  }
  void present(const Triple& triple);

 Q_SIGNALS:
  void edited(convscope::Axis axis, int number);

 private:
  std::array<NumberField*, 3> m_fields{};
};

}  // namespace convscope
