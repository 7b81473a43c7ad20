#include "engine/classify/motion_set.h"

#include "engine/clip/clip_prepare.h"
#include "engine/clip/lab_math.h"
#include "engine/clip/motion_lab.h"

#include <mutex>
#include <optional>

namespace convscope {

namespace {

constexpr int kTestSeeds = 100'000;  // training clips have seeds below it

Result<Tensor> drawn(const ClipSpec& spec) {
  const auto raw = drawLab(std::get<LabSpec>(spec.source), spec.range);
  if (!raw) return tl::unexpected(raw.error());
  auto clip = prepareClip(*raw, spec.prepare, spec.range.step);
  if (!clip) return tl::unexpected(clip.error());
  return std::move(clip->pixels);
}

/// Draws `count` clips of a part, in batches, so that a more urgent job can go first.
Result<std::vector<LabelledClip>> drawPart(MotionPart part, int count, const ComputeContext& context) {
  constexpr int kBatch = 40;
  std::vector<LabelledClip> clips(static_cast<std::size_t>(count));
  std::vector<std::optional<Error>> failed(clips.size());
  for (int first = 0; first < count; first += kBatch) {
    if (context.yield) context.yield();
    if (context.stopped()) return fail(ErrorCode::Stopped, "Drawing the motion clips was stopped.");
    context.pool.run(std::min(kBatch, count - first), [&](int i) {
      const auto at = static_cast<std::size_t>(first + i);
      LabelledClip& clip = clips[at];
      clip.spec = motionClip(part, first + i);
      clip.label = static_cast<MotionClass>((first + i) % kMotionClasses);
      auto pixels = drawn(clip.spec);
      if (pixels) {
        clip.pixels = std::move(*pixels);
      } else {
        failed[at] = pixels.error();
      }
    });
  }
  for (const auto& error : failed) {
    if (error) return tl::unexpected(*error);
  }
  return clips;
}

}  // namespace

const char* motionClassName(MotionClass label) {
  static constexpr const char* kNames[kMotionClasses]{"still", "left",    "right", "up",
                                                      "down",  "flicker", "noise"};
  return kNames[static_cast<int>(label)];
}

ClipSpec motionClip(MotionPart part, int index) {
  const auto label = static_cast<MotionClass>(index % kMotionClasses);
  LabSpec spec;
  spec.height = kMotionClipShape.height;
  spec.width = kMotionClipShape.width;
  spec.seed = static_cast<unsigned>((part == MotionPart::Test ? kTestSeeds : 0) + index + 1);
  const auto between = [&](double low, double high, int what) {
    return lab::lerp(low, high, lab::unit(lab::hashed(spec.seed, what, 991)));
  };
  spec.size = between(4, 8, 0);
  spec.contrast = between(0.4, 1, 1);
  spec.noise = between(0.01, 0.03, 2);
  spec.speed = between(0.5, 1.5, 3);
  spec.period = 1;
  ClipSpec clip;
  clip.range = {0, kMotionClipShape.length, 1};
  clip.prepare.colour = ColourMode::Grey;
  switch (label) {
    case MotionClass::Flicker:
      spec.name = "flickering-grain";
      spec.period = between(3, 6, 4);
      clip.range.start = static_cast<int>(between(0, 100, 5));
      break;
    case MotionClass::Noise:
      spec.name = "jumping-grain";
      spec.size = between(2, 3, 0);
      break;
    default:
      spec.name = "sliding-grain";
      if (label == MotionClass::Still) spec.speed = 0;
      spec.direction = label == MotionClass::Down   ? 90
                       : label == MotionClass::Left ? 180
                       : label == MotionClass::Up   ? 270
                                                    : 0;
  }
  clip.source = spec;
  return clip;
}

Result<std::shared_ptr<const MotionSet>> motionSet(const ComputeContext& context) {
  static std::mutex mutex;
  static std::shared_ptr<const MotionSet> kept;
  const std::lock_guard turn(mutex);
  if (kept) return kept;
  auto training = drawPart(MotionPart::Training, kTrainingClips, context);
  if (!training) return tl::unexpected(training.error());
  auto test = drawPart(MotionPart::Test, kTestClips, context);
  if (!test) return tl::unexpected(test.error());
  kept = std::make_shared<const MotionSet>(MotionSet{std::move(*training), std::move(*test)});
  return kept;
}

}  // namespace convscope
