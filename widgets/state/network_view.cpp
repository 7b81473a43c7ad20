#include "widgets/state/network_view.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Network", text);
}

}  // namespace

int chosenRow(const NetworkResult& result, const NetworkSettings& settings) {
  const auto rows = static_cast<int>(result.layers.values.size());
  if (settings.row >= 0) return std::min(settings.row, rows - 1);
  int convolutions = 0;
  int chosen = rows - 1;
  for (const LayerGroup& group : result.groups) {
    if (result.nodeOf(group.first).op != "Conv") continue;
    chosen = group.last;
    if (++convolutions == 2) break;
  }
  return chosen;
}

void lookAt(NetworkView& view) {
  view.levels.clear();
  view.paddingShare = 0;
  if (view.result == nullptr) return;
  view.row = chosenRow(*view.result, view.settings());
  if (view.answer == nullptr || view.answer->maps == nullptr || view.result->clip == nullptr) return;
  const LayerMaps& maps = *view.answer->maps;
  const Shape& shape = maps.maps.shape();
  const NetworkSettings& settings = view.settings();
  view.channel =
      settings.channel < 0 ? maps.byStrength.front() : std::clamp(settings.channel, 0, shape.channels - 1);
  view.unit =
      settings.unit == kStrongest ? maps.channels[static_cast<std::size_t>(view.channel)].at : settings.unit;
  for (const Axis axis : kAxes) view.unit[axis] = std::clamp(view.unit[axis], 0, shape.along(axis) - 1);
  const LayerTable& table = view.result->layers.table;
  const auto index = static_cast<std::size_t>(view.row);
  auto seen = seenBy(table.graph, view.row + 1, view.unit, Borders::Ideal, Gates::LeaveOut);
  // What reads the clip through a gate alone sees the whole of it.
  for (const Axis axis : kAxes) {
    Positions& positions = seen.front()[static_cast<std::size_t>(axis)];
    if (!positions.empty()) continue;
    positions.resize(static_cast<std::size_t>(table.stack.clip.along(axis)));
    std::iota(positions.begin(), positions.end(), 0);
  }
  view.levels.push_back({-1, view.result->clip->pixels.shape(), {}, seen.front()});
  view.levels.push_back({view.row, shape, table.rows[index].field, seen[index + 1]});
  view.paddingShare = paddingShare(seen.front(), table.stack.clip.extent());
}

QString NetworkView::title() const {
  if (result == nullptr) return {};
  return tr("%1, channel %2").arg(QString::fromStdString(group().name)).arg(channel + 1);
}

float NetworkView::value() const {
  return answer->maps->maps.at(unit.t, unit.y, unit.x, channel);
}

double NetworkView::range() const {
  return answer->ranges[static_cast<std::size_t>(channel)];
}

QString NetworkView::meaning() const {
  const std::string& op = result->nodeOf(row).op;
  if (op == "Relu") return tr("activation after ReLU");
  if (op == "BatchNormalization") return tr("after batch normalisation");
  if (op == "Conv" || op == "Gemm" || op == "MatMul") return tr("sum, before what follows it");
  if (op == "Softmax") return tr("probability");
  return tr("activation after %1").arg(QString::fromStdString(op));
}

std::vector<int> NetworkView::order() const {
  if (answer == nullptr || answer->maps == nullptr) return {};
  if (settings().sorted) return answer->maps->byStrength;
  std::vector<int> order(answer->maps->channels.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace convscope
