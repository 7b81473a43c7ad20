#include "engine/gradient/preferred_stimulus.h"

#include "engine/gradient/backward.h"
#include "engine/gradient/stack_graph.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace convscope {

namespace {

/// What each channel of an input may hold.
class ChannelRanges {
 public:
  static Result<ChannelRanges> of(const StimulusSettings& settings, const Dims& dims) {
    ChannelRanges ranges;
    const std::int64_t channels = dims.size() < 2 ? 1 : dims[1];
    const auto fits = [&](const std::vector<float>& list) {
      return list.size() == 1 || static_cast<std::int64_t>(list.size()) == channels;
    };
    if (!fits(settings.low) || !fits(settings.high) || dims.empty() || dims.front() != 1)
      return fail(ErrorCode::BadSpec, "A stimulus of " + dimsText(dims) + " needs a range for all of its " +
                                          std::to_string(channels) + " channels or for each.");
    ranges.m_size =
        std::max<std::int64_t>(1, productOf(dims, std::min<std::size_t>(2, dims.size()), dims.size()));
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto own = static_cast<std::size_t>(c);
      ranges.m_low.push_back(settings.low[settings.low.size() == 1 ? 0 : own]);
      ranges.m_high.push_back(settings.high[settings.high.size() == 1 ? 0 : own]);
      if (!(ranges.m_low.back() < ranges.m_high.back()))
        return fail(ErrorCode::BadSpec,
                    "The range of channel " + std::to_string(c + 1) + " of a stimulus is empty.");
    }
    return ranges;
  }
  [[nodiscard]] double low(std::size_t element) const { return double{m_low[channel(element)]}; }
  [[nodiscard]] double high(std::size_t element) const { return double{m_high[channel(element)]}; }

 private:
  [[nodiscard]] std::size_t channel(std::size_t element) const {
    return element / static_cast<std::size_t>(m_size) % m_low.size();
  }
  std::vector<float> m_low, m_high;
  std::int64_t m_size = 1;
};

Value startOf(const Dims& dims, const ChannelRanges& ranges, const StimulusSettings& settings) {
  Value start = Value::uninitialised(ElementType::Float32, dims);
  std::mt19937 random(settings.seed);
  const auto all = start.fill<float>();
  for (std::size_t i = 0; i < all.size(); ++i) {
    double normal = -6;  // the sum of twelve uniform numbers, the same on every machine
    for (int part = 0; part < 12; ++part) normal += static_cast<double>(random()) / 4294967296.0;
    const double low = ranges.low(i), high = ranges.high(i);
    all[i] =
        static_cast<float>(std::clamp((low + high) / 2 + settings.noise * (high - low) * normal, low, high));
  }
  return start;
}

/// One step up the gradient; nothing where that is 0.
bool climb(const Value& from, const Value& gradient, const ChannelRanges& ranges,
           const StimulusSettings& settings, Value& to) {
  const auto slope = gradient.values<float>();
  double squares = 0;
  std::size_t reached = 0;
  for (const float one : slope) {
    squares += double{one} * double{one};
    reached += one != 0 ? 1 : 0;
  }
  if (!(squares > 0) || !std::isfinite(squares)) return false;
  const double mean = std::sqrt(squares / static_cast<double>(reached));
  to = Value::uninitialised(ElementType::Float32, from.dims());
  const auto values = from.values<float>();
  const auto out = to.fill<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double low = ranges.low(i), high = ranges.high(i), middle = (low + high) / 2;
    const double moved = double{values[i]} + settings.rate * (high - low) * double{slope[i]} / mean;
    out[i] = static_cast<float>(std::clamp(moved + settings.decay * (middle - moved), low, high));
  }
  return true;
}

}  // namespace

Result<Stimulus> preferredStimulus(Runner& runner, int value, std::int64_t element, const Dims& dims,
                                   const StimulusSettings& settings, const ComputeContext& context) {
  const auto ranges = ChannelRanges::of(settings, dims);
  if (!ranges) return tl::unexpected(ranges.error());
  const int input = runner.graph().inputs.front().value;
  const ComputeContext inner{context.pool, context.stop, context.yield, {}};
  Stimulus stimulus;
  Value current = startOf(dims, *ranges, settings);
  for (int step = 0; step <= settings.steps; ++step) {
    RunRequest request{{current}, true};
    const auto run = runner.run(request, inner);
    if (!run) return tl::unexpected(run.error());
    const auto made = runner.recompute(*run, value, inner);
    if (!made) return tl::unexpected(made.error());
    if (element < 0 || element >= made->count())
      return fail(ErrorCode::BadSpec, "The unit is number " + std::to_string(element) + " of a value of " +
                                          std::to_string(made->count()) + ".");
    const double response = double{made->values<float>()[static_cast<std::size_t>(element)]};
    stimulus.responses.push_back(response);
    if (step == 0 || response > stimulus.best) {
      stimulus.best = response;
      stimulus.input = current;
    }
    if (context.progress) context.progress(double(step + 1) / (settings.steps + 1));
    if (step == settings.steps) break;
    const auto gradient = gradientsOf(runner, *run, startAt(value, made->dims(), element), {input}, inner);
    if (!gradient) return tl::unexpected(gradient.error());
    Value next;
    if (!climb(current, gradient->front(), *ranges, settings, next)) break;
    current = std::move(next);
  }
  return stimulus;
}

Result<Stimulus> preferredStimulus(const LayerTable& table, int row, const Triple& unit, int channel,
                                   const StackRun& run, const StimulusSettings& settings,
                                   const ComputeContext& context) {
  auto made = stackGraph(table, run, StackForm::AsRun, row);
  if (!made) return tl::unexpected(made.error());
  Runner runner(made->graph);
  const Shape& clip = table.stack.clip;
  const Triple extent = table.rows[static_cast<std::size_t>(row)].output.extent();
  const std::int64_t element =
      channel * extent.product() + (std::int64_t{unit.t} * extent.y + unit.y) * extent.x + unit.x;
  return preferredStimulus(runner, made->sums[static_cast<std::size_t>(row)], element,
                           {1, clip.channels, clip.length, clip.height, clip.width}, settings, context);
}

}  // namespace convscope
