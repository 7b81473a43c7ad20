#include "widgets/stage/stage_reach.h"

#include "engine/conv/ledger.h"

#include <QCoreApplication>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

constexpr double kFedFill = .3;

QPolygonF cells(const StagePlane& plane, int row, int column, int rows, int columns,
                const StageCamera& camera) {
  return projected({plane.at(row, column), plane.at(row, column + columns),
                    plane.at(row + rows, column + columns), plane.at(row + rows, column)},
                   camera);
}

/// Neighbouring outputs as (first, count).
std::vector<std::pair<int, int>> runs(const std::vector<Reach::Step>& steps) {
  std::vector<std::pair<int, int>> result;
  for (const Reach::Step& step : steps) {
    if (!result.empty() && step.output < result.back().first + result.back().second) continue;
    if (!result.empty() && step.output == result.back().first + result.back().second)
      ++result.back().second;
    else
      result.emplace_back(step.output, 1);
  }
  return result;
}

}  // namespace

std::optional<InputPoint> pinnedInput(const StageFrame& frame) {
  const auto& pinned = frame.view.state.selection.input;
  if (!pinned || !frame.layout.input.contains(pinned->at)) return std::nullopt;
  if (pinned->channel < 0 || pinned->channel >= frame.layout.input.channels) return std::nullopt;
  return pinned;
}

void paintReach(const StageCanvas& canvas) {
  const StageFrame& stage = canvas.frame;
  const auto pinned = pinnedInput(stage);
  if (!pinned) return;
  const LookTheme& theme = stage.theme;
  const bool apart = stage.layout.cuboids.size() > 1;
  const StagePlane* frame = stage.layout.find(PlaneKind::Input, pinned->at.t, apart ? pinned->channel : -1);
  if (frame == nullptr) return;
  const QPolygonF cell = cells(*frame, pinned->at.y, pinned->at.x, 1, 1, stage.camera);
  const Reach reach = reachOf(stage.view.result->spec.conv, stage.view.result->geometry, pinned->at);
  std::vector<QLineF> links;
  std::vector<QPolygonF> fed;
  for (const auto& [t, frames] : runs(reach.along[0])) {
    for (int map = t; map < t + frames; ++map) {
      const StagePlane* plane = stage.layout.find(PlaneKind::Map, map);
      if (plane == nullptr) continue;
      for (const auto& [row, rows] : runs(reach.along[1])) {
        for (const auto& [column, columns] : runs(reach.along[2])) {
          fed.push_back(cells(*plane, row, column, rows, columns, stage.camera));
          links.emplace_back(cell[0], fed.back()[3]);
          links.emplace_back(cell[1], fed.back()[2]);
        }
      }
    }
  }
  // with strides and dilations the fed cells are scattered: more lines than this are a veil
  constexpr std::size_t kMostLinks = 32;
  if (links.size() <= kMostLinks) canvas.ink.haloLines(links, theme.voxel, theme.link * .8);
  for (const QPolygonF& shape : fed) {
    canvas.ink.fill(shape, theme.voxel, kFedFill);
    canvas.ink.haloPolygon(shape, theme.voxel, theme.link, theme.haloWidth / 2);
  }
  canvas.ink.haloPolygon(cell, theme.text, theme.patch, theme.haloWidth);
  std::int64_t outputs = 1;  // distinct ones: repeated padding lets one output read the cell more than once
  for (const auto& steps : reach.along) {
    std::int64_t along = 0;
    for (const auto& [first, count] : runs(steps)) along += count;
    outputs *= along;
  }
  const QString text =
      outputs == 1 ? QCoreApplication::translate("Stage", "1 output cell uses this cell")
                   : QCoreApplication::translate("Stage", "%1 output cells use this cell").arg(outputs);
  const QFont type = theme.font(theme.stageTitle, true);
  const QRectF around = cell.boundingRect().adjusted(-8, -2, 8, 2);
  const std::pair<QPointF, Qt::Alignment> places[] = {{around.bottomRight(), Qt::AlignLeft | Qt::AlignTop},
                                                      {around.topRight(), Qt::AlignLeft | Qt::AlignBottom},
                                                      {around.bottomLeft(), Qt::AlignRight | Qt::AlignTop},
                                                      {around.topLeft(), Qt::AlignRight | Qt::AlignBottom}};
  const QRectF inside(QPointF(0, 0), stage.camera.size());
  QRectF box;
  for (const auto& [at, side] : places) {
    const QRectF tried = StageInk::textBox(at, side, text, type);
    const bool taken = std::any_of(canvas.labels.begin(), canvas.labels.end(),
                                   [&](const StageLabel& other) { return other.box.intersects(tried); });
    if (box.isNull()) box = tried;  // where nothing is free
    if (taken || !inside.contains(tried)) continue;
    box = tried;
    break;
  }
  canvas.label(LabelKind::Note, box.topLeft(), Qt::AlignLeft | Qt::AlignTop, text, type, theme.text, true);
}

}  // namespace convscope
