#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"

#include <span>
#include <string>
#include <vector>

namespace convscope {

/// Name of a kind, as it is written on the command line and in states, and what may be asked of it.
struct ClipEditEntry {
  ClipEditKind kind;
  const char* id;     ///< "shift-x"
  const char* title;  ///< "Shift in x"
  const char* shows;  ///< one sentence
  int low;            ///< of `amount`; low == high: it has none
  int high;
  int first;  ///< amount to begin with
};
[[nodiscard]] std::span<const ClipEditEntry> clipEditEntries();
[[nodiscard]] const ClipEditEntry& clipEditEntry(ClipEditKind kind);

/// "reverse,shift-x=3,turn=1": in the order in which they are done. Errors: BadUsage, one sentence.
[[nodiscard]] Result<std::vector<ClipEdit>> clipEditsFromText(const std::string& text);
[[nodiscard]] std::string toText(std::span<const ClipEdit> edits);
/// Whether the amounts are in range. Errors: BadSpec.
[[nodiscard]] Result<void> checkClipEdits(std::span<const ClipEdit> edits);

[[nodiscard]] ClipEditKind shiftAlong(Axis axis);
[[nodiscard]] bool isShift(ClipEditKind kind);
void withoutShifts(std::vector<ClipEdit>& edits);

/// Which frame of a clip of `length` frames is shown as each of them, counted from 0.
[[nodiscard]] std::vector<int> frameOrder(const ClipEdit& edit, int length);

/// Shape of a clip after the edits.
[[nodiscard]] Shape editedShape(Shape shape, std::span<const ClipEdit> edits);

/// The clip after the edits, one after another; pixels are moved, never mixed, so that values stay what they
/// were. Cost: one copy, however many edits there are. Errors: those of checkClipEdits(); TooLarge where clip
/// and copy do not fit the memory budget together; Stopped. Thread-safe.
[[nodiscard]] Result<Clip> editedClip(const Clip& clip, std::span<const ClipEdit> edits,
                                      const ReadContext& context = {});

}  // namespace convscope
