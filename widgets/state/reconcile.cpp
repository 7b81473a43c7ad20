#include "engine/field/layer_table.h"
#include "widgets/state/column_kinds.h"

#include <algorithm>
#include <type_traits>

namespace convscope {

ClipSpec* clipOf(StudySpec& column) {
  return std::visit(
      [](auto& study) -> ClipSpec* {
        if constexpr (std::is_same_v<decltype(study.clip), ClipSpec>) {
          return &study.clip;
        } else {
          return study.clip ? &*study.clip : nullptr;
        }
      },
      column);
}

namespace {

/// Keeps layer and unit inside the stack. A stack that cannot be worked out keeps them: it says so itself.
void clampField(FieldSettings& field) {
  const auto layers = static_cast<int>(field.stack.layers.size());
  field.layer = std::clamp(field.layer, 0, std::max(0, layers - 1));
  const auto table = layers > 0 ? tableOf(field.stack) : Result<LayerTable>(tl::unexpected(Error{}));
  if (!table) return;
  const auto row = static_cast<std::size_t>(expandedIndex(field.stack, field.layer));
  const Shape& output = table->rows[row].output;
  for (const Axis axis : kAxes) field.unit[axis] = std::clamp(field.unit[axis], 0, output.along(axis) - 1);
}

}  // namespace

AppState reconciled(AppState wanted, const AppState& previous) {
  if (wanted.columns.empty()) wanted.columns = previous.columns;
  if (wanted.columns.size() > 4) wanted.columns.resize(4);
  wanted.selection.column =
      std::clamp(wanted.selection.column, 0, static_cast<int>(wanted.columns.size()) - 1);
  for (std::size_t i = 0; i < wanted.columns.size(); ++i) {
    const StudySpec& before = previous.columns.at(std::min(i, previous.columns.size() - 1));
    std::visit(
        [&](auto& study) {
          keepConsistent(study, std::get_if<std::remove_cvref_t<decltype(study)>>(&before));
        },
        wanted.columns[i]);
  }
  const StudySpec& chosen = wanted.columns[static_cast<std::size_t>(wanted.selection.column)];
  std::visit([&](const auto& study) { clampSelection(wanted.selection, study); }, chosen);
  if (!(wanted.field == previous.field)) clampField(wanted.field);
  return wanted;
}

}  // namespace convscope
