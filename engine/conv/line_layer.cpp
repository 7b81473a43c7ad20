#include "engine/conv/line_layer.h"

#include "engine/conv/conv_plan.h"
#include "engine/conv/slab_computer.h"

#include <algorithm>

namespace convscope {

namespace {

/// Phase 0 copies the whole input where that must be and where slabs do not copy their own share; phase 1
/// computes slabs.
class LineLayer : public KernelLayer {
 public:
  explicit LineLayer(ConvPlan plan) : m_plan(std::move(plan)) {
    // Small clips are copied in one piece: waking the other threads would take longer.
    constexpr int kPiece = 64 * 1024;
    if (!copiesWhole()) return;
    const int frames = m_plan.source.copyFrames();
    const std::int64_t perFrame = std::max<std::int64_t>(1, m_plan.source.bandValues() / frames);
    m_framesTogether = static_cast<int>(std::clamp<std::int64_t>(kPiece / perFrame, 1, frames));
  }

  [[nodiscard]] std::unique_ptr<KernelRun> makeRun() const override;
  [[nodiscard]] int phases() const override { return 2; }
  [[nodiscard]] int pieces(int phase) const override {
    if (phase == 1) return m_plan.slabs();
    return copiesWhole() ? (m_plan.source.copyFrames() + m_framesTogether - 1) / m_framesTogether : 0;
  }
  [[nodiscard]] double pieceWork(int phase) const override {
    return phase == 0 ? 0 : m_plan.workPerRow() * m_plan.rows * m_plan.frames;
  }
  [[nodiscard]] int framesComplete(int piece) const override {
    const int together = m_plan.rowSlabs * m_plan.chunkSlabs();
    return std::min((piece + 1) / together * m_plan.frames, m_plan.geometry.output.length);
  }

  [[nodiscard]] const ConvPlan& plan() const { return m_plan; }
  [[nodiscard]] bool copiesWhole() const { return !m_plan.source.isClip() && !m_plan.banded; }
  [[nodiscard]] int framesTogether() const { return m_framesTogether; }
  [[nodiscard]] Slab slabAt(int index) const {
    const int chunks = m_plan.chunkSlabs();
    Slab slab;
    slab.chunk = index % chunks;
    slab.band.firstFrame = index / chunks / m_plan.rowSlabs * m_plan.frames;
    slab.band.frames = std::min(m_plan.frames, m_plan.geometry.output.length - slab.band.firstFrame);
    slab.band.firstRow = index / chunks % m_plan.rowSlabs * m_plan.rows;
    slab.band.rows = std::min(m_plan.rows, m_plan.geometry.output.height - slab.band.firstRow);
    return slab;
  }

 private:
  ConvPlan m_plan;
  int m_framesTogether = 1;
};

class LineRun : public KernelRun {
 public:
  explicit LineRun(const LineLayer& layer) : m_layer(layer) {
    if (!layer.copiesWhole()) return;
    const SourceLayout& source = layer.plan().source;
    const int frames = source.copyFrames();
    m_copy = Tensor::uninitialised({frames, 1, static_cast<int>(source.bandValues() / frames), 1});
  }

  void start(const Tensor& input, Tensor& output) override {
    m_input = &input;
    m_output = &output;
  }
  void compute(int phase, int piece) override {
    if (phase == 0) return copyPiece(piece);
    const Slab slab = m_layer.slabAt(piece);
    if (m_layer.plan().banded) return computeBand(slab);
    const float* const source = m_layer.copiesWhole() ? m_copy.data() : m_input->data();
    SlabComputer(m_layer.plan(), source, {}, *m_output).compute(slab);
  }

 private:
  void copyPiece(int piece) {
    const SourceLayout& source = m_layer.plan().source;
    const Shape& out = m_output->shape();
    const OutputBand all{0, out.length, 0, out.height};
    const int first = piece * m_layer.framesTogether();
    const int last = std::min(source.copyFrames(), first + m_layer.framesTogether());
    for (int frame = first; frame < last; ++frame) source.fillFrame(*m_input, all, frame, m_copy.data());
  }
  void computeBand(Slab slab) {
    const ConvPlan& plan = m_layer.plan();
    // Kept by the thread: it lies near the processor already, and the next slab asks for no memory.
    static thread_local std::vector<float> copy;
    if (copy.size() < static_cast<std::size_t>(plan.source.bandValues()))
      copy.resize(static_cast<std::size_t>(plan.source.bandValues()));
    for (int frame = 0; frame < plan.source.copyFrames(); ++frame)
      plan.source.fillFrame(*m_input, slab.band, frame, copy.data());
    const SlabComputer computer(plan, copy.data(), slab.band, *m_output);
    for (slab.chunk = 0; slab.chunk < static_cast<int>(plan.chunks.size()); ++slab.chunk)
      computer.compute(slab);
  }

  const LineLayer& m_layer;
  Tensor m_copy;
  const Tensor* m_input = nullptr;
  Tensor* m_output = nullptr;
};

std::unique_ptr<KernelRun> LineLayer::makeRun() const {
  return std::make_unique<LineRun>(*this);
}

template <LineStyle style>
ScratchBytes copyBytes(const ConvSpec& spec, const ConvGeometry& geometry) {
  return plannedCopyBytes(spec, geometry, lineTargets().front().kernel, style);
}

template <LineStyle style>
std::unique_ptr<KernelLayer> prepare(const ConvKernel& self, const ConvSpec& spec,
                                     const ConvGeometry& geometry, const FilterBank& bank,
                                     const ComputeContext& context) {
  const auto target = std::ranges::find(lineTargets(), self.needs, &LineTarget::flag);
  return std::make_unique<LineLayer>(planConvolution(spec, geometry, bank, target->kernel, style, context));
}

bool filterLanesServe(const ConvSpec& spec, const ConvGeometry& geometry) {
  return spec.stride.x <= kLongestColumnStep || geometry.output.width == 1;
}

/// Many filters, which leave no lane empty, and sums so long that bringing the outputs in order costs little
/// beside them; sooner with a stride of 2, which costs the other kernels a copy.
bool filterLanesSuit(const ConvSpec& spec, const ConvGeometry& geometry) {
  constexpr int kWholeBlocks = 32;
  const std::int64_t longSum = spec.stride.x == 1 ? 300 : 80;
  return geometry.output.channels / spec.groups % kWholeBlocks == 0 &&
         weightCount(spec.kernel, geometry.input.channels / spec.groups) >= longSum;
}

template <LineStyle style>
ConvKernel rowOf(const char* algorithm, const LineTarget& target) {
  ConvKernel kernel;
  kernel.name = algorithm + ('.' + std::string(target.name));
  kernel.needs = target.flag;
  kernel.scratchBytes = copyBytes<style>;
  kernel.prepare = prepare<style>;
  return kernel;
}

}  // namespace

void addFilterLaneKernels(std::vector<ConvKernel>& table) {
  for (const LineTarget& target : lineTargets()) {
    table.push_back(rowOf<LineStyle::Filters>("filters", target));
    table.back().serves = filterLanesServe;
    table.back().suits = filterLanesSuit;
  }
}

void addLineKernels(std::vector<ConvKernel>& table) {
  for (const LineTarget& target : lineTargets()) table.push_back(rowOf<LineStyle::Columns>("lines", target));
}

}  // namespace convscope
