#include "engine/classify/clip_features.h"

#include "engine/classify/map_moments.h"
#include "engine/conv/repeated_convolution.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>

namespace convscope {

namespace {

/// Multiply-adds of one thread between two calls of yield: some 4 ms of work.
constexpr double kBatchWork = 200e6;

/// Features of one clip, gathered while its maps are computed.
class FeatureWriter {
 public:
  explicit FeatureWriter(const RepeatedConvolution& convolution)
      : m_worker(convolution), m_totals(static_cast<std::size_t>(convolution.geometry().output.channels)) {}

  void write(const Tensor& clip, double* row) {
    for (RunningMoments& one : m_totals) one.clear();
    m_worker.run(clip, [this](int first, int frames) { add(first, frames); });
    const auto positions = static_cast<double>(m_worker.maps().shape().channelSize());
    for (std::size_t k = 0; k < m_totals.size(); ++k) {
      const Moments total = m_totals[k].total();
      row[k] = total.sum / positions;
      row[m_totals.size() + k] = std::sqrt(total.square / positions);
    }
  }

 private:
  void add(int first, int frames) {
    const Tensor& maps = m_worker.maps();
    for (std::size_t k = 0; k < m_totals.size(); ++k) {
      for (int t = first; t < first + frames; ++t)
        m_totals[k].add(maps.frame(t, static_cast<int>(k)), maps.shape().frameSize());
    }
  }

  RepeatedConvolution::Worker m_worker;
  std::vector<RunningMoments> m_totals;  ///< of each filter
};

}  // namespace

Result<FeatureTable> featuresOf(const std::vector<const Tensor*>& clips, const ConvSpec& spec,
                                const FilterBank& bank, const ComputeContext& context) {
  ConvSpec layer;
  layer.kernel = spec.kernel;
  layer.stride = spec.stride;
  layer.dilation = spec.dilation;
  layer.activation = Activation::Relu;
  FeatureTable table;
  table.rows = static_cast<int>(clips.size());
  table.columns = 2 * static_cast<int>(bank.size());
  if (clips.empty()) return table;
  const auto convolution = RepeatedConvolution::plan(clips.front()->shape(), layer, bank);
  if (!convolution) return tl::unexpected(convolution.error());
  table.values.resize(static_cast<std::size_t>(table.rows) * static_cast<std::size_t>(table.columns));

  const int threads = context.pool.threads();
  std::vector<std::unique_ptr<FeatureWriter>> writers;
  for (int i = 0; i < threads; ++i) writers.push_back(std::make_unique<FeatureWriter>(*convolution));
  const double perClip = static_cast<double>(convolution->geometry().output.count()) *
                         static_cast<double>(spec.kernel.product());
  const int batch = std::max(1, static_cast<int>(kBatchWork / perClip));
  // Each thread takes batches as it comes to them: on a busy processor none waits for another before the end.
  std::mutex turn;  // of who yields and asks whether to stop
  bool stopped = false;
  int next = 0;
  const auto nextBatch = [&] {
    const std::lock_guard lock(turn);
    if (stopped || next >= table.rows) return table.rows;
    if (context.yield) context.yield();
    stopped = context.stopped();
    if (stopped) return table.rows;
    if (context.progress) context.progress(static_cast<double>(next) / table.rows);
    return std::exchange(next, next + batch);
  };
  context.pool.run(threads, [&](int thread) {
    FeatureWriter& writer = *writers[static_cast<std::size_t>(thread)];
    for (int first = nextBatch(); first < table.rows; first = nextBatch()) {
      for (int clip = first; clip < std::min(table.rows, first + batch); ++clip) {
        const auto at = static_cast<std::size_t>(clip);
        writer.write(*clips[at], table.values.data() + at * static_cast<std::size_t>(table.columns));
      }
    }
  });
  if (stopped) return fail(ErrorCode::Stopped, "Training the readout was stopped.");
  if (context.progress) context.progress(1);
  return table;
}

}  // namespace convscope
