#include "app/field_table.h"

#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"
#include "engine/network/network_table.h"
#include "engine/network/onnx_reader.h"

#include <fstream>
#include <ostream>

namespace convscope {

namespace {

Result<LayerTable> importedTable(const std::string& path) {
  auto graph = readOnnx(path);
  if (!graph) return tl::unexpected(graph.error());
  const auto dims = inputDims(*graph);
  if (!dims) return tl::unexpected(dims.error());
  return networkTable(std::make_shared<const Graph>(std::move(*graph)), *dims);
}

Result<LayerTable> tableFor(const std::string& network) {
  if (network.ends_with(".onnx")) return importedTable(network);
  const auto stack = architectureNamed(network);
  if (!stack) return tl::unexpected(stack.error());
  return tableOf(*stack);
}

}  // namespace

Result<void> runField(const Options& options, std::ostream& out) {
  const auto table = tableFor(*options.field);
  if (!table) return tl::unexpected(table.error());
  const std::string csv = tableCsv(*table);
  if (!options.exportField) {
    out << csv;
    return {};
  }
  std::ofstream file(*options.exportField, std::ios::binary);
  file << csv;
  file.close();
  if (!file) return fail(ErrorCode::Io, "“" + *options.exportField + "” cannot be written.");
  const auto fieldOf = [&] {  // a network whose nodes read nothing of its input has no rows
    const std::array<AxisField, 3> last =
        table->rows.empty() ? std::array<AxisField, 3>{} : table->rows.back().field;
    return toText(Triple{last[0].size, last[1].size, last[2].size});
  };
  out << "clip    " << toText(table->stack.clip) << "  (L × H × W × C)\n"
      << "layers  " << table->rows.size() << '\n'
      << "field   " << fieldOf() << "  (last layer, t × y × x)\n"
      << "weights " << table->weights << '\n'
      << "work    " << table->multiplyAdds << " multiply-adds\n";
  return {};
}

}  // namespace convscope
