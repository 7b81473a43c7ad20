#pragma once

#include "engine/clip/clip_edit.h"

#include <QString>

namespace convscope {

/// The amount of the last edit of that kind; 0 where there is none.
[[nodiscard]] int amountOf(std::span<const ClipEdit> edits, ClipEditKind kind);
/// Gives the last edit of that kind another amount, or adds one; a shift or turn by 0 is taken out.
void setAmount(std::vector<ClipEdit>& edits, ClipEditKind kind, int amount);
/// Takes out all edits of that kind, or adds one with its first amount where there is none.
void toggleEdit(std::vector<ClipEdit>& edits, ClipEditKind kind);

/// "reverse, shift in x by 3": for people; empty where there are none.
[[nodiscard]] QString editsText(std::span<const ClipEdit> edits);

}  // namespace convscope
