#include "engine/classify/readout.h"

#include "engine/classify/clip_features.h"
#include "engine/clip/resample.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>

namespace convscope {

namespace {

/// The layer that features are read from, see Readout.
ConvSpec layerOf(const ReadoutSpec& spec) {
  ConvSpec layer;
  layer.kernel = spec.kernel;
  layer.stride = spec.stride;
  layer.dilation = spec.dilation;
  layer.stride.y *= kRowStep;
  if (spec.kernel.t >= kLongKernel) layer.stride.t *= kFrameStep;
  return layer;
}

/// Readouts trained last, newest at the back.
class Kept {
 public:
  std::shared_ptr<const Readout> find(const ReadoutSpec& spec) {
    const std::lock_guard lock(m_mutex);
    const auto found = std::ranges::find_if(m_all, [&](const auto& one) { return one->spec == spec; });
    return found == m_all.end() ? nullptr : *found;
  }
  void add(std::shared_ptr<const Readout> readout) {
    constexpr std::size_t kMost = 64;
    const std::lock_guard lock(m_mutex);
    m_all.push_back(std::move(readout));
    if (m_all.size() > kMost) m_all.pop_front();
  }
  void clear() {
    const std::lock_guard lock(m_mutex);
    m_all.clear();
  }

 private:
  std::mutex m_mutex;
  std::deque<std::shared_ptr<const Readout>> m_all;
};

Kept& kept() {
  static Kept all;
  return all;
}

Result<void> checkSpan(const ReadoutSpec& spec, const Shape& clip, const std::string& whose) {
  static constexpr std::array kUnits{"frames", "rows", "columns"};
  for (const Axis axis : kAxes) {
    const int span = layerOf(spec).span(axis);
    if (span <= clip.along(axis)) continue;
    return fail(ErrorCode::BadSpec, "The kernel spans " + std::to_string(span) + " " +
                                        kUnits[static_cast<std::size_t>(axis)] + " in " + axisName(axis) +
                                        " and " + whose + " " + std::to_string(clip.along(axis)) + ".");
  }
  return {};
}

/// Rows of the table of all clips.
struct Part {
  const std::vector<LabelledClip>& clips;
  int first = 0;
  [[nodiscard]] int count() const { return static_cast<int>(clips.size()); }
  [[nodiscard]] int label(int i) const { return static_cast<int>(clips[static_cast<std::size_t>(i)].label); }
};

struct Parts {
  explicit Parts(const MotionSet& set)
      : training{set.training},
        test{set.test, training.count()},
        partialTest{set.partialTest, training.count() + test.count()} {}
  [[nodiscard]] std::vector<const Tensor*> pixels() const {
    std::vector<const Tensor*> all;
    for (const Part* part : {&training, &test, &partialTest}) {
      for (const LabelledClip& clip : part->clips) all.push_back(&clip.pixels);
    }
    return all;
  }
  Part training;
  Part test;
  Part partialTest;
};

/// The first rows of a table.
FeatureTable firstRows(const FeatureTable& table, int rows) {
  FeatureTable first{rows, table.columns, table.values};
  first.values.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(table.columns));
  return first;
}

/// Motion of a part of the frame has weights of its own: one line cannot hold a class's two kinds together
/// without giving way on both.
void learn(Readout& readout, const Part& training, const FeatureTable& table) {
  std::vector<int> labels;
  for (int i = 0; i < training.count(); ++i) {
    const bool partial = training.clips[static_cast<std::size_t>(i)].extent != MotionExtent::Full;
    labels.push_back(training.label(i) + (partial ? kMotionClasses : 0));
  }
  readout.model = fitSoftmax(firstRows(table, training.count()), labels, kMotionClasses, 2);
  readout.spread = spreadOf(table, training.count());
  int right = 0;
  for (int i = 0; i < training.count(); ++i)
    right += readout.model.best(table.row(i)) == training.label(i) ? 1 : 0;
  readout.trainingAccuracy = static_cast<double>(right) / training.count();
}

TestScore tested(const Readout& readout, const Part& part, const FeatureTable& table) {
  TestScore score;
  for (int i = 0; i < part.count(); ++i) {
    const int named = readout.model.best(table.row(part.first + i));
    ++score.confusion[static_cast<std::size_t>(part.label(i))][static_cast<std::size_t>(named)];
  }
  return score;
}

/// Temperature and usual distance, from the clips that it was not taught.
void calibrate(Readout& readout, const Parts& parts, const FeatureTable& table) {
  std::vector<std::vector<double>> logs;
  std::vector<int> labels;
  std::vector<double> distances;
  for (const Part* part : {&parts.test, &parts.partialTest}) {
    for (int i = 0; i < part->count(); ++i) {
      const double* const row = table.row(part->first + i);
      logs.push_back(readout.model.logShares(row));
      labels.push_back(part->label(i));
      distances.push_back(readout.spread.distance(row));
    }
  }
  readout.model.temperature = calibratedTemperature(logs, labels);
  const auto within =
      distances.begin() + static_cast<std::ptrdiff_t>(kUsualShare * static_cast<double>(distances.size()));
  std::ranges::nth_element(distances, within);
  readout.usual = *within;
}

/// Grey values of one frame, row by row.
std::vector<float> greyFrame(const Tensor& clip, int t) {
  const Shape& shape = clip.shape();
  const auto count = static_cast<std::size_t>(shape.frameSize());
  std::vector<float> grey(clip.frame(t, 0), clip.frame(t, 0) + count);
  if (shape.channels < 3) return grey;
  const float* const red = clip.frame(t, 0);
  const float* const green = clip.frame(t, 1);
  const float* const blue = clip.frame(t, 2);
  for (std::size_t i = 0; i < count; ++i) grey[i] = .299F * red[i] + .587F * green[i] + .114F * blue[i];
  return grey;
}

void resizeFrame(const std::vector<float>& from, int width, const AxisResampling& rows,
                 const AxisResampling& columns, float* to) {
  for (std::size_t y = 0; y < rows.size(); ++y) {
    for (std::size_t x = 0; x < columns.size(); ++x) {
      double sum = 0;
      for (std::size_t i = 0; i < rows.weights(y).size(); ++i) {
        const float* const line = from.data() +
                                  static_cast<std::ptrdiff_t>(rows.first[y] + static_cast<int>(i)) * width +
                                  columns.first[x];
        double row = 0;
        for (std::size_t j = 0; j < columns.weights(x).size(); ++j)
          row += double{columns.weights(x)[j]} * line[j];
        sum += double{rows.weights(y)[i]} * row;
      }
      *to++ = static_cast<float>(sum * rows.scale * columns.scale);
    }
  }
}

}  // namespace

FilterBank bankOf(const ReadoutSpec& spec) {
  switch (spec.bank) {
    case BankKind::Own:
      return mirrorFamily(spec.own, spec.kernel);
    case BankKind::Random:
      return randomFamily(spec.kernel);
    case BankKind::Gabor:
      break;
  }
  return gaborFamily(spec.kernel);
}

std::shared_ptr<const Readout> keptReadout(const ReadoutSpec& spec) {
  return kept().find(spec);
}

void forgetReadouts() {
  kept().clear();
}

Result<std::shared_ptr<const Readout>> trainReadout(const ReadoutSpec& spec, const ComputeContext& context) {
  if (auto known = kept().find(spec)) return known;
  if (auto fits = checkSpan(spec, kMotionClipShape, "the readout's clips have"); !fits)
    return tl::unexpected(fits.error());
  auto readout = std::make_shared<Readout>();
  readout->spec = spec;
  readout->bank = bankOf(spec);
  if (readout->bank.empty())
    return fail(ErrorCode::BadSpec, "All weights of the kernel are 0: it has nothing to tell classes by.");
  const auto set = motionSet(context);
  if (!set) return tl::unexpected(set.error());
  const auto start = std::chrono::steady_clock::now();
  const Parts parts(**set);
  const auto table = featuresOf(parts.pixels(), layerOf(spec), readout->bank, context);
  if (!table) return tl::unexpected(table.error());
  learn(*readout, parts.training, *table);
  readout->test = tested(*readout, parts.test, *table);
  readout->partialTest = tested(*readout, parts.partialTest, *table);
  calibrate(*readout, parts, *table);
  readout->trainMs =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  const auto filters = static_cast<int>(readout->bank.size());
  readout->weights = weightCount(spec.kernel, 1) * filters;
  readout->multiplyAdds =
      geometryOf(kMotionClipShape, layerOf(spec), filters)->output.count() * spec.kernel.product();
  kept().add(readout);
  return readout;
}

Tensor readoutInput(const Tensor& clip) {
  const Shape& shape = clip.shape();
  Tensor input = Tensor::uninitialised(
      {shape.length, kMotionClipShape.height, kMotionClipShape.width, kMotionClipShape.channels});
  const AxisResampling rows = resampling(shape.height, kMotionClipShape.height);
  const AxisResampling columns = resampling(shape.width, kMotionClipShape.width);
  for (int t = 0; t < shape.length; ++t)
    resizeFrame(greyFrame(clip, t), shape.width, rows, columns, input.frame(t, 0));
  return input;
}

Result<ClipScores> scoreClip(const Readout& readout, const Tensor& clip, const ComputeContext& context) {
  if (clip.shape().length < 2)
    return fail(ErrorCode::BadSpec, "A clip of one frame holds no motion: there is nothing to score.");
  const Tensor input = readoutInput(clip);
  if (auto fits = checkSpan(readout.spec, input.shape(), "this clip has"); !fits)
    return tl::unexpected(fits.error());
  const auto table = featuresOf({&input}, layerOf(readout.spec), readout.bank, context);
  if (!table) return tl::unexpected(table.error());
  return ClipScores{readout.model.scores(table->row(0)), readout.spread.distance(table->row(0))};
}

}  // namespace convscope
