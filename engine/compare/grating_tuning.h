#pragma once

#include "engine/conv/conv_spec.h"
#include "engine/conv/filter_bank.h"
#include "engine/core/parallel.h"
#include "engine/core/result.h"
#include "engine/field/stack_run.h"

#include <complex>
#include <string>
#include <vector>

namespace convscope {

/// Which drifting gratings a kernel is shown:
///   g(t, y, x) = cos(2π f (x·cos θ + y·sin θ − v·t) + φ)
/// with t, y, x counted from the middle of what the kernel sees. Directions θ go round in equal steps from 0
/// (right; 90° is down, for y grows downwards); a grating of speed v drifts v pixels a frame along θ.
struct TuningSpec {
  double frequency = .25;  ///< f, cycles per pixel, above 0 and up to ½
  int directions = 48;     ///< from 4 on, so that right, left, up and down can be among them
  std::vector<double> speeds{0, .25, .5, .75, 1, 1.25, 1.5, 1.75, 2};  ///< v, pixels a frame, ascending
  bool operator==(const TuningSpec&) const = default;
};

/// How strongly something answers gratings of each direction and speed, measured.
struct Tuning {
  TuningSpec spec;
  int channel = 0;  ///< of the input that carried the gratings; the others were 0
  /// For each speed, for each direction, the answer's first harmonic as the grating drifts by: its amplitude
  /// and its phase. Of a linear kernel the real part is the answer to φ = 0, the imaginary one to φ = −90°.
  std::vector<std::complex<double>> responses;

  [[nodiscard]] const std::complex<double>& at(int speed, int direction) const {
    return responses[static_cast<std::size_t>(speed * spec.directions + direction)];
  }
  [[nodiscard]] double amplitude(int speed, int direction) const { return std::abs(at(speed, direction)); }
  [[nodiscard]] double largest() const;
  /// Index of the direction nearest to `degrees` (0 right, 90 down), any number of turns.
  [[nodiscard]] int directionAt(double degrees) const;
  /// Index of the speed, or −1 where it was not measured.
  [[nodiscard]] int speedAt(double speed) const;
  /// Amplitude to the right over amplitude to the left at that speed (which was measured); infinity where
  /// only the one to the left is 0, 1 where both are: below kSilent of largest() counts as 0.
  [[nodiscard]] double rightOverLeft(double speed) const;
  /// Direction in degrees and speed of the strongest answer, the first of several.
  struct Preference {
    double degrees = 0;
    double speed = 0;
  };
  [[nodiscard]] Preference preferred() const;
};

/// Amplitude in the preferred direction at a speed (measured or not: then 1) over that in the opposite one;
/// infinity where the other is silent, 1 where both are. `degrees`: the preferred direction.
[[nodiscard]] double directionRatio(const Tuning& tuning, double speed, double* degrees = nullptr);

/// Answers below this share of the largest are rounding.
inline constexpr double kSilent = 1e-5;

/// What is wrong with the gratings, in one sentence that names field and number. Errors: BadSpec.
[[nodiscard]] Result<void> checkTuning(const TuningSpec& spec);

/// Tuning of one filter of extent `conv.kernel` with `channels` channels, its taps `conv.dilation` apart and
/// reversed where `conv.flipped`: the engine convolves each grating, once at φ = 0 and once at −90°, in the
/// channel of the largest Σw². Bias, padding, stride and activation play no part: this is the linear filter.
/// Errors: those of checkTuning(); BadSpec where the weights do not fit; Stopped, between speeds. Work on the
/// context's pool; the same bits for any number of threads. Thread-safe.
[[nodiscard]] Result<Tuning> tuningOf(const ConvSpec& conv, const Filter& filter, int channels,
                                      const TuningSpec& spec, const ComputeContext& context);

/// Tuning of a stack's last map (its first channel), run on gratings as runStack() runs it, bends between the
/// layers included: the first harmonic over kStackPhases phases, read at a unit whose field lies on the
/// grating as a whole. `channel` of the input carries it. Errors: those of checkTuning() and runStack();
/// BadSpec where the last layer sees the whole clip, whatever its size, or is too large to be measured (with
/// the numbers); Stopped.
[[nodiscard]] Result<Tuning> tuningOf(const StackSpec& stack, const StackRun& run, int channel,
                                      const TuningSpec& spec, const ComputeContext& context);
inline constexpr int kStackPhases = 8;

/// As CSV, one row for each speed and direction: direction,speed,amplitude. Degrees, pixels a frame; numbers
/// with a point whatever the system's language. `filter` (from 1) stands first in each row where it is not 0.
[[nodiscard]] std::string tuningCsv(const Tuning& tuning, int filter = 0);
/// The line above them.
[[nodiscard]] std::string tuningCsvHead(bool withFilter);

}  // namespace convscope
