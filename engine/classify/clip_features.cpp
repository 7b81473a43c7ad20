#include "engine/classify/clip_features.h"

#include "engine/classify/map_moments.h"
#include "engine/conv/repeated_convolution.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

namespace convscope {

namespace {

/// Multiply-adds between two calls of yield: some 5 ms of work.
constexpr double kBatchWork = 500e6;

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
  const int batch = std::max(threads, static_cast<int>(kBatchWork / perClip));
  for (int first = 0; first < table.rows; first += batch) {
    if (context.yield) context.yield();
    if (context.stopped()) return fail(ErrorCode::Stopped, "Training the readout was stopped.");
    std::atomic<int> next{first};
    const int last = std::min(table.rows, first + batch);
    context.pool.run(std::min(threads, last - first), [&](int thread) {
      for (int clip = next++; clip < last; clip = next++) {
        const auto at = static_cast<std::size_t>(clip);
        writers[static_cast<std::size_t>(thread)]->write(
            *clips[at], table.values.data() + at * static_cast<std::size_t>(table.columns));
      }
    });
    if (context.progress) context.progress(static_cast<double>(last) / table.rows);
  }
  return table;
}

}  // namespace convscope
