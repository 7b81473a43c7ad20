#include "widgets/state/column_tuning.h"

#include "engine/compare/network_tuning.h"

#include <algorithm>

namespace convscope {

namespace {

int channelsOfFilter(const KernelStudy& study) {
  return std::max(1, channelsOf(study.clip) / std::max(1, study.conv.groups));
}

/// The input channel in which a stack's first given filters weigh most; the first one for other weights.
int strongestInput(const StackStudy& study) {
  if (study.run.weights != StackWeights::Given || study.run.given.empty()) return 0;
  const int channels = std::max(1, study.stack.clip.channels);
  std::vector<double> squares(static_cast<std::size_t>(channels), 0);
  for (const Filter& filter : study.run.given.front()) {
    const std::size_t each = std::max<std::size_t>(1, filter.weights.size() / squares.size());
    for (std::size_t i = 0; i < filter.weights.size(); ++i)
      squares[std::min(i / each, squares.size() - 1)] +=
          double{filter.weights[i]} * double{filter.weights[i]};
  }
  return static_cast<int>(std::ranges::max_element(squares) - squares.begin());
}

/// Gratings through a whole stack cost eight runs each: fewer directions do for the plot.
constexpr int kStackDirections = 24;

Result<TunedColumn> measuredNetwork(const CompareColumn& column, const TuningSpec& spec,
                                    const ComputeContext& context) {
  const auto result = column.own();
  if (!result || !result->network)
    return fail(ErrorCode::BadSpec, "Its first convolution is not known yet: the network was not run.");
  auto made = firstLayerTuning(*result->network, filterToTune(column), spec, context);
  if (!made) return tl::unexpected(made.error());
  return TunedColumn{std::move(made->tuning),
                     CompareColumn::TunedFilter{QString::fromStdString(made->layer), made->filter,
                                                made->filters, made->frames}};
}

Result<Tuning> measuredTuning(const StudySpec& column, int filter, TuningSpec spec,
                              const ComputeContext& context) {
  if (const auto* kernel = std::get_if<KernelStudy>(&column)) {
    if (kernel->bank.empty()) return fail(ErrorCode::BadSpec, "A layer without filters answers nothing.");
    const auto shown = static_cast<std::size_t>(chosenFilter(*kernel, filter));
    return tuningOf(kernel->conv, kernel->bank[shown], channelsOfFilter(*kernel), spec, context);
  }
  const auto& stack = std::get<StackStudy>(column);
  spec.directions = kStackDirections;
  return tuningOf(stack.stack, stack.run, strongestInput(stack), spec, context);
}

}  // namespace

int chosenFilter(const KernelStudy& study, int filter) {
  return std::clamp(filter, 0, std::max(0, static_cast<int>(study.bank.size()) - 1));
}

std::optional<int> filterToTune(const CompareColumn& column) {
  const auto result = column.own();
  if (!result || !result->network || !isFirstLayer(*result->network, result->row)) return {};
  return shownChannel(*result, 0);
}

Result<TunedColumn> tunedColumn(const StudySpec& spec, const CompareColumn& known, int filter,
                                double frequency, const ComputeContext& context) {
  TuningSpec gratings;
  gratings.frequency = frequency;
  if (std::holds_alternative<NetworkStudy>(spec)) return measuredNetwork(known, gratings, context);
  auto tuning = measuredTuning(spec, filter, gratings, context);
  if (!tuning) return tl::unexpected(tuning.error());
  return TunedColumn{std::move(*tuning), {}};
}

}  // namespace convscope
