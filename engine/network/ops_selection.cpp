// What moves elements without calculating: parts, copies and new orders.
#include "engine/network/operator_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace convscope {

namespace {

constexpr std::int64_t kGrain = 1 << 15;

/// A value of `dims` whose element at position p is the input's at first + Σ step · p.
Value strided(const OpCall& call, const Value& in, const Dims& dims, const std::vector<std::int64_t>& step,
              std::int64_t first) {
  Value out = call.make(in.type(), dims);
  if (out.count() == 0) return out;
  const auto walk = mergedWalk<2>(dims, {stepsOf(dims), step});
  const std::int64_t length = walk.rowLength(), stepIn = walk.step[1].back();
  withElementType(in.type(), [&]<class T>(T) {
    const T* from = in.values<T>().data() + first;
    T* to = out.fill<T>().data();
    call.shareOut(walk.rows(), kGrain / length, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const auto start = walk.start(row);
        if (stepIn == 1) {
          std::copy_n(from + start[1], length, to + start[0]);
        } else {
          for (std::int64_t i = 0; i < length; ++i) to[start[0] + i] = from[start[1] + i * stepIn];
        }
      }
    });
  });
  return out;
}

Values transpose(const OpCall& call) {
  const Value& in = call.in(0);
  std::vector<std::int64_t> order = call.wholes("perm");
  if (order.empty()) {
    for (int axis = in.rank(); axis-- > 0;) order.push_back(axis);
  }
  const auto axes = call.axesOf(order, in.rank());
  if (axes.size() != in.dims().size()) call.refuse("does not give every axis of its input a place");
  const std::vector<std::int64_t> steps = stepsOf(in.dims());
  Dims dims;
  std::vector<std::int64_t> step;
  for (const std::size_t axis : axes) {
    dims.push_back(in.dims()[axis]);
    step.push_back(steps[axis]);
  }
  return {strided(call, in, dims, step, 0)};
}

Values expand(const OpCall& call) {
  const Value& in = call.in(0);
  const Dims wanted = call.wholesOf(1, "shape");
  call.checked(wanted);
  const Dims dims = broadcastDims(call, in.dims(), wanted);
  return {strided(call, in, dims, broadcastSteps(in.dims(), dims), 0)};
}

struct Cut {
  std::size_t axis = 0;
  std::int64_t start = 0, end = 0, step = 1;
};

Values sliced(const OpCall& call, const std::vector<Cut>& cuts) {
  const Value& in = call.in(0);
  Dims dims = in.dims();
  std::vector<std::int64_t> step = stepsOf(dims);
  std::int64_t first = 0;
  for (const Cut& cut : cuts) {
    const std::int64_t extent = in.dims()[cut.axis];
    const bool back = cut.step < 0;
    if (cut.step == 0) call.refuse("takes steps of 0");
    // Positions below 0 count from the end; what lies outside is drawn to the border.
    const auto place = [&](std::int64_t at) {
      const std::int64_t counted = at < 0 ? std::max<std::int64_t>(at, -extent - 1) + extent : at;
      return std::clamp<std::int64_t>(counted, back ? -1 : 0, back ? extent - 1 : extent);
    };
    const std::int64_t start = place(cut.start), end = place(cut.end);
    const std::int64_t size = std::clamp<std::int64_t>(cut.step, -kMostElements, kMostElements);
    const std::int64_t way = back ? start - end : end - start, stride = back ? -size : size;
    const std::int64_t count = extent == 0 || way <= 0 ? 0 : (way - 1) / stride + 1;
    dims[cut.axis] = count;
    first += start * step[cut.axis];
    step[cut.axis] *= size;
  }
  const std::int64_t count = productOf(dims, 0, dims.size());
  if (dims == in.dims() && std::ranges::all_of(cuts, [](const Cut& cut) { return cut.step > 0; }))
    return {in};
  return {strided(call, in, dims, step, count == 0 ? 0 : first)};
}

std::vector<Cut> cutsOf(const OpCall& call, const std::vector<std::int64_t>& starts,
                        const std::vector<std::int64_t>& ends, std::vector<std::int64_t> axes,
                        std::vector<std::int64_t> steps) {
  if (axes.empty()) {
    for (std::size_t axis = 0; axis < starts.size(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size())
    call.refuse("has lists of unequal length as its starts, ends, axes and steps");
  const auto places = call.axesOf(axes, call.in(0).rank());
  std::vector<Cut> cuts;
  for (std::size_t i = 0; i < starts.size(); ++i) cuts.push_back({places[i], starts[i], ends[i], steps[i]});
  return cuts;
}

Values sliceOld(const OpCall& call) {
  return sliced(call, cutsOf(call, call.wholes("starts"), call.wholes("ends"), call.wholes("axes"), {}));
}
Values slice(const OpCall& call) {
  return sliced(call, cutsOf(call, call.wholesOf(1, "starts"), call.wholesOf(2, "ends"),
                             call.wholesOf(3, "axes"), call.wholesOf(4, "steps")));
}

Values splitInto(const OpCall& call, std::vector<std::int64_t> parts) {
  const Value& in = call.in(0);
  const std::size_t axis = call.axisOf(call.whole("axis", 0), in.rank());
  const std::int64_t extent = in.dims()[axis];
  const std::size_t outputs = call.node.outputs.size();
  if (parts.empty()) {
    const auto count = static_cast<std::int64_t>(outputs);
    if (extent % count != 0)
      call.refuse("cannot cut " + std::to_string(extent) + " into " + std::to_string(count) + " equal parts");
    parts.assign(outputs, extent / count);
  }
  if (parts.size() != outputs)
    call.refuse("has " + std::to_string(parts.size()) + " parts for " + std::to_string(outputs) + " outputs");
  Values result;
  std::int64_t first = 0;
  for (const std::int64_t part : parts) {
    if (part < 0 || part > extent - first) call.refuse("cuts more than there is along its axis");
    Dims dims = in.dims();
    dims[axis] = part;
    const auto steps = stepsOf(in.dims());
    result.push_back(strided(call, in, dims, steps, part == 0 ? 0 : first * steps[axis]));
    first += part;
  }
  if (first != extent) call.refuse("leaves a rest along its axis");
  return result;
}

Values splitOld(const OpCall& call) {
  return splitInto(call, call.wholes("split"));
}
Values split(const OpCall& call) {
  return splitInto(call, call.wholesOf(1, "split"));
}

Values concat(const OpCall& call) {
  const Value& lead = call.in(0);
  const std::size_t axis = call.axisOf(call.whole("axis", 1), lead.rank());
  Dims dims = lead.dims();
  dims[axis] = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const Value& in = call.in(i, lead.type());
    Dims fits = in.dims();
    if (fits.size() == dims.size()) fits[axis] = lead.dims()[axis];
    if (fits != lead.dims())
      call.refuse("cannot join " + dimsText(lead.dims()) + " and " + dimsText(in.dims()) + " along axis " +
                  std::to_string(axis));
    dims[axis] += in.dims()[axis];
  }
  Value out = call.make(lead.type(), dims);
  const std::size_t size = elementSize(lead.type());
  const std::int64_t outer = productOf(dims, 0, axis), inner = productOf(dims, axis + 1, dims.size());
  std::byte* to = out.fillBytes();
  for (std::int64_t n = 0; n < outer; ++n) {
    for (const Value& in : call.inputs) {
      const auto bytes = static_cast<std::size_t>(in.dims()[axis] * inner) * size;
      if (bytes > 0) std::memcpy(to, in.bytes() + static_cast<std::size_t>(n) * bytes, bytes);
      to += bytes;
    }
  }
  return {out};
}

Values gather(const OpCall& call) {
  const Value& in = call.in(0);
  const Value& indices = call.in(1);
  if (indices.type() != ElementType::Int64 && indices.type() != ElementType::Int32)
    call.refuse("needs whole numbers as its indices");
  const std::size_t axis = call.axisOf(call.whole("axis", 0), in.rank());
  const std::int64_t extent = in.dims()[axis];
  Dims dims(in.dims().begin(), in.dims().begin() + static_cast<std::ptrdiff_t>(axis));
  dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), in.dims().begin() + static_cast<std::ptrdiff_t>(axis) + 1, in.dims().end());
  Value out = call.make(in.type(), dims);
  if (out.count() == 0) return {out};
  std::vector<std::int64_t> places = wholeNumbers(indices);
  for (std::int64_t& place : places) {
    if (place < -extent || place >= extent)
      call.refuse("takes element " + std::to_string(place) + " of " + std::to_string(extent));
    if (place < 0) place += extent;
  }
  const auto block =
      static_cast<std::size_t>(productOf(in.dims(), axis + 1, in.dims().size())) * elementSize(in.type());
  std::byte* to = out.fillBytes();
  for (std::int64_t n = 0; n < productOf(in.dims(), 0, axis); ++n) {
    for (const std::int64_t place : places) {
      std::memcpy(to, in.bytes() + static_cast<std::size_t>(n * extent + place) * block, block);
      to += block;
    }
  }
  return {out};
}

/// Input positions along one padded axis; −1 is the constant.
std::vector<std::int64_t> paddedAxis(const OpCall& call, std::int64_t extent, std::int64_t before,
                                     std::int64_t after, const std::string& mode) {
  const std::int64_t length = extent + before + after;
  if (length < 0) call.refuse("takes more away than there is");
  if (mode == "reflect" && std::max(before, after) >= std::max<std::int64_t>(1, extent))
    call.refuse("mirrors more than there is");
  if (mode == "edge" && extent == 0) call.refuse("repeats a border that does not exist");
  std::vector<std::int64_t> places;
  for (std::int64_t at = -before; at < extent + after; ++at) {
    if (at >= 0 && at < extent)
      places.push_back(at);
    else if (mode == "constant")
      places.push_back(-1);
    else if (mode == "edge")
      places.push_back(at < 0 ? 0 : extent - 1);
    else
      places.push_back(at < 0 ? -at : 2 * (extent - 1) - at);
  }
  return places;
}

Value padded(const OpCall& call, const std::vector<std::int64_t>& pads, const std::string& mode,
             const Value& constant) {
  const Value& in = call.in(0);
  const std::size_t rank = in.dims().size();
  if (mode != "constant" && mode != "reflect" && mode != "edge")
    call.refuse("pads in the unknown mode “" + nameForText(mode) + "”");
  if (pads.size() != 2 * rank)
    call.refuse("has " + std::to_string(pads.size()) + " numbers as its pads for a value of " +
                dimsText(in.dims()));
  Dims dims = in.dims();
  for (std::size_t axis = 0; axis < rank; ++axis) {
    for (const std::int64_t pad : {pads[axis], pads[rank + axis]}) {
      if (pad < -kMostElements || pad > kMostElements) call.refuse("pads by " + std::to_string(pad));
    }
    dims[axis] += pads[axis] + pads[rank + axis];
  }
  Value out = call.make(in.type(), dims);
  if (out.count() == 0) return out;
  std::vector<std::vector<std::int64_t>> places;
  for (std::size_t axis = 0; axis < rank; ++axis)
    places.push_back(paddedAxis(call, in.dims()[axis], pads[axis], pads[rank + axis], mode));
  const auto steps = stepsOf(in.dims());
  withElementType(in.type(), [&]<class T>(T) {
    const T outside = constant.holds() ? constant.values<T>().front() : T{0};
    const auto from = in.values<T>();
    std::vector<std::size_t> at(rank, 0);
    for (T& element : out.fill<T>()) {
      std::int64_t source = 0;
      for (std::size_t axis = 0; axis < rank && source >= 0; ++axis) {
        const std::int64_t place = places[axis][at[axis]];
        source = place < 0 ? -1 : source + place * steps[axis];
      }
      element = source < 0 ? outside : from[static_cast<std::size_t>(source)];
      for (std::size_t axis = rank; axis-- > 0;) {
        if (++at[axis] < places[axis].size()) break;
        at[axis] = 0;
      }
    }
  });
  return out;
}

Values padOld(const OpCall& call) {
  Value constant = call.make(ElementType::Float32, {1});
  constant.fill<float>()[0] = call.real("value", 0);
  (void)call.in(0, ElementType::Float32);
  return {padded(call, call.wholes("pads"), call.word("mode", "constant"), constant)};
}
Values pad(const OpCall& call) {
  Value constant;
  if (call.has(2)) {
    constant = call.in(2, call.in(0).type());
    if (constant.count() != 1) call.refuse("needs a single number to pad with");
  }
  return {padded(call, call.wholesOf(1, "pads"), call.word("mode", "constant"), constant)};
}

constexpr std::array kOperators{
    Operator{"Transpose", 1, 17, transpose}, Operator{"Expand", 8, 17, expand},
    Operator{"Slice", 1, 9, sliceOld},       Operator{"Slice", 10, 17, slice},
    Operator{"Split", 2, 12, splitOld},      Operator{"Split", 13, 17, split},
    Operator{"Concat", 4, 17, concat},       Operator{"Gather", 1, 17, gather},
    Operator{"Pad", 2, 10, padOld},          Operator{"Pad", 11, 17, pad},
};

}  // namespace

std::span<const Operator> selectionOperators() {
  return kOperators;
}

}  // namespace convscope
