#pragma once

#include "engine/classify/motion_set.h"
#include "engine/clip/lab_math.h"

namespace convscope {

/// A grey clip in which a patch of the frame shows one of the seven motions before a ground that stands
/// still. Either a texture moves behind a window that stands still itself, or a thing with a texture of its
/// own moves as a whole, flickers as a whole or holds snow. A plain value; lengths in pixels, grey values 0
/// … 1.
struct PartialMotion {
  MotionClass label = MotionClass::Still;
  bool travels = false;  ///< the patch is a thing that goes along with its texture
  unsigned seed = 1;     ///< of both textures and the camera's noise
  double middle = 0.5;   ///< grey around which the ground swings
  double groundGrain = 8;
  double groundSwing = 0.2;
  double grain = 6;
  double swing = 0.2;
  double brighter = 0;  ///< the thing, than the ground on average
  double speed = 1;     ///< pixels per frame
  double period = 4;    ///< frames, of a flicker
  double phase = 0;     ///< frames
  lab::Vec2 centre;     ///< of the patch, half-way through the clip
  lab::Vec2 radii;
  bool box = false;  ///< a rectangle; else an ellipse
  double noise = 0;  ///< of the camera, standard deviation
};

/// Number `index` of the clips of an extent other than Full: class index mod 7, everything else by chance.
/// Ground: grain 4 … 14 pixels, swing .02 … .5. Patch: grain 4 … 8 (noise 2 … 3), radius 3 … 10 pixels (a
/// window's 5 … 15) and in height 0.6 … 1.6 of that, its centre in the middle half of the frame; a thing is
/// .1 … .5 brighter or darker than the ground. Speed, period and noise as in motionClip(), down to no noise.
[[nodiscard]] PartialMotion partialMotion(MotionPart part, MotionExtent extent, int index);

/// Draws it: kMotionClipShape, the same bits every time.
[[nodiscard]] Tensor drawPartialMotion(const PartialMotion& motion);

}  // namespace convscope
