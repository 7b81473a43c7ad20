#include "app/shift_batch.h"

#include "app/progress_line.h"
#include "engine/core/nearest_names.h"
#include "engine/study/network_study.h"
#include "engine/study/shift_curve.h"
#include "widgets/state/network_view.h"

#include <fstream>
#include <ostream>

namespace convscope {

namespace {

constexpr int kReach = 8;

Result<int> rowOf(const Options& options, const NetworkResult& network) {
  if (!options.layer) return chosenRow(network, {});
  std::vector<std::string> names;
  for (const LayerGroup& group : network.groups) {
    if (group.name == *options.layer) return group.last;
    names.push_back(group.name);
  }
  return fail(ErrorCode::BadUsage,
              unknownNameSentence("layer", *options.layer, names, "the network's table names them"));
}

}  // namespace

Result<void> runShifts(const Options& options, std::ostream& out, std::ostream* progress) {
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  ThreadPool pool;
  const ClipSpec& clip = state->kernel().clip;
  const ComputeContext context{pool, {}};
  const auto network =
      computeNetwork({*options.model, clip.source, options.frames ? options.frames->start : 0,
                      options.preprocess.value_or(""), clip.edits},
                     context);
  if (!network) return tl::unexpected(network.error());
  const auto row = rowOf(options, *network);
  if (!row) return tl::unexpected(row.error());
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
      auto curve = shiftCurve(*network, *base, *row, axis, variant, kReach, step);
      if (!curve) return tl::unexpected(curve.error());
      if (!curve->problem.empty()) out << kShiftVariants[variant].id << "  " << curve->problem << '\n';
      curves.push_back(std::move(*curve));
    }
  }
  std::ofstream file(*options.exportShifts, std::ios::binary);
  file << shiftCsv(*network, curves);
  file.close();
  if (!file) return fail(ErrorCode::Io, "“" + *options.exportShifts + "” cannot be written.");
  return {};
}

}  // namespace convscope
