#include "widgets/state/field_view.h"

#include <QCoreApplication>

#include <algorithm>

namespace convscope {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("Field", text);
}

bool isSeen(const Box& box) {
  return std::ranges::none_of(box, [](const Positions& positions) { return positions.empty(); });
}

/// Rows between clip and chosen layer that stand for a size of maps each: the last of it that the unit sees.
std::vector<int> rowsBetween(const FieldView& view, const std::vector<Box>& seen) {
  const LayerTable& table = view.result->table;
  std::vector<int> rows;
  Triple extent = table.stack.clip.extent();
  const Triple top = view.layer().output.extent();
  for (int row = 0; row < view.row; ++row) {
    const auto index = static_cast<std::size_t>(row);
    const Triple here = table.rows[index].output.extent();
    if (!isSeen(seen[index + 1]) || here == top) continue;
    if (here == extent && !rows.empty()) {
      rows.back() = row;
    } else if (here != extent) {
      rows.push_back(row);
      extent = here;
    }
  }
  // layers that change no size are told apart by their depth
  if (rows.empty()) {
    for (int row = 0; row < view.row; ++row) {
      if (isSeen(seen[static_cast<std::size_t>(row) + 1])) rows.push_back(row);
    }
  }
  return rows;
}

std::vector<int> thinned(const std::vector<int>& rows, int most) {
  const auto count = static_cast<int>(rows.size());
  if (count <= most) return rows;
  std::vector<int> kept;
  for (int i = 0; i < most; ++i)
    kept.push_back(rows[static_cast<std::size_t>((2 * i + 1) * count / (2 * most))]);
  return kept;
}

const LayerRow* firstBeyond(const LayerTable& table, Axis axis) {
  const auto found = std::ranges::find_if(table.rows, [&](const LayerRow& row) {
    return row.field[static_cast<std::size_t>(axis)].size > table.stack.clip.along(axis);
  });
  return found == table.rows.end() ? nullptr : &*found;
}

}  // namespace

QString FieldView::nameOf(const FieldLevel& level) const {
  if (level.row < 0) return stimulus ? tr("STIMULUS") : tr("CLIP");
  return QString::fromStdString(result->table.rows[static_cast<std::size_t>(level.row)].layer.name);
}

QString sizeText(const FieldLevel& level) {
  return QString::fromStdString(level.row < 0 ? toText(level.shape) : toText(level.shape.extent()));
}

QString seenText(const FieldLevel& level) {
  Triple extent;
  for (const Axis axis : kAxes) {
    const Positions& at = level.seen[static_cast<std::size_t>(axis)];
    extent[axis] = at.back() - at.front() + 1;
  }
  return QString::fromStdString(toText(extent));
}

void lookAt(FieldView& view) {
  view.levels.clear();
  view.paddingShare = 0;
  if (view.result == nullptr || view.result->table.rows.empty()) return;
  const LayerTable& table = view.result->table;
  const FieldSettings& field = view.state.field;
  view.row = std::clamp(expandedIndex(field.stack, field.layer), 0, static_cast<int>(table.rows.size()) - 1);
  for (const Axis axis : kAxes)
    view.unit[axis] = std::clamp(field.unit[axis], 0, view.layer().output.along(axis) - 1);
  const auto seen = seenBy(table.graph, view.row + 1, view.unit, Borders::Ideal, Gates::LeaveOut);
  view.levels.push_back({-1, table.stack.clip, {}, seen.front()});
  std::vector<int> rows = thinned(rowsBetween(view, seen), kMostLevels - 2);
  rows.push_back(view.row);
  for (const int row : rows) {
    const auto index = static_cast<std::size_t>(row);
    view.levels.push_back({row, table.rows[index].output, table.rows[index].field, seen[index + 1]});
  }
  view.paddingShare = paddingShare(seen.front(), table.stack.clip.extent());
}

QString fieldMeaning(const FieldView& view) {
  if (view.levels.empty()) return {};
  const LayerTable& table = view.result->table;
  const Shape& clip = table.stack.clip;
  const LayerRow* const time = firstBeyond(table, Axis::T);
  const LayerRow* const space = firstBeyond(table, Axis::Y);
  const auto name = [](const LayerRow& row) { return QString::fromStdString(row.layer.name); };
  QString text;
  if (clip.length == 1 && time == nullptr) {
    text = tr("A picture has no time to look at.");
  } else if (time != nullptr) {
    text = tr("From ‹%1› on, a unit looks at %2 frames or more, and the clip has %3: what it sees beyond is "
              "padding.")
               .arg(name(*time))
               .arg(time->field[0].size)
               .arg(clip.length);
  } else {
    text = tr("No layer looks farther than the clip's %1 frames: the deepest sees %2.")
               .arg(clip.length)
               .arg(table.rows.back().field[0].size);
  }
  if (space != nullptr) {
    text += QLatin1Char(' ') + tr("In space that begins at ‹%1› (%2 of %3 pixels).")
                                   .arg(name(*space))
                                   .arg(space->field[1].size)
                                   .arg(clip.height);
  } else {
    text +=
        QLatin1Char(' ') + tr("In space no layer looks beyond the frame: the deepest sees %1 of %2 pixels.")
                               .arg(table.rows.back().field[1].size)
                               .arg(clip.height);
  }
  if (view.layer().seesWhole)
    text +=
        QLatin1Char(' ') + tr("Its gate or pool sees the whole clip besides; that is left out of the count.");
  return text;
}

}  // namespace convscope
