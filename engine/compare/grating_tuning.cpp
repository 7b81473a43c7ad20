#include "engine/compare/grating_tuning.h"

#include "engine/core/number_text.h"

#include "engine/conv/repeated_convolution.h"
#include "engine/core/memory_budget.h"
#include "engine/field/layer_table.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

namespace convscope {

namespace {

/// Multiply-adds that measuring a stack may take: some seconds.
constexpr double kMostStackWork = 2e11;

/// Draws the grating of one direction, speed and phase into one channel of `clip`.
class GratingDrawer {
 public:
  GratingDrawer(const Shape& shape, int channel) : m_clip(shape), m_channel(channel) {}

  const Tensor& drawn(double frequency, double radians, double speed, double phase, const Triple& middle2) {
    const Shape& shape = m_clip.shape();
    const double turn = 2 * std::numbers::pi * frequency;
    float* to = m_clip.frame(0, m_channel);
    for (int t = 0; t < shape.length; ++t) {
      for (int y = 0; y < shape.height; ++y) {
        for (int x = 0; x < shape.width; ++x) {
          // positions from the middle, which may lie between two samples: counted in halves
          const double along = std::cos(radians) * (2 * x - middle2.x) / 2 +
                               std::sin(radians) * (2 * y - middle2.y) / 2 - speed * (2 * t - middle2.t) / 2;
          *to++ = static_cast<float>(std::cos(turn * along + phase));
        }
      }
    }
    return m_clip;
  }

 private:
  Tensor m_clip;  ///< zeros in the other channels
  int m_channel;
};

double radiansOf(const TuningSpec& spec, int direction) {
  return 2 * std::numbers::pi * direction / spec.directions;
}

int strongestChannelOf(const Filter& filter, const Triple& kernel, int channels) {
  const auto each = static_cast<std::size_t>(kernel.product());
  int best = 0;
  double most = -1;
  for (int c = 0; c < channels; ++c) {
    double square = 0;
    for (std::size_t i = 0; i < each; ++i) {
      const double weight = double{filter.weights[static_cast<std::size_t>(c) * each + i]};
      square += weight * weight;
    }
    if (!(square > most)) continue;
    most = square;
    best = c;
  }
  return best;
}

tl::unexpected<Error> stopped() {
  return fail(ErrorCode::Stopped, "The measurement was stopped.");
}

/// A clip on which one unit of the stack's last layer sees no padding, and that unit.
struct WholeUnit {
  LayerTable table;
  Triple unit;
  Triple middle2;  ///< twice the position of the middle of its field
};

Result<WholeUnit> wholeUnitOf(const StackSpec& stack) {
  auto wished = tableOf(stack);
  if (!wished) return tl::unexpected(wished.error());
  if (wished->rows.empty()) return fail(ErrorCode::BadSpec, "A stack without layers answers nothing.");
  const LayerRow& last = wished->rows.back();
  if (last.seesWhole)
    return fail(ErrorCode::BadSpec, "“" + last.layer.name +
                                        "” sees the whole clip, whatever its size: gratings of a size of its "
                                        "own cannot be made for it.");
  StackSpec sized = stack;
  Triple extent;
  for (const Axis axis : kAxes) {
    const AxisField& field = last.field[static_cast<std::size_t>(axis)];
    extent[axis] = field.size + static_cast<int>(std::ceil(field.jump)) - 1;
  }
  sized.clip = shapeOf(extent, stack.clip.channels);
  auto table = tableOf(sized);
  if (!table) return tl::unexpected(table.error());
  WholeUnit whole{std::move(*table), {}, {}};
  for (const Axis axis : kAxes) {
    const AxisField& field = whole.table.rows.back().field[static_cast<std::size_t>(axis)];
    const int unit = std::max(0, static_cast<int>(std::ceil(-field.first(0) / field.jump)));
    whole.unit[axis] = std::min(unit, whole.table.rows.back().output.along(axis) - 1);
    whole.middle2[axis] = 2 * field.first(whole.unit[axis]) + field.size - 1;
  }
  return whole;
}

}  // namespace

double Tuning::largest() const {
  double most = 0;
  for (const auto& response : responses) most = std::max(most, std::abs(response));
  return most;
}

int Tuning::directionAt(double degrees) const {
  const auto step = static_cast<int>(std::lround(degrees / 360 * spec.directions));
  return (step % spec.directions + spec.directions) % spec.directions;
}

int Tuning::speedAt(double speed) const {
  const auto found = std::ranges::find(spec.speeds, speed);
  return found == spec.speeds.end() ? -1 : static_cast<int>(found - spec.speeds.begin());
}

double Tuning::rightOverLeft(double speed) const {
  const int row = speedAt(speed);
  const double floor = kSilent * largest();
  const auto heard = [&](double degrees) {
    const double amplitude = row < 0 ? 0 : this->amplitude(row, directionAt(degrees));
    return amplitude > floor ? amplitude : 0;
  };
  const double right = heard(0);
  const double left = heard(180);
  if (left > 0) return right / left;
  return right > 0 ? std::numeric_limits<double>::infinity() : 1;
}

double directionRatio(const Tuning& tuning, double speed, double* degrees) {
  const int row = tuning.speedAt(speed);
  if (row < 0) return 1;
  const double floor = kSilent * tuning.largest();
  int best = 0;
  for (int direction = 1; direction < tuning.spec.directions; ++direction) {
    if (tuning.amplitude(row, direction) > tuning.amplitude(row, best) * (1 + 1e-6)) best = direction;
  }
  const double angle = 360.0 * best / tuning.spec.directions;
  if (degrees != nullptr) *degrees = angle;
  const double along = tuning.amplitude(row, best);
  const double against = tuning.amplitude(row, tuning.directionAt(angle + 180));
  if (against > floor) return along / against;
  return along > floor ? std::numeric_limits<double>::infinity() : 1;
}

Tuning::Preference Tuning::preferred() const {
  const double most = largest();
  for (int speed = 0; speed < static_cast<int>(spec.speeds.size()); ++speed) {
    for (int direction = 0; direction < spec.directions; ++direction) {
      if (amplitude(speed, direction) >= most * (1 - 1e-6))
        return {360.0 * direction / spec.directions, spec.speeds[static_cast<std::size_t>(speed)]};
    }
  }
  return {};
}

Result<void> checkTuning(const TuningSpec& spec) {
  if (!(spec.frequency > 0 && spec.frequency <= .5)) {
    return fail(ErrorCode::BadSpec, "A grating has more than 0 and up to 0.5 cycles per pixel, not " +
                                        generalText(spec.frequency, 6) + ".");
  }
  if (spec.directions < 4 || spec.directions > 720) {
    return fail(ErrorCode::BadSpec,
                "Gratings drift in 4 to 720 directions, not " + std::to_string(spec.directions) + ".");
  }
  if (spec.speeds.empty() || spec.speeds.size() > 256 ||
      !std::ranges::all_of(spec.speeds, [](double speed) { return speed >= 0 && speed <= 64; }))
    return fail(ErrorCode::BadSpec, "Gratings drift at 1 to 256 speeds from 0 to 64 pixels a frame.");
  return {};
}

Result<Tuning> tuningOf(const ConvSpec& conv, const Filter& filter, int channels, const TuningSpec& spec,
                        const ComputeContext& context) {
  if (auto checked = checkTuning(spec); !checked) return tl::unexpected(checked.error());
  ConvSpec linear;
  linear.kernel = conv.kernel;
  linear.dilation = conv.dilation;
  linear.flipped = conv.flipped;
  Filter weights = filter;
  weights.bias = 0;
  const Triple extent{linear.span(Axis::T), linear.span(Axis::Y), linear.span(Axis::X)};
  const Shape shape = shapeOf(extent, channels);
  if (auto fits = checkBudget(4.0 * channels * extent.t * extent.y * extent.x * (context.pool.threads() + 1),
                              "A grating as large as the kernel", "use a smaller kernel or dilation");
      !fits)
    return tl::unexpected(fits.error());
  const auto layer = RepeatedConvolution::plan(shape, linear, {weights}, context);
  if (!layer) return tl::unexpected(layer.error());

  Tuning tuning{spec, strongestChannelOf(weights, conv.kernel, channels), {}};
  tuning.responses.resize(spec.speeds.size() * static_cast<std::size_t>(spec.directions));
  const Triple middle2{extent.t - 1, extent.y - 1, extent.x - 1};
  for (std::size_t row = 0; row < spec.speeds.size(); ++row) {
    if (context.stopped()) return stopped();
    context.pool.run(spec.directions, [&](int direction) {
      RepeatedConvolution::Worker worker(*layer);
      GratingDrawer grating(shape, tuning.channel);
      const auto answer = [&](double phase) {
        worker.run(
            grating.drawn(spec.frequency, radiansOf(spec, direction), spec.speeds[row], phase, middle2));
        return double{worker.maps().at(0, 0, 0, 0)};
      };
      tuning.responses[row * static_cast<std::size_t>(spec.directions) +
                       static_cast<std::size_t>(direction)] = {answer(0), answer(-std::numbers::pi / 2)};
    });
    if (context.progress) context.progress(double(row + 1) / double(spec.speeds.size()));
    if (context.yield) context.yield();
  }
  return tuning;
}

Result<Tuning> tuningOf(const StackSpec& stack, const StackRun& run, int channel, const TuningSpec& spec,
                        const ComputeContext& context) {
  if (auto checked = checkTuning(spec); !checked) return tl::unexpected(checked.error());
  const auto whole = wholeUnitOf(stack);
  if (!whole) return tl::unexpected(whole.error());
  const double runs = double(spec.speeds.size()) * spec.directions * kStackPhases;
  if (const double work = runs * double(whole->table.multiplyAdds); work > kMostStackWork) {
    return fail(ErrorCode::BadSpec, "Measuring the tuning of “" + stack.name.substr(0, 60) + "” would take " +
                                        generalText(work, 2) + " multiply-adds, more than the " +
                                        generalText(kMostStackWork, 2) + " allowed.");
  }
  Tuning tuning{spec, std::clamp(channel, 0, stack.clip.channels - 1), {}};
  GratingDrawer grating(whole->table.stack.clip, tuning.channel);
  const ComputeContext quiet{context.pool, context.stop};
  const auto& [t, y, x] = whole->unit;
  for (const double speed : spec.speeds) {
    for (int direction = 0; direction < spec.directions; ++direction) {
      std::complex<double> harmonic;
      for (int step = 0; step < kStackPhases; ++step) {
        const double phase = -2 * std::numbers::pi * step / kStackPhases;
        const Tensor& clip =
            grating.drawn(spec.frequency, radiansOf(spec, direction), speed, phase, whole->middle2);
        const auto maps = runStack(whole->table, clip, run, quiet);
        if (!maps) return tl::unexpected(maps.error());
        harmonic += double{maps->back().at(t, y, x, 0)} * std::polar(2.0 / kStackPhases, -phase);
      }
      tuning.responses.push_back(harmonic);
    }
    if (context.progress)
      context.progress(double(tuning.responses.size()) / (double(spec.speeds.size()) * spec.directions));
    if (context.yield) context.yield();
  }
  return tuning;
}

std::string tuningCsvHead(bool withFilter) {
  return std::string(withFilter ? "filter," : "") + "direction,speed,amplitude\n";
}

std::string tuningCsv(const Tuning& tuning, int filter) {
  std::string text;
  for (int speed = 0; speed < static_cast<int>(tuning.spec.speeds.size()); ++speed) {
    for (int direction = 0; direction < tuning.spec.directions; ++direction) {
      if (filter > 0) text += std::to_string(filter) + ",";
      text += fixedText(360.0 * direction / tuning.spec.directions, 3) + "," +
              fixedText(tuning.spec.speeds[static_cast<std::size_t>(speed)], 3) + "," +
              fixedText(tuning.amplitude(speed, direction), 6) + "\n";
    }
  }
  return text;
}

}  // namespace convscope
