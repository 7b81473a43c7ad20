// Shifts and scales by statistics of the training set or of the value itself.
#include "engine/network/linear_calls.h"
#include "engine/network/operator_table.h"

#include <array>
#include <cmath>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// One number for each channel.
std::span<const float> channelNumbers(const OpCall& call, std::size_t input, std::int64_t channels) {
  const Value& value = call.in(input, ElementType::Float32);
  if (value.dims() != Dims{channels}) {
    call.refuse("has " + dimsText(value.dims()) + " numbers as its input " + std::to_string(input + 1) +
                " for " + std::to_string(channels) + (channels == 1 ? " channel" : " channels"));
  }
  return value.values<float>();
}

struct MapLayout {
  std::int64_t batch = 1, channels = 1, size = 1;
};

MapLayout layoutOf(const OpCall& call, const Value& in) {
  if (in.rank() < 1) call.refuse("reads a single number, which has no channels");
  if (in.rank() == 1) return {1, in.dims()[0], 1};
  return {in.dims()[0], in.dims()[1], productOf(in.dims(), 2, in.dims().size())};
}

/// Moments of each channel over the batch and the maps, as training takes them.
std::vector<Moments> channelMoments(const Value& in, const MapLayout& layout) {
  std::vector<Moments> all;
  const float* from = in.values<float>().data();
  std::vector<float> gathered(static_cast<std::size_t>(layout.batch * layout.size));
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    for (std::int64_t n = 0; n < layout.batch; ++n)
      std::copy_n(from + (n * layout.channels + c) * layout.size, layout.size,
                  gathered.begin() + n * layout.size);
    all.push_back(momentsOf(gathered));
  }
  return all;
}

/// out = in · scale(map) + shift(map), `line(map)` giving both.
template <class Line>
void scaleMaps(const OpCall& call, const Value& in, Value& out, std::int64_t maps, std::int64_t size,
               const Line& line) {
  if (maps * size == 0) return;
  const float* from = in.values<float>().data();
  float* to = out.fill<float>().data();
  call.shareOut(maps, kGrain / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t map = begin; map < end; ++map) {
      const auto [scale, shift] = line(map);
      const auto factor = static_cast<float>(scale), offset = static_cast<float>(shift);
      for (std::int64_t i = map * size; i < (map + 1) * size; ++i) to[i] = from[i] * factor + offset;
    }
  });
}

using Line = std::pair<double, double>;

/// (x − mean) / √(variance + ε) · scale + bias as a line.
Line lineOf(const Moments& moments, double epsilon, double scale, double bias) {
  const double factor = scale / std::sqrt(moments.variance + epsilon);
  return {factor, bias - moments.mean * factor};
}

Values batchNormalisation(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const MapLayout layout = layoutOf(call, in);
  const auto scale = channelNumbers(call, 1, layout.channels),
             bias = channelNumbers(call, 2, layout.channels);
  const auto mean = channelNumbers(call, 3, layout.channels),
             variance = channelNumbers(call, 4, layout.channels);
  const bool training = call.operatorSet >= 14 && call.whole("training_mode", 0) != 0;
  if (!training && (call.wants(1) || call.wants(2)))
    call.refuse("hands on statistics that only training changes: export the model for inference");
  std::vector<Moments> moments;
  if (training && in.count() > 0) {
    moments = channelMoments(in, layout);
  } else {
    for (std::size_t c = 0; c < mean.size(); ++c) moments.push_back({double{mean[c]}, double{variance[c]}});
  }
  Value out = call.make(ElementType::Float32, in.dims());
  const auto epsilon = double{call.real("epsilon", 1e-5F)};
  scaleMaps(call, in, out, layout.batch * layout.channels, layout.size, [&](std::int64_t map) {
    const auto c = static_cast<std::size_t>(map % layout.channels);
    return lineOf(moments[c], epsilon, double{scale[c]}, double{bias[c]});
  });
  Values result{out};
  if (!training) return result;
  const auto momentum = double{call.real("momentum", 0.9F)};
  for (const bool second : {false, true}) {
    Value running = call.make(ElementType::Float32, {layout.channels});
    for (std::size_t c = 0; c < moments.size(); ++c) {
      const double old = double{second ? variance[c] : mean[c]};
      const double fresh = second ? moments[c].variance : moments[c].mean;
      running.fill<float>()[c] = static_cast<float>(old * momentum + fresh * (1 - momentum));
    }
    result.push_back(running);
  }
  return result;
}

Values instanceNormalisation(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const MapLayout layout = layoutOf(call, in);
  const auto scale = channelNumbers(call, 1, layout.channels),
             bias = channelNumbers(call, 2, layout.channels);
  const auto epsilon = double{call.real("epsilon", 1e-5F)};
  Value out = call.make(ElementType::Float32, in.dims());
  const auto values = in.values<float>();
  scaleMaps(call, in, out, layout.batch * layout.channels, layout.size, [&](std::int64_t map) {
    const auto c = static_cast<std::size_t>(map % layout.channels);
    const auto own =
        values.subspan(static_cast<std::size_t>(map * layout.size), static_cast<std::size_t>(layout.size));
    return lineOf(momentsOf(own), epsilon, double{scale[c]}, double{bias[c]});
  });
  return {out};
}

/// Over all axes from one on; outputs 2 and 3 are the means and 1 / standard deviations.
Values layerNormalisation(const OpCall& call) {
  const Value& in = call.in(0, ElementType::Float32);
  const std::size_t axis = call.axisOf(call.whole("axis", -1), in.rank());
  const Dims tail(in.dims().begin() + static_cast<std::ptrdiff_t>(axis), in.dims().end());
  const std::int64_t lines = productOf(in.dims(), 0, axis), size = productOf(tail, 0, tail.size());
  const auto numbers = [&](std::size_t input) { return lineNumbers(call, input, tail); };
  const std::vector<float> scale = numbers(1);
  const std::vector<float> bias =
      call.has(2) ? numbers(2) : std::vector<float>(static_cast<std::size_t>(size), 0.0F);
  const auto epsilon = double{call.real("epsilon", 1e-5F)};
  Dims momentDims = in.dims();
  std::fill(momentDims.begin() + static_cast<std::ptrdiff_t>(axis), momentDims.end(), 1);
  Values result{call.make(ElementType::Float32, in.dims()), call.make(ElementType::Float32, momentDims),
                call.make(ElementType::Float32, momentDims)};
  if (in.count() == 0) return result;
  const float* from = in.values<float>().data();
  float* to = result[0].fill<float>().data();
  float* means = result[1].fill<float>().data();
  float* deviations = result[2].fill<float>().data();
  call.shareOut(lines, kGrain / size, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const float* own = from + line * size;
      const Moments moments = momentsOf({own, static_cast<std::size_t>(size)});
      const double inverse = 1 / std::sqrt(moments.variance + epsilon);
      means[line] = static_cast<float>(moments.mean);
      deviations[line] = static_cast<float>(inverse);
      for (std::int64_t i = 0; i < size; ++i) {
        const auto at = static_cast<std::size_t>(i);
        to[line * size + i] = static_cast<float>(
            (double{own[i]} - moments.mean) * inverse * double{scale[at]} + double{bias[at]});
      }
    }
  });
  return result;
}

constexpr std::array kOperators{
    Operator{"BatchNormalization", 7, 17, batchNormalisation},
    Operator{"InstanceNormalization", 6, 17, instanceNormalisation},
    Operator{"LayerNormalization", 17, 17, layerNormalisation},
};

}  // namespace

Moments momentsOf(std::span<const float> values) {
  Moments moments;
  for (const float value : values) moments.mean += double{value};
  moments.mean /= static_cast<double>(values.size());
  for (const float value : values)
    moments.variance += (double{value} - moments.mean) * (double{value} - moments.mean);
  moments.variance /= static_cast<double>(values.size());
  return moments;
}

std::vector<float> lineNumbers(const OpCall& call, std::size_t input, const Dims& tail) {
  const Value& value = call.in(input, ElementType::Float32);
  if (broadcastDims(call, value.dims(), tail) != tail)
    call.refuse("scales by " + dimsText(value.dims()) + " what is " + dimsText(tail));
  const std::int64_t size = productOf(tail, 0, tail.size());
  const auto walk = mergedWalk<2>(tail, {stepsOf(tail), broadcastSteps(value.dims(), tail)});
  std::vector<float> all(static_cast<std::size_t>(size));
  for (std::int64_t row = 0; size > 0 && row < walk.rows(); ++row) {
    const auto start = walk.start(row);
    for (std::int64_t i = 0; i < walk.rowLength(); ++i)
      all[static_cast<std::size_t>(start[0] + i * walk.step[0].back())] =
          value.values<float>()[static_cast<std::size_t>(start[1] + i * walk.step[1].back())];
  }
  return all;
}

std::span<const Operator> normalisationOperators() {
  return kOperators;
}

}  // namespace convscope
