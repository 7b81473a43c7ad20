#include "widgets/state/network_view.h"

#include "engine/study/network_study.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Network", text);
}

Positions allOf(int extent) {
  Positions all(static_cast<std::size_t>(extent));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Box allOf(const Shape& shape) {
  return {allOf(shape.length), allOf(shape.height), allOf(shape.width)};
}

/// The levels of what is explained: the class sees all of the clip, the unit of a stimulus its field.
void takeScene(NetworkView& view) {
  view.scene = view.levels;
  const NetworkExplanation* const made = view.explanation();
  if (made == nullptr) return;
  view.scene.clear();
  if (view.showsHeat()) {
    view.scene.push_back({-1, made->heat.shape(), {}, allOf(made->heat.shape())});
    const LayerRow& row = view.result->row(made->question.row);
    if (view.shown() == Explain::GradCam)
      view.scene.push_back({made->question.row, made->cells.shape(), row.field, allOf(made->cells.shape())});
  } else {
    Box seen = allOf(made->pixels.shape());
    for (const Axis axis : kAxes) {
      const auto a = static_cast<std::size_t>(axis);
      if (made->seesAll[a]) continue;
      seen[a] = allOf(made->field[a].size);
      for (int& at : seen[a]) at += made->field[a].first(made->unit[axis]);
    }
    view.scene.push_back({-1, made->pixels.shape(), {}, seen});
    view.scene.push_back({made->question.row,
                          made->map.shape(),
                          made->field,
                          {Positions{made->unit.t}, Positions{made->unit.y}, Positions{made->unit.x}}});
  }
  view.moment = std::clamp(view.settings().moment, 0, view.scene.front().shape.length - 1);
}

}  // namespace

NetworkStudy wantedNetwork(const AppState& state) {
  const NetworkSettings& network = state.network;
  const ClipSpec& clip = state.kernel().clip;
  NetworkStudy study;
  study.model = network.model;
  study.source = clip.source;
  study.start = network.start;
  study.preprocess = network.preprocess;
  study.edits = clip.edits;
  study.frames = network.frames;
  study.step = network.step;
  return study;
}

int chosenRow(const NetworkResult& result, const NetworkSettings& settings) {
  const auto rows = static_cast<int>(result.layers.values.size());
  if (settings.row >= 0) return std::min(settings.row, rows - 1);
  return firstLookRow(result);
}

void lookAt(NetworkView& view) {
  view.levels.clear();
  view.scene.clear();
  view.paddingShare = 0;
  view.moment = 0;
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
    positions = allOf(table.stack.clip.along(axis));
  }
  view.levels.push_back({-1, view.result->clip->pixels.shape(), {}, seen.front()});
  view.levels.push_back({view.row, shape, table.rows[index].field, seen[index + 1]});
  view.paddingShare = paddingShare(seen.front(), table.stack.clip.extent());
  takeScene(view);
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
