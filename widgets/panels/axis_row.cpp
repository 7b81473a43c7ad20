#include "widgets/panels/axis_row.h"

#include "widgets/panels/number_field.h"

namespace convscope {

AxisRow::AxisRow(const QString& label, const QString& teach, int low, int high, QWidget* parent)
    : LabelledRow(label, parent) {
  static const char* const kUnits[] = {QT_TR_NOOP("frames"), QT_TR_NOOP("rows"), QT_TR_NOOP("columns")};
  static const char* const kNames[] = {QT_TR_NOOP("%1 in time"), QT_TR_NOOP("%1 in height"),
                                       QT_TR_NOOP("%1 in width")};
  for (const Axis axis : kAxes) {
    const auto i = static_cast<std::size_t>(axis);
    auto* field = new NumberField;
    field->setWhole(low, high);
    describe(field, tr(kNames[i]).arg(label), teach.arg(tr(kUnits[i])));
    QSizePolicy policy = field->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    field->setSizePolicy(policy);
    m_fields[i] = field;
    add(field);
    if (i < 2) addSpace(kFieldGap);
    connect(field, &NumberField::edited, this,
            [this, axis](double number) { Q_EMIT edited(axis, qRound(number)); });
  }
  addStretch();
}

void AxisRow::present(const Triple& triple) {
  for (const Axis axis : kAxes) field(axis).present(triple[axis]);
}

}  // namespace convscope
