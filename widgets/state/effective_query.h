#pragma once

#include "engine/gradient/effective_field.h"
#include "widgets/state/unit_query.h"

namespace convscope {

/// Measures what a unit of a stack really reacts to.
class EffectiveQuery : public UnitQuery {
  Q_OBJECT

 public:
  explicit EffectiveQuery(QObject* parent = nullptr) : UnitQuery(measured, parent) {}

  /// Of what was asked for last; nullptr while it is not there.
  [[nodiscard]] std::shared_ptr<const EffectiveField> field() const {
    return std::static_pointer_cast<const EffectiveField>(answer());
  }

  static constexpr int kRuns = 12;  ///< with random weights

 private:
  static Result<Answer> measured(const StackResult& result, int row, const Triple& unit,
                                 const ComputeContext& context);
};

}  // namespace convscope
