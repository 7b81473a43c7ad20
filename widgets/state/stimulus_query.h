#pragma once

#include "engine/core/tensor.h"
#include "widgets/state/unit_query.h"

#include <vector>

namespace convscope {

/// What a unit of a stack answers to most: of the filter that answers it most on the clip.
struct StackStimulus {
  int channel = 0;
  Tensor pixels;                  ///< as the clip's: (L, H, W, C), in the clip's range
  std::vector<double> responses;  ///< of the unit at the start and after each step, before its own ReLU
};

/// Seeks it by gradient ascent.
class StimulusQuery : public UnitQuery {
  Q_OBJECT

 public:
  explicit StimulusQuery(QObject* parent = nullptr) : UnitQuery(sought, parent) {}

  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const StackStimulus> stimulus() const {
    return std::static_pointer_cast<const StackStimulus>(answer());
  }

 private:
  static Result<Answer> sought(const StackResult& result, int row, const Triple& unit,
                               const ComputeContext& context);
};

}  // namespace convscope
