#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"

#include <functional>
#include <memory>

namespace convscope {

/// One layer applied to many inputs of one shape: what convolve() works out before the first product is
/// worked out once, and every thread keeps one output that it writes over. The values are those of
/// convolve(), bit by bit. Thread rule: immutable after plan(); may be shared by any number of Workers.
class RepeatedConvolution {
 public:
  /// Errors: those of convolve() but Stopped.
  /// Packs the weights on one thread.
  [[nodiscard]] static Result<RepeatedConvolution> plan(const Shape& input, const ConvSpec& spec,
                                                        const FilterBank& bank);
  /// The same with the packing shared out over the context's pool.
  [[nodiscard]] static Result<RepeatedConvolution> plan(const Shape& input, const ConvSpec& spec,
                                                        const FilterBank& bank,
                                                        const ComputeContext& context);
  RepeatedConvolution(RepeatedConvolution&&) noexcept;
  ~RepeatedConvolution();

  [[nodiscard]] const ConvGeometry& geometry() const;

  /// Convolves on the context's pool: convolve() without the work that does not depend on the input. `input`
  /// has the planned shape. Errors: Stopped. Thread-safe.
  [[nodiscard]] Result<Tensor> run(const Tensor& input, const ComputeContext& context) const;

  /// Convolves on the calling thread alone. One object for each thread; the RepeatedConvolution must outlive
  /// it.
  class Worker {
   public:
    explicit Worker(const RepeatedConvolution& layer);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    /// `input` has the planned shape. Calls `done` after every few frames of output that are complete in
    /// maps(), while they are still near the processor.
    void run(const Tensor& input, const std::function<void(int firstFrame, int frames)>& done = {});
    /// Order K, L′, H′, W′; written over by the next run().
    [[nodiscard]] const Tensor& maps() const;

   private:
    struct State;
    std::unique_ptr<State> m_state;
  };

 private:
  struct Layer;
  explicit RepeatedConvolution(std::unique_ptr<const Layer> layer);
  std::unique_ptr<const Layer> m_layer;
};

}  // namespace convscope
