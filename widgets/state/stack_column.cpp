#include "engine/clip/clip_edit.h"
#include "widgets/state/column_kinds.h"

#include <algorithm>

/// What the state asks of a StackStudy in a column.
namespace convscope {

std::string whyImpossible(const StackStudy& study) {
  if (study.stack.layers.empty()) return "a stack in a column must have layers";
  if (study.run.filters < 1 || study.run.filters > kMaxFilters)
    return "“run.filters” of a stack must lie between 1 and " + std::to_string(kMaxFilters);
  return {};
}
Result<void> complete(StackStudy&) {
  return {};
}

// The clip's size as far as the settings tell it; where only a file knows, the last one is kept, and the
// table that is shown is worked out on the clip as it was read.
void keepConsistent(StackStudy& study, const StackStudy*) {
  const ClipSpec& clip = study.clip;
  Shape& shape = study.stack.clip;
  shape.channels = channelsOf(clip);
  shape.length = std::max(1, clip.range.count);
  if (clip.prepare.resize) {
    shape.height = clip.prepare.resize->height;
    shape.width = clip.prepare.resize->width;
  } else if (clip.prepare.crop) {
    shape.height = clip.prepare.crop->height;
    shape.width = clip.prepare.crop->width;
  } else if (const auto* lab = std::get_if<LabSpec>(&clip.source)) {
    shape.height = lab->height;
    shape.width = lab->width;
  } else {
    return;
  }
  shape = editedShape(shape, clip.edits);
}
void clampSelection(Selection&, const StackStudy&) {}

}  // namespace convscope
