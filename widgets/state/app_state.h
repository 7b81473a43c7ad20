#pragma once

#include "engine/core/result.h"
#include "engine/study/study_spec.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace convscope {

/// The workspaces that exist. A further one is a widget of its own beside KernelWorkspace, a value here with
/// its name in state_describe.h, and a page of the main window.
enum class Workspace { Kernel, Field, Network, Compare };

enum class Theme { Dark, Light };

/// How the stage shows the maps of the chosen filter.
enum class StageMode { Frames, Slices, Isosurface, Volume };

/// Over what the colour scale of the maps is stretched. Signed values always symmetric about 0.
enum class RangeMode {
  MapFrame,  ///< each map frame to its own largest magnitude
  Map,       ///< all map frames of one filter
  All,       ///< all filters
  Fixed,     ///< Look::fixedRange
};

inline constexpr double kLeastZoom = .2;
inline constexpr double kMostZoom = 40;

/// Where the stage is seen from. Angles in degrees; zoom 1 and pan 0 frame everything with the reset margin.
struct CameraLook {
  double yaw = -50;
  double pitch = 14;
  double zoom = 1;
  double panX = 0;  ///< shares of the stage's width
  double panY = 0;  ///< shares of the stage's height
  bool operator==(const CameraLook&) const = default;
};

/// What the Scores panel shows.
enum class ScoresView {
  Bars,       ///< scores of the clip, and what the readout can tell apart
  Confusion,  ///< clips of each class by the class they were taken for
  Chart,      ///< accuracy, weights and time against the kernel's extents
};

/// How things look. Repaints; never recomputes a map.
struct Look {
  Theme theme = Theme::Dark;
  bool presenter = false;
  bool reducedMotion = false;
  CameraLook camera;
  StageMode stageMode = StageMode::Frames;
  double spacing = 1;  ///< factor on the designed gaps between frames, 0 … 3
  RangeMode rangeMode = RangeMode::Map;
  double fixedRange = 1;                     ///< > 0
  std::string activationMap = "act_signed";  ///< id of a signed colour map, see signedMapNames()
  double isoLevel = 0.5;                     ///< share of the range's upper end, 0 … 1
  bool channelsApart = false;  ///< draw the input's channels as separate planes (figures 2, 6 and 7)
  bool inputOnly = false;      ///< the stage shows the input tensor alone, no kernel and no maps (figure 2)
  bool kernelLarge = false;    ///< the kernel as a large lattice with handles on its faces (figure 10)
  bool timeResponse = false;   ///< what the kernel lets through in time, beside it two frames long (figure 5)
  bool showLeft = true;        ///< docks
  bool showRight = true;
  bool presenterDrawer = false;  ///< in presenter size: ledger and cost beside the stage
  bool showStrip = true;
  ScoresView scoresView = ScoresView::Bars;
  bool operator==(const Look&) const = default;
};

/// One input voxel: position and channel.
struct InputPoint {
  Triple at{0, 0, 0};
  int channel = 0;
  bool operator==(const InputPoint&) const = default;
};

/// Selection::voxel before it is chosen: the strongest response of the chosen filter takes its place as soon
/// as there are maps. A new clip begins so.
inline constexpr Triple kStrongest{-1, -1, -1};

/// What the user points at. Repaints; never recomputes a map.
struct Selection {
  int column = 0;
  int filter = 0;                   ///< the one in the stage
  Triple voxel{0, 0, 0};            ///< output position of the kernel, inside the output, or kStrongest
  std::optional<InputPoint> input;  ///< clicked input voxel: the outputs it feeds are lit
  int weightChannel = 0;            ///< channel shown in the weight grids and on the kernel block
  bool operator==(const Selection&) const = default;
};

/// What the class scores beside the maps are made with.
struct ScoresSettings {
  BankKind bank = BankKind::Gabor;
  bool operator==(const ScoresSettings&) const = default;
};

/// The slide of the kernel: x first, then y, then t. Sliding in x and y paints one map, in t opens the next.
struct Playback {
  bool playing = false;
  bool loop = true;
  double speed = 1;    ///< 1 = one step in motion.travel_ms; 0.1 … 100
  bool paint = false;  ///< only cells that the kernel has reached are shown
  bool operator==(const Playback&) const = default;
};

/// Starts the slide with the maps unpainted, so that they are seen to grow, or lets it pause where it is:
/// what the kernel has not reached stays hidden until the user wants it shown.
inline void setPlaying(Playback& playback, bool playing) {
  playback.playing = playing;
  playback.paint = playback.paint || playing;
}

/// What the Field workspace shows beside the clip, which is that of the chosen column.
struct FieldSettings {
  StackSpec stack;  ///< C3D at first
  StackRun run;
  int layer = 8;           ///< of stack.layers: the one whose unit is looked at
  Triple unit{2, 6, 5};    ///< position in that layer's output
  bool effective = false;  ///< what the unit really reacts to, measured, stands in the clip
  bool stimulus = false;   ///< what the unit answers to most stands in place of the clip
  std::string puzzle;      ///< id of a FieldPuzzle that the stack is held against, or empty
  CameraLook camera{-57, 9, 1, 0, 0};
  bool operator==(const FieldSettings&) const = default;
};

/// Takes another network, seen by the middle unit of layer `layer` of stack.layers, the middle one where
/// there is none of that number.
void takeStack(FieldSettings& field, StackSpec stack, int layer = -1);

/// What the Compare workspace plots of each column.
enum class TuningView {
  Polar,    ///< amplitude over direction at three speeds
  HeatMap,  ///< amplitude over direction and speed
  Tempo,    ///< of the maps: how strong they are on the clip made slower and faster
};

/// What the Compare workspace shows of the columns. All columns look at the same clip.
struct CompareSettings {
  bool difference = true;  ///< A − B beside the columns
  bool linked = true;      ///< one colour range and one pointer for all columns
  TuningView tuning = TuningView::Polar;
  double frequency = .25;  ///< of the gratings, cycles per pixel, 0.05 … 0.5
  double tempo = 1;        ///< the clip's speed: n takes every n-th frame, 1/n shows each n times; 1/8 … 8
  double zoom = 1;         ///< factor on the size that the clip is brought to, ¼ … 4
  CameraLook camera{-38, 12, 1, 0, 0};  ///< on the frames above the maps, of all columns
  bool operator==(const CompareSettings&) const = default;
};

/// Over what the colour scale of a network's maps is stretched.
enum class MapsRange {
  Map,      ///< each channel to its own largest magnitude
  Layer,    ///< all channels of the layer
  Network,  ///< all layers whose maps are kept
};

/// Against what the scores are drawn.
enum class NetworkChart {
  Time,    ///< the window slides over the clip
  ShiftT,  ///< the window's clip is shifted, see engine/study/shift_curve.h
  ShiftY,
  ShiftX,
};

/// What stands in the stage of a network beside the field of the chosen unit.
enum class Explain {
  Field,     ///< the unit, its field and its channel
  Map,       ///< the channel over the clip's frames
  Saliency,  ///< what a class score is sensitive to
  GradCam,   ///< where the chosen layer speaks for a class
  Stimulus,  ///< what the chosen channel answers to most, in place of the clip
};

/// What the Network workspace shows beside the clip, whose source is that of the chosen column.
struct NetworkSettings {
  std::string model;       ///< ONNX file; empty: none was opened yet
  std::string preprocess;  ///< as OpenNetwork::preprocess() takes it
  int start = 0;           ///< first frame of the window in the source, counted from 0
  int frames = 0;          ///< of the window; 0: as many as the preprocessing says
  int step = 0;            ///< every step-th frame of the source; 0: as the preprocessing says
  int row = -1;            ///< of the network's table; −1: that of the second convolution
  int channel = -1;        ///< −1: the one that answers most
  Triple unit = kStrongest;
  bool sorted = true;  ///< channels by strongest response, else by number
  MapsRange range = MapsRange::Layer;
  NetworkChart chart = NetworkChart::Time;
  /// Early and late layers of this model beside `model`'s, in place of the stage and the channels; empty: no
  std::string beside;
  Explain explain = Explain::Field;
  int classIndex = -1;  ///< that is explained, from 0; −1: the one with the best score
  int moment = 0;       ///< frame of what is explained that plays, from 0
  /// Names of the panels that are shown alone, see NetworkWorkspace::part(); empty: those of the window's size
  std::vector<std::string> panels;
  CameraLook camera{-50, 12, 1, 0, 0};
  bool operator==(const NetworkSettings&) const = default;
};

struct LessonPosition {
  std::string file;
  int step = 0;
  bool operator==(const LessonPosition&) const = default;
};

inline constexpr std::size_t kMostColumns = 4;

/// The whole program as one value. The command line, undo, sessions and lessons do nothing but set it.
struct AppState {
  Workspace workspace = Workspace::Kernel;
  /// 1 … 4, of kinds that column_kinds.h knows, all on one clip; at least one is a KernelStudy. See
  /// initialState().
  std::vector<StudySpec> columns;
  ScoresSettings scores;
  FieldSettings field;
  NetworkSettings network;
  CompareSettings compare;
  Look look;
  Selection selection;
  Playback playback;
  LessonPosition lesson;
  bool operator==(const AppState&) const = default;

  /// The Kernel study of the chosen column, which is one: for the Kernel workspace, which shows no other
  /// kind.
  [[nodiscard]] const KernelStudy& kernel() const {
    return std::get<KernelStudy>(columns.at(selection.column));
  }
  [[nodiscard]] KernelStudy& kernel() { return std::get<KernelStudy>(columns.at(selection.column)); }
};

/// What the program starts with: the motion lab's clapping figure and a kernel that answers to motion.
[[nodiscard]] AppState initialState();

/// Takes another source into the selected column. What meant frames, places or voxels of the old one goes:
/// the range begins at the first frame (of a file: FrameRange{}, as far as the file reaches), crop and pinned
/// voxels are let go. A resize keeps its height and takes the width of the new aspect; where only the file or
/// the camera knows that, it is let go.
void takeSource(AppState& state, ClipSource source);

/// Grows the bank by variants of its first filter (see variantsOf) or shortens it; 1 … kMaxFilters. A first
/// filter whose weights do not fit the kernel (explained elsewhere) has no variants: then the bank does not
/// grow. Errors: more weights than kMostWeights; the bank is as it was.
Result<void> setFilterCount(KernelStudy& study, int count);

/// `wanted` made consistent after an edit of `previous`: filters refitted to the kernel's extent, the clip's
/// channels and the groups; formula presets worked out anew for the new extent; the selection kept inside the
/// output; columns between 1 and 4, one of them a kernel, which the selection names; a clip changed in one
/// column taken over by the others. Settings that are wrong in themselves are left as they are: they are
/// explained, not silently changed. Pure and cheap.
[[nodiscard]] AppState reconciled(AppState wanted, const AppState& previous);

/// JSON with every field by name and a version. Reading: unknown keys and wrong types are errors that name
/// the key; missing keys keep their default; a filter with a preset and no weights takes the preset's, so
/// that a state can be written by hand. Errors: BadInput.
[[nodiscard]] nlohmann::json toJson(const AppState& state);
[[nodiscard]] Result<AppState> stateFromJson(const nlohmann::json& json);
[[nodiscard]] Result<AppState> readState(const std::string& path);
[[nodiscard]] Result<void> writeState(const AppState& state, const std::string& path);

}  // namespace convscope
