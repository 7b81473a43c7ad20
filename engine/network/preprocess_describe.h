#pragma once

#include "engine/network/preprocess.h"
#include "engine/study/describe.h"

/// The fields of a preprocessing, for JSON (see describe.h).
namespace convscope {

inline const std::vector<const char*>& enumNames(ChannelOrder) {
  static const std::vector<const char*> names{"rgb", "bgr", "grey"};
  return names;
}
inline const std::vector<const char*>& enumNames(FrameResampling) {
  static const std::vector<const char*> names{"linear", "area"};
  return names;
}
template <Of<TrainingNote> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("on", value.on);
  visit("drawn", value.drawn);
  visit("clips", value.clips);
  visit("accuracy", value.accuracy);
  visit("weights", value.weights);
  visit("multiplyAdds", value.multiplyAdds);
  visit("confusion", value.confusion);
}
template <Of<Preprocess> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("frames", value.frames);
  visit("step", value.step);
  visit("resize", value.resize);
  visit("shortSide", value.shortSide);
  visit("crop", value.crop);
  visit("resampling", value.resampling);
  visit("range", value.range);
  visit("mean", value.mean);
  visit("std", value.std);
  visit("channels", value.channels);
  visit("slowEvery", value.slowEvery);
  visit("labels", value.labels);
  visit("trained", value.trained);
}

}  // namespace convscope
