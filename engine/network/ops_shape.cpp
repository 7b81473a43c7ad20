// What changes a value's shape or type but none of its elements, and what makes values of shapes.
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <limits>

namespace convscope {

namespace {

Values reshape(const OpCall& call) {
  const Value& in = call.in(0);
  Dims dims = call.wholesOf(1, "shape");
  const bool zeroIsZero = call.operatorSet >= 14 && call.whole("allowzero", 0) != 0;
  std::size_t open = dims.size();
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    if (dims[axis] == 0 && !zeroIsZero) {
      if (axis >= in.dims().size())
        call.refuse("keeps axis " + std::to_string(axis) + ", which its input lacks");
      dims[axis] = in.dims()[axis];
    } else if (dims[axis] == -1) {
      if (open < dims.size()) call.refuse("leaves two extents open");
      open = axis;
    }
  }
  if (open < dims.size()) {
    dims[open] = 1;
    const std::int64_t rest = call.checked(dims);
    if (rest == 0 || in.count() % rest != 0)
      call.refuse("cannot share " + std::to_string(in.count()) + " elements out over " +
                  std::to_string(rest));
    dims[open] = in.count() / rest;
  }
  if (call.checked(dims) != in.count())
    call.refuse("cannot give " + dimsText(in.dims()) + " the shape " + dimsText(dims));
  return {in.reshaped(dims)};
}

Values flatten(const OpCall& call) {
  const Value& in = call.in(0);
  const std::int64_t named = call.whole("axis", 1);
  const std::size_t axis = named == in.rank() ? in.dims().size() : call.axisOf(named, in.rank());
  return {in.reshaped({productOf(in.dims(), 0, axis), productOf(in.dims(), axis, in.dims().size())})};
}

Values squeezed(const OpCall& call, const std::vector<std::int64_t>& axes) {
  const Value& in = call.in(0);
  std::vector<bool> goes(in.dims().size(), false);
  for (std::size_t axis = 0; axis < goes.size(); ++axis) goes[axis] = axes.empty() && in.dims()[axis] == 1;
  for (const std::size_t axis : call.axesOf(axes, in.rank())) {
    if (in.dims()[axis] != 1)
      call.refuse("drops axis " + std::to_string(axis) + " of " + dimsText(in.dims()));
    goes[axis] = true;
  }
  Dims dims;
  for (std::size_t axis = 0; axis < goes.size(); ++axis) {
    if (!goes[axis]) dims.push_back(in.dims()[axis]);
  }
  return {in.reshaped(dims)};
}

Values unsqueezed(const OpCall& call, const std::vector<std::int64_t>& axes) {
  const Value& in = call.in(0);
  const std::size_t rank = in.dims().size() + axes.size();
  if (rank > kHighestRank) call.refuse("would make a value of " + std::to_string(rank) + " axes");
  std::vector<bool> fresh(rank, false);
  for (const std::size_t axis : call.axesOf(axes, static_cast<int>(rank))) fresh[axis] = true;
  Dims dims;
  std::size_t next = 0;
  for (const bool isNew : fresh) dims.push_back(isNew ? 1 : in.dims()[next++]);
  return {in.reshaped(dims)};
}

Values squeezeOld(const OpCall& call) {
  return squeezed(call, call.wholes("axes"));
}
Values squeeze(const OpCall& call) {
  return squeezed(call, call.wholesOf(1, "axes"));
}
Values unsqueezeOld(const OpCall& call) {
  return unsqueezed(call, call.wholes("axes"));
}
Values unsqueeze(const OpCall& call) {
  return unsqueezed(call, call.wholesOf(1, "axes"));
}

Values identity(const OpCall& call) {
  return {call.in(0)};
}

/// Does nothing outside training; the mask keeps everything.
Values dropout(const OpCall& call) {
  if (call.has(2) && wholeNumbers(call.in(2)) != std::vector<std::int64_t>{0}) {
    const bool drops = !call.has(1) || realNumbers(call.in(1)) != std::vector<double>{0};
    if (drops) call.refuse("drops values at random, as in training: export the model for inference");
  }
  Values result{call.in(0)};
  if (call.wants(1)) {
    Value mask = call.make(ElementType::Bool, call.in(0).dims());
    std::ranges::fill(mask.fill<std::uint8_t>(), std::uint8_t{1});
    result.push_back(mask);
  }
  return result;
}

Values constant(const OpCall& call) {
  if (const auto* value = attribute<Value>(call.node, "value")) return {*value};
  if (call.given("value_float")) {
    Value one = call.make(ElementType::Float32, {});
    one.fill<float>()[0] = call.real("value_float", 0);
    return {one};
  }
  if (call.given("value_int")) return {Value({}, std::vector<std::int64_t>{call.whole("value_int", 0)})};
  if (call.given("value_ints")) {
    auto list = call.wholes("value_ints");
    const auto count = static_cast<std::int64_t>(list.size());
    return {Value({count}, std::move(list))};
  }
  if (const auto* floats = attribute<std::vector<float>>(call.node, "value_floats")) {
    Value list = call.make(ElementType::Float32, {static_cast<std::int64_t>(floats->size())});
    std::ranges::copy(*floats, list.fill<float>().begin());
    return {list};
  }
  call.refuse("holds no value of a kind that is supported: a tensor, numbers or a list of numbers");
}

Values constantOfShape(const OpCall& call) {
  const Dims dims = call.wholesOf(0, "shape");
  if (!call.given("value")) {
    Value zeros = call.make(ElementType::Float32, dims);
    std::ranges::fill(zeros.fill<float>(), 0.0F);
    return {zeros};
  }
  const auto* value = attribute<Value>(call.node, "value");
  if (value == nullptr || value->count() != 1) call.refuse("has a value that is no single number");
  Value out = call.make(value->type(), dims);
  withElementType(value->type(),
                  [&]<class T>(T) { std::ranges::fill(out.fill<T>(), value->values<T>().front()); });
  return {out};
}

Values shape(const OpCall& call) {
  const Dims& dims = call.in(0).dims();
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto place = [rank](std::int64_t axis) {
    return std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank);
  };
  const std::int64_t first = place(std::max(-rank, call.whole("start", 0)));
  const std::int64_t last = place(std::max(-rank - 1, call.whole("end", rank)));
  std::vector<std::int64_t> list(dims.begin() + first, dims.begin() + std::max(first, last));
  const auto count = static_cast<std::int64_t>(list.size());
  return {Value({count}, std::move(list))};
}

Values size(const OpCall& call) {
  return {Value({}, std::vector<std::int64_t>{call.in(0).count()})};
}

Values cast(const OpCall& call) {
  // The numbers of ONNX's types.
  constexpr std::array kTypes{std::pair{1, ElementType::Float32}, std::pair{6, ElementType::Int32},
                              std::pair{7, ElementType::Int64}, std::pair{9, ElementType::Bool},
                              std::pair{11, ElementType::Float64}};
  const std::int64_t wanted = call.whole("to", 0);
  const auto found = std::ranges::find_if(kTypes, [&](const auto& type) { return type.first == wanted; });
  if (found == kTypes.end())
    call.refuse("makes a type that is not supported; float32, float64, int32, int64 and bool are");
  const Value& in = call.in(0);
  call.checkRoom(static_cast<double>(in.count()) * static_cast<double>(elementSize(found->second)));
  return {converted(in, found->second)};
}

constexpr std::array kOperators{
    Operator{"Reshape", 5, 17, reshape},
    Operator{"Flatten", 1, 17, flatten},
    Operator{"Squeeze", 1, 12, squeezeOld},
    Operator{"Squeeze", 13, 17, squeeze},
    Operator{"Unsqueeze", 1, 12, unsqueezeOld},
    Operator{"Unsqueeze", 13, 17, unsqueeze},
    Operator{"Identity", 1, 17, identity},
    Operator{"Dropout", 7, 17, dropout},
    Operator{"Constant", 1, 17, constant},
    Operator{"ConstantOfShape", 9, 17, constantOfShape},
    Operator{"Shape", 1, 17, shape},
    Operator{"Size", 1, 17, size},
    Operator{"Cast", 6, 17, cast},
};

}  // namespace

std::span<const Operator> shapeOperators() {
  return kOperators;
}

}  // namespace convscope
