#include "engine/conv/slab_layer.h"

#include <algorithm>
#include <mutex>

namespace convscope {

namespace {

class SlabRun : public KernelRun {
 public:
  explicit SlabRun(const SlabLayer& layer) : m_layer(layer) {}

  void start(const Tensor& input, Tensor& output) override {
    m_input = &input;
    m_output = &output;
  }
  void compute(int /*phase*/, int piece) override {
    Tensor scratch = take();
    m_layer.computeSlab(piece, *m_input, *m_output, scratch.data());
    give(std::move(scratch));
  }

 private:
  /// As many scratches are made as threads ever compute at the same time; after that they go round.
  [[nodiscard]] Tensor take() {
    {
      const std::lock_guard lock(m_mutex);
      if (!m_free.empty()) {
        Tensor scratch = std::move(m_free.back());
        m_free.pop_back();
        return scratch;
      }
    }
    const auto size = static_cast<int>(std::max<std::size_t>(1, m_layer.scratchSize()));
    return Tensor::uninitialised({1, 1, size, 1});
  }
  void give(Tensor scratch) {
    const std::lock_guard lock(m_mutex);
    m_free.push_back(std::move(scratch));
  }

  const SlabLayer& m_layer;
  const Tensor* m_input = nullptr;
  Tensor* m_output = nullptr;
  std::mutex m_mutex;
  std::vector<Tensor> m_free;
};

}  // namespace

std::unique_ptr<KernelRun> SlabLayer::makeRun() const {
  return std::make_unique<SlabRun>(*this);
}

void addForEachTarget(std::vector<ConvKernel>& table, const ConvKernel& model) {
  for (const LineTarget& target : lineTargets()) {
    ConvKernel row = model;
    row.name += '.';
    row.name += target.name;
    row.needs = target.flag;
    table.push_back(std::move(row));
  }
}

const LineKernel& lineKernelOf(const ConvKernel& row) {
  return std::ranges::find(lineTargets(), row.needs, &LineTarget::flag)->kernel;
}

}  // namespace convscope
