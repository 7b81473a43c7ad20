#include "widgets/panels/kernel_panel.h"

#include "engine/conv/kernel_presets.h"
#include "widgets/panels/axis_row.h"
#include "widgets/panels/choice_box.h"
#include "widgets/panels/filter_edits.h"
#include "widgets/panels/kernel_choices.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>

namespace convscope {

namespace {

constexpr int kHeaderHeight = 16;
const char* const kAxisLetters[] = {"t", "h", "w"};

QString presetTip() {
  return KernelPanel::tr("Known kernels, by what they answer to; the chosen filter gets its weights.");
}

/// Shape of the clip as far as it is known: for what fits and what does not.
Shape inputOf(const KernelView& view) {
  if (view.result != nullptr && view.result->clip != nullptr) return view.result->clip->pixels.shape();
  return {view.study().clip.range.count, kMaxKernelExtent, kMaxKernelExtent, channelsOf(view.study().clip)};
}

}  // namespace

KernelPanel::KernelPanel(QWidget* parent)
    : PanelFrame(tr("Kernel"), parent),
      m_preset(new ChoiceBox),
      m_filtersRow(new LabelledRow(tr("Filters"))),
      m_filters(new NumberField),
      m_link(new IconButton(QStringLiteral("link"), tr("Height and width linked"),
                            tr("While linked, height and width change together: a square kernel."))),
      m_size(new AxisRow(tr("Size"), tr("Kernel size: how many %1 one output value sees."), 1,
                         kMaxKernelExtent)),
      m_stride(new AxisRow(tr("Stride"),
                           tr("Stride: how many %1 the kernel moves from one output value to the next."), 1,
                           kMaxStride)),
      m_dilation(new AxisRow(
          tr("Dilation"),
          tr("Dilation: how many %1 apart the kernel's taps stand; above 1 it sees wider, with gaps."), 1,
          kMaxDilation)),
      m_before(new AxisRow(tr("before"), tr("Padding before: %1 added before the first."), 0, kMaxPadding)),
      m_after(new AxisRow(tr("after"), tr("Padding after: %1 added after the last."), 0, kMaxPadding)),
      m_paddingRow(new LabelledRow(tr("Padding"))),
      m_padding(new ChoiceBox),
      m_valueRow(new LabelledRow(tr("Filled with"))),
      m_value(new ChoiceBox),
      m_channelsRow(new LabelledRow(tr("Channels"))),
      m_channels(new ThemedLabel({}, &LookTheme::channel)),
      m_lock(new QLabel),
      m_groups(new ChoiceBox),
      m_activationRow(new LabelledRow(tr("Activation"))),
      m_activation(new ChoiceBox),
      m_biasRow(new LabelledRow(tr("Bias"))),
      m_bias(new NumberField),
      m_flipped(new QPushButton),
      m_problem(new InlineSentence(InlineSentence::Kind::Error)) {
  build();
}

void KernelPanel::build() {
  const LookTheme& theme = appliedTheme();
  auto* body = new QWidget;
  m_column = new QVBoxLayout(body);
  m_column->setContentsMargins(theme.panelPad, theme.panelPad - 1, theme.panelPad, theme.panelPad);
  m_column->setSpacing(theme.rowGap);
  buildPreset(m_column);
  buildHeader(m_column);
  for (AxisRow* row : {m_size, m_stride, m_dilation}) m_column->addWidget(row);
  m_size->label()->setSemibold(true);
  m_size->field(Axis::X).installEventFilter(this);
  m_size->installEventFilter(this);
  connectTriple(m_size, {tr("Kernel length"), tr("Kernel height"), tr("Kernel width")},
                [](ConvSpec& conv) -> Triple& { return conv.kernel; });
  connectTriple(m_stride, {tr("Stride in time"), tr("Stride in height"), tr("Stride in width")},
                [](ConvSpec& conv) -> Triple& { return conv.stride; });
  connectTriple(m_dilation, {tr("Dilation in time"), tr("Dilation in height"), tr("Dilation in width")},
                [](ConvSpec& conv) -> Triple& { return conv.dilation; });
  buildPadding(m_column);
  buildLayer(m_column);
  m_problem->hide();
  m_column->addWidget(m_problem);

  m_flipped->setObjectName(QStringLiteral("factButton"));
  m_flipped->setCheckable(true);
  m_flipped->setAutoDefault(false);
  m_flipped->setCursor(Qt::PointingHandCursor);
  m_flipped->setFocusPolicy(Qt::TabFocus);
  describe(m_flipped, tr("Apply the weights flipped"),
           tr("Deep-learning frameworks apply weights as they are (cross-correlation); the mathematician's "
              "convolution "
              "reverses them along t, h and w."));
  connect(m_flipped, &QPushButton::clicked, this, [this](bool flipped) {
    request(tr("Flipped"), [flipped](AppState& state) { state.kernel().conv.flipped = flipped; });
  });
  setTitleControl(m_flipped);
  setBody(body);
}

void KernelPanel::buildPreset(QVBoxLayout* column) {
  auto* line = new QWidget;
  m_presetLine = new QHBoxLayout(line);
  m_presetLine->setContentsMargins(0, 0, 0, 0);
  m_presetLine->setSpacing(LabelledRow::kFieldGap);
  describe(m_preset, tr("Kernel preset"), presetTip());
  connect(m_preset, &ChoiceBox::picked, this, [this](const QString& id) {
    request(tr("Preset"), [id = id.toStdString()](AppState& state) {
      applyPreset(state.kernel(), state.selection.filter, id);
    });
  });
  m_presetLine->addWidget(m_preset, 1);
  m_filters->setWhole(1, kMaxFilters);
  m_filters->setMark(tr("filters"));
  m_filters->setDigits(3, 2);
  describe(m_filters, tr("Number of filters"),
           tr("How many filters the layer has: each gives one output map; further ones are variants of the "
              "first."));
  connect(m_filters, &NumberField::edited, this, [this](double count) {
    request(tr("Filters"), [count = qRound(count)](AppState& state) {
      KernelStudy& study = state.kernel();
      setFilterCount(study, count);
    });
  });
  m_presetLine->addWidget(m_filters);
  column->addWidget(line);
  m_filtersRow->addStretch();
  m_filtersRow->hide();
  column->addWidget(m_filtersRow);
}

void KernelPanel::buildHeader(QVBoxLayout* column) {
  QColor LookTheme::*const colours[] = {&LookTheme::time, &LookTheme::height, &LookTheme::width};
  m_header = new QWidget;
  for (std::size_t i = 0; i < 3; ++i) {
    m_axes[i] =
        new ThemedLabel(QString::fromLatin1(kAxisLetters[i]), colours[i], true, &LookTheme::body, m_header);
    m_axes[i]->setAlignment(Qt::AlignCenter);
  }
  m_link->setParent(m_header);
  m_link->setCheckable(false);
  connect(m_link, &IconButton::clicked, this, [this] { setLinked(!m_linked); });
  column->addWidget(m_header);
}

void KernelPanel::placeHeader() {
  // Above the fields, wherever the row's width put them; the link in the middle between height and width.
  const LookTheme& theme = appliedTheme();
  const int height = theme.presenter ? theme.row : kHeaderHeight;
  const int side = theme.presenter ? 28 : kHeaderHeight;
  m_header->setFixedHeight(height);
  std::array<QRect, 3> at;
  for (std::size_t i = 0; i < 3; ++i) {
    const NumberField& field = m_size->field(kAxes[i]);
    const int left = field.mapTo(body(), QPoint()).x() - m_header->x();
    at[i] = QRect(left, 0, field.width(), height);
    m_axes[i]->setGeometry(at[i]);
  }
  m_link->setFixedSize(side, side);
  m_link->setIconSize({side - 2, side - 2});
  m_link->move((at[1].right() + at[2].left() + 1 - side) / 2, (height - side) / 2);
}

bool KernelPanel::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::Move) placeHeader();
  return PanelFrame::eventFilter(watched, event);
}

void KernelPanel::connectTriple(AxisRow* row, const QStringList& labels, TripleOf triple) {
  connect(row, &AxisRow::edited, this, [this, labels, triple](Axis axis, int value) {
    const bool both = m_linked && axis != Axis::T;
    request(labels[static_cast<int>(axis)], [axis, triple, both, value](AppState& state) {
      Triple& target = triple(state.kernel().conv);
      target[axis] = value;
      if (both) target.y = target.x = value;
    });
  });
}

void KernelPanel::buildPadding(QVBoxLayout* column) {
  describe(m_padding, tr("Padding mode"),
           tr("Padding: cells added around the clip, so that the kernel may reach over its border."));
  m_padding->setChoices(paddingChoices());
  m_paddingRow->add(m_padding, 1);
  column->addWidget(m_paddingRow);
  connect(m_padding, &ChoiceBox::picked, this, [this](const QString& id) {
    request(tr("Padding"), [mode = paddingOf(id)](AppState& state) { state.kernel().conv.padding = mode; });
  });
  for (AxisRow* row : {m_before, m_after}) column->addWidget(row);
  connectCustom(m_before, &AxisPadding::before, tr("Padding before"));
  connectCustom(m_after, &AxisPadding::after, tr("Padding after"));
  describe(m_value, tr("Padding value"), tr("What stands in the added cells."));
  m_value->setChoices(paddingValueChoices());
  m_valueRow->add(m_value, 1);
  column->addWidget(m_valueRow);
  connect(m_value, &ChoiceBox::picked, this, [this](const QString& id) {
    request(tr("Padding value"),
            [value = paddingValueOf(id)](AppState& state) { state.kernel().conv.paddingValue = value; });
  });
}

void KernelPanel::connectCustom(AxisRow* row, int AxisPadding::*side, const QString& label) {
  connect(row, &AxisRow::edited, this, [this, side, label](Axis axis, int value) {
    request(label, [axis, side, value](AppState& state) {
      state.kernel().conv.custom[static_cast<std::size_t>(axis)].*side = value;
    });
  });
}

void KernelPanel::buildLayer(QVBoxLayout* column) {
  m_channelsRow->add(m_lock);
  m_channelsRow->addSpace(6);
  m_channelsRow->add(m_channels, 1);
  const QString teach =
      tr("The kernel is as deep as the clip has channels: it sums over them and cannot slide along them.");
  m_channels->setToolTip(teach);
  m_lock->setToolTip(teach);
  // which channels a filter sums is one question: the choice of groups stands in the place of its answer
  describe(m_groups, tr("Groups"),
           tr("Groups: the channels are dealt out, and each filter sums only those of its group."));
  m_channelsRow->add(m_groups, 1);
  column->addWidget(m_channelsRow);
  connect(m_groups, &ChoiceBox::picked, this, [this](const QString& id) {
    request(tr("Groups"), [groups = id.toInt()](AppState& state) { state.kernel().conv.groups = groups; });
  });

  describe(m_activation, tr("Activation"), tr("Activation: the function applied to sum plus bias."));
  m_activation->setChoices(activationChoices());
  m_activationRow->add(m_activation, 1);
  connect(m_activation, &ChoiceBox::picked, this, [this](const QString& id) {
    request(tr("Activation"),
            [function = activationOf(id)](AppState& state) { state.kernel().conv.activation = function; });
  });
  m_bias->setReal(-1000, 1000, 3, 0.05);
  m_bias->setMark(tr("bias"));
  m_bias->setDigits(4, 3);
  describe(m_bias, tr("Bias"), tr("Bias: a number added to every sum of this filter."));
  connect(m_bias, &NumberField::edited, this, [this](double bias) {
    request(tr("Bias"), [bias](AppState& state) {
      const auto k = static_cast<std::size_t>(state.selection.filter);
      FilterBank& bank = state.kernel().bank;
      if (k < bank.size()) bank[k].bias = static_cast<float>(bias);
    });
  });
  m_activationRow->addSpace(LabelledRow::kFieldGap);
  m_activationRow->add(m_bias);
  column->addWidget(m_activationRow);
  m_biasRow->addStretch();
  m_biasRow->hide();
  column->addWidget(m_biasRow);
}

void KernelPanel::resizeEvent(QResizeEvent* event) {
  PanelFrame::resizeEvent(event);
  foldRows(width() - 2 * appliedTheme().panelPad < LabelledRow::kNarrow);
}

void KernelPanel::foldRows(bool narrow) {
  if (narrow == m_narrow) return;
  m_narrow = narrow;
  if (narrow) {
    m_filtersRow->addFirst(m_filters);
    m_biasRow->addFirst(m_bias);
  } else {
    m_presetLine->addWidget(m_filters);
    m_activationRow->add(m_bias);
  }
  m_filters->setMark(narrow ? QString() : tr("filters"));
  m_bias->setMark(narrow ? QString() : tr("bias"));
  m_filtersRow->setVisible(narrow);
  m_biasRow->setVisible(narrow);
}

void KernelPanel::request(const QString& label, std::function<void(AppState&)> apply) {
  Q_EMIT editRequested({label, std::move(apply)});
}

void KernelPanel::setLinked(bool linked) {
  m_linked = linked;
  m_link->setIconName(linked ? QStringLiteral("link") : QStringLiteral("unlink"),
                      linked ? &LookTheme::text : &LookTheme::muted);
  m_link->setAccessibleName(linked ? tr("Height and width linked") : tr("Height and width apart"));
}

void KernelPanel::present(const KernelView& view) {
  const ConvSpec& conv = view.study().conv;
  presentPresets(view);
  m_size->present(conv.kernel);
  m_stride->present(conv.stride);
  m_dilation->present(conv.dilation);
  if (m_linked && (conv.kernel.y != conv.kernel.x || conv.stride.y != conv.stride.x ||
                   conv.dilation.y != conv.dilation.x))
    setLinked(false);
  presentPadding(view);
  presentLayer(view);
  presentProblem(view);
  m_flipped->setChecked(conv.flipped);
  m_flipped->setText(conv.flipped ? tr("applied flipped") : tr("applied as is"));
  const bool stillImage = inputOf(view).length == 1 && conv.kernel.t == 1;
  m_axes[0]->setText(stillImage ? QString() : QString::fromLatin1(kAxisLetters[0]));
  for (AxisRow* row : {m_size, m_stride, m_dilation, m_before, m_after})
    row->field(Axis::T).setVisible(!stillImage);
}

void KernelPanel::presentPresets(const KernelView& view) {
  const Shape input = inputOf(view);
  if (!(input == m_presetInput)) {  // the list depends on the clip's shape alone
    m_presetInput = input;
    QList<ChoiceBox::Choice> choices;
    std::string group;
    for (const KernelPreset& preset : kernelPresets()) {
      if (preset.group != group) choices.append({QString::fromStdString(preset.group), {}, {}, {}});
      group = preset.group;
      choices.append({QString::fromStdString(preset.name), QString::fromStdString(preset.id),
                      QString::fromStdString(preset.shows),
                      QString::fromStdString(presetObstacle(preset, input))});
    }
    m_preset->setChoices(choices);
  }
  const FilterBank& bank = view.study().bank;
  const auto k = static_cast<std::size_t>(view.state.selection.filter);
  const Filter filter = k < bank.size() ? bank[k] : Filter{};
  const QString name = filterName(view.study(), view.state.selection.filter);
  const bool whole = isItsPreset(view.study(), view.state.selection.filter);
  m_preset->present(whole ? QString::fromStdString(filter.preset) : QString(), name);
  // the field may be too narrow for all of it
  m_preset->setToolTip(whole ? presetTip() : QStringLiteral("%1. %2").arg(name, presetTip()));
  const int perFilter = filterChannels(view.study());
  const int most = std::min(kMaxFilters, mostFilters(view.study().conv.kernel, perFilter));
  m_filters->setWhole(1, std::max(most, static_cast<int>(bank.size())));
  m_filters->setBoundReason(
      most < kMaxFilters
          ? tr("more than %1 of this size would have over %2 weights").arg(most).arg(kMostWeights)
          : QString());
  m_filters->present(static_cast<double>(bank.size()));
  m_bias->present(std::round(double{filter.bias} * 1000) / 1000);
}

void KernelPanel::presentPadding(const KernelView& view) {
  const ConvSpec& conv = view.study().conv;
  m_padding->present(idOf(conv.padding));
  m_value->present(idOf(conv.paddingValue));
  const bool custom = conv.padding == PaddingMode::Custom;
  m_before->setVisible(custom);
  m_after->setVisible(custom);
  m_valueRow->setVisible(conv.padding != PaddingMode::Valid);
  for (const Axis axis : kAxes) {
    const AxisPadding& sides = conv.custom[static_cast<std::size_t>(axis)];
    m_before->field(axis).present(sides.before);
    m_after->field(axis).present(sides.after);
  }
}

void KernelPanel::presentLayer(const KernelView& view) {
  const KernelStudy& study = view.study();
  const int channels = channelsOf(study.clip);
  const int filters = static_cast<int>(study.bank.size());
  const LookTheme& theme = appliedTheme();
  m_channels->setText(channels == 1 ? tr("1, nothing to sum")
                                    : tr("%1, summed, not slid").arg(filterChannels(study)));
  const int side = theme.presenter ? 26 : 16;
  if (m_lock->pixmap().isNull() || m_lock->property("colour").toString() != theme.channel.name()) {
    m_lock->setProperty("colour", theme.channel.name());
    m_lock->setPixmap(
        themeIcon(QStringLiteral("lock"), theme, theme.channel).pixmap({side, side}, devicePixelRatioF()));
  }
  QList<ChoiceBox::Choice> groups;
  for (int n = 1; n <= channels; ++n) {
    if (channels % n != 0 || filters % n != 0) continue;
    groups.append({n == 1 ? tr("%1, summed, not slid").arg(channels)
                          : tr("%1 of %2, in %3 groups").arg(channels / n).arg(channels).arg(n),
                   QString::number(n),
                   n == 1          ? tr("One group: each filter sums all channels.")
                   : n == channels ? tr("Depthwise: each filter sees one channel.")
                                   : tr("Each filter sums its group’s channels."),
                   {}});
  }
  m_groups->setChoices(groups);
  m_groups->present(QString::number(study.conv.groups), QString::number(study.conv.groups));
  const bool choice = groups.size() > 1 || study.conv.groups != 1;
  m_groups->setVisible(choice);
  m_channels->setVisible(!choice);
  m_activation->present(idOf(study.conv.activation));
}

void KernelPanel::presentProblem(const KernelView& view) {
  using Setting = ErrorPlace::Setting;
  const ErrorPlace& place = view.problemPlace;
  const Setting wrong = view.problem.isEmpty() ? Setting::None : place.setting;
  const std::pair<Setting, AxisRow*> rows[] = {
      {Setting::Size, m_size}, {Setting::Stride, m_stride}, {Setting::Dilation, m_dilation}};
  QWidget* under = nullptr;
  for (const auto& [setting, axes] : rows) {
    for (const Axis axis : kAxes)
      axes->field(axis).setFailed(wrong == setting && place.axis.value_or(axis) == axis);
    if (wrong == setting) under = axes;
  }
  for (AxisRow* side : {m_before, m_after}) {
    for (const Axis axis : kAxes)
      side->field(axis).setFailed(wrong == Setting::Padding && place.axis.value_or(axis) == axis);
  }
  m_padding->setFailed(wrong == Setting::Padding);
  m_groups->setFailed(wrong == Setting::Groups);
  m_filters->setFailed(wrong == Setting::Filters);
  if (wrong == Setting::Padding) under = m_valueRow;
  if (wrong == Setting::Groups) under = m_channelsRow;
  if (wrong == Setting::Filters) under = m_preset->parentWidget();
  if (under == nullptr) {
    m_problem->setText({});
    return;
  }
  const int wanted = m_column->indexOf(under) + 1;
  if (m_column->indexOf(m_problem) != wanted) {
    m_column->removeWidget(m_problem);
    m_column->insertWidget(m_column->indexOf(under) + 1, m_problem);
  }
  m_problem->setText(view.problem);
}

}  // namespace convscope
