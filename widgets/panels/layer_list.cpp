#include "widgets/panels/layer_list.h"

#include "widgets/panels/text_runs.h"

#include <QAbstractListModel>
#include <QFileInfo>
#include <QItemSelectionModel>
#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>

#include <numeric>

namespace convscope {

namespace {

constexpr double kPitch = 1.5;  // lines of one row, in heights of the type
constexpr double kIcon = 30;    // px that the icon takes at the left

/// What a row of the list says.
struct LayerText {
  QString name, shape, title, weights, work, time;
  std::array<int, 3> field{};
  bool whole = false;
};

LayerText textOf(const NetworkResult& result, const LayerGroup& group) {
  LayerText text;
  const LayerRow& last = result.row(group.last);
  std::int64_t weights = 0, work = 0;
  double ms = 0;
  for (int row = group.first; row <= group.last; ++row) {
    weights += result.row(row).weights;
    work += result.row(row).multiplyAdds;
    ms += result.rowMs[static_cast<std::size_t>(row)];
  }
  text.name = QString::fromStdString(group.name);
  text.shape = last.output.extent().product() == 1 ? QString::number(last.output.channels)
                                                   : QString::fromStdString(toText(last.output));
  text.title = QString::fromStdString(group.title);
  text.weights = LayerList::tr(weights == 1 ? "1 weight" : "%1 weights").arg(countText(double(weights)));
  text.work = work > 0 ? LayerList::tr("%1 mult-adds").arg(shortCountText(double(work))) : QString();
  if (!result.outline) text.time = LayerList::tr("%1 ms").arg(ms, 0, 'f', ms < 9.95 ? 1 : 0);
  for (std::size_t a = 0; a < 3; ++a) text.field[a] = last.field[a].size;
  const Shape& clip = result.layers.table.stack.clip;
  text.whole = last.seesWhole && last.output.extent().product() == 1 && clip.extent().product() > 1;
  return text;
}

}  // namespace

class LayerListModel : public QAbstractListModel {
 public:
  using QAbstractListModel::QAbstractListModel;

  void present(const std::shared_ptr<const StudyResult>& holder, const NetworkResult* result) {
    if (holder == m_holder) return;
    const bool sameLayers = m_result != nullptr && result != nullptr && m_result->groups == result->groups;
    if (!sameLayers) beginResetModel();
    m_holder = holder;
    m_result = result;
    if (sameLayers) {
      Q_EMIT dataChanged(index(0), index(rowCount({}) - 1));
    } else {
      endResetModel();
    }
  }
  [[nodiscard]] int rowCount(const QModelIndex& parent) const override {
    return parent.isValid() || m_result == nullptr ? 0 : static_cast<int>(m_result->groups.size());
  }
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
    if (m_result == nullptr || !index.isValid()) return {};
    const LayerText text = at(index.row());
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
      return QStringList({text.name, text.shape, text.title, text.weights, text.work, text.time})
          .join(QStringLiteral(", "));
    if (role != Qt::ToolTipRole) return {};
    return LayerList::tr("%1: %2, %3, %4 bytes of maps")
        .arg(text.name, text.title, text.time.isEmpty() ? LayerList::tr("not run yet") : text.time,
             countText(double(
                 m_result->row(m_result->groups[static_cast<std::size_t>(index.row())].last).outputBytes)));
  }
  [[nodiscard]] LayerText at(int group) const {
    return textOf(*m_result, m_result->groups[static_cast<std::size_t>(group)]);
  }
  [[nodiscard]] const NetworkResult* result() const { return m_result; }

 private:
  std::shared_ptr<const StudyResult> m_holder;
  const NetworkResult* m_result = nullptr;
};

namespace {

class LayerDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return {200, static_cast<int>(3 * kPitch * appliedTheme().body + 8)};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const LookTheme& theme = appliedTheme();
    const auto* model = static_cast<const LayerListModel*>(index.model());
    const LayerText text = model->at(index.row());
    const QRectF area = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool chosen = (option.state & QStyle::State_Selected) != 0;
    if (chosen) {
      painter->fillRect(area, theme.sel);
      painter->fillRect(QRectF(area.topLeft(), QSizeF(3, area.height())), theme.accent);
    }
    painter->fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), theme.line);
    const double left = area.left() + theme.panelPad + kIcon, right = area.right() - theme.panelPad;
    const double step = kPitch * theme.body;
    double y = area.top() + 4 + step / 2;
    themeIcon(QStringLiteral("open-model"), theme, theme.muted)
        .paint(painter,
               QRect(static_cast<int>(area.left()) + theme.panelPad, static_cast<int>(y) - 8, 16, 16));
    const auto line = [&](const TextLine& first, const TextLine& last) {
      const double room = right - left - widthOf(last, theme) - 8;
      TextLine fitted = first;
      for (TextRun& run : fitted) {
        const QFontMetricsF metrics(theme.font(theme.body, run.semibold));
        if (widthOf({run}, theme) > room)
          run.text = metrics.elidedText(run.text, Qt::ElideRight, std::max(20.0, room));
      }
      drawRuns(*painter, {left, y}, Anchor::Left, fitted, theme);
      drawRuns(*painter, {right, y}, Anchor::Right, last, theme);
      y += step;
    };
    line({{text.name, theme.text, true}}, {{text.shape, theme.text}});
    TextLine field{{LayerList::tr("field "), theme.muted}};
    if (text.whole) {
      field.push_back({LayerList::tr("clip"), theme.text, true});
    } else {
      field.push_back({QStringLiteral("%1×%2×%3").arg(text.field[0]).arg(text.field[1]).arg(text.field[2]),
                       theme.text, true});
    }
    line({{text.title, theme.muted}}, field);
    // the time that it took, where there is room for it
    const TextLine work{{text.work, theme.muted}};
    TextRun cost{text.weights, theme.muted};
    if (!text.time.isEmpty()) {
      const TextRun both{LayerList::tr("%1, %2").arg(text.weights, text.time), theme.muted};
      if (widthOf({both}, theme) + widthOf(work, theme) + 8 <= right - left) cost = both;
    }
    line({cost}, work);
    painter->restore();
  }
};

}  // namespace

LayerList::LayerList(QWidget* parent) : QListView(parent), m_model(new LayerListModel(this)) {
  setModel(m_model);
  setItemDelegate(new LayerDelegate(this));
  setFrameShape(QFrame::NoFrame);
  setUniformItemSizes(true);
  setVerticalScrollMode(ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Layers"));
  connect(selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& now) {
    if (!now.isValid() || m_view.result == nullptr || now.row() == m_view.result->groupOf(m_view.row)) return;
    const int row = m_view.result->groups[static_cast<std::size_t>(now.row())].last;
    Q_EMIT editRequested({tr("Layer"),
                          [row](AppState& state) {
                            state.network.row = row;
                            state.network.channel = -1;
                            state.network.unit = kStrongest;
                          },
                          false});
  });
}

int LayerList::layers() const {
  return m_model->rowCount({});
}

QStringList LayerList::linesOf(int group) const {
  const LayerText text = m_model->at(group);
  return {text.name,    text.shape,
          text.title,   QStringLiteral("%1×%2×%3").arg(text.field[0]).arg(text.field[1]).arg(text.field[2]),
          text.weights, text.work,
          text.time};
}

void LayerList::resizeEvent(QResizeEvent* event) {
  QListView::resizeEvent(event);
  if (currentIndex().isValid()) scrollTo(currentIndex(), PositionAtCenter);
}

void LayerList::present(const NetworkView& view) {
  m_view = view;
  {
    const QSignalBlocker quiet(selectionModel());
    m_model->present(view.holder, view.result);
  }
  QString fact;
  if (view.result != nullptr) {
    const int group = view.result->groupOf(view.row);
    const auto wanted = m_model->index(group);
    if (currentIndex() != wanted) {
      const QSignalBlocker quiet(selectionModel());
      setCurrentIndex(wanted);
      scrollTo(wanted, PositionAtCenter);
    }
    fact = tr("%1, %2 layers")
               .arg(QFileInfo(QString::fromStdString(view.result->network->path())).fileName())
               .arg(view.result->groups.size());
  }
  viewport()->update();
  if (fact != m_fact) Q_EMIT factChanged(m_fact = fact);
}

}  // namespace convscope
