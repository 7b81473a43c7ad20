#pragma once

#include "engine/study/study_describe.h"
#include "widgets/state/app_state.h"

/// The fields of the program's state, for JSON and for the round-trip test (see engine/study/describe.h).
namespace convscope {

inline const Names& enumNames(Workspace) {
  static const Names names{"kernel", "field", "network", "compare"};
  return names;
}
inline const Names& enumNames(MapsRange) {
  static const Names names{"map", "layer", "network"};
  return names;
}
inline const Names& enumNames(NetworkChart) {
  static const Names names{"time", "shift-t", "shift-y", "shift-x"};
  return names;
}
inline const Names& enumNames(Explain) {
  static const Names names{"field", "map", "saliency", "gradCam", "stimulus"};
  return names;
}
inline const Names& enumNames(Theme) {
  static const Names names{"dark", "light"};
  return names;
}
inline const Names& enumNames(StageMode) {
  static const Names names{"frames", "slices", "isosurface", "volume"};
  return names;
}
inline const Names& enumNames(ScoresView) {
  static const Names names{"bars", "confusion", "chart"};
  return names;
}
inline const Names& enumNames(TuningView) {
  static const Names names{"polar", "heatMap", "tempo"};
  return names;
}
inline const Names& enumNames(RangeMode) {
  static const Names names{"mapFrame", "map", "all", "fixed"};
  return names;
}

template <Of<CameraLook> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("yaw", value.yaw);
  visit("pitch", value.pitch);
  visit("zoom", value.zoom);
  visit("panX", value.panX);
  visit("panY", value.panY);
}
template <Of<Look> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("theme", value.theme);
  visit("presenter", value.presenter);
  visit("reducedMotion", value.reducedMotion);
  visit("camera", value.camera);
  visit("stageMode", value.stageMode);
  visit("spacing", value.spacing);
  visit("rangeMode", value.rangeMode);
  visit("fixedRange", value.fixedRange);
  visit("activationMap", value.activationMap);
  visit("isoLevel", value.isoLevel);
  visit("channelsApart", value.channelsApart);
  visit("inputOnly", value.inputOnly);
  visit("timeResponse", value.timeResponse);
  visit("kernelLarge", value.kernelLarge);
  visit("showLeft", value.showLeft);
  visit("showRight", value.showRight);
  visit("presenterDrawer", value.presenterDrawer);
  visit("showStrip", value.showStrip);
  visit("scoresView", value.scoresView);
}
template <Of<InputPoint> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("at", value.at);
  visit("channel", value.channel);
}
template <Of<Selection> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("column", value.column);
  visit("filter", value.filter);
  visit("voxel", value.voxel);
  visit("input", value.input);
  visit("weightChannel", value.weightChannel);
}
template <Of<ScoresSettings> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("bank", value.bank);
}
template <Of<Playback> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("playing", value.playing);
  visit("loop", value.loop);
  visit("speed", value.speed);
  visit("paint", value.paint);
}
template <Of<FieldSettings> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("stack", value.stack);
  visit("run", value.run);
  visit("layer", value.layer);
  visit("unit", value.unit);
  visit("effective", value.effective);
  visit("stimulus", value.stimulus);
  visit("puzzle", value.puzzle);
  visit("camera", value.camera);
}
template <Of<CompareSettings> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("difference", value.difference);
  visit("linked", value.linked);
  visit("tuning", value.tuning);
  visit("frequency", value.frequency);
  visit("tempo", value.tempo);
  visit("zoom", value.zoom);
  visit("camera", value.camera);
}
template <Of<NetworkSettings> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("model", value.model);
  visit("preprocess", value.preprocess);
  visit("start", value.start);
  visit("frames", value.frames);
  visit("step", value.step);
  visit("row", value.row);
  visit("channel", value.channel);
  visit("unit", value.unit);
  visit("sorted", value.sorted);
  visit("range", value.range);
  visit("chart", value.chart);
  visit("beside", value.beside);
  visit("explain", value.explain);
  visit("classIndex", value.classIndex);
  visit("moment", value.moment);
  visit("panels", value.panels);
  visit("camera", value.camera);
}
template <Of<LessonPosition> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("file", value.file);
  visit("step", value.step);
}
template <Of<AppState> T, class Visit>
void describe(T& value, Visit&& visit) {
  visit("workspace", value.workspace);
  visit("columns", value.columns);
  visit("scores", value.scores);
  visit("field", value.field);
  visit("network", value.network);
  visit("compare", value.compare);
  visit("look", value.look);
  visit("selection", value.selection);
  visit("playback", value.playback);
  visit("lesson", value.lesson);
}

}  // namespace convscope
