#include "engine/clip/motion_lab.h"

#include "engine/core/nearest_names.h"
#include "engine/core/number_text.h"

#include "engine/clip/lab_pose.h"
#include "engine/clip/lab_scenes.h"
#include "engine/core/memory_budget.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <functional>
#include <numeric>

namespace convscope {

namespace {

/// In which order the scene's frames are shown. Both orders turn blocks of kBlock frames around in
/// themselves, so that the first kBlock frames are the very frames of the forward clip.
enum class Order { Forward, Reversed, Shuffled };
constexpr int kBlock = 16;

struct Kind {
  MotionLabEntry entry;
  lab::Scene scene;
  Order order = Order::Forward;
};

using Controls = std::vector<std::string>;

LabSpec defaultsOf(const std::string& id, const std::function<void(LabSpec&)>& change) {
  LabSpec spec;
  spec.size = 14;
  change(spec);
  spec.name = id;
  return spec;
}

Controls withLook(Controls controls) {
  controls.insert(controls.end(), {"texture", "contrast", "noise", "seed"});
  return controls;
}

void addShapes(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& id, const std::string& name, const std::string& shows,
                       const Controls& controls, lab::Scene scene,
                       const std::function<void(LabSpec&)>& change) {
    kinds.push_back({{id, name, "Moving shapes", shows, withLook(controls), defaultsOf(id, change)}, scene});
  };
  add("dot", "Dot", "One ball moves at a steady velocity; at the border it comes back on the other side.",
      {"direction", "speed", "size"}, lab::drawDot, [](LabSpec&) {});
  add("bar", "Bar", "A bar moves across itself at a steady speed; at 0 pixels per frame it stands.",
      {"direction", "speed", "size"}, lab::drawBar, [](LabSpec& spec) { spec.size = 8; });
  add("oscillation", "Oscillation",
      "A ball swings to and fro like a pendulum; its velocity changes sign twice a period.",
      {"direction", "speed", "period", "size"}, lab::drawOscillation, [](LabSpec& spec) {
        spec.speed = 6;
        spec.period = 25;
      });
  add("zig-zag", "Zig-zag", "A ball goes ahead while it turns from one diagonal to the other twice a period.",
      {"direction", "speed", "period", "size"}, lab::drawZigZag, [](LabSpec& spec) {
        spec.speed = 2;
        spec.period = 16;
      });
  add("apparent-motion", "Apparent motion",
      "A ball stands for one period, then jumps: motion between frames, none in them.",
      {"direction", "speed", "period", "size"}, lab::drawApparent, [](LabSpec& spec) {
        spec.speed = 2;
        spec.period = 4;
      });
  add("clap", "Two balls clap",
      "Two balls meet once a period, half-way through it; no single frame says whether they come or go.",
      {"direction", "period", "size"}, lab::drawBlobClap, [](LabSpec& spec) { spec.size = 18; });
}

void addTextures(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& id, const std::string& name, const std::string& shows,
                       const Controls& controls, lab::Scene scene,
                       const std::function<void(LabSpec&)>& change) {
    kinds.push_back({{id, name, "Textures", shows, controls, defaultsOf(id, change)}, scene});
  };
  add("grating", "Drifting grating",
      "Sine-shaped stripes of one wavelength move across themselves at a steady speed.",
      {"direction", "speed", "size", "contrast", "noise", "seed"}, lab::drawGrating,
      [](LabSpec& spec) { spec.size = 16; });
  add("plaid", "Plaid",
      "Two gratings 90 degrees apart add up to one pattern, which moves between their directions.",
      {"direction", "speed", "size", "contrast", "noise", "seed"}, lab::drawPlaid,
      [](LabSpec& spec) { spec.size = 18; });
  add("random-dots", "Random dots",
      "A share of the dots, the coherence, moves together, the others each their own way; all live for one "
      "period.",
      withLook({"direction", "speed", "period", "size", "coherence"}), lab::drawRandomDots,
      [](LabSpec& spec) {
        spec.speed = 1.5;
        spec.size = 6;
      });
  add("reverse-phi", "Reverse phi",
      "Random squares jump once a period and swap bright for dark: motion detectors see the opposite "
      "direction.",
      {"direction", "speed", "period", "size", "contrast", "noise", "seed"}, lab::drawReversePhi,
      [](LabSpec& spec) {
        spec.speed = 2;
        spec.period = 1;
        spec.size = 6;
      });
  const auto wheel = [](LabSpec& spec) {
    spec.period = 100;
    spec.size = 46;
  };
  add("rotation-cw", "Rotation, clockwise",
      "A wheel turns clockwise, once a period: every direction of motion at once, each at its place.",
      withLook({"period", "size"}), lab::drawClockwise, wheel);
  add("rotation-ccw", "Rotation, counter-clockwise", "A wheel turns counter-clockwise, once a period.",
      withLook({"period", "size"}), lab::drawCounterClockwise, wheel);
  const auto rings = [](LabSpec& spec) { spec.size = 18; };
  add("expansion", "Expansion", "Rings run outwards at a steady speed, as when one moves towards a wall.",
      {"speed", "size", "contrast", "noise", "seed"}, lab::drawExpansion, rings);
  add("contraction", "Contraction",
      "Rings run inwards at a steady speed, as when one moves away from a wall.",
      {"speed", "size", "contrast", "noise", "seed"}, lab::drawContraction, rings);
  add("sliding-grain", "Random texture, sliding",
      "A random texture slides as a whole at a steady velocity; at 0 pixels per frame it stands.",
      {"direction", "speed", "size", "contrast", "noise", "seed"}, lab::drawSlidingGrain,
      [](LabSpec& spec) { spec.size = 8; });
  add("flickering-grain", "Random texture, flickering",
      "A random texture stands and its contrast swings once a period; nothing moves.",
      {"period", "size", "contrast", "noise", "seed"}, lab::drawFlickeringGrain, [](LabSpec& spec) {
        spec.size = 8;
        spec.period = 6;
      });
  add("jumping-grain", "Random texture, jumping",
      "Once a period another random texture takes the place of the last: change everywhere, motion nowhere.",
      {"period", "size", "contrast", "noise", "seed"}, lab::drawJumpingGrain, [](LabSpec& spec) {
        spec.size = 8;
        spec.period = 1;
      });
}

void addStills(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& id, const std::string& name, const std::string& group,
                       const std::string& shows, const Controls& controls, lab::Scene scene,
                       const std::function<void(LabSpec&)>& change) {
    kinds.push_back({{id, name, group, shows, withLook(controls), defaultsOf(id, change)}, scene});
  };
  add("flicker", "Flicker", "No motion", "A ball fades out and in once a period and never moves.",
      {"period", "size"}, lab::drawFlicker, [](LabSpec& spec) { spec.size = 40; });
  add("still-noise", "Still image, camera noise", "No motion",
      "The same picture in every frame; only the camera's noise changes.", {"size"}, lab::drawStill,
      [](LabSpec& spec) {
        spec.noise = 0.06;
        spec.texture = "clouds";
      });
  add("moving-camera", "Moving camera", "Camera motion",
      "Nothing in the world moves; the camera does, so the picture slides the other way.",
      {"direction", "speed", "size"}, lab::drawMovingCamera, [](LabSpec& spec) { spec.texture = "clouds"; });
}

void addFigures(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& id, const std::string& name, const std::string& shows,
                       const Controls& controls, lab::Scene scene,
                       const std::function<void(LabSpec&)>& change) {
    kinds.push_back({{id, name, "Figure", shows, withLook(controls),
                      defaultsOf(id,
                                 [&](LabSpec& spec) {
                                   spec.size = LabSpec{}.size;
                                   change(spec);
                                 })},
                     scene});
  };
  add("figure-clap", "Figure clapping",
      "A person claps once a period: 12.5 frames are half a second at 25 frames per second.",
      {"period", "size"}, lab::drawFigureClap, [](LabSpec&) {});
  add("figure-wave", "Figure waving", "A person waves with one hand, to and fro once a period.",
      {"period", "size"}, lab::drawFigureWave, [](LabSpec& spec) { spec.period = 16; });
  add("figure-jumping-jacks", "Figure, jumping jacks",
      "A person jumps: arms and legs open and close once a period.", {"period", "size"},
      lab::drawFigureJumpingJacks, [](LabSpec& spec) { spec.period = 25; });
  add("figure-walk", "Figure walking",
      "A person walks to the right (direction 0) or left (180), two steps a period; the foot on the ground "
      "does not slide.",
      {"direction", "speed", "period", "size"}, lab::drawFigureWalk, [](LabSpec& spec) {
        spec.speed = 1.6;
        spec.period = 25;
      });
}

/// Frames whose cells are digits, for sums that can be checked by head: lessons draw 6 × 6 of them.
void addDigits(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& id, const std::string& name, const std::string& shows,
                       lab::Scene scene) {
    kinds.push_back({{id,
                      name,
                      "Arithmetic",
                      shows,
                      {"direction", "speed", "noise", "seed"},
                      defaultsOf(id, [](LabSpec&) {})},
                     scene});
  };
  add("digits", "Digits",
      "A table of digits, 0 to 9 tenths, that moves by whole cells a frame and comes back on the other side.",
      lab::drawDigits);
  add("colour-digits", "Digits in colour", "As Digits, with a table of its own for red, green and blue.",
      lab::drawColourDigits);
}

/// The same frames in another order: what differs is motion alone.
void addOrders(std::vector<Kind>& kinds) {
  const auto add = [&](const std::string& base, Order order, const std::string& shows) {
    const bool reversed = order == Order::Reversed;
    Kind kind = *std::ranges::find(kinds, base, [](const Kind& k) { return k.entry.id; });
    kind.entry.id += reversed ? "-reversed" : "-shuffled";
    kind.entry.name += reversed ? ", reversed" : ", shuffled";
    kind.entry.group = "Order of frames";
    kind.entry.shows = shows;
    kind.entry.defaults.name = kind.entry.id;
    kind.order = order;
    kinds.push_back(std::move(kind));
  };
  add("dot", Order::Reversed,
      "The frames of the dot, each 16 from last to first: the same pictures, the opposite motion.");
  add("dot", Order::Shuffled,
      "The frames of the dot, each 16 in an order drawn by the seed: the same pictures, no steady motion.");
  add("figure-clap", Order::Shuffled,
      "The frames of the clap, each 16 in an order drawn by the seed: the poses are there, the clap is not.");
  add("figure-walk", Order::Reversed,
      "The frames of the walk, each 16 from last to first: a person who walks backwards.");
  add("figure-walk", Order::Shuffled,
      "The frames of the walk, each 16 in an order drawn by the seed: the poses are there, the walk is not.");
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = [] {
    std::vector<Kind> list;
    addFigures(list);
    addShapes(list);
    addTextures(list);
    addStills(list);
    addOrders(list);
    addDigits(list);
    return list;
  }();
  return all;
}

const Kind* findKind(std::string_view id) {
  const auto it =
      std::ranges::find(kinds(), id, [](const Kind& kind) { return std::string_view(kind.entry.id); });
  return it == kinds().end() ? nullptr : &*it;
}

/// The frame of the scene that is shown as frame `t`.
int sceneFrame(Order order, unsigned seed, int t) {
  if (order == Order::Forward) return t;
  const int block = t / kBlock;
  const int place = t % kBlock;
  if (order == Order::Reversed) return block * kBlock + kBlock - 1 - place;
  std::array<int, kBlock> shuffled{};
  std::iota(shuffled.begin(), shuffled.end(), 0);
  for (int i = kBlock - 1; i > 0; --i) {  // Fisher and Yates
    const auto j = static_cast<int>(lab::hashed(seed, block, i, 5) % static_cast<unsigned>(i + 1));
    std::swap(shuffled[static_cast<std::size_t>(i)], shuffled[static_cast<std::size_t>(j)]);
  }
  return block * kBlock + shuffled[static_cast<std::size_t>(place)];
}

std::string numberText(double value) {
  return generalText(value, 6);
}

struct Limits {
  const char* control;  ///< field of LabSpec; "" for those that every clip reads
  const char* words;
  double LabSpec::*value;
  double low;
  double high;
};
constexpr std::array kLimits{
    Limits{"", "frame rate", &LabSpec::framesPerSecond, 0.1, 1000},
    Limits{"direction", "direction in degrees", &LabSpec::direction, -360, 360},
    Limits{"speed", "speed in pixels per frame", &LabSpec::speed, 0, 1000},
    Limits{"period", "period in frames", &LabSpec::period, 1, 10000},
    Limits{"size", "size in pixels", &LabSpec::size, 1, 4096},
    Limits{"contrast", "contrast", &LabSpec::contrast, 0, 1},
    Limits{"noise", "noise", &LabSpec::noise, 0, 1},
    Limits{"coherence", "coherence", &LabSpec::coherence, 0, 1},
};

constexpr ErrorPlace kMotion{ErrorPlace::Setting::Motion};

tl::unexpected<Error> outOfRange(const std::string& clip, const std::string& field, double low, double high,
                                 double value) {
  return fail(ErrorCode::BadSpec,
              "The " + field + " of " + clip + " must lie between " + numberText(low) + " and " +
                  numberText(high) + "; it is " + numberText(value) + ".",
              kMotion);
}

Result<void> checkNumbers(const LabSpec& spec, const MotionLabEntry& entry) {
  constexpr int kLargest = 8192;
  for (const auto& [words, value] : {std::pair{"height", spec.height}, std::pair{"width", spec.width}}) {
    if (value < 1 || value > kLargest) return outOfRange(spec.name, words, 1, kLargest, value);
  }
  for (const Limits& limits : kLimits) {
    const bool used =
        *limits.control == '\0' || std::ranges::find(entry.controls, limits.control) != entry.controls.end();
    const double value = spec.*limits.value;
    if (used && !(value >= limits.low && value <= limits.high)) {  // this way round NaN is caught, too
      return outOfRange(spec.name, limits.words, limits.low, limits.high, value);
    }
  }
  return {};
}

Result<void> checkTexture(const LabSpec& spec, const MotionLabEntry& entry) {
  static constexpr std::array<std::string_view, 4> kTextures{"plain", "gradient", "checks", "clouds"};
  if (std::ranges::find(entry.controls, "texture") == entry.controls.end()) return {};
  if (std::ranges::find(kTextures, spec.texture) != kTextures.end()) return {};
  return fail(ErrorCode::BadSpec,
              "The texture of " + spec.name + " must be plain, gradient, checks or clouds; it is “" +
                  spec.texture + "”.",
              kMotion);
}

Result<void> checkWalk(const LabSpec& spec) {
  if (const double side = lab::wrapped(spec.direction, 360); side != 0 && side != 180) {
    return fail(ErrorCode::BadSpec,
                "The direction of " + spec.name + " must be 0 (right) or 180 (left) degrees; it is " +
                    numberText(spec.direction) + ".",
                kMotion);
  }
  const double stride = spec.speed * spec.period;
  const double longest = lab::kLongestStride * spec.size;
  if (stride <= longest) return {};
  return fail(ErrorCode::BadSpec,
              "Two steps of " + spec.name + " would cover " + numberText(stride) +
                  " pixels (speed times period); its legs reach " + numberText(longest) + " at size " +
                  numberText(spec.size) + ".",
              kMotion);
}

}  // namespace

std::span<const MotionLabEntry> motionLabEntries() {
  static const std::vector<MotionLabEntry> entries = [] {
    std::vector<MotionLabEntry> list;
    for (const Kind& kind : kinds()) list.push_back(kind.entry);
    return list;
  }();
  return entries;
}

const MotionLabEntry* findMotionLabEntry(std::string_view id) {
  const Kind* kind = findKind(id);
  return kind == nullptr ? nullptr : &kind->entry;
}

Result<void> checkLab(const LabSpec& spec) {
  const Kind* kind = findKind(spec.name);
  if (kind == nullptr) {
    std::vector<std::string> names;
    for (const Kind& known : kinds()) names.push_back(known.entry.id);
    return fail(ErrorCode::BadUsage,
                unknownNameSentence("clip in the motion lab", spec.name, names, "--list-lab names them all"));
  }
  if (auto fits = checkNumbers(spec, kind->entry); !fits) return fits;
  if (auto fits = checkTexture(spec, kind->entry); !fits) return fits;
  return kind->scene == lab::drawFigureWalk ? checkWalk(spec) : Result<void>{};
}

Result<RawFrames> drawLab(const LabSpec& spec, const FrameRange& range, const ReadContext& context) {
  if (auto fits = checkLab(spec); !fits) return tl::unexpected(fits.error());
  assert(range.start >= 0 && range.count >= 1 && range.step >= 1);
  const Kind& kind = *findKind(spec.name);
  const double frameValues = 3.0 * spec.height * spec.width;
  if (auto fits =
          checkBudget(4 * frameValues * range.count,
                      "Drawing " + std::to_string(range.count) + " frames of " + std::to_string(spec.width) +
                          " × " + std::to_string(spec.height) + " pixels",
                      "take fewer or smaller frames");
      !fits) {
    return failAt(ErrorPlace::Setting::Range, fits.error());
  }
  RawFrames raw;
  raw.source = {kind.entry.name, spec.framesPerSecond, 0, spec.height, spec.width, 3, ""};
  raw.height = spec.height;
  raw.width = spec.width;
  raw.channels = 3;
  raw.floats.resize(static_cast<std::size_t>(frameValues) * static_cast<std::size_t>(range.count));
  for (int i = 0; i < range.count; ++i) {
    if (context.stopAt(i, range.count)) return fail(ErrorCode::Stopped, "Drawing the clip was stopped.");
    const int t = range.start + i * range.step;
    lab::Canvas canvas(
        raw.floats.data() + static_cast<std::size_t>(i) * static_cast<std::size_t>(frameValues), spec.height,
        spec.width);
    kind.scene(canvas, spec, sceneFrame(kind.order, spec.seed, t));
    lab::addNoise(canvas, spec, t);
    raw.taken.push_back(t);
  }
  return raw;
}

}  // namespace convscope
