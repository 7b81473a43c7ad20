#pragma once

#include "engine/study/study.h"
#include "widgets/lesson/expression.h"
#include "widgets/state/app_state.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace convscope {

/// A number that the engine works out from a state of the program, by its name in lessons.
struct QuantityName {
  std::string name;  ///< "output.length"; N stands for a whole number from 1
  std::string meaning;
};
/// All of them. Bare names speak of the chosen column; of a stack (Field workspace) of the chosen layer.
/// "A.", "B.", "C." or "D." before a name speaks of that column, "before." of the state as it is while a
/// question is open.
[[nodiscard]] const std::vector<QuantityName>& quantityNames();
/// True if `name`, prefixes included, is one of them.
[[nodiscard]] bool isQuantity(const std::string& name);
/// A sentence for a name that is none, with the nearest ones.
[[nodiscard]] Error unknownQuantity(const std::string& name);

/// Works out quantities of one state, each result once. Computes with the engine on the calling thread: give
/// it a lane of its own. Not thread-safe; the cache may be shared.
class Quantities {
 public:
  /// `cache` and what `context` points at must outlive it. `before`: the state that "before." speaks of.
  Quantities(AppState now, AppState before, StudyCache& cache, const ComputeContext& context);

  /// Errors: BadInput (no such quantity, or it means nothing in this state, which it says); those of the
  /// engine; Stopped.
  [[nodiscard]] Result<double> value(const std::string& name);
  [[nodiscard]] Expression::Lookup lookup() {
    return [this](const std::string& name) { return value(name); };
  }

 private:
  struct Side {
    AppState state;
    std::map<int, Result<std::shared_ptr<const StudyResult>>> columns;
    std::map<int, Result<std::shared_ptr<const StudyResult>>> readouts;
  };
  [[nodiscard]] Result<double> ofSide(Side& side, const std::string& name);
  [[nodiscard]] Result<double> ofKernel(Side& side, int column, const std::string& name);
  [[nodiscard]] Result<double> ofStack(const StackSpec& stack, int layer, const Triple& unit,
                                       const ClipSpec& clip, const std::string& name) const;
  [[nodiscard]] Result<double> ofScores(Side& side, int column, const std::string& name);
  [[nodiscard]] Result<const KernelResult*> kernel(Side& side, int column);

  Side m_now;
  Side m_before;
  StudyCache& m_cache;
  ComputeContext m_context;
};

}  // namespace convscope
