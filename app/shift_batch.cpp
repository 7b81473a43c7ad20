#include "app/shift_batch.h"

#include "app/progress_line.h"
#include "engine/core/file_text.h"
#include "engine/study/network_study.h"
#include "engine/study/shift_curve.h"
#include "widgets/state/network_view.h"

#include <ostream>

namespace convscope {

namespace {

constexpr int kReach = 8;

}  // namespace

Result<void> runShifts(const Options& options, std::ostream& out, std::ostream* progress) {
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  ThreadPool pool;
  const ComputeContext context{pool, {}};
  const auto network = computeNetwork(wantedNetwork(*state), context);
  if (!network) return tl::unexpected(network.error());
  const int row = chosenRow(*network, state->network);
  const auto base = shiftBase(*network, context);
  if (!base) return tl::unexpected(base.error());
  out << "class   " << network->labelOf(base->index) << '\n';

  ProgressLine line(progress);
  std::vector<ShiftCurve> curves;
  const std::size_t all = kAxes.size() * kShiftVariants.size();
  for (const Axis axis : kAxes) {
    for (std::size_t variant = 0; variant < kShiftVariants.size(); ++variant) {
      const ComputeContext step{
          pool, {}, {}, [&](double share) {
            line.show((static_cast<double>(curves.size()) + share) / static_cast<double>(all));
          }};
      auto curve = shiftCurve(*network, *base, row, axis, variant, kReach, step);
      if (!curve) return tl::unexpected(curve.error());
      if (!curve->problem.empty()) out << kShiftVariants[variant].id << "  " << curve->problem << '\n';
      curves.push_back(std::move(*curve));
    }
  }
  return writeFileText(*options.exportShifts, shiftCsv(*network, curves));
}

}  // namespace convscope
