#include "engine/clip/clip_edit.h"

#include "engine/clip/lab_math.h"
#include "engine/core/memory_budget.h"
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

/// Which pixel of a frame is shown at (y, x) after some edits: the source's row and column each hang on one
/// of both alone.
class PixelMap {
 public:
  PixelMap(int height, int width)
      : m_byRow(static_cast<std::size_t>(height)), m_byColumn(static_cast<std::size_t>(width)) {
    std::iota(m_byRow.begin(), m_byRow.end(), 0);
    std::iota(m_byColumn.begin(), m_byColumn.end(), 0);
  }

  void follow(const ClipEdit& edit) {
    const bool moves = edit.kind == ClipEditKind::ShiftY || edit.kind == ClipEditKind::ShiftX ||
                       edit.kind == ClipEditKind::Turn;
    m_moved = m_moved || moves;
    if (edit.kind == ClipEditKind::ShiftY) shift(m_byRow, edit.amount);
    if (edit.kind == ClipEditKind::ShiftX) shift(m_byColumn, edit.amount);
    if (edit.kind != ClipEditKind::Turn) return;
    for (int turn = 0; turn < wrappedIndex(edit.amount, 4); ++turn) {
      // clockwise: the top row becomes the right column
      std::swap(m_byRow, m_byColumn);
      std::ranges::reverse(m_byColumn);
      m_turned = !m_turned;
    }
  }

  /// A frame of `width` columns into one of the size after the edits, both row by row.
  void copy(const float* from, int width, float* to) const {
    if (!m_moved) {
      std::copy_n(from, m_byRow.size() * m_byColumn.size(), to);
      return;
    }
    for (const int row : m_byRow) {
      for (const int column : m_byColumn) {
        const int y = m_turned ? column : row;
        const int x = m_turned ? row : column;
        *to++ = from[std::int64_t{y} * width + x];
      }
    }
  }

 private:
  static void shift(std::vector<int>& places, int amount) {
    const auto extent = static_cast<int>(places.size());
    std::ranges::rotate(places, places.end() - wrappedIndex(amount, extent));
  }

  std::vector<int> m_byRow;     ///< the source's row, or once it is turned its column
  std::vector<int> m_byColumn;  ///< the other one
  bool m_turned = false;
  bool m_moved = false;
};

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

Result<Clip> editedClip(const Clip& clip, std::span<const ClipEdit> edits, const ReadContext& context) {
  if (auto sound = checkClipEdits(edits); !sound) return tl::unexpected(sound.error());
  const Shape& from = clip.pixels.shape();
  const double bytes = 2.0 * sizeof(float) * static_cast<double>(from.count());
  if (auto fits = checkBudget(bytes, "Changing a clip of " + toText(from), "take fewer or smaller frames");
      !fits)
    return tl::unexpected(fits.error());
  std::vector<int> order(static_cast<std::size_t>(from.length));
  std::iota(order.begin(), order.end(), 0);
  PixelMap pixels(from.height, from.width);
  for (const ClipEdit& edit : edits) {
    std::vector<int> next;
    for (const int frame : frameOrder(edit, from.length))
      next.push_back(order[static_cast<std::size_t>(frame)]);
    order = std::move(next);
    pixels.follow(edit);
  }
  const Shape to = editedShape(from, edits);
  Clip out{clip.source, {}, Tensor::uninitialised(to), {}, clip.framesPerSecond};
  for (int t = 0; t < to.length; ++t) {
    if (context.stopAt(t, to.length)) return fail(ErrorCode::Stopped, "Changing the clip was stopped.");
    const int frame = order[static_cast<std::size_t>(t)];
    out.taken.push_back(clip.taken[static_cast<std::size_t>(frame)]);
    for (int c = 0; c < to.channels; ++c)
      pixels.copy(clip.pixels.frame(frame, c), from.width, out.pixels.frame(t, c));
  }
  out.range = rangeOf(out.pixels);
  return out;
}

}  // namespace convscope
