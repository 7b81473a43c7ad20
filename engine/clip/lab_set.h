#pragma once

#include "engine/clip/clip.h"
#include "engine/clip/read_context.h"
#include "engine/core/result.h"

#include <array>
#include <string>
#include <vector>

namespace convscope {

/// From where a number is drawn: evenly from [low, high], or one of `any` where that is not empty.
struct LabDraw {
  double low = 0;
  double high = 0;
  std::vector<double> any;
  bool operator==(const LabDraw&) const = default;
};

/// One way in which a class of a set looks.
struct LabVariant {
  LabSpec lab;  ///< name and whatever is not drawn
  std::vector<std::pair<double LabSpec::*, LabDraw>> drawn;
  std::vector<std::string> textures;  ///< one of them is drawn; none: that of `lab`
  LabDraw start{0, 0, {}};            ///< first frame, rounded down
  double mirror = 0;                  ///< share of the clips that are mirrored in x
};

/// A labelled set of motion-lab clips: a few numbers that stand for thousands of clips. Each clip is a
/// function of (set, its number) alone. Every clip is drawn `margin` pixels larger on each side and cropped
/// at a drawn place, so that its subject is not always in the middle.
struct LabSet {
  unsigned seed = 1;
  int clips = 0;
  int frames = 16;
  int height = 32;
  int width = 32;
  ColourMode colour = ColourMode::Grey;
  int margin = 0;
  double negative = 0;  ///< share of the clips whose dark and bright are exchanged
  /// Distractors: balls of a drawn size (pixels) and speed (pixels per frame), each in a drawn direction.
  LabDraw specks{0, 0, {}};  ///< how many, rounded down
  LabDraw speckSize{1, 2, {}};
  LabDraw speckSpeed{0, 0, {}};
  std::vector<std::string> labels;  ///< of the classes
  std::vector<std::vector<LabVariant>> classes;
  /// The class of a clip that is played backwards, by class; −1 where no class fits (a walker going
  /// backwards).
  std::vector<int> reversed;
};

/// Reads a set from JSON. Its keys are the fields of LabSet (`size` is [height, width], `specks` an object of
/// count, size and speed); `classes` is a list of {label, reversed, clips}, where `clips` lists objects with
/// the name of a lab clip as `lab` and, as LabSpec has them, what is fixed (a number), drawn evenly ([low,
/// high]) or drawn from a list ({"any": […]}). `common` holds what all clips share. A set may name another
/// one as `base` and change it: `change` sets fields of every clip that has them, `scale` multiplies them.
/// A file holds at most 4 MiB, a clip at most 4096 frames, rows and columns and 10 000 specks, and begins at
/// most at frame 10⁶. Errors: BadInput, a sentence that begins with the file's name.
[[nodiscard]] Result<LabSet> readLabSet(const std::string& path);

/// One clip of a set.
struct LabSetClip {
  int label = 0;
  LabSpec lab;
  int start = 0;
  bool mirrored = false;
  Clip clip;
};
/// Clip `index` (0 … clips − 1) of the set: its class is index modulo the number of classes. Values are
/// rounded to whole 255ths, as a video file's are. The same bits on every machine. Errors: those of
/// drawLab().
[[nodiscard]] Result<LabSetClip> drawLabSetClip(const LabSet& set, int index,
                                                const ReadContext& context = {});

/// Writes clips.npy (uint8, (N, L, H, W, C)), labels.npy (int32, (N)), labels.json (names of the classes) and
/// clips.csv (one line a clip: what was drawn) into `folder`, which is made where it is missing.
/// Errors: those of drawLabSetClip(); TooLarge; Io.
[[nodiscard]] Result<void> writeLabSet(const LabSet& set, const std::string& folder,
                                       const ReadContext& context = {});

}  // namespace convscope
