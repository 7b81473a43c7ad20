#include "engine/study/study_spec.h"

#include "engine/clip/clip_edit.h"

namespace convscope {

int channelsOf(const ClipSpec& clip) {
  return clip.prepare.colour == ColourMode::Grey ? 1 : 3;
}

ClipSpec clipFor(const StackSpec& stack, ClipSpec clip) {
  clip.range.count = stack.clip.length;
  const Shape before =
      editedShape(stack.clip, clip.edits);  // a turn of a turned frame's size is the frame's own
  clip.prepare.resize = FrameSize{before.height, before.width};
  clip.prepare.colour = stack.clip.channels == 1 ? ColourMode::Grey : ColourMode::Rgb;
  return clip;
}

ReadoutSpec readoutOf(const KernelStudy& study, BankKind bank) {
  ReadoutSpec spec{study.conv.kernel, study.conv.stride, study.conv.dilation, bank, {}};
  if (bank != BankKind::Own || spec.kernel.product() < 1) return spec;
  const auto each = static_cast<std::size_t>(spec.kernel.product());
  for (const Filter& filter : study.bank) {
    const auto channels = static_cast<int>(filter.weights.size() / each);
    if (channels < 1 || filter.weights.size() % each != 0) continue;
    const Filter one = strongestChannel(filter, spec.kernel, channels);
    spec.own.push_back(study.conv.flipped ? flippedFilter(one, spec.kernel, 1) : one);
  }
  return spec;
}

}  // namespace convscope
