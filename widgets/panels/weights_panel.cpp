#include "widgets/panels/weights_panel.h"

#include "widgets/panels/dock_column.h"
#include "widgets/panels/filter_edits.h"
#include "widgets/panels/number_field.h"
#include "widgets/panels/panel_rows.h"
#include "widgets/panels/scale_legend.h"
#include "widgets/panels/segmented_control.h"
#include "widgets/panels/weight_grid.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>

#include <algorithm>
#include <cmath>

namespace convscope {

namespace {

constexpr int kNominalGrid = 84;  // px: three grids of 3 × 3 with their captions
constexpr int kLeastGrid = 116;   // px: two rows of larger ones

/// The grids as high as they are while there is room; in a full column they scroll, so that the scale and the
/// buttons under them stay in sight.
class GridScroll : public QScrollArea {
 public:
  explicit GridScroll(WeightGrid* grid) : m_grid(grid) {
    setWidget(grid);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
  }
  [[nodiscard]] QSize sizeHint() const override { return {m_grid->sizeHint().width(), wanted()}; }
  [[nodiscard]] QSize minimumSizeHint() const override {
    return {m_grid->minimumSizeHint().width(), std::min(wanted(), kLeastGrid)};
  }

 protected:
  bool viewportEvent(QEvent* event) override {
    if (event->type() == QEvent::LayoutRequest) updateGeometry();  // the grid has another shape
    return QScrollArea::viewportEvent(event);
  }
  void resizeEvent(QResizeEvent* event) override {
    QScrollArea::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) updateGeometry();
  }

 private:
  [[nodiscard]] int wanted() const { return m_grid->heightForWidth(std::max(1, width())); }
  WeightGrid* m_grid;
};

/// Channels of the input that filter `k` reads, as the names of the switch.
QStringList channelNames(const KernelStudy& study, int filter) {
  const int channels = channelsOf(study.clip);
  const int perFilter = filterChannels(study);
  const int filters = std::max(1, static_cast<int>(study.bank.size()));
  const int group = study.conv.groups > 0 ? filter / std::max(1, filters / study.conv.groups) : 0;
  QStringList names;
  for (int c = 0; c < perFilter; ++c) {
    const int of = std::min(channels - 1, group * perFilter + c);
    names << (channels == 3 ? QStringList{"R", "G", "B"}[of] : QString::number(of + 1));
  }
  return names;
}

}  // namespace

WeightsPanel::WeightsPanel(QWidget* parent)
    : PanelFrame(tr("Weights"), parent),
      m_channels(new SegmentedControl(SegmentedControl::Size::Small)),
      m_filterRow(new LabelledRow(tr("Filter"))),
      m_filter(new NumberField),
      m_filterCount(new ThemedLabel({}, &LookTheme::muted)),
      m_grid(new WeightGrid),
      m_legend(new ScaleLegend),
      m_sum(new ThemedLabel({}, &LookTheme::muted, false, &LookTheme::caption)),
      m_reverse(new QPushButton(tr("Reverse in time"))),
      m_random(
          new IconButton(QStringLiteral("random"), tr("Random weights"),
                         tr("New normal weights with standard deviation √(2 / taps), as before training."))),
      m_more(new IconButton(QStringLiteral("more"), tr("More"), tr("Mirror, transpose, inflate, clear."))) {
  build();
  connect(m_channels, &SegmentedControl::chosen, this, [this](int index) {
    Q_EMIT editRequested(
        {tr("Weight channel"), [index](AppState& state) { state.selection.weightChannel = index; }, false});
  });
  connect(m_filter, &NumberField::edited, this, [this](double number) {
    const int filter = qRound(number) - 1;
    Q_EMIT editRequested(
        {tr("Filter"), [filter](AppState& state) { state.selection.filter = filter; }, false});
  });
  connect(m_grid, &WeightGrid::edited, this, [this](const Triple& tap, double value) {
    Q_EMIT editRequested({tr("Weight"), [tap, value](AppState& state) {
                            setWeight(state.kernel(), state.selection.filter, state.selection.weightChannel,
                                      tap, static_cast<float>(value));
                          }});
  });
  connect(m_grid, &WeightGrid::hovered, this, [this](const std::optional<Triple>& tap) {
    Q_EMIT hoverChanged(tap ? Hover{Hover::Kind::Weight, *tap, std::max(0, m_channels->current())} : Hover{});
  });
}

void WeightsPanel::build() {
  const int pad = appliedTheme().panelPad;
  auto* body = new QWidget;
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(pad, pad - 1, pad, pad);
  column->setSpacing(6);

  describe(m_filter, tr("Filter shown"),
           tr("Which filter's weights stand here and whose map stands in the stage."));
  m_filterRow->add(m_filter);
  m_filterRow->addSpace(8);
  m_filterRow->add(m_filterCount);
  m_filterRow->addStretch();
  m_filterRow->setProperty(kNominalHeight, 0);
  column->addWidget(m_filterRow);

  describe(
      m_grid, tr("Weights, one grid per kernel frame"),
      tr("A weight: click to type, drag up or down, or turn the wheel; each input cell under the kernel is "
         "multiplied by its weight."));
  auto* scroll = new GridScroll(m_grid);
  scroll->setProperty(kNominalHeight, kNominalGrid);
  column->addWidget(scroll);

  auto* scale = new QHBoxLayout;
  scale->addWidget(m_legend);
  scale->addStretch(1);
  m_sum->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_sum->setToolTip(
      tr("Sum of all weights of the filter: at 0 it answers to differences and not to even areas."));
  scale->addWidget(m_sum);
  column->addSpacing(4);
  column->addLayout(scale);
  column->addSpacing(2);
  setTitleControl(m_random);
  setTitleControl(m_more);
  setTitleControl(m_channels);
  setBody(body);
  buildActions();
}

void WeightsPanel::buildActions() {
  m_buttons = new QHBoxLayout;
  m_buttons->setSpacing(6);
  m_lowerButtons = new QHBoxLayout;
  const auto add = [&](QPushButton* button, const QString& tip, auto act) {
    describe(button, button->text(), tip);
    button->setFocusPolicy(Qt::TabFocus);
    button->setAutoDefault(false);
    // narrower than the style would have it, so that the dock may get so narrow that the last one moves down
    button->setMinimumWidth(qCeil(QFontMetricsF(button->font()).horizontalAdvance(button->text())) + 6);
    m_buttons->addWidget(button);
    connect(button, &QPushButton::clicked, this, act);
  };
  add(new QPushButton(tr("Normalise")), tr("Divide by the sum of |w|: the map then stays between −1 and 1."),
      [this] {
        change(tr("Normalise"), [](const Filter& filter, const Triple&, int) { return normalised(filter); });
      });
  add(new QPushButton(tr("Flip")),
      tr("Reverse the weights along t, h and w: what turns correlation into convolution."), [this] {
        change(tr("Flip weights"), [](const Filter& filter, const Triple& kernel, int channels) {
          return flippedFilter(filter, kernel, channels);
        });
      });
  add(m_reverse,
      tr("Mirror the weights along time: a filter for rightward motion answers to leftward motion."), [this] {
        change(tr("Reverse in time"), [](const Filter& filter, const Triple& kernel, int channels) {
          return mirrored(filter, kernel, channels, Axis::T);
        });
      });
  auto* menu = new QMenu(this);
  const auto action = [&](const QString& text, const QString& tip, auto act) {
    QAction* entry = menu->addAction(text, this, act);
    entry->setToolTip(tip);
    return entry;
  };
  menu->setToolTipsVisible(true);
  action(tr("Mirror left–right"), tr("Mirror the weights along the width."), [this] {
    change(tr("Mirror left–right"), [](const Filter& filter, const Triple& kernel, int channels) {
      return mirrored(filter, kernel, channels, Axis::X);
    });
  });
  action(tr("Mirror top–bottom"), tr("Mirror the weights along the height."), [this] {
    change(tr("Mirror top–bottom"), [](const Filter& filter, const Triple& kernel, int channels) {
      return mirrored(filter, kernel, channels, Axis::Y);
    });
  });
  m_transpose =
      action(tr("Transpose"),
             tr("Exchange rows and columns: a filter for edges across becomes one for edges along."), [this] {
               change(tr("Transpose"), [](const Filter& filter, const Triple& kernel, int channels) {
                 return transposed(filter, kernel, channels);
               });
             });
  m_inflate = action(
      tr("Inflate the middle frame"),
      tr("Copy the middle frame to all frames and divide by l, as 2-D networks are made into 3-D ones."),
      [this] {
        change(tr("Inflate"), [](const Filter& filter, const Triple& kernel, int channels) {
          return inflated(filter, kernel, channels);
        });
      });
  m_zero = action(tr("All to 0"), tr("Start from an empty kernel."), [this] {
    change(tr("Clear weights"), [](const Filter& filter, const Triple&, int) {
      Filter empty = filter;
      std::ranges::fill(empty.weights, 0.0F);
      return empty;
    });
  });
  m_more->setMenu(menu);
  m_more->setPopupMode(QToolButton::InstantPopup);
  m_buttons->addStretch(1);
  m_lowerButtons->addStretch(1);
  static_cast<QVBoxLayout*>(body()->layout())->addLayout(m_buttons);
  static_cast<QVBoxLayout*>(body()->layout())->addLayout(m_lowerButtons);
  connect(m_random, &IconButton::clicked, this, [this] {
    change(tr("Random weights"), [](const Filter& old, const Triple& kernel, int channels) {
      Filter filter = randomFilter(kernel, channels, nextSeed(old));
      filter.bias = old.bias;
      return filter;
    });
  });
}

void WeightsPanel::resizeEvent(QResizeEvent* event) {
  PanelFrame::resizeEvent(event);
  const bool narrow = width() - 2 * appliedTheme().panelPad < LabelledRow::kNarrow;
  QHBoxLayout* line = narrow ? m_lowerButtons : m_buttons;
  const int place = narrow ? 0 : 2;  // behind the other two
  if (line->indexOf(m_reverse) == place) return;
  m_buttons->removeWidget(m_reverse);
  m_lowerButtons->removeWidget(m_reverse);
  line->insertWidget(place, m_reverse);
}

void WeightsPanel::change(const QString& label,
                          std::function<Filter(const Filter&, const Triple&, int)> change) {
  Q_EMIT editRequested({label, [change = std::move(change)](AppState& state) {
                          KernelStudy& study = state.kernel();
                          const auto k = static_cast<std::size_t>(state.selection.filter);
                          if (k >= study.bank.size() || !weightsFit(study, study.bank[k])) return;
                          Filter changed = change(study.bank[k], study.conv.kernel, filterChannels(study));
                          changed.preset = study.bank[k].preset;
                          changed.edited = true;
                          study.bank[k] = std::move(changed);
                        }});
}

void WeightsPanel::present(const KernelView& view) {
  presentChannels(view);
  presentGrid(view);
  const KernelStudy& study = view.study();
  const int filters = static_cast<int>(study.bank.size());
  m_filterRow->setVisible(filters > 1);
  m_filter->setWhole(1, std::max(1, filters));
  m_filter->present(view.state.selection.filter + 1);
  m_filterCount->setText(tr("of %1").arg(filters));
  m_reverse->setVisible(study.conv.kernel.t > 1);
  m_transpose->setEnabled(study.conv.kernel.y == study.conv.kernel.x);
  m_inflate->setEnabled(study.conv.kernel.t > 1);
}

void WeightsPanel::presentChannels(const KernelView& view) {
  const QStringList texts = channelNames(view.study(), view.state.selection.filter);
  QStringList names;
  QStringList tips;
  for (const QString& text : texts) {
    names << tr("Channel %1").arg(text);
    tips << tr("The weights for channel %1: each channel has its own, and their sums are added.").arg(text);
  }
  m_channels->setChoices(texts, names, tips);
  m_channels->present(view.state.selection.weightChannel);
  m_channels->setVisible(texts.size() > 1);
}

void WeightsPanel::presentGrid(const KernelView& view) {
  const KernelStudy& study = view.study();
  const auto k = static_cast<std::size_t>(view.state.selection.filter);
  if (k >= study.bank.size() || !weightsFit(study, study.bank[k])) return;  // explained beside the kernel
  const Filter& filter = study.bank[k];
  double largest = 0;
  double sum = 0;
  for (const float weight : filter.weights) {
    largest = std::max(largest, std::abs(double{weight}));
    sum += weight;
  }
  const auto taps = static_cast<std::size_t>(study.conv.kernel.product());
  const std::size_t first = taps * static_cast<std::size_t>(std::clamp(view.state.selection.weightChannel, 0,
                                                                       filterChannels(study) - 1));
  WeightGrid::Shown shown;
  shown.kernel = study.conv.kernel;
  shown.weights.assign(filter.weights.begin() + static_cast<std::ptrdiff_t>(first),
                       filter.weights.begin() + static_cast<std::ptrdiff_t>(first + taps));
  shown.range = largest > 0 ? largest : 1;
  m_grid->present(shown);
  m_legend->setRange(shown.range);
  m_sum->setText(tr("weight\nΣw = %1").arg(signedText(sum, std::abs(sum) < 0.05 ? 1 : 2)));
  m_grid->presentHover(view.hover.kind == Hover::Kind::Weight &&
                               view.hover.channel == view.state.selection.weightChannel
                           ? std::optional(view.hover.at)
                           : std::nullopt);
}

}  // namespace convscope
