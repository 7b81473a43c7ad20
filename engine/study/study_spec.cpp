#include "engine/study/study_spec.h"

namespace convscope {

int channelsOf(const ClipSpec& clip) {
  return clip.prepare.colour == ColourMode::Grey ? 1 : 3;
}

}  // namespace convscope
