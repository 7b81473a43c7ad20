#include "engine/field/axis_reach.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <numeric>

namespace convscope {

namespace {

int flooredQuotient(int value, int divisor) {
  const int quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

Positions everyPosition(int extent) {
  Positions all(static_cast<std::size_t>(extent));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void sortOnce(Positions& positions) {
  std::ranges::sort(positions);
  positions.erase(std::ranges::unique(positions).begin(), positions.end());
}

/// The positions that `at` meets where neighbours lie `stride` apart: at·stride − padBefore + dilation·j.
void addWindow(Positions& found, const AxisReach& reach, int at) {
  for (int j = 0; j < reach.kernel; ++j)
    found.push_back(at * reach.stride - reach.padBefore + reach.dilation * j);
}

/// The positions whose window meets `at`.
void addMeeting(Positions& found, const AxisReach& reach, int at) {
  for (int j = 0; j < reach.kernel; ++j) {
    const int scaled = at + reach.padBefore - reach.dilation * j;
    const int position = flooredQuotient(scaled, reach.stride);
    if (position * reach.stride == scaled) found.push_back(position);
  }
}

}  // namespace

Positions inputsOf(const AxisReach& reach, std::span<const int> units, int extent) {
  if (units.empty()) return {};
  if (reach.kind == AxisReach::Kind::Whole) return everyPosition(extent);
  Positions found;
  for (const int unit : units)
    reach.kind == AxisReach::Kind::Window ? addWindow(found, reach, unit) : addMeeting(found, reach, unit);
  sortOnce(found);
  return found;
}

Positions outputsOf(const AxisReach& reach, std::span<const int> inputs, int extent) {
  if (inputs.empty()) return {};
  if (reach.kind == AxisReach::Kind::Whole) return everyPosition(extent);
  Positions found;
  for (const int input : inputs)
    reach.kind == AxisReach::Kind::Window ? addMeeting(found, reach, input) : addWindow(found, reach, input);
  sortOnce(found);
  return clipped(std::move(found), extent);
}

AxisField through(const AxisField& before, const AxisReach& reach, int extent) {
  AxisField after = before;
  switch (reach.kind) {
    case AxisReach::Kind::Window:
      return through(before, reach.kernel, reach.stride, reach.dilation, reach.padBefore);
    case AxisReach::Kind::Whole:
      after.size = before.size + static_cast<int>(std::lround((extent - 1) * before.jump));
      after.centre = before.centre + (extent - 1) / 2.0 * before.jump;
      return after;
    case AxisReach::Kind::Spread:
      break;
  }
  // Neighbouring outputs see different numbers of inputs; all kinds occur within one stride.
  Positions first;
  int widest = 0;
  for (int unit = 0; unit < reach.stride; ++unit) {
    Positions seen;
    addMeeting(seen, reach, unit);
    if (seen.empty()) continue;
    sortOnce(seen);
    widest = std::max(widest, seen.back() - seen.front());
    if (first.empty()) first = seen;
  }
  after.size = before.size + static_cast<int>(std::lround(widest * before.jump));
  after.jump = before.jump / reach.stride;
  if (!first.empty()) after.centre = before.centre + (first.front() + first.back()) / 2.0 * before.jump;
  return after;
}

AxisField united(const AxisField& one, const AxisField& other) {
  const double first = std::min(one.centre - (one.size - 1) / 2.0, other.centre - (other.size - 1) / 2.0);
  const double last = std::max(one.centre + (one.size - 1) / 2.0, other.centre + (other.size - 1) / 2.0);
  AxisField both = one;
  both.size = static_cast<int>(std::lround(last - first)) + 1;
  both.centre = (first + last) / 2;
  return both;
}

Positions clipped(Positions positions, int extent) {
  std::erase_if(positions, [extent](int at) { return at < 0 || at >= extent; });
  return positions;
}

Positions united(const Positions& one, const Positions& other) {
  Positions both;
  both.reserve(one.size() + other.size());
  std::ranges::set_union(one, other, std::back_inserter(both));
  return both;
}

}  // namespace convscope
