#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/cpu_flags.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"

#include <memory>
#include <string>

namespace convscope {

/// One computation of a prepared layer at a time: holds the scratch memory of its kernel and the two tensors.
/// A run may be started again and again; from the second time on it asks for no memory. Thread rule: start()
/// by one thread while no compute() is running; then any threads may compute() different pieces of one phase
/// at the same time.
class KernelRun {
 public:
  virtual ~KernelRun() = default;
  /// Takes the tensors of the next computation, which must live until its last piece is done: `input` has the
  /// layer's input shape, `output` its output shape, both in the order C, L, H, W. Every value of `output` is
  /// written by the pieces of the last phase.
  virtual void start(const Tensor& input, Tensor& output) = 0;
  /// Does one piece. All pieces of an earlier phase must be done. Which thread does it, and when, must not
  /// change a bit of the result: a piece writes outputs of its own and never adds to those of another.
  virtual void compute(int phase, int piece) = 0;
};

/// A convolution layer as one kernel has prepared it: weights packed, work cut into pieces. The pieces follow
/// from the layer alone, never from the number of threads. Thread rule: immutable; the runs of one layer may
/// work side by side; it must outlive them.
class KernelLayer {
 public:
  virtual ~KernelLayer() = default;
  /// Memory for one computation at a time.
  [[nodiscard]] virtual std::unique_ptr<KernelRun> makeRun() const = 0;
  /// Steps that must follow one another, at least one: for instance 0 = transform the input, 1 = multiply.
  [[nodiscard]] virtual int phases() const { return 1; }
  /// Independent pieces of work of one phase; 0 where a phase has nothing to do. A piece should take 20 µs at
  /// least (handing it to a thread costs some) and a few milliseconds at most (a stop is answered between
  /// pieces).
  [[nodiscard]] virtual int pieces(int phase) const = 0;
  /// Multiply-adds of one piece, about: how many pieces are done between two chances for more urgent work.
  [[nodiscard]] virtual double pieceWork(int phase) const = 0;
  /// Leading output frames that are complete, in all maps, once the pieces 0 … piece of the last phase are
  /// done.
  [[nodiscard]] virtual int framesComplete(int piece) const = 0;
};

/// Runs all pieces of all phases of a run that was started, on the context's pool; false where the caller
/// asked to stop, which leaves the output incomplete. A yield may wait for a more urgent job that needs the
/// same pool, so it is called between batches, never while this job holds the pool.
[[nodiscard]] bool runPieces(const KernelLayer& layer, KernelRun& run, const ComputeContext& context);

/// Memory beside input and output; in doubles, so that nothing can overflow.
struct ScratchBytes {
  double shared = 0;
  double perThread = 0;
  [[nodiscard]] double with(int threads) const { return shared + threads * perThread; }
};

/// What the bits of an output depend on.
enum class KernelBits {
  Direct,  ///< on its own inputs and weights: all such kernels of one instruction set give the same
  Own,     ///< on the kernel as well: a map frame of a filter has them whatever else the kernel computes
  Layer,   ///< on the shape of the whole layer: a part, computed alone, may have others
};

/// One row of the table of kernels: an algorithm built for one instruction set. Kernels take layers that were
/// checked before and cannot fail.
struct ConvKernel {
  std::string name;    ///< algorithm and instruction set, "lines.AVX2"; unique in the table
  CpuFlags needs = 0;  ///< instruction sets that the processor must have
  /// Whether the kernel computes this layer correctly; null: every layer.
  bool (*serves)(const ConvSpec& spec, const ConvGeometry& geometry) = nullptr;
  /// Whether it should be chosen where it stands first in the table: the shapes on which it was measured to
  /// be the fastest. Asked only for layers that it serves; null: all of them.
  bool (*suits)(const ConvSpec& spec, const ConvGeometry& geometry) = nullptr;
  /// What a layer and one run take beside input and output.
  ScratchBytes (*scratchBytes)(const ConvSpec& spec, const ConvGeometry& geometry) = nullptr;
  /// The bound on the error as a multiple of toleranceFor(); null: 1.
  double (*errorFactor)(const ConvSpec& spec, const ConvGeometry& geometry) = nullptr;
  /// Exact on integer values while every sum that it takes fits 24 bits.
  bool exactOnIntegers = true;
  KernelBits bits = KernelBits::Direct;
  /// Prepares a layer that the kernel serves; may use the context's pool.
  std::unique_ptr<KernelLayer> (*prepare)(const ConvKernel& self, const ConvSpec& spec,
                                          const ConvGeometry& geometry, const FilterBank& bank,
                                          const ComputeContext& context) = nullptr;
};

}  // namespace convscope
