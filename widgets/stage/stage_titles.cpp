#include "widgets/stage/stage_titles.h"

#include <algorithm>

namespace convscope {

namespace {

constexpr double kQuietTitle = 12;  // px; in presenter size the stage label's
constexpr int kMostStacked = 8;     // titles of lit planes in one column
constexpr double kBeside = 7;       // px between a row of a grid and its title
constexpr double kApart = 3;        // px between a title and its frame, and between two titles

struct Candidate {
  StageTitle title;
  int rank = 0;                ///< lower is placed first
  std::vector<QRectF> others;  ///< a lit plane's further corners: its title is never left out
};

bool isFree(const QRectF& box, const std::vector<QRectF>& taken) {
  const QRectF wide = box.adjusted(-kApart, 0, kApart, 0);
  return std::none_of(taken.begin(), taken.end(),
                      [&](const QRectF& other) { return other.intersects(wide); });
}

int rankOf(const StagePlane& plane, const StageLayout& layout) {
  const int last = (plane.kind == PlaneKind::Map ? layout.output.length : layout.input.length) - 1;
  if (plane.lit) return 0;
  if (plane.t == 0 || plane.t == last) return 1;
  if (plane.kind == PlaneKind::Padding) return 2;  // what it is can be told by nothing else
  return (plane.t + 1) % 4 == 0 ? 2 : 3;
}

/// Seen from the front, lit planes stand behind one another and so would their titles: a column of them, away
/// from the plane (`way` 1 downwards, −1 upwards) or, where the stage ends, into it.
QRectF stacked(const QRectF& box, int way, const std::vector<QRectF>& taken, const QRectF& stage) {
  for (const int direction : {way, -way}) {
    for (int line = 1; line <= kMostStacked; ++line) {
      const QRectF moved = box.translated(0, direction * line * box.height() * .9);
      if (stage.contains(moved) && isFree(moved, taken)) return moved;
    }
  }
  return box;
}

/// Titles of one row that could be shown, in the order in which they are tried.
std::vector<Candidate> candidates(const StageFrame& frame, PlaneKind kind) {
  std::vector<Candidate> row;
  for (const StagePlane& plane : frame.layout.planes) {
    const bool padding = kind == PlaneKind::Input && plane.kind == PlaneKind::Padding;  // of the same row
    if ((plane.kind != kind && !padding) || plane.title.isEmpty()) continue;
    const QFont font = titleFont(plane, frame.theme);
    const QPolygonF shape = projected(plane.corners(), frame.camera);
    const bool map = kind == PlaneKind::Map;
    // frames at the lower corner of their near edge, maps at the upper one of their far edge
    const bool near = !frame.layout.mirrored;
    const QPointF corner = map ? shape[near ? 0 : 1] : shape[near ? 2 : 3];
    const QPointF opposite = map ? shape[near ? 1 : 0] : shape[near ? 3 : 2];
    const bool grid = !map && frame.layout.cuboids.size() > 1;
    const QPointF named = grid ? shape[near ? 0 : 1] : corner;
    const auto covers = coversOf(plane, frame.layout, frame.camera);
    const bool hidden = std::any_of(covers.begin(), covers.end(),
                                    [&](const QPolygonF& cover) { return insideConvex(cover, named); });
    if (hidden && !plane.lit) continue;
    const auto boxAt = [&](QPointF at, QPointF other, bool above) {
      const Qt::Alignment edge = at.x() < other.x() ? Qt::AlignLeft : Qt::AlignRight;
      return above ? StageInk::textBox(at - QPointF(0, kApart), edge | Qt::AlignBottom, plane.title, font)
                   : StageInk::textBox(at + QPointF(0, kApart), edge | Qt::AlignTop, plane.title, font);
    };
    // the rows of a grid of channels are named at their left
    const QRectF header =
        StageInk::textBox(named + QPointF(near ? -kBeside : kBeside, 0),
                          (near ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop, plane.title, font);
    Candidate candidate{
        {&plane, grid ? header : boxAt(corner, opposite, map)}, rankOf(plane, frame.layout), {}};
    if (plane.lit) {
      const QPointF across = shape[map ? (near ? 3 : 2) : (near ? 1 : 0)];
      const QPointF last = shape[map ? (near ? 2 : 3) : (near ? 0 : 1)];
      candidate.others = {boxAt(opposite, corner, map), boxAt(across, last, !map), boxAt(last, across, !map)};
      // On another frame it would be taken for that one's: only places beside all frames in front.
      std::erase_if(candidate.others, [&](const QRectF& box) {
        return std::any_of(covers.begin(), covers.end(),
                           [&](const QPolygonF& cover) { return insideConvex(cover, box.center()); });
      });
      if (hidden && candidate.others.empty()) continue;
      if (hidden) {
        candidate.title.box = candidate.others.front();
        candidate.others.erase(candidate.others.begin());
      }
    }
    row.push_back(std::move(candidate));
  }
  std::stable_sort(row.begin(), row.end(),
                   [](const Candidate& a, const Candidate& b) { return a.rank < b.rank; });
  return row;
}

}  // namespace

QFont titleFont(const StagePlane& plane, const LookTheme& theme) {
  if (plane.lit) return theme.font(theme.stageTitle, true);
  return theme.font(theme.presenter ? theme.stageLabel : kQuietTitle);
}

std::vector<StageTitle> placedTitles(const StageFrame& frame, const std::vector<QRectF>& taken) {
  std::vector<StageTitle> placed;
  std::vector<QRectF> used = taken;
  for (const PlaneKind kind : {PlaneKind::Input, PlaneKind::Map}) {
    const std::vector<Candidate> row = candidates(frame, kind);
    std::vector<QRectF> all = used;
    bool complete = true;
    for (const Candidate& candidate : row) {
      complete = complete && isFree(candidate.title.box, all);
      all.push_back(candidate.title.box);
    }
    for (Candidate candidate : row) {
      if (candidate.rank == 0) {
        if (!isFree(candidate.title.box, used)) {
          const auto free = std::find_if(candidate.others.begin(), candidate.others.end(),
                                         [&](const QRectF& box) { return isFree(box, used); });
          candidate.title.box = free != candidate.others.end()
                                    ? *free
                                    : stacked(candidate.title.box, kind == PlaneKind::Map ? -1 : 1, used,
                                              QRectF(QPointF(0, 0), frame.camera.size()));
        }
        used.push_back(candidate.title.box);
        placed.push_back(candidate.title);
        continue;
      }
      const bool wanted = complete || kind == PlaneKind::Map || candidate.rank < 3;
      if (!wanted || !isFree(candidate.title.box, used)) continue;
      used.push_back(candidate.title.box);
      placed.push_back(candidate.title);
    }
  }
  return placed;
}

void paintTitles(const StageCanvas& canvas, const std::vector<StageTitle>& titles) {
  const LookTheme& theme = canvas.frame.theme;
  for (const StageTitle& title : titles) {
    const bool map = title.plane->kind == PlaneKind::Map;
    const bool padding = title.plane->kind == PlaneKind::Padding;
    const QColor& colour = !title.plane->lit ? theme.muted
                           : padding         ? theme.padding
                           : map             ? theme.text
                                             : theme.time;
    canvas.label(map ? LabelKind::MapTitle : LabelKind::InputTitle, title.box.topLeft(),
                 Qt::AlignLeft | Qt::AlignTop, title.plane->title, titleFont(*title.plane, theme), colour,
                 true, title.plane->lit);
  }
}

}  // namespace convscope
