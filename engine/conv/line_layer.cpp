#include "engine/conv/line_layer.h"

#include "engine/conv/conv_plan.h"
#include "engine/conv/slab_computer.h"

#include <algorithm>

namespace convscope {

namespace {

/// Phase 0 copies the input where it must be padded or split (see SourceLayout), phase 1 computes slabs.
class LineLayer : public KernelLayer {
 public:
  LineLayer(SourceLayout source, ConvPlan plan) : m_source(std::move(source)), m_plan(std::move(plan)) {}

  [[nodiscard]] std::unique_ptr<KernelRun> makeRun() const override;
  [[nodiscard]] int phases() const override { return 2; }
  [[nodiscard]] int pieces(int phase) const override {
    return phase == 0 ? m_source.pieces() : m_plan.slabs();
  }
  [[nodiscard]] double pieceWork(int phase) const override {
    return phase == 0 ? 0 : m_plan.workPerRow() * m_plan.rows * m_plan.frames;
  }
  [[nodiscard]] int framesComplete(int piece) const override {
    const int together = m_plan.rowSlabs * static_cast<int>(m_plan.chunks.size());
    return std::min((piece + 1) / together * m_plan.frames, m_plan.geometry.output.length);
  }

  [[nodiscard]] const ConvPlan& plan() const { return m_plan; }
  [[nodiscard]] Slab slabAt(int index) const {
    const auto chunks = static_cast<int>(m_plan.chunks.size());
    Slab slab;
    slab.chunk = index % chunks;
    slab.firstFrame = index / chunks / m_plan.rowSlabs * m_plan.frames;
    slab.frames = std::min(m_plan.frames, m_plan.geometry.output.length - slab.firstFrame);
    slab.firstRow = index / chunks % m_plan.rowSlabs * m_plan.rows;
    slab.rows = std::min(m_plan.rows, m_plan.geometry.output.height - slab.firstRow);
    return slab;
  }
  [[nodiscard]] SourceLayout source() const { return SourceLayout(m_plan.spec, m_plan.geometry); }

 private:
  SourceLayout m_source;  // for its measures; the runs hold copies of the input
  ConvPlan m_plan;
};

class LineRun : public KernelRun {
 public:
  explicit LineRun(const LineLayer& layer) : m_layer(layer), m_source(layer.source()) {}

  void start(const Tensor& input, Tensor& output) override {
    m_source.setInput(input);
    m_output = &output;
  }
  void compute(int phase, int piece) override {
    if (phase == 0) return m_source.copyPiece(piece);
    SlabComputer(m_layer.plan(), m_source, *m_output).compute(m_layer.slabAt(piece));
  }

 private:
  const LineLayer& m_layer;
  SourceLayout m_source;
  Tensor* m_output = nullptr;
};

std::unique_ptr<KernelRun> LineLayer::makeRun() const {
  return std::make_unique<LineRun>(*this);
}

double copyBytes(const ConvSpec& spec, const ConvGeometry& geometry) {
  return SourceLayout(spec, geometry).copyBytes();
}

std::unique_ptr<KernelLayer> prepare(const ConvKernel& self, const ConvSpec& spec,
                                     const ConvGeometry& geometry, const FilterBank& bank,
                                     const ComputeContext& context) {
  const auto target = std::ranges::find(lineTargets(), self.needs, &LineTarget::flag);
  SourceLayout source(spec, geometry);
  ConvPlan plan = planConvolution(spec, geometry, bank, target->kernel, source, context);
  return std::make_unique<LineLayer>(std::move(source), std::move(plan));
}

}  // namespace

void addLineKernels(std::vector<ConvKernel>& table) {
  for (const LineTarget& target : lineTargets()) {
    ConvKernel kernel;
    kernel.name = "lines." + std::string(target.name);
    kernel.needs = target.flag;
    kernel.scratchBytes = copyBytes;
    kernel.prepare = prepare;
    table.push_back(std::move(kernel));
  }
}

}  // namespace convscope
