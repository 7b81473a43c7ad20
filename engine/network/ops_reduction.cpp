// Sums, means and largest values over whole axes.
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace convscope {

namespace {

enum class Kind { Sum, Mean, Largest };

/// Sums in double or int64, so that long ones keep their digits.
template <class T>
using Running = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

template <class T>
Value reducedAs(const OpCall& call, Kind kind, const std::vector<bool>& over, const Dims& dims,
                const Dims& kept) {
  const Value& in = call.in(0);
  const bool largest = kind == Kind::Largest;
  const std::int64_t outputs = productOf(kept, 0, kept.size());
  const std::int64_t each = outputs == 0 ? 0 : in.count() / outputs;
  if (each == 0 && outputs > 0 && kind != Kind::Sum) call.refuse("reduces an axis of no values");
  call.checkRoom(8.0 * static_cast<double>(outputs));
  using Sum = Running<T>;
  std::vector<Sum> running(static_cast<std::size_t>(outputs),
                           largest ? static_cast<Sum>(std::numeric_limits<T>::lowest()) : Sum{0});
  std::vector<std::int64_t> steps = stepsOf(kept);
  for (std::size_t axis = 0; axis < over.size(); ++axis) {
    if (over[axis]) steps[axis] = 0;
  }
  const auto walk = mergedWalk<2>(in.dims(), {stepsOf(in.dims()), steps});
  const T* from = in.values<T>().data();
  const auto take = [largest](Sum& sum, Sum value) {
    if (largest)
      sum = largerOf(sum, value);
    else if constexpr (std::is_integral_v<Sum>)
      sum = static_cast<Sum>(static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(value));
    else
      sum += value;
  };
  for (std::int64_t row = 0; in.count() > 0 && row < walk.rows(); ++row) {
    const auto start = walk.start(row);
    Sum* sums = running.data() + start[1];
    const std::int64_t step = walk.step[1].back();
    for (std::int64_t i = 0; i < walk.rowLength(); ++i)
      take(sums[i * step], static_cast<Sum>(from[start[0] + i * walk.step[0].back()]));
  }
  Value out = call.make(kElementTypeOf<T>, dims);
  const Sum divisor = kind == Kind::Mean ? static_cast<Sum>(each) : Sum{1};
  std::ranges::transform(running, out.fill<T>().begin(),
                         [divisor](Sum sum) { return static_cast<T>(sum / divisor); });
  return out;
}

Values reduced(const OpCall& call, Kind kind, const std::vector<std::int64_t>& axes) {
  const Value& in = call.in(0);
  if (in.type() == ElementType::Bool) call.refuse("cannot calculate with bool");
  if (axes.empty() && call.whole("noop_with_empty_axes", 0) != 0) return {in};
  std::vector<bool> over(in.dims().size(), axes.empty());
  for (const std::size_t axis : call.axesOf(axes, in.rank())) over[axis] = true;
  Dims kept = in.dims(), dims;
  for (std::size_t axis = 0; axis < kept.size(); ++axis) {
    if (over[axis]) kept[axis] = 1;
    if (!over[axis] || call.whole("keepdims", 1) != 0) dims.push_back(kept[axis]);
  }
  return {withElementType(in.type(), [&]<class T>(T) { return reducedAs<T>(call, kind, over, dims, kept); })};
}

Values mean(const OpCall& call) {
  return reduced(call, Kind::Mean, call.wholes("axes"));
}
Values largest(const OpCall& call) {
  return reduced(call, Kind::Largest, call.wholes("axes"));
}
Values sumOld(const OpCall& call) {
  return reduced(call, Kind::Sum, call.wholes("axes"));
}
/// Axes as an input.
Values sum(const OpCall& call) {
  return reduced(call, Kind::Sum, call.wholesOf(1, "axes"));
}

constexpr std::array kOperators{
    Operator{"ReduceMean", 1, 17, mean},
    Operator{"ReduceMax", 1, 17, largest},
    Operator{"ReduceSum", 1, 12, sumOld},
    Operator{"ReduceSum", 13, 17, sum},
};

}  // namespace

std::span<const Operator> reductionOperators() {
  return kOperators;
}

}  // namespace convscope
