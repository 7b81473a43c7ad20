#include "app/field_table.h"

#include "engine/core/file_text.h"
#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"
#include "engine/network/network_table.h"
#include "engine/network/onnx_reader.h"

#include <ostream>

namespace convscope {

Result<FieldNetwork> fieldNetwork(const std::string& name) {
  if (name.ends_with(".onnx")) {
    auto graph = readOnnx(name);
    if (!graph) return tl::unexpected(graph.error());
    auto dims = inputDims(*graph);
    if (!dims) return tl::unexpected(dims.error());
    auto shared = std::make_shared<const Graph>(std::move(*graph));
    auto table = networkTable(shared, *dims);
    if (!table) return tl::unexpected(table.error());
    return FieldNetwork{std::move(*table), std::move(shared), std::move(*dims)};
  }
  const auto stack = architectureNamed(name);
  if (!stack) return tl::unexpected(stack.error());
  auto table = tableOf(*stack);
  if (!table) return tl::unexpected(table.error());
  return FieldNetwork{std::move(*table), nullptr, {}};
}

Result<void> runField(const Options& options, std::ostream& out) {
  const auto network = fieldNetwork(*options.field);
  if (!network) return tl::unexpected(network.error());
  const LayerTable* const table = &network->table;
  const std::string csv = tableCsv(*table);
  if (!options.exportField) {
    out << csv;
    return {};
  }
  if (auto written = writeFileText(*options.exportField, csv); !written) return written;
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
