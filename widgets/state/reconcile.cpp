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
  return wanted;
}

}  // namespace convscope
