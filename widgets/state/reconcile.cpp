#include "engine/field/layer_table.h"
#include "widgets/state/column_kinds.h"

#include <algorithm>
#include <type_traits>

namespace convscope {

ClipSpec* clipOf(StudySpec& column) {
  return std::visit(
      [](auto& study) -> ClipSpec* {
        if constexpr (std::is_same_v<decltype(study), NetworkStudy&>) {
          return nullptr;  // it names a source, and takes what its preprocessing says
        } else if constexpr (std::is_same_v<decltype(study.clip), ClipSpec>) {
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

/// Columns between 1 and 4, one of them a kernel, which the selection names.
void keepColumns(AppState& wanted, const AppState& previous) {
  const auto isKernel = [](const StudySpec& column) { return std::holds_alternative<KernelStudy>(column); };
  if (wanted.columns.size() > kMostColumns) wanted.columns.resize(kMostColumns);
  if (std::ranges::none_of(wanted.columns, isKernel)) wanted.columns = previous.columns;
  int& chosen = wanted.selection.column;
  chosen = std::clamp(chosen, 0, static_cast<int>(wanted.columns.size()) - 1);
  if (!isKernel(wanted.columns[static_cast<std::size_t>(chosen)]))
    chosen = static_cast<int>(std::ranges::find_if(wanted.columns, isKernel) - wanted.columns.begin());
}

/// All columns look at one clip: that of the chosen one, or of another that was given a new one.
void shareClip(AppState& wanted, const AppState& previous) {
  const auto chosen = static_cast<std::size_t>(wanted.selection.column);
  std::size_t from = chosen;
  const bool sameColumns = wanted.columns.size() == previous.columns.size();
  for (std::size_t i = 0; sameColumns && i < wanted.columns.size(); ++i) {
    StudySpec before = previous.columns[i];
    const ClipSpec* const old = clipOf(before);
    const ClipSpec* const now = clipOf(wanted.columns[i]);
    if (now == nullptr || old == nullptr || *now == *old) continue;
    from = i;
    if (i == chosen) break;
  }
  const ClipSpec* const shared = clipOf(wanted.columns[from]);
  if (shared == nullptr) return;
  const ClipSpec clip = *shared;
  for (StudySpec& column : wanted.columns) {
    if (ClipSpec* const own = clipOf(column)) *own = clip;
    if (auto* const network = std::get_if<NetworkStudy>(&column)) {
      network->source = clip.source;
      network->start = clip.range.start;
      network->edits = clip.edits;
    }
  }
}

}  // namespace

AppState reconciled(AppState wanted, const AppState& previous) {
  keepColumns(wanted, previous);
  shareClip(wanted, previous);
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
