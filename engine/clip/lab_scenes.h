#pragma once

#include "engine/clip/lab_canvas.h"

#include <vector>

namespace convscope::lab {

/// Draws frame `t` of one kind of clip, background included, noise excluded. `t` may be negative.
using Scene = void (*)(Canvas& canvas, const LabSpec& spec, double t);

/// Frame at which moving things pass the middle, so that the first 16 frames show them there.
inline constexpr double kMiddleFrame = 8;

// lab_shapes.cpp: things that move over a background
void drawDot(Canvas& canvas, const LabSpec& spec, double t);
void drawBar(Canvas& canvas, const LabSpec& spec, double t);
void drawApparent(Canvas& canvas, const LabSpec& spec, double t);
void drawOscillation(Canvas& canvas, const LabSpec& spec, double t);
void drawZigZag(Canvas& canvas, const LabSpec& spec, double t);
void drawBlobClap(Canvas& canvas, const LabSpec& spec, double t);
void drawFlicker(Canvas& canvas, const LabSpec& spec, double t);
void drawStill(Canvas& canvas, const LabSpec& spec, double t);
void drawMovingCamera(Canvas& canvas, const LabSpec& spec, double t);

// lab_textures.cpp: patterns that fill the frame
void drawGrating(Canvas& canvas, const LabSpec& spec, double t);
void drawPlaid(Canvas& canvas, const LabSpec& spec, double t);
void drawRandomDots(Canvas& canvas, const LabSpec& spec, double t);
void drawReversePhi(Canvas& canvas, const LabSpec& spec, double t);
void drawClockwise(Canvas& canvas, const LabSpec& spec, double t);
void drawCounterClockwise(Canvas& canvas, const LabSpec& spec, double t);
void drawExpansion(Canvas& canvas, const LabSpec& spec, double t);
void drawContraction(Canvas& canvas, const LabSpec& spec, double t);

// lab_grain.cpp: a random texture that fills the frame
/// Its values, −1.5 … 1.5, in rows of `width`: grains `size` pixels large with finer ones of half that size
/// in them, moved on by `shift`. A function of (seed, size, place − shift): a shift by whole pixels moves the
/// picture, bit by bit but for rounding.
[[nodiscard]] std::vector<double> grainField(int height, int width, double size, std::uint64_t seed,
                                             Vec2 shift);
void drawSlidingGrain(Canvas& canvas, const LabSpec& spec, double t);
void drawFlickeringGrain(Canvas& canvas, const LabSpec& spec, double t);
void drawJumpingGrain(Canvas& canvas, const LabSpec& spec, double t);

// lab_digits.cpp: one digit a cell, for arithmetic by head
void drawDigits(Canvas& canvas, const LabSpec& spec, double t);
void drawColourDigits(Canvas& canvas, const LabSpec& spec, double t);

// lab_figure.cpp: a person
void drawFigureClap(Canvas& canvas, const LabSpec& spec, double t);
void drawFigureWave(Canvas& canvas, const LabSpec& spec, double t);
void drawFigureJumpingJacks(Canvas& canvas, const LabSpec& spec, double t);
void drawFigureWalk(Canvas& canvas, const LabSpec& spec, double t);

}  // namespace convscope::lab
