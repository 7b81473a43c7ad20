#include "widgets/state/stimulus_query.h"

#include "engine/gradient/preferred_stimulus.h"
#include "widgets/state/kernel_view.h"

#include <algorithm>

namespace convscope {

Result<StimulusQuery::Answer> StimulusQuery::sought(const StackResult& result, int row, const Triple& unit,
                                                    const ComputeContext& context) {
  const Tensor& maps = result.maps[static_cast<std::size_t>(row)];
  StackStimulus made;
  for (int c = 1; c < maps.shape().channels; ++c) {
    if (maps.at(unit.t, unit.y, unit.x, c) > maps.at(unit.t, unit.y, unit.x, made.channel)) made.channel = c;
  }
  const ValueRange range = displayRange(*result.clip);
  StimulusSettings settings;
  settings.low = {range.low};
  settings.high = {range.high};
  auto stimulus =
      preferredStimulus(result.table, row, unit, made.channel, result.spec.run, settings, context);
  if (!stimulus) return tl::unexpected(stimulus.error());
  made.responses = std::move(stimulus->responses);
  made.pixels = Tensor::uninitialised(result.clip->pixels.shape());
  std::ranges::copy(stimulus->input.values<float>(), made.pixels.values().begin());
  return std::make_shared<const StackStimulus>(std::move(made));
}

}  // namespace convscope
