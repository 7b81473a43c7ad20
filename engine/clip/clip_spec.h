#pragma once

#include "engine/core/shape.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace convscope {

/// A synthetic clip of the motion lab. A plain value: the same value gives the same bits on every machine.
/// Which fields a clip uses stands in MotionLabEntry::controls; the others are ignored.
struct LabSpec {
  std::string name = "figure-clap";  ///< id, see motionLabEntries()
  int height = 112;                  ///< pixels
  int width = 112;
  double framesPerSecond = 25;
  double direction = 0;           ///< degrees; 0 right, 90 down, 180 left, 270 up (y grows downwards)
  double speed = 1;               ///< pixels per frame
  double period = 12.5;           ///< frames: of an oscillation, a clap, a flicker
  double size = 9.5;              ///< pixels: of a dot, a bar, a wavelength, a figure's tenth
  double contrast = 1;            ///< 0 … 1
  double noise = 0;               ///< standard deviation of the camera noise, in units of the full range
  double coherence = 1;           ///< share of random dots that move together, 0 … 1
  std::string texture = "plain";  ///< background: plain, gradient, checks, clouds
  unsigned seed = 1;
  bool operator==(const LabSpec&) const = default;
};

/// A video file, a numbered image sequence (any one of its files), a still image, or .npy of (L, H, W[, C]).
struct FileSource {
  std::string path;
  bool operator==(const FileSource&) const = default;
};
struct WebcamSource {
  int index = 0;
  bool operator==(const WebcamSource&) const = default;
};
using ClipSource = std::variant<LabSpec, FileSource, WebcamSource>;

/// Which frames of the source: start, start + step, …, `count` of them. Counted from 0.
struct FrameRange {
  int start = 0;
  int count = 16;
  int step = 1;
  bool operator==(const FrameRange&) const = default;
};

/// Rectangle of the source frame in pixels.
struct Crop {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  bool operator==(const Crop&) const = default;
};
struct FrameSize {
  int height = 0;
  int width = 0;
  bool operator==(const FrameSize&) const = default;
};
enum class ColourMode { Rgb, Grey };

/// What happens to decoded frames on the way to the engine: first crop, then resize, then grey.
struct PrepareSpec {
  std::optional<Crop> crop;
  std::optional<FrameSize> resize;
  ColourMode colour = ColourMode::Rgb;
  bool operator==(const PrepareSpec&) const = default;
};

/// What is done to the clip that the engine is fed, after it was cropped and resized. The number of frames and
/// their rate stay as they are.
enum class ClipEditKind {
  Reverse,  ///< last frame first
  Shuffle,  ///< frames in an order that `amount` draws
  Freeze,   ///< from frame `amount` (from 1) on the picture stands
  Drop,     ///< every amount-th frame is lost; the one before it is shown in its place
  Repeat,   ///< each frame is shown `amount` times: slow motion without new pictures
  Hold,     ///< every amount-th frame is kept and held: the same speed at an amount-th of the frame rate
  ShiftT,   ///< `amount` frames later; what leaves at the end comes back at the start
  ShiftY,   ///< `amount` pixels down; what leaves comes back on the other side
  ShiftX,   ///< `amount` pixels to the right, likewise
  Turn,     ///< `amount` quarter turns clockwise; an odd number exchanges height and width
};
struct ClipEdit {
  ClipEditKind kind = ClipEditKind::Reverse;
  int amount = 0;
  bool operator==(const ClipEdit&) const = default;
};

/// Everything that decides what the engine is fed. A plain value.
struct ClipSpec {
  ClipSource source = LabSpec{};
  FrameRange range;
  PrepareSpec prepare;
  std::vector<ClipEdit> edits;  ///< in the order in which they are done, see clip_edit.h
  bool operator==(const ClipSpec&) const = default;
};

}  // namespace convscope
