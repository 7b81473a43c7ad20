#include "widgets/panels/stack_model.h"

#include "widgets/look/look_theme.h"

#include <QRegularExpression>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kMostTyped = 4096;

bool isWindow(LayerKind kind) {
  return kind == LayerKind::Conv || kind == LayerKind::MaxPool || kind == LayerKind::AveragePool;
}

QString tripleText(const Triple& triple) {
  return QStringLiteral("%1×%2×%3").arg(triple.t).arg(triple.y).arg(triple.x);
}

QString paddingText(const std::array<AxisPadding, 3>& padding) {
  QStringList parts;
  for (const AxisPadding& axis : padding) {
    parts << (axis.before == axis.after ? QString::number(axis.before)
                                        : QStringLiteral("%1:%2").arg(axis.before).arg(axis.after));
  }
  return parts.join(QStringLiteral("×"));
}

QStringList partsOf(const QString& text) {
  static const QRegularExpression between(QStringLiteral("[×x*,;\\s]+"));
  return text.trimmed().split(between, Qt::SkipEmptyParts);
}

std::optional<int> numberFrom(const QString& text) {
  bool ok = false;
  const int number = text.trimmed().toInt(&ok);
  return ok && number >= 0 && number <= kMostTyped ? std::optional(number) : std::nullopt;
}

QString shortKind(LayerKind kind) {
  static const char* const names[] = {"conv",   "max",     "average", "global",   "full",    "add",
                                      "concat", "lateral", "gate",    "upsample", "function"};
  return QString::fromLatin1(names[static_cast<std::size_t>(kind)]);
}

std::optional<LayerKind> kindFrom(const QString& text) {
  for (int i = 0; i <= static_cast<int>(LayerKind::Function); ++i) {
    if (shortKind(static_cast<LayerKind>(i)).startsWith(text.trimmed(), Qt::CaseInsensitive) &&
        !text.trimmed().isEmpty())
      return static_cast<LayerKind>(i);
  }
  return std::nullopt;
}

/// Puts what was typed into a copy of the layer; false where it cannot be read.
bool put(LayerSpec& layer, StackModel::Column column, const QString& typed) {
  const auto triple = tripleFrom(typed);
  const auto number = numberFrom(typed);
  switch (column) {
    case StackModel::Name:
      layer.name = typed.trimmed().toStdString();
      return !layer.name.empty();
    case StackModel::Kind:
      if (const auto kind = kindFrom(typed)) return layer.kind = *kind, true;
      return false;
    case StackModel::Kernel:
      return triple && (layer.kernel = *triple, true);
    case StackModel::Stride:
      return triple && (layer.stride = *triple, true);
    case StackModel::Dilation:
      return triple && (layer.dilation = *triple, true);
    case StackModel::Padding: {
      const auto padding = paddingFrom(typed);
      if (!padding) return false;
      layer.paddingMode = padding->first;
      layer.padding = padding->second;
      return true;
    }
    case StackModel::Groups:
      return number && (layer.groups = *number, true);
    case StackModel::Channels: {
      const auto filters = numberFrom(typed.section(QChar(0x2192), -1));  // "64→128" means 128
      return filters && (layer.filters = *filters, true);
    }
    case StackModel::Repeat:
      return number && *number >= 1 && (layer.repeat = *number, true);
    default:
      return false;
  }
}

/// The column that shows `setting`; Kind where a layer as such is wrong.
StackModel::Column columnOf(ErrorPlace::Setting setting) {
  using Setting = ErrorPlace::Setting;
  switch (setting) {
    case Setting::Size:
      return StackModel::Kernel;
    case Setting::Stride:
      return StackModel::Stride;
    case Setting::Dilation:
      return StackModel::Dilation;
    case Setting::Padding:
      return StackModel::Padding;
    case Setting::Groups:
      return StackModel::Groups;
    case Setting::Filters:
      return StackModel::Channels;
    case Setting::Repeat:
      return StackModel::Repeat;
    default:
      return StackModel::Kind;
  }
}

}  // namespace

std::optional<Triple> tripleFrom(const QString& text) {
  const QStringList parts = partsOf(text);
  if (parts.size() != 1 && parts.size() != 3) return std::nullopt;
  std::array<int, 3> numbers{};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = numberFrom(parts[parts.size() == 1 ? 0 : static_cast<qsizetype>(i)]);
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return Triple{numbers[0], numbers[1], numbers[2]};
}

std::optional<std::pair<StackPadding, std::array<AxisPadding, 3>>> paddingFrom(const QString& text) {
  if (text.trimmed() == QLatin1String("same"))
    return std::pair{StackPadding::Same, std::array<AxisPadding, 3>{}};
  if (text.trimmed() == QLatin1String("fitting"))
    return std::pair{StackPadding::Fitting, std::array<AxisPadding, 3>{}};
  const QStringList parts = partsOf(text);
  if (parts.size() != 1 && parts.size() != 3) return std::nullopt;
  std::array<AxisPadding, 3> padding;
  for (std::size_t i = 0; i < 3; ++i) {
    const QString& part = parts[parts.size() == 1 ? 0 : static_cast<qsizetype>(i)];
    const auto before = numberFrom(part.section(u':', 0, 0));
    const auto after = numberFrom(part.section(u':', -1));
    if (!before || !after) return std::nullopt;
    padding[i] = {*before, *after};
  }
  return std::pair{StackPadding::Custom, padding};
}

void StackModel::present(const StackSpec& stack, Result<LayerTable> table) {
  const bool sameRows = stack.layers.size() == m_stack.layers.size();
  if (!sameRows) beginResetModel();
  m_stack = stack;
  m_wrong = table ? std::nullopt : std::optional(table.error());
  if (table)
    m_table = std::move(*table);
  else if (!sameRows || (m_table && expanded(stack).layers.size() != m_table->rows.size()))
    m_table.reset();
  if (!sameRows) {
    endResetModel();
  } else if (rowCount() > 0) {
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
  }
}

const LayerRow* StackModel::rowOf(int layer) const {
  if (!m_table) return nullptr;
  return &m_table->rows[static_cast<std::size_t>(expandedIndex(m_stack, layer))];
}

int StackModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_stack.layers.size());
}

int StackModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

bool StackModel::isUsed(const LayerSpec& layer, Column column) const {
  const bool window = isWindow(layer.kind);
  switch (column) {
    case Kernel:
    case Padding:
    case Dilation:
      return window;
    case Stride:
      return window || layer.kind == LayerKind::Upsample;
    case Groups:
      return layer.kind == LayerKind::Conv;
    case Channels:
      return layer.kind == LayerKind::Conv || layer.kind == LayerKind::FullyConnected ||
             layer.kind == LayerKind::Lateral || layer.kind == LayerKind::SqueezeExcitation;
    case Repeat:
      return layer.inputs.size() < 2;
    default:
      return column <= Kind;
  }
}

QString StackModel::text(int layer, Column column) const {
  const LayerSpec& spec = m_stack.layers[static_cast<std::size_t>(layer)];
  const LayerRow* const row = rowOf(layer);
  if (column <= Repeat && column != Channels && !isUsed(spec, column)) return {};
  switch (column) {
    case Name:
      return QString::fromStdString(spec.name);
    case Kind:
      return shortKind(spec.kind);
    case Kernel:
      return tripleText(spec.kernel);
    case Stride:
      return tripleText(spec.stride);
    case Padding:
      if (row != nullptr && !m_wrong) return paddingText(row->padding);
      return spec.paddingMode == StackPadding::Custom
                 ? paddingText(spec.padding)
                 : QLatin1String(spec.paddingMode == StackPadding::Same ? "same" : "fitting");
    case Dilation:
      return tripleText(spec.dilation);
    case Groups:
      return row != nullptr ? QString::number(row->layer.groups) : QString::number(spec.groups);
    case Channels:
      if (row == nullptr) return QString::number(spec.filters);
      return QStringLiteral("%1→%2").arg(row->inputChannels).arg(row->output.channels);
    case Repeat:
      return spec.repeat > 1 ? QStringLiteral("%1×").arg(spec.repeat) : QStringLiteral("1");
    default:
      break;
  }
  if (row == nullptr) return {};
  switch (column) {
    case Output:
      return QString::fromStdString(toText(row->output.extent()));
    case Jump:
      return QStringLiteral("%1×%2×%3")
          .arg(row->field[0].jump)
          .arg(row->field[1].jump)
          .arg(row->field[2].jump);
    case Field:
      return QStringLiteral("%1 × %2 × %3")
          .arg(row->field[0].size)
          .arg(row->field[1].size)
          .arg(row->field[2].size);
    case Weights:
      return row->weights == 0 ? QStringLiteral("–")
                               : countText(static_cast<double>(row->weights * spec.repeat));
    case Work:
      return row->multiplyAdds == 0 ? QStringLiteral("–")
                                    : shortCountText(static_cast<double>(row->multiplyAdds * spec.repeat));
    default:
      return {};
  }
}

QVariant StackModel::data(const QModelIndex& index, int role) const {
  const auto column = static_cast<Column>(index.column());
  if (role == Qt::DisplayRole || role == Qt::EditRole) return text(index.row(), column);
  if (role == Qt::TextAlignmentRole)
    return QVariant(column <= Kind ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole) {
    const bool quiet =
        column == Jump || column == Kind || column == Dilation || column == Groups || column == Repeat;
    QColor colour = quiet ? appliedTheme().muted : appliedTheme().text;
    if (!m_wrong) return colour;
    if (index.row() == m_wrong->place.layer && (column == Name || column == columnOf(m_wrong->place.setting)))
      return appliedTheme().error;
    if (column >= Output) colour.setAlphaF(static_cast<float>(appliedTheme().staleOpacity));
    return colour;
  }
  if (role == kStaleRole) return m_wrong.has_value();
  if (role == Qt::FontRole && column == Name) return appliedTheme().font(appliedTheme().body, true);
  if (role == Qt::ToolTipRole) {
    const LayerSpec& layer = m_stack.layers[static_cast<std::size_t>(index.row())];
    const QString kind = QString::fromLatin1(layerKindName(layer.kind));
    return flags(index).testFlag(Qt::ItemIsEditable) ? tr("%1: double-click to change it").arg(kind) : kind;
  }
  return {};
}

QVariant StackModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical) return role == Qt::DisplayRole ? QVariant(section + 1) : QVariant();
  static const char* const names[] = {
      "layer",    "kind",   "kernel", "stride", "padding",         "dilation", "groups",
      "channels", "repeat", "output", "jump",   "field t × h × w", "weights",  "multiply-adds"};
  if (role == Qt::DisplayRole) return tr(names[section]);
  if (role == Qt::TextAlignmentRole)
    return QVariant(section <= Kind ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
  return {};
}

Qt::ItemFlags StackModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  const auto column = static_cast<Column>(index.column());
  if (isUsed(m_stack.layers[static_cast<std::size_t>(index.row())], column)) flags |= Qt::ItemIsEditable;
  return flags;
}

bool StackModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole) return false;
  const auto column = static_cast<Column>(index.column());
  const QString typed = value.toString();
  if (typed == text(index.row(), column)) return false;
  LayerSpec layer = m_stack.layers[static_cast<std::size_t>(index.row())];
  if (!put(layer, column, typed)) {
    const QString name = headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString();
    Q_EMIT refused(
        tr("“%1” is no %2 for %3: write whole numbers as %4.")
            .arg(typed, name, QString::fromStdString(layer.name), data(index, Qt::EditRole).toString()));
    return false;
  }
  Q_EMIT refused({});
  const auto at = static_cast<std::size_t>(index.row());
  Q_EMIT editRequested(
      {tr("Layer %1").arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString()),
       [at, layer](AppState& state) {
         if (at < state.field.stack.layers.size()) state.field.stack.layers[at] = layer;
       }});
  return true;
}

}  // namespace convscope
