#include "widgets/state/compare_layers.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Compare", text);
}

NetworkStudy* networkIn(AppState& state, int column) {
  const auto index = static_cast<std::size_t>(column);
  return index < state.columns.size() ? std::get_if<NetworkStudy>(&state.columns[index]) : nullptr;
}

void takeLayer(AppState& state, int column, const std::string& layer) {
  NetworkStudy* const network = networkIn(state, column);
  if (network == nullptr || network->layer == layer) return;
  network->layer = layer;
  network->channel = -1;
}

}  // namespace

std::vector<ColumnLayer> layersOf(const CompareView& view, int column) {
  const auto result = view.column(column).own();
  return result && result->network ? columnLayers(*result->network) : std::vector<ColumnLayer>();
}

int shownLayer(const CompareView& view, int column, const std::vector<ColumnLayer>& layers) {
  const auto result = view.column(column).own();
  const auto found = std::ranges::find(layers, result ? result->row : -1, &ColumnLayer::row);
  return found == layers.end() ? -1 : static_cast<int>(found - layers.begin());
}

StateEdit showLayer(int column, const std::string& layer) {
  return {tr("Layer"), [column, layer](AppState& state) { takeLayer(state, column, layer); }};
}

StateEdit showDepth(const CompareView& view, int depth) {
  std::vector<std::pair<int, std::string>> wanted;
  for (int i = 0; i < view.count(); ++i) {
    const std::vector<ColumnLayer> layers = layersOf(view, i);
    if (const int at = layerAtDepth(layers, depth); at >= 0)
      wanted.emplace_back(i, layers[static_cast<std::size_t>(at)].name);
  }
  return {tr("Depth"), [wanted](AppState& state) {
            for (const auto& [column, layer] : wanted) takeLayer(state, column, layer);
          }};
}

StateEdit deeperBy(const CompareView& view, int by) {
  for (int i = 0; i < view.count(); ++i) {
    const std::vector<ColumnLayer> layers = layersOf(view, i);
    if (layers.empty()) continue;
    const int now = shownLayer(view, i, layers);
    const int depth = now < 0 ? layers.back().depth : layers[static_cast<std::size_t>(now)].depth;
    return showDepth(view, std::clamp(depth + by, 1, std::max(1, layers.back().depth)));
  }
  return {tr("Depth"), [](AppState&) {}, false};
}

StateEdit nextChannelBy(const CompareView& view, int by) {
  std::vector<std::pair<int, int>> wanted;
  for (int i = 0; i < view.count(); ++i) {
    const auto result = view.column(i).own();
    if (!result || result->byStrength.empty()) continue;
    const auto count = static_cast<int>(result->byStrength.size());
    const auto at = std::ranges::find(result->byStrength, view.channel(i)) - result->byStrength.begin();
    const int next = ((static_cast<int>(at) + by) % count + count) % count;
    wanted.emplace_back(i, result->byStrength[static_cast<std::size_t>(next)]);
  }
  return {tr("Channel"),
          [wanted](AppState& state) {
            for (const auto& [column, channel] : wanted)
              if (NetworkStudy* const network = networkIn(state, column)) network->channel = channel;
          },
          false};
}

bool hasNetwork(const CompareView& view) {
  return std::ranges::any_of(view.columns, [](const CompareColumn& column) {
    const auto result = column.own();
    return result && result->network != nullptr;
  });
}

}  // namespace convscope
