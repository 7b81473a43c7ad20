#include "engine/network/op_call.h"

#include "engine/core/memory_budget.h"

#include <algorithm>

namespace convscope {

const Value& OpCall::in(std::size_t input) const {
  if (!has(input)) refuse("lacks its input " + std::to_string(input + 1));
  return inputs[input];
}

const Value& OpCall::in(std::size_t input, ElementType type) const {
  const Value& value = in(input);
  if (value.type() != type) {
    refuse("reads " + std::string(elementTypeName(value.type())) + " as its input " +
           std::to_string(input + 1) + "; only " + elementTypeName(type) + " is supported there");
  }
  return value;
}

std::int64_t OpCall::whole(const std::string& name, std::int64_t otherwise) const {
  if (!given(name)) return otherwise;
  if (const auto* held = attribute<std::int64_t>(node, name)) return *held;
  refuse("has an attribute “" + name + "” that is no whole number");
}

float OpCall::real(const std::string& name, float otherwise) const {
  if (!given(name)) return otherwise;
  if (const auto* held = attribute<float>(node, name)) return *held;
  refuse("has an attribute “" + name + "” that is no number");
}

std::string OpCall::word(const std::string& name, const std::string& otherwise) const {
  if (!given(name)) return otherwise;
  if (const auto* held = attribute<std::string>(node, name)) return *held;
  refuse("has an attribute “" + name + "” that is no word");
}

std::vector<std::int64_t> OpCall::wholes(const std::string& name, std::vector<std::int64_t> otherwise) const {
  if (!given(name)) return otherwise;
  if (const auto* held = attribute<std::vector<std::int64_t>>(node, name)) return *held;
  refuse("has an attribute “" + name + "” that is no list of whole numbers");
}

std::vector<std::int64_t> OpCall::wholesOf(std::size_t input, const std::string& name) const {
  if (!has(input)) return wholes(name);
  const Value& value = inputs[input];
  if (value.rank() > 1 || (value.type() != ElementType::Int64 && value.type() != ElementType::Int32))
    refuse("needs a list of whole numbers as its input " + std::to_string(input + 1));
  return wholeNumbers(value);
}

std::size_t OpCall::axisOf(std::int64_t axis, int rank) const {
  const std::int64_t counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= rank)
    refuse("names axis " + std::to_string(axis) + " of a value of " + std::to_string(rank) +
           (rank == 1 ? " axis" : " axes"));
  return static_cast<std::size_t>(counted);
}

std::vector<std::size_t> OpCall::axesOf(const std::vector<std::int64_t>& axes, int rank) const {
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) {
    const std::size_t counted = axisOf(axis, rank);
    if (std::ranges::find(result, counted) != result.end())
      refuse("names axis " + std::to_string(axis) + " twice");
    result.push_back(counted);
  }
  return result;
}

std::int64_t OpCall::checked(const Dims& dims) const {
  const auto count = countOf(dims);
  if (!count) refuse("makes a value that " + count.error().message);
  return *count;
}

void OpCall::checkRoom(double bytes) const {
  if (bytes <= room) return;
  refuse("would need " + bytesText(bytes) + ", more than the " + bytesText(std::max(0.0, room)) +
             " left of what is allowed here: use a smaller clip",
         ErrorCode::TooLarge);
}

Value OpCall::make(ElementType type, Dims dims) const {
  checkRoom(static_cast<double>(checked(dims)) * static_cast<double>(elementSize(type)));
  Value value = Value::uninitialised(type, std::move(dims));
  if (sizesOnly && type == ElementType::Float32) std::ranges::fill(value.fill<float>(), 0.0F);
  return value;
}

void OpCall::shareOut(std::int64_t count, std::int64_t grain,
                      const std::function<void(std::int64_t, std::int64_t)>& work) const {
  constexpr std::int64_t kSharesPerThread = 4;
  const std::int64_t shares = std::clamp<std::int64_t>(count / std::max<std::int64_t>(1, grain), 1,
                                                       kSharesPerThread * context.pool.threads());
  if (shares == 1) {
    if (count > 0) work(0, count);
    return;
  }
  context.pool.run(static_cast<int>(shares),
                   [&](int share) { work(count * share / shares, count * (share + 1) / shares); });
}

void OpCall::refuse(const std::string& what, ErrorCode code) const {
  throw OpFailure{Error{code, nodeText(node) + " " + what + "."}};
}

std::vector<std::int64_t> stepsOf(const Dims& dims) {
  std::vector<std::int64_t> steps(dims.size(), 1);
  for (std::size_t axis = dims.size(); axis-- > 1;) steps[axis - 1] = steps[axis] * dims[axis];
  return steps;
}

Dims broadcastDims(const OpCall& call, const Dims& one, const Dims& other) {
  const Dims& longer = one.size() >= other.size() ? one : other;
  const Dims& shorter = one.size() >= other.size() ? other : one;
  Dims out = longer;
  const std::size_t lead = longer.size() - shorter.size();
  for (std::size_t axis = 0; axis < shorter.size(); ++axis) {
    std::int64_t& extent = out[lead + axis];
    if (extent == shorter[axis] || shorter[axis] == 1) continue;
    if (extent != 1) call.refuse("cannot bring " + dimsText(one) + " and " + dimsText(other) + " together");
    extent = shorter[axis];
  }
  return out;
}

std::vector<std::int64_t> broadcastSteps(const Dims& dims, const Dims& out) {
  const std::vector<std::int64_t> own = stepsOf(dims);
  std::vector<std::int64_t> steps(out.size(), 0);
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] != 1) steps[out.size() - dims.size() + axis] = own[axis];
  }
  return steps;
}

}  // namespace convscope
