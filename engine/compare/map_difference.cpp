#include "engine/compare/map_difference.h"

#include "engine/core/number_text.h"

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr double kSamePlace = 1e-6;  // samples

double placeOfCell(const AxisField& field, int cell) {
  return field.centre + cell * field.jump;
}

/// Why no cells of the two meet along `axis`.
std::string nothingInCommon(Axis axis, const AxisField& a, int cellsOfA, const AxisField& b, int cellsOfB) {
  const char* const sample = axis == Axis::T ? "frame" : axis == Axis::Y ? "row" : "column";
  const auto ends = [](const AxisField& field, int cells) {
    const std::string first = generalText(field.centre + 1, 6);
    if (cells == 1) return "at " + first;
    return "from " + first + " to " + generalText(placeOfCell(field, cells - 1) + 1, 6) + " in steps of " +
           generalText(field.jump, 6);
  };
  return std::string("The two maps have no cell in common along ") + axisName(axis) +
         ": the middles of A's lie " + ends(a, cellsOfA) + ", those of B's " + ends(b, cellsOfB) + " (" +
         sample + "s, from 1).";
}

}  // namespace

std::vector<CellPair> commonCells(const AxisField& a, int cellsOfA, const AxisField& b, int cellsOfB) {
  std::vector<CellPair> common;
  CellPair at;
  while (at.a < cellsOfA && at.b < cellsOfB) {
    const double apart = placeOfCell(a, at.a) - placeOfCell(b, at.b);
    if (std::abs(apart) < kSamePlace) {
      common.push_back(at);
      ++at.a;
      ++at.b;
    } else if (apart < 0) {
      ++at.a;
    } else {
      ++at.b;
    }
  }
  return common;
}

std::optional<Triple> MapDifference::placeOf(const Triple& at) const {
  Triple place;
  for (const Axis axis : kAxes) {
    const auto& pairs = cells[static_cast<std::size_t>(axis)];
    const auto found = std::ranges::lower_bound(pairs, at[axis], {}, &CellPair::a);
    if (found == pairs.end() || found->a != at[axis]) return std::nullopt;
    place[axis] = static_cast<int>(found - pairs.begin());
  }
  return place;
}

Result<MapDifference> differenceOf(const PlacedMap& a, const PlacedMap& b) {
  MapDifference difference;
  const Shape& shapeA = a.maps.shape();
  const Shape& shapeB = b.maps.shape();
  for (const Axis axis : kAxes) {
    const auto i = static_cast<std::size_t>(axis);
    difference.cells[i] = commonCells(a.field[i], shapeA.along(axis), b.field[i], shapeB.along(axis));
    if (difference.cells[i].empty()) {
      return fail(ErrorCode::BadSpec,
                  nothingInCommon(axis, a.field[i], shapeA.along(axis), b.field[i], shapeB.along(axis)));
    }
  }
  const auto& [times, rows, columns] = difference.cells;
  difference.values = Tensor::uninitialised(Shape{
      static_cast<int>(times.size()), static_cast<int>(rows.size()), static_cast<int>(columns.size()), 1});
  double sumA = 0, sumB = 0, squares = 0;
  std::int64_t notable = 0;
  float* to = difference.values.data();
  for (const CellPair& t : times) {
    for (const CellPair& y : rows) {
      for (const CellPair& x : columns) {
        const float valueA = a.maps.at(t.a, y.a, x.a, a.channel);
        const float valueB = b.maps.at(t.b, y.b, x.b, b.channel);
        sumA += double{valueA};
        sumB += double{valueB};
        const double apart = double{valueA} - double{valueB};
        squares += apart * apart;
        notable += std::abs(apart) > kNotableDifference;
        *to++ = static_cast<float>(apart);
      }
    }
  }
  const auto count = static_cast<double>(difference.values.shape().count());
  difference.rootMeanSquare = std::sqrt(squares / count);
  difference.differingShare = static_cast<double>(notable) / count;
  // around the means, in a second pass: one pass would lose digits where the means are large
  double varianceA = 0, varianceB = 0, both = 0;
  for (const CellPair& t : times) {
    for (const CellPair& y : rows) {
      for (const CellPair& x : columns) {
        const double fromA = double{a.maps.at(t.a, y.a, x.a, a.channel)} - sumA / count;
        const double fromB = double{b.maps.at(t.b, y.b, x.b, b.channel)} - sumB / count;
        varianceA += fromA * fromA;
        varianceB += fromB * fromB;
        both += fromA * fromB;
      }
    }
  }
  if (varianceA > 0 && varianceB > 0) difference.correlation = both / std::sqrt(varianceA * varianceB);
  return difference;
}

}  // namespace convscope
