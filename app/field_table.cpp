#include "app/field_table.h"

#include "engine/field/architecture_presets.h"
#include "engine/field/layer_table.h"

#include <fstream>
#include <ostream>

namespace convscope {

Result<void> runField(const Options& options, std::ostream& out) {
  const auto stack = architectureNamed(*options.field);
  if (!stack) return tl::unexpected(stack.error());
  const auto table = tableOf(*stack);
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
  const LayerRow& last = table->rows.back();
  out << "clip    " << toText(table->stack.clip) << "  (L × H × W × C)\n"
      << "layers  " << table->rows.size() << '\n'
      << "field   " << toText(Triple{last.field[0].size, last.field[1].size, last.field[2].size})
      << "  (last layer, t × y × x)\n"
      << "weights " << table->weights << '\n'
      << "work    " << table->multiplyAdds << " multiply-adds\n";
  return {};
}

}  // namespace convscope
