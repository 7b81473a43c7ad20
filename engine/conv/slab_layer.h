#pragma once

#include "engine/conv/conv_kernel.h"
#include "engine/conv/line_kernels.h"

#include <cstddef>
#include <vector>

namespace convscope {

/// A prepared layer with a single phase, whose pieces are slabs: parts of the output that are computed in one
/// go straight from the input, with some scratch memory that is the thread's own for that long. Thread rule:
/// see KernelLayer.
class SlabLayer : public KernelLayer {
 public:
  [[nodiscard]] std::unique_ptr<KernelRun> makeRun() const override;
  [[nodiscard]] int pieces(int phase) const override { return phase == 0 ? slabs() : 0; }
  [[nodiscard]] double pieceWork(int phase) const override { return phase == 0 ? workPerSlab() : 0; }
  /// Slabs need not be in the order of the frames: all are complete with the last one.
  [[nodiscard]] int framesComplete(int piece) const override {
    return piece + 1 == slabs() ? m_outputFrames : 0;
  }

  [[nodiscard]] virtual int slabs() const = 0;
  /// Multiply-adds of an average slab.
  [[nodiscard]] virtual double workPerSlab() const = 0;
  /// Floats of scratch for one slab.
  [[nodiscard]] virtual std::size_t scratchSize() const = 0;
  /// Writes every output of slab `slab`. `scratch` holds scratchSize() floats of any value and is aligned to
  /// 64 bytes.
  virtual void computeSlab(int slab, const Tensor& input, Tensor& output, float* scratch) const = 0;

 protected:
  explicit SlabLayer(const ConvGeometry& geometry) : m_outputFrames(geometry.output.length) {}

 private:
  int m_outputFrames;
};

/// A row of the table for each instruction set, best first: "NAME.AVX3", "NAME.AVX2" …, all made by
/// `prepare` (which finds the line kernel of its row with lineKernelOf()).
void addForEachTarget(std::vector<ConvKernel>& table, const ConvKernel& model);
[[nodiscard]] const LineKernel& lineKernelOf(const ConvKernel& row);

}  // namespace convscope
