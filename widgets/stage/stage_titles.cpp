#include "widgets/stage/stage_titles.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace convscope {

namespace {

constexpr double kQuietTitle = 12;  // px; in presenter size the stage label's
constexpr int kMostStacked = 8;     // titles of lit planes in one column
constexpr double kBeside = 7;       // px between a row of a grid and its title
constexpr double kApart = 3;        // px between a title and its frame, and between two titles
constexpr int kFewPlanes = 12;      // a row of no more is titled throughout
constexpr double kMostSlid = .34;   // of a title's width, along its edge
constexpr int kShortest = 2;        // texts from here on move twice as far
constexpr int kMostRaised = 3;      // lines
constexpr double kLeastEdge = 5;    // px of a map's edge in sight: less is no place for its title

struct Candidate {
  StageTitle title;            ///< where it stands by rights
  int rank = 0;                ///< lower is placed first
  std::vector<QRectF> others;  ///< a lit plane's further corners: its title is never left out
  QPointF corner, edge;        ///< of its plane: where the title belongs, and the way along that edge
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
  if (plane.kind == PlaneKind::Map && std::abs(plane.t - layout.voxel.t) == 1) return 1;
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

std::optional<QLineF> longestPart(const std::vector<QLineF>& parts) {
  const auto longest = std::ranges::max_element(parts, {}, &QLineF::length);
  if (longest == parts.end() || longest->length() < kLeastEdge) return std::nullopt;
  return *longest;
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
    if (hidden && !plane.lit && !map) continue;
    const auto boxAt = [&](QPointF at, QPointF other, bool above) {
      const Qt::Alignment edge = at.x() < other.x() ? Qt::AlignLeft : Qt::AlignRight;
      return above ? StageInk::textBox(at - QPointF(0, kApart), edge | Qt::AlignBottom, plane.title, font)
                   : StageInk::textBox(at + QPointF(0, kApart), edge | Qt::AlignTop, plane.title, font);
    };
    // the rows of a grid of channels are named at their left
    const QRectF header =
        StageInk::textBox(named + QPointF(near ? -kBeside : kBeside, 0),
                          (near ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop, plane.title, font);
    Candidate candidate{{&plane, plane.title, grid ? header : boxAt(corner, opposite, map)},
                        rankOf(plane, frame.layout),
                        {},
                        corner,
                        opposite - corner};
    if (map && !plane.lit) {  // above the part of its edge that is in sight
      const std::optional<QLineF> part = longestPart(uncovered({corner, opposite}, covers));
      if (!part) continue;
      candidate.corner = part->p1();
      candidate.edge = part->p2() - part->p1();
      candidate.title.box = boxAt(part->p1(), part->p2(), true);
    }
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

namespace {

/// How much a title that is not lit may give way.
struct Leeway {
  int shorter = 0;      ///< which text: 0 the full one
  bool raised = false;  ///< above its place, with a line to its map
};

/// Places for the title of a plane that is not lit, in the order in which they are liked.
std::vector<StageTitle> placesFor(const Candidate& candidate, const StageFrame& frame, const Leeway& leeway) {
  const StagePlane& plane = *candidate.title.plane;
  const auto most = static_cast<int>(plane.shortTitles.size());
  const int shorter = std::min(leeway.shorter, most);
  const QString text = shorter == 0 ? plane.title : plane.shortTitles[shorter - 1];
  const QSizeF size = StageInk::textBox({}, Qt::AlignLeft, text, titleFont(plane, frame.theme)).size();
  const double length = std::max(1.0, std::hypot(candidate.edge.x(), candidate.edge.y()));
  const QPointF along = candidate.edge / length;
  QRectF home(candidate.title.box.topLeft(), size);
  if (along.x() < 0) home.moveRight(candidate.title.box.right());
  std::vector<StageTitle> places;
  const double step = candidate.title.box.width() * kMostSlid / 2;
  for (const double by : {0., step, 2 * step, -step})
    places.push_back({&plane, text, home.translated(along * by)});
  if (shorter >= kShortest) {
    for (const double by : {3 * step, 4 * step})
      places.push_back({&plane, text, home.translated(along * by)});
  }
  if (plane.kind != PlaneKind::Map || !leeway.raised) return places;
  for (int line = 1; line <= kMostRaised; ++line) {
    for (const double share : {0., .3, .6, .9}) {
      const QPointF to = candidate.corner + candidate.edge * share;
      const double bottom = to.y() - kApart - line * size.height() * .9;
      for (const double left : {0., .5, 1.}) {
        const QRectF box(QPointF(to.x() - left * size.width(), bottom - size.height()), size);
        const QPointF from(std::clamp(to.x(), box.left() + 2, box.right() - 2), box.bottom());
        places.push_back({&plane, text, box, QLineF(from, to)});
      }
    }
  }
  return places;
}

/// A line may touch the rim of a title's box: its letters leave that free.
bool strikes(const QLineF& line, const QRectF& box) {
  return crosses(line, box.adjusted(-1, 2, 1, -2));
}

/// A line that leads to a map through another title would be taken for that one's.
bool leadsFreely(const StageTitle& title, const std::vector<StageTitle>& placed) {
  if (!title.leader) return true;
  return std::none_of(placed.begin(), placed.end(),
                      [&](const StageTitle& other) { return strikes(*title.leader, other.box); });
}

bool crossesLeader(const QRectF& box, const std::vector<StageTitle>& placed) {
  return std::any_of(placed.begin(), placed.end(),
                     [&](const StageTitle& other) { return other.leader && strikes(*other.leader, box); });
}

/// Titles read in the order of their maps: one that rose beyond its neighbour's would be taken for another.
bool inOrder(const StageTitle& title, const std::vector<StageTitle>& placed, const StageCamera& camera) {
  const auto middle = [](const StageTitle& one) { return one.box.center().x(); };
  const auto corner = [&](const StageTitle& one) { return camera.project(one.plane->origin).x(); };
  return std::all_of(placed.begin(), placed.end(), [&](const StageTitle& other) {
    if (other.plane->kind != title.plane->kind) return true;
    return (middle(title) < middle(other)) == (corner(title) < corner(other));
  });
}

/// The titles of one row as far as they have found a place.
struct Row {
  std::vector<StageTitle> titles;
  std::vector<QRectF> used;
  int missing = 0;  ///< planes that must be titled and are not

  void put(const StageTitle& title) {
    used.push_back(title.box);
    titles.push_back(title);
  }
};

void placeLit(Row& row, Candidate candidate, const QRectF& stage) {
  if (!isFree(candidate.title.box, row.used)) {
    const auto free = std::find_if(candidate.others.begin(), candidate.others.end(),
                                   [&](const QRectF& box) { return isFree(box, row.used); });
    const int way = candidate.title.plane->kind == PlaneKind::Map ? -1 : 1;
    candidate.title.box =
        free != candidate.others.end() ? *free : stacked(candidate.title.box, way, row.used, stage);
  }
  row.put(candidate.title);
}

/// `candidates` with that leeway, after what is in `row` already.
Row placedWith(Row row, const std::vector<Candidate>& candidates, const StageFrame& frame,
               const Leeway& leeway) {
  const QRectF stage(QPointF(0, 0), frame.camera.size());
  const bool few = candidates.size() <= static_cast<std::size_t>(kFewPlanes);
  bool complete = true;  // at the places where they belong
  std::vector<QRectF> all = row.used;
  for (const Candidate& candidate : candidates) {
    complete = complete && isFree(candidate.title.box, all);
    all.push_back(candidate.title.box);
  }
  for (const Candidate& candidate : candidates) {
    if (candidate.rank == 0) {
      placeLit(row, candidate, stage);
      continue;
    }
    const bool map = candidate.title.plane->kind == PlaneKind::Map;
    const bool beside = map && std::abs(candidate.title.plane->t - frame.layout.voxel.t) == 1;
    const auto fits = [&](const StageTitle& title) {
      return stage.contains(title.box) && isFree(title.box, row.used) && leadsFreely(title, row.titles) &&
             !crossesLeader(title.box, row.titles) &&
             (!title.leader || inOrder(title, row.titles, frame.camera));
    };
    if (few || beside) {
      const std::vector<StageTitle> places = placesFor(candidate, frame, leeway);
      const auto free = std::find_if(places.begin(), places.end(), fits);
      free != places.end() ? row.put(*free) : void(++row.missing);
    } else if ((complete || map || candidate.rank < 3) && fits(candidate.title)) {
      row.put(candidate.title);
    }
  }
  return row;
}

}  // namespace

std::vector<StageTitle> placedTitles(const StageFrame& frame, const std::vector<QRectF>& taken) {
  Row placed{{}, taken};
  for (const PlaneKind kind : {PlaneKind::Input, PlaneKind::Map}) {
    const std::vector<Candidate> byRank = candidates(frame, kind);
    // where the ends of the row have taken the room of others, one after the other may do
    std::vector<Candidate> inTime = byRank;
    std::stable_sort(inTime.begin(), inTime.end(), [](const Candidate& a, const Candidate& b) {
      return std::pair(a.rank != 0, a.title.plane->t) < std::pair(b.rank != 0, b.title.plane->t);
    });
    std::optional<Row> best;
    for (const Leeway& leeway :
         {Leeway{0, false}, {1, false}, {0, true}, {2, false}, {1, true}, {2, true}, {3, false}, {3, true}}) {
      for (const std::vector<Candidate>* row : {&byRank, &std::as_const(inTime)}) {
        if (best && best->missing == 0) break;
        Row tried = placedWith(placed, *row, frame, leeway);
        if (!best || tried.missing < best->missing) best = std::move(tried);
      }
    }
    placed = std::move(*best);
    placed.missing = 0;
  }
  return placed.titles;
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
    if (title.leader) canvas.ink.segments({*title.leader}, theme.muted, theme.hairline);
    canvas.label(map ? LabelKind::MapTitle : LabelKind::InputTitle, title.box.topLeft(),
                 Qt::AlignLeft | Qt::AlignTop, title.text, titleFont(*title.plane, theme), colour, true,
                 title.plane->lit);
  }
}

}  // namespace convscope
