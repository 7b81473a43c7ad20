#include "engine/clip/clip_edit.h"

#include "engine/clip/lab_math.h"
#include "engine/core/nearest_names.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

namespace convscope {

namespace {

constexpr int kMost = 4096;
constexpr std::array kEntries{
    ClipEditEntry{ClipEditKind::Reverse, "reverse", "Reverse", "The last frame comes first.", 0, 0, 0},
    ClipEditEntry{ClipEditKind::Shuffle, "shuffle", "Shuffle",
                  "The frames come in an order that the number draws.", 1, kMost, 1},
    ClipEditEntry{ClipEditKind::Freeze, "freeze", "Freeze", "From this frame on the picture stands.", 1,
                  kMost, 1},
    ClipEditEntry{ClipEditKind::Drop, "drop", "Drop",
                  "Every so many-th frame is lost; the one before it stands in for it.", 2, kMost, 2},
    ClipEditEntry{ClipEditKind::Repeat, "repeat", "Repeat",
                  "Each frame is shown so many times: slow motion without new pictures.", 2, kMost, 2},
    ClipEditEntry{ClipEditKind::Hold, "hold", "Lower frame rate",
                  "Every so many-th frame is kept and held: the same speed, fewer pictures a second.", 2,
                  kMost, 2},
    ClipEditEntry{ClipEditKind::ShiftT, "shift-t", "Shift in t",
                  "So many frames later; what leaves at the end comes back at the start.", -kMost, kMost, 1},
    ClipEditEntry{ClipEditKind::ShiftY, "shift-y", "Shift in y",
                  "So many pixels down; what leaves comes back on the other side.", -kMost, kMost, 1},
    ClipEditEntry{ClipEditKind::ShiftX, "shift-x", "Shift in x",
                  "So many pixels to the right; what leaves comes back on the other side.", -kMost, kMost, 1},
    ClipEditEntry{ClipEditKind::Turn, "turn", "Turn", "So many quarter turns clockwise.", -3, 3, 1},
};

int wrappedIndex(int index, int extent) {
  return ((index % extent) + extent) % extent;
}

/// Where the pixel shown at (y, x) came from.
struct Place {
  int y = 0;
  int x = 0;
};
Place cameFrom(const ClipEdit& edit, int y, int x, int height, int width) {
  switch (edit.kind) {
    case ClipEditKind::ShiftY:
      return {wrappedIndex(y - edit.amount, height), x};
    case ClipEditKind::ShiftX:
      return {y, wrappedIndex(x - edit.amount, width)};
    case ClipEditKind::Turn:
      switch (wrappedIndex(edit.amount, 4)) {
        case 1:  // clockwise: the top row becomes the right column
          return {height - 1 - x, y};
        case 2:
          return {height - 1 - y, width - 1 - x};
        case 3:
          return {x, width - 1 - y};
        default:
          break;
      }
      break;
    default:
      break;
  }
  return {y, x};
}

Tensor editedPixels(const Tensor& pixels, const ClipEdit& edit) {
  const Shape from = pixels.shape();
  const Shape to = editedShape(from, {&edit, 1});
  const std::vector<int> order = frameOrder(edit, from.length);
  Tensor out(to);
  const bool moves = edit.kind == ClipEditKind::ShiftY || edit.kind == ClipEditKind::ShiftX ||
                     edit.kind == ClipEditKind::Turn;
  if (!moves) {
    const auto frame = static_cast<std::size_t>(from.height) * static_cast<std::size_t>(from.width);
    for (int c = 0; c < to.channels; ++c) {
      for (int t = 0; t < to.length; ++t) {
        const auto plane = static_cast<std::size_t>(c * from.length + order[static_cast<std::size_t>(t)]);
        std::ranges::copy(pixels.values().subspan(plane * frame, frame), &out.at(t, 0, 0, c));
      }
    }
    return out;
  }
  for (int c = 0; c < to.channels; ++c) {
    for (int t = 0; t < to.length; ++t) {
      for (int y = 0; y < to.height; ++y) {
        for (int x = 0; x < to.width; ++x) {
          const Place place = cameFrom(edit, y, x, from.height, from.width);
          out.at(t, y, x, c) = pixels.at(order[static_cast<std::size_t>(t)], place.y, place.x, c);
        }
      }
    }
  }
  return out;
}

}  // namespace

ClipEditKind shiftAlong(Axis axis) {
  return axis == Axis::T   ? ClipEditKind::ShiftT
         : axis == Axis::Y ? ClipEditKind::ShiftY
                           : ClipEditKind::ShiftX;
}

bool isShift(ClipEditKind kind) {
  return std::ranges::any_of(kAxes, [kind](Axis axis) { return kind == shiftAlong(axis); });
}

void withoutShifts(std::vector<ClipEdit>& edits) {
  std::erase_if(edits, [](const ClipEdit& one) { return isShift(one.kind); });
}

std::span<const ClipEditEntry> clipEditEntries() {
  return kEntries;
}

const ClipEditEntry& clipEditEntry(ClipEditKind kind) {
  return kEntries[static_cast<std::size_t>(kind)];
}

Result<void> checkClipEdits(std::span<const ClipEdit> edits) {
  constexpr std::size_t kSteps = 16;
  if (edits.size() > kSteps)
    return fail(ErrorCode::BadSpec, "A clip takes at most " + std::to_string(kSteps) +
                                        " changes; there are " + std::to_string(edits.size()) + ".");
  for (const ClipEdit& edit : edits) {
    const ClipEditEntry& entry = clipEditEntry(edit.kind);
    if (edit.amount < entry.low || edit.amount > entry.high) {
      return fail(ErrorCode::BadSpec, std::string("The clip change ") + entry.id + " takes a number from " +
                                          std::to_string(entry.low) + " to " + std::to_string(entry.high) +
                                          "; it is " + std::to_string(edit.amount) + ".");
    }
  }
  return {};
}

Result<std::vector<ClipEdit>> clipEditsFromText(const std::string& text) {
  std::vector<ClipEdit> edits;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const std::string step = text.substr(start, end - start);
    start = end + 1;
    const std::size_t equals = step.find('=');
    const std::string id = step.substr(0, equals);
    const auto* entry =
        std::ranges::find(kEntries, id, [](const ClipEditEntry& one) { return std::string(one.id); });
    if (entry == kEntries.end()) {
      std::vector<std::string> names;
      for (const ClipEditEntry& one : kEntries) names.emplace_back(one.id);
      return fail(ErrorCode::BadUsage,
                  unknownNameSentence("clip change", id, names, "--help names them all"));
    }
    ClipEdit edit{entry->kind, entry->first};
    const bool numbered = entry->low < entry->high;
    if (equals != std::string::npos) {
      const std::string number = step.substr(equals + 1);
      const auto [stop, wrong] = std::from_chars(number.data(), number.data() + number.size(), edit.amount);
      if (!numbered || wrong != std::errc() || stop != number.data() + number.size() ||
          edit.amount < entry->low || edit.amount > entry->high) {
        return fail(ErrorCode::BadUsage,
                    "The clip change " + id +
                        (numbered ? " takes a whole number from " + std::to_string(entry->low) + " to " +
                                        std::to_string(entry->high)
                                  : std::string(" takes no number")) +
                        "; it was given “" + number + "”.");
      }
    }
    edits.push_back(edit);
  }
  if (auto fits = checkClipEdits(edits); !fits) return tl::unexpected(fits.error());
  return edits;
}

std::string toText(std::span<const ClipEdit> edits) {
  std::string text;
  for (const ClipEdit& edit : edits) {
    const ClipEditEntry& entry = clipEditEntry(edit.kind);
    text += (text.empty() ? "" : ",") + std::string(entry.id);
    if (entry.low < entry.high) text += '=' + std::to_string(edit.amount);
  }
  return text;
}

std::vector<int> frameOrder(const ClipEdit& edit, int length) {
  std::vector<int> order(static_cast<std::size_t>(length));
  std::iota(order.begin(), order.end(), 0);
  const int amount = edit.amount;
  for (int t = 0; t < length; ++t) {
    int& frame = order[static_cast<std::size_t>(t)];
    switch (edit.kind) {
      case ClipEditKind::Reverse:
        frame = length - 1 - t;
        break;
      case ClipEditKind::Freeze:
        frame = std::min(t, amount - 1);
        break;
      case ClipEditKind::Drop:
        frame = t % amount == amount - 1 ? t - 1 : t;
        break;
      case ClipEditKind::Repeat:
        frame = t / amount;
        break;
      case ClipEditKind::Hold:
        frame = t / amount * amount;
        break;
      case ClipEditKind::ShiftT:
        frame = wrappedIndex(t - amount, length);
        break;
      default:
        break;
    }
  }
  if (edit.kind == ClipEditKind::Shuffle) {
    for (int i = length - 1; i > 0; --i) {  // Fisher and Yates
      const auto j = lab::hashed(static_cast<std::uint64_t>(amount), i, 0, 29) % static_cast<unsigned>(i + 1);
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
    }
  }
  return order;
}

Shape editedShape(Shape shape, std::span<const ClipEdit> edits) {
  for (const ClipEdit& edit : edits) {
    if (edit.kind == ClipEditKind::Turn && edit.amount % 2 != 0) std::swap(shape.height, shape.width);
  }
  return shape;
}

Clip editedClip(const Clip& clip, std::span<const ClipEdit> edits) {
  Clip out{clip.source, clip.taken, clip.pixels.clone(), clip.range, clip.framesPerSecond};
  for (const ClipEdit& edit : edits) {
    out.pixels = editedPixels(out.pixels, edit);
    const std::vector<int> order = frameOrder(edit, out.pixels.shape().length);
    std::vector<int> taken;
    for (const int frame : order) taken.push_back(out.taken[static_cast<std::size_t>(frame)]);
    out.taken = std::move(taken);
  }
  out.range = rangeOf(out.pixels);
  return out;
}

}  // namespace convscope
