#include "engine/classify/motion_set.h"

#include "engine/classify/partial_motion.h"
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

/// Draws the clips of a part and extent that `clips` does not hold yet behind its first `before`, in batches,
/// so that a more urgent job can go first. What is drawn stays where it is stopped.
Result<void> drawPart(MotionPart part, MotionExtent extent, std::size_t before,
                      std::vector<LabelledClip>& clips, const ComputeContext& context) {
  constexpr std::size_t kBatch = 40;
  const auto& each = part == MotionPart::Training ? kTrainingClipsEach : kTestClipsEach;
  const std::size_t end =
      before + static_cast<std::size_t>(kMotionClasses * each[static_cast<std::size_t>(extent)]);
  while (clips.size() < end) {
    if (context.yield) context.yield();
    if (context.stopped()) return fail(ErrorCode::Stopped, "Drawing the motion clips was stopped.");
    const auto first = static_cast<int>(clips.size() - before);
    std::vector<std::optional<Result<LabelledClip>>> batch(std::min(kBatch, end - clips.size()));
    context.pool.run(static_cast<int>(batch.size()), [&](int i) {
      batch[static_cast<std::size_t>(i)] = drawMotion(part, extent, first + i);
    });
    for (auto& clip : batch) {
      if (!*clip) return tl::unexpected(clip->error());
      clips.push_back(std::move(**clip));
    }
  }
  return {};
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

Result<LabelledClip> drawMotion(MotionPart part, MotionExtent extent, int index) {
  const auto label = static_cast<MotionClass>(index % kMotionClasses);
  if (extent != MotionExtent::Full)
    return LabelledClip{extent, label, drawPartialMotion(partialMotion(part, extent, index))};
  auto pixels = drawn(motionClip(part, index));
  if (!pixels) return tl::unexpected(pixels.error());
  return LabelledClip{extent, label, std::move(*pixels)};
}

Result<std::shared_ptr<const MotionSet>> motionSet(const ComputeContext& context) {
  static std::mutex mutex;
  static std::shared_ptr<const MotionSet> kept;
  const std::lock_guard turn(mutex);
  if (kept) return kept;
  static MotionSet set;  // what is drawn so far: whoever asks next goes on from there
  std::size_t before = 0;
  for (const MotionExtent extent : {MotionExtent::Full, MotionExtent::Window, MotionExtent::Thing}) {
    if (auto done = drawPart(MotionPart::Training, extent, before, set.training, context); !done)
      return tl::unexpected(done.error());
    before += static_cast<std::size_t>(kMotionClasses * kTrainingClipsEach[static_cast<std::size_t>(extent)]);
    auto& test = extent == MotionExtent::Full ? set.test : set.partialTest;
    const std::size_t windows =
        extent == MotionExtent::Thing ? static_cast<std::size_t>(kMotionClasses * kTestClipsEach[1]) : 0;
    if (auto done = drawPart(MotionPart::Test, extent, windows, test, context); !done)
      return tl::unexpected(done.error());
  }
  kept = std::make_shared<const MotionSet>(std::move(set));
  return kept;
}

}  // namespace convscope
