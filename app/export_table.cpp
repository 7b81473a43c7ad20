#include "app/export_table.h"

#include "engine/clip/npy.h"
#include "engine/core/number_text.h"
#include "engine/core/whole_file.h"

namespace convscope {

namespace {

constexpr int kFloatDigits = 9;  // read back as the same float

tl::unexpected<Error> stopped() {
  return fail(ErrorCode::Stopped, "The export was stopped.");
}

Result<void> mapsCsv(const KernelResult& result, const std::string& path, const std::stop_token& stop) {
  WholeFile rows(path);
  const Shape& shape = result.maps.shape();
  rows.out() << "filter,t,y,x,value\n";
  for (int k = 0; k < shape.channels; ++k) {
    if (stop.stop_requested()) return stopped();
    for (int t = 0; t < shape.length; ++t)
      for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
          rows.out() << k << ',' << t << ',' << y << ',' << x << ','
                     << generalText(double{result.maps.at(t, y, x, k)}, kFloatDigits) << '\n';
  }
  return rows.place();
}

Result<void> inputCsv(const KernelResult& result, const std::string& path, const std::stop_token& stop) {
  WholeFile rows(path);
  const Tensor& pixels = result.clip->pixels;
  const Shape& shape = pixels.shape();
  rows.out() << "t,y,x,channel,value\n";
  for (int t = 0; t < shape.length; ++t) {
    if (stop.stop_requested()) return stopped();
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x)
        for (int c = 0; c < shape.channels; ++c)
          rows.out() << t << ',' << y << ',' << x << ',' << c << ','
                     << generalText(double{pixels.at(t, y, x, c)}, kFloatDigits) << '\n';
  }
  return rows.place();
}

int channelsOfFilter(const KernelResult& result) {
  return result.geometry.input.channels / result.spec.conv.groups;
}

Result<void> weightsCsv(const KernelResult& result, const std::string& path, const std::stop_token& stop) {
  WholeFile rows(path);
  const Triple& kernel = result.spec.conv.kernel;
  rows.out() << "filter,channel,t,y,x,weight\n";
  for (std::size_t k = 0; k < result.spec.bank.size(); ++k) {
    if (stop.stop_requested()) return stopped();
    const Filter& filter = result.spec.bank[k];
    for (int c = 0; c < channelsOfFilter(result); ++c)
      for (int t = 0; t < kernel.t; ++t)
        for (int y = 0; y < kernel.y; ++y)
          for (int x = 0; x < kernel.x; ++x)
            rows.out() << k << ',' << c << ',' << t << ',' << y << ',' << x << ','
                       << generalText(double{filter.weights[weightIndex(kernel, c, t, y, x)]}, kFloatDigits)
                       << '\n';
  }
  return rows.place();
}

Result<void> weightsNpy(const KernelResult& result, const std::string& path) {
  const FilterBank& bank = result.spec.bank;
  const Triple& kernel = result.spec.conv.kernel;
  std::vector<float> all;
  for (const Filter& filter : bank) all.insert(all.end(), filter.weights.begin(), filter.weights.end());
  return writeNpy(
      path, {static_cast<std::int64_t>(bank.size()), channelsOfFilter(result), kernel.t, kernel.y, kernel.x},
      all);
}

Result<void> costCsv(const KernelResult& result, const std::string& path) {
  WholeFile rows(path);
  const ConvCost& cost = result.cost;
  const auto shape = [&](const char* name, const Shape& of) {
    rows.out() << name << " length," << of.length << ",frames\n"
               << name << " height," << of.height << ",rows\n"
               << name << " width," << of.width << ",columns\n"
               << name << " channels," << of.channels << ",channels\n";
  };
  rows.out() << "quantity,value,unit\n";
  shape("input", result.geometry.input);
  shape("output", result.geometry.output);
  constexpr const char* kAxisNames[] = {"field in time", "field in height", "field in width"};
  for (std::size_t axis = 0; axis < 3; ++axis)
    rows.out() << kAxisNames[axis] << ',' << result.field[axis].size
               << (axis == 0 ? ",frames\n" : ",pixels\n");
  rows.out() << "weights," << cost.weights << ",numbers\n"
             << "biases," << cost.biases << ",numbers\n"
             << "multiply-adds," << cost.multiplyAdds << ",operations\n"
             << "weights of a fully connected layer," << generalText(cost.fullyConnectedWeights, 17)
             << ",numbers\n"
             << "input size," << cost.inputBytes << ",bytes\n"
             << "output size," << cost.outputBytes << ",bytes\n"
             << "weight size," << cost.weightBytes << ",bytes\n";
  return rows.place();
}

}  // namespace

std::vector<std::string> endingsOf(KernelTable table) {
  if (table == KernelTable::Cost) return {".csv"};
  return {".npy", ".csv"};
}

Result<void> writeTable(KernelTable table, const KernelResult& result, const std::string& path,
                        const std::stop_token& stop) {
  const bool csv = path.ends_with(".csv");
  if (!csv && !(path.ends_with(".npy") && table != KernelTable::Cost)) {
    return fail(ErrorCode::BadUsage,
                "“" + path + "” must end with " + (table == KernelTable::Cost ? ".csv." : ".npy or .csv."));
  }
  switch (table) {
    case KernelTable::Maps:
      return csv ? mapsCsv(result, path, stop) : writeMapsNpy(path, result.maps);
    case KernelTable::Weights:
      return csv ? weightsCsv(result, path, stop) : weightsNpy(result, path);
    case KernelTable::Input:
      return csv ? inputCsv(result, path, stop) : writeClipNpy(path, result.clip->pixels);
    case KernelTable::Cost:
      break;
  }
  return costCsv(result, path);
}

}  // namespace convscope
