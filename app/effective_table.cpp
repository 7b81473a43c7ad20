#include "app/effective_table.h"

#include "app/field_table.h"
#include "app/network_batch.h"
#include "app/progress_line.h"
#include "engine/clip/npy.h"
#include "engine/core/csv_field.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/core/nearest_names.h"
#include "engine/gradient/effective_field.h"
#include "engine/study/study_cache.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ostream>
#include <random>

namespace convscope {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kRuns = 16;
constexpr unsigned kNoiseSeed = 1;

/// A unit and what was measured of it.
struct Measured {
  std::string layer;
  Triple unit;
  EffectiveField field;
};

std::string byAxis(const auto& textOf) {
  return textOf(0) + "×" + textOf(1) + "×" + textOf(2);
}

std::string numberText(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

/// Uniform in [low, high], the same on every machine.
void fillWithNoise(std::span<float> values, double low, double high) {
  std::mt19937 random(kNoiseSeed);
  for (float& value : values)
    value = static_cast<float>(low + (high - low) * static_cast<double>(random()) / 4294967295.0);
}

Result<int> rowOf(const LayerTable& table, const Options& options) {
  if (!options.layer) {
    for (auto row = static_cast<int>(table.rows.size()); row-- > 0;) {
      if (!table.rows[static_cast<std::size_t>(row)].seesWhole) return row;
    }
    return fail(ErrorCode::BadSpec,
                "Every layer of “" + *options.field + "” sees the whole clip: name one with --layer.");
  }
  std::vector<std::string> names;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (table.rows[row].layer.name == *options.layer) return static_cast<int>(row);
    names.push_back(table.rows[row].layer.name);
  }
  return fail(ErrorCode::BadUsage,
              unknownNameSentence("layer", *options.layer, names, "--field lists them all"));
}

StackRun runOf(const Options& options) {
  StackRun run;
  run.weights =
      options.weightsFile.value_or("random") == "uniform" ? StackWeights::Uniform : StackWeights::Random;
  run.filters = options.filters.value_or(run.filters);
  run.seed = options.seed.value_or(run.seed);
  return run;
}

/// The clip that a known network looks at: the one named, or noise.
Result<Tensor> clipOfStack(LayerTable& table, const Options& options, const ComputeContext& context) {
  if (!options.clip && !options.lab) {
    Tensor noise = Tensor::uninitialised(table.stack.clip);
    fillWithNoise(noise.values(), 0, 1);
    return noise;
  }
  Options source = options;  // what else was given is the network's
  source.filters.reset();
  source.weightsFile.reset();
  if (!options.lab) source.seed.reset();
  const auto state = stateOf(source);
  if (!state) return tl::unexpected(state.error());
  StudyCache cache;
  const auto clip = cache.clip(clipFor(table.stack, state->kernel().clip), context);
  if (!clip) return tl::unexpected(clip.error());
  StackSpec stack = table.stack;
  stack.clip = (*clip)->pixels.shape();  // a file may hold fewer frames
  auto fitted = tableOf(stack);
  if (!fitted) return tl::unexpected(fitted.error());
  table = std::move(*fitted);
  return (*clip)->pixels.clone();
}

/// Measures units of one network.
class FieldMeter {
 public:
  FieldMeter(FieldNetwork& network, const Options& options, const ComputeContext& context)
      : m_network(network), m_options(options), m_context(context) {}

  /// Reads or makes what the network is fed.
  Result<void> begin() {
    if (m_network.graph == nullptr) {
      if (m_options.uncut.value_or(false)) return {};
      auto clip = clipOfStack(m_network.table, m_options, m_context);
      if (!clip) return tl::unexpected(clip.error());
      m_clip = std::move(*clip);
      return {};
    }
    m_runner = std::make_unique<Runner>(m_network.graph);
    if (m_options.inputTensor) {
      auto input = readInputTensor(*m_options.inputTensor, *m_network.graph);
      if (!input) return tl::unexpected(input.error());
      m_input = std::move(*input);
      if (m_input.type() == ElementType::Float32 && m_input.dims() == m_network.dims) return {};
      return fail(ErrorCode::BadSpec, "The network's field was worked out for an input of " +
                                          dimsText(m_network.dims) + ", but " + dimsText(m_input.dims()) +
                                          " was given.");
    }
    m_input = Value::uninitialised(ElementType::Float32, m_network.dims);
    constexpr double kUnitDeviation = 1.7320508075688772;  // normalised clips have a standard deviation of 1
    fillWithNoise(m_input.fill<float>(), -kUnitDeviation, kUnitDeviation);
    return {};
  }

  Result<Measured> measure(int row) {
    const LayerRow& layer = m_network.table.rows[static_cast<std::size_t>(row)];
    const Triple extent = layer.output.extent();
    const int runs = m_options.runs.value_or(kRuns);
    Measured measured{layer.layer.name, {}, {}};
    for (const Axis axis : kAxes)
      measured.unit[axis] = m_options.unit ? (*m_options.unit)[axis] : (extent[axis] - 1) / 2;
    auto field = [&]() -> Result<EffectiveField> {
      if (m_runner != nullptr)
        return effectiveField(*m_runner, m_network.table, row, measured.unit, m_input, runs, m_context);
      if (!m_options.uncut.value_or(false))
        return effectiveField(m_network.table, row, measured.unit, m_clip, runOf(m_options), runs, m_context);
      const auto uncut = uncutField(m_network.table, row);
      if (!uncut) return tl::unexpected(uncut.error());
      measured.unit = uncut->unit;
      Tensor noise = Tensor::uninitialised(uncut->table.stack.clip);
      fillWithNoise(noise.values(), 0, 1);
      return effectiveField(uncut->table, row, uncut->unit, noise, runOf(m_options), runs, m_context);
    }();
    if (!field) return tl::unexpected(field.error());
    measured.field = std::move(*field);
    return measured;
  }

 private:
  FieldNetwork& m_network;
  const Options& m_options;
  const ComputeContext& m_context;
  std::unique_ptr<Runner> m_runner;
  Tensor m_clip;
  Value m_input;
};

std::string csvOf(const std::vector<Measured>& all) {
  std::string csv = "layer,unit,field,measure,sigma,width95,mean,runs,silent\n";
  for (const Measured& one : all) {
    const EffectiveField& field = one.field;
    for (const bool square : {false, true}) {
      const auto& spread = square ? field.squareSpread : field.absoluteSpread;
      csv += csvField(one.layer) + ',' + std::to_string(one.unit.t + 1) + "×" +
             std::to_string(one.unit.y + 1) + "×" + std::to_string(one.unit.x + 1) + ',';
      csv += byAxis([&](std::size_t a) { return std::to_string(field.size[a]); }) + ',';
      csv += square ? "gradient^2," : "|gradient|,";
      csv += byAxis([&](std::size_t a) { return numberText(spread[a].sigma); }) + ',';
      csv += byAxis([&](std::size_t a) { return std::to_string(spread[a].width); }) + ',';
      csv += byAxis([&](std::size_t a) { return numberText(spread[a].mean); }) + ',';
      csv += std::to_string(field.runs) + ',' + std::to_string(field.silent) + '\n';
    }
  }
  return csv;
}

Json jsonOf(const Measured& one, const Options& options) {
  const EffectiveField& field = one.field;
  const auto spreadJson = [](const std::array<AxisSpread, 3>& spread) {
    Json json;
    for (const Axis axis : kAxes) {
      const AxisSpread& own = spread[static_cast<std::size_t>(axis)];
      json[axisName(axis)] = {{"sigma", own.sigma}, {"width95", own.width}, {"mean", own.mean}};
    }
    return json;
  };
  return {{"network", *options.field},
          {"layer", one.layer},
          {"unit", {one.unit.t + 1, one.unit.y + 1, one.unit.x + 1}},
          {"field", {{"first", field.first}, {"size", field.size}}},
          {"runs", field.runs},
          {"silent", field.silent},
          {"|gradient|", spreadJson(field.absoluteSpread)},
          {"gradient^2", spreadJson(field.squareSpread)}};
}

Result<void> writeEffective(const Measured& one, const Options& options) {
  const std::string& path = *options.exportEffective;
  if (path.ends_with(".json")) return writeFileText(path, textOfJson(jsonOf(one, options)));
  const Shape& shape = one.field.absolute.shape();
  return writeNpy(path, {shape.length, shape.height, shape.width}, one.field.absolute.values());
}

}  // namespace

Result<void> runEffective(const Options& options, std::ostream& out, std::ostream* progress) {
  auto network = fieldNetwork(*options.field);
  if (!network) return tl::unexpected(network.error());
  std::vector<int> rows;
  if (options.layer == "all") {
    for (std::size_t row = 0; row < network->table.rows.size(); ++row) {
      if (!network->table.rows[row].seesWhole) rows.push_back(static_cast<int>(row));
    }
  } else {
    const auto row = rowOf(network->table, options);
    if (!row) return tl::unexpected(row.error());
    rows.push_back(*row);
  }
  std::vector<Measured> all;
  {
    ProgressLine line(progress);
    ThreadPool pool;
    const auto show = [&](double share) {
      line.show((static_cast<double>(all.size()) + share) / static_cast<double>(rows.size()));
    };
    const ComputeContext context{pool, {}, {}, show};
    FieldMeter meter(*network, options, context);
    if (auto begun = meter.begin(); !begun) return begun;
    for (const int row : rows) {
      auto measured = meter.measure(row);
      if (!measured) return tl::unexpected(measured.error());
      all.push_back(std::move(*measured));
    }
  }
  if (options.exportEffective) {
    if (auto written = writeEffective(all.front(), options); !written) return written;
  }
  if (options.exportField) return writeFileText(*options.exportField, csvOf(all));
  out << csvOf(all);
  return {};
}

}  // namespace convscope
