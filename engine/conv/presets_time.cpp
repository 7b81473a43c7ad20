// Kernels of one pixel and several frames: each pixel's history on its own. Older frames come first.

#include "engine/conv/preset_tools.h"

namespace convscope::presets {

namespace {

constexpr const char* kGroup = "Time";

KernelPreset inTime(const char* id, const char* name, const char* shows, const Taps& taps, double scale = 1) {
  return fixedPreset(id, name, kGroup, shows, {static_cast<int>(taps.size()), 1, 1}, toFloats(taps, scale));
}

void addDifferences(std::vector<KernelPreset>& all) {
  all.push_back(
      inTime("frame-difference", "Frame difference",
             "What changed since the frame before: still things vanish, moving ones leave a bright front "
             "and a dark back.",
             {-1, 1}));
  all.push_back(inTime("central-difference", "Central difference",
                       "The slope of brightness in time, half the difference of the two neighbouring frames.",
                       {-.5, 0, .5}));
  all.push_back(inTime("second-difference", "Second difference",
                       "Flicker and sudden change: steady brightening gives nothing.", {1, -2, 1}));
  all.push_back(inTime("onset", "Onset",
                       "Positive where something has just appeared or begun, over four frames.",
                       {-.5, -.5, .5, .5}));
  all.push_back(inTime("offset", "Offset",
                       "Positive where something has just gone or ended, over four frames.",
                       {.5, .5, -.5, -.5}));
}

void addMeans(std::vector<KernelPreset>& all) {
  for (const int frames : {2, 3, 4, 8}) {
    const std::string count = std::to_string(frames);
    all.push_back(fixedPreset("temporal-mean-" + count, "Temporal mean of " + count, kGroup,
                              "The mean of " + count + " frames: still things stay sharp, moving ones smear.",
                              {frames, 1, 1},
                              toFloats(Taps(static_cast<std::size_t>(frames), 1), 1.0 / frames)));
  }
  all.push_back(formulaPreset("temporal-mean", "Temporal mean, any length", kGroup,
                              "The mean of as many frames as the kernel is long, at its middle pixel: the "
                              "longer, the longer the smear.",
                              {5, 1, 1}, [](const Triple& kernel) {
                                Taps y(static_cast<std::size_t>(kernel.y));
                                Taps x(static_cast<std::size_t>(kernel.x));
                                y[y.size() / 2] = 1;
                                x[x.size() / 2] = 1;
                                return outer(Taps(static_cast<std::size_t>(kernel.t), 1.0), y, x,
                                             1.0 / kernel.t);
                              }));
  all.push_back(inTime("temporal-binomial-3", "Temporal binomial of 3",
                       "A gentle smear in time that weights the middle frame most.", {1, 2, 1}, 1.0 / 4));
  all.push_back(inTime("temporal-binomial-5", "Temporal binomial of 5",
                       "A smooth smear over five frames, heaviest in the middle.", {1, 4, 6, 4, 1},
                       1.0 / 16));
  all.push_back(
      inTime("motion-trail", "Motion trail",
             "The newest frame weighs most, each older one half as much: moving things draw a fading tail.",
             {1, 2, 4, 8, 16}, 1.0 / 31));
  all.push_back(inTime("echo", "Echo", "Now and three frames ago at once: a moving thing is seen twice.",
                       {.5, 0, 0, .5}));
}

void addPulses(std::vector<KernelPreset>& all) {
  all.push_back(inTime("pulse-cos", "Pulse of period 4, cosine",
                       "Whatever repeats every four frames, at one phase: a clap's rhythm lights up.",
                       {1, 0, -1, 0, 1, 0, -1, 0}, 1.0 / 4));
  all.push_back(
      inTime("pulse-sin", "Pulse of period 4, sine",
             "The same rhythm a quarter of a period later: the squares of both add up to its strength.",
             {0, 1, 0, -1, 0, 1, 0, -1}, 1.0 / 4));
}

}  // namespace

void addTimePresets(std::vector<KernelPreset>& all) {
  addDifferences(all);
  addMeans(all);
  addPulses(all);
}

}  // namespace convscope::presets
