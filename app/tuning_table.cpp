#include "app/tuning_table.h"

#include "app/progress_line.h"
#include "engine/compare/grating_tuning.h"
#include "engine/core/file_text.h"
#include "engine/network/first_kernels.h"
#include "engine/network/onnx_reader.h"

#include <cmath>
#include <cstdio>
#include <ostream>

namespace convscope {

namespace {

/// The kernels that are measured.
struct Layer {
  ConvSpec conv;
  int channels = 1;
  FilterBank bank;
};

Result<Layer> layerOf(const Options& options) {
  Layer layer;
  if (options.model) {
    const auto graph = readOnnx(*options.model);
    if (!graph) return tl::unexpected(graph.error());
    auto first = firstKernels(*graph);
    if (!first) return fail(first.error().code, *options.model + ": " + first.error().message);
    layer.conv.kernel = first->kernel;
    layer.conv.dilation = first->dilation;
    layer.channels = first->channels;
    layer.bank = std::move(first->bank);
    return layer;
  }
  const auto state = stateOf(options);
  if (!state) return tl::unexpected(state.error());
  const KernelStudy& study = state->kernel();
  layer.conv = study.conv;
  layer.channels = std::max(1, channelsOf(study.clip) / std::max(1, study.conv.groups));
  layer.bank = study.bank;
  return layer;
}

std::string summaryOf(const Tuning& tuning, std::size_t filter) {
  const Tuning::Preference likes = tuning.preferred();
  char text[200];
  std::snprintf(text, sizeof text, "filter %zu  strongest %.6g at %g°, %g px/frame", filter + 1,
                tuning.largest(), likes.degrees, likes.speed);
  std::string line = text;
  const double ratio = tuning.rightOverLeft(1);
  if (std::isfinite(ratio)) {
    std::snprintf(text, sizeof text, ", right : left at 1 px/frame %.4g", ratio);
    line += text;
  } else {
    line += ", nothing to the left at 1 px/frame";
  }
  return line + "\n";
}

}  // namespace

Result<void> runTuning(const Options& options, std::ostream& out, std::ostream* progress) {
  const auto layer = layerOf(options);
  if (!layer) return tl::unexpected(layer.error());
  ProgressLine line(progress);
  ThreadPool pool;
  const bool several = layer->bank.size() > 1;
  std::string csv = tuningCsvHead(several);
  std::string summary;
  for (std::size_t filter = 0; filter < layer->bank.size(); ++filter) {
    const auto share = [&](double done) {
      line.show((static_cast<double>(filter) + done) / static_cast<double>(layer->bank.size()));
    };
    const auto tuning = tuningOf(layer->conv, layer->bank[filter], layer->channels, TuningSpec{},
                                 ComputeContext{pool, {}, {}, share});
    if (!tuning) return tl::unexpected(tuning.error());
    csv += tuningCsv(*tuning, several ? static_cast<int>(filter) + 1 : 0);
    summary += summaryOf(*tuning, filter);
  }
  if (!options.exportTuning) {
    out << csv;
    return {};
  }
  if (auto written = writeFileText(*options.exportTuning, csv); !written) return written;
  out << "kernel " << toText(layer->conv.kernel) << ", " << layer->bank.size()
      << (several ? " filters" : " filter") << ", gratings of 1/4 cycle per pixel\n"
      << summary;
  return {};
}

}  // namespace convscope
