#include "widgets/panels/time_strip.h"

#include "widgets/look/look_theme.h"
#include "widgets/panels/film_view.h"
#include "widgets/panels/kernel_place.h"
#include "widgets/panels/slice_view.h"
#include "widgets/panels/text_runs.h"
#include "widgets/stage/kernel_block.h"

#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace convscope {

namespace {

constexpr int kLowStrip = 150;      ///< px; a lower body has one row
constexpr int kTabColumn = 74;      ///< px, for the tabs of a low strip
constexpr int kAroundButton = 24;   ///< px: 8 at its right, the rest between it and the slices' title
constexpr double kLeastFilm = .8;   ///< of the width that the presenter's film would like, beside words
constexpr double kMostFilm = .62;   ///< share of the width that the film may take beside slices
constexpr double kMostBeside = .5;  ///< the same where the slices are what is to be seen

}  // namespace

TimeStrip::TimeStrip(QWidget* parent)
    : QWidget(parent),
      m_film(new FilmView(this)),
      m_slices(new SliceView(this)),
      m_planeButton(new QPushButton(this)),
      m_framesTab(new QToolButton(this)),
      m_slicesTabButton(new QToolButton(this)) {
  setAccessibleName(tr("Time strip"));
  for (QToolButton* button : {m_framesTab, m_slicesTabButton}) button->setAutoRaise(true);
  m_framesTab->setText(tr("Frames"));
  m_slicesTabButton->setText(tr("Slices"));
  m_framesTab->setCheckable(true);
  m_slicesTabButton->setCheckable(true);
  m_planeButton->setToolTip(tr("Slice along the row (x–t) or along the column (y–t) of the pinned patch"));
  connect(m_planeButton, &QPushButton::clicked, this, [this] {
    setPlane(m_plane == FilmImages::Plane::XT ? FilmImages::Plane::YT : FilmImages::Plane::XT);
  });
  connect(m_framesTab, &QToolButton::clicked, this, [this] { showSlices(false); });
  connect(m_slicesTabButton, &QToolButton::clicked, this, [this] { showSlices(true); });
  connect(m_film, &FilmView::editRequested, this, &TimeStrip::editRequested);
  connect(m_film, &FilmView::hovered, this, &TimeStrip::hovered);
  connect(m_slices, &SliceView::editRequested, this, &TimeStrip::editRequested);
  connect(m_slices, &SliceView::hovered, this, &TimeStrip::hovered);
  arrange();
}

double TimeStrip::scale() const {
  return lookTheme(m_view.state.look).body / 12.5;
}

void TimeStrip::present(const KernelView& view) {
  m_view = view;
  m_images.update(view, m_plane);
  arrange();
  refreshFact();
  update();
}

void TimeStrip::setPlane(FilmImages::Plane plane) {
  if (plane == m_plane) return;
  m_plane = plane;
  present(KernelView(m_view));
}

void TimeStrip::showSlices(bool slices) {
  m_slicesTab = slices;
  arrange();
  refreshFact();
}

void TimeStrip::demandSlices(bool demanded) {
  if (std::exchange(m_slicesDemanded, demanded) != demanded) showSlices(demanded);
}

TimeStrip::Arrangement TimeStrip::arrangement() const {
  if ((m_view.state.look.presenter && !m_slicesDemanded) || m_view.state.look.inputOnly ||
      m_view.result == nullptr || m_view.result->geometry.input.length == 1)
    return Arrangement::FilmAlone;
  return height() < kLowStrip ? Arrangement::Low : Arrangement::Full;
}

void TimeStrip::arrange() {
  const Arrangement now = arrangement();
  const double s = scale();
  const bool slicesOnly = now == Arrangement::Low && m_slicesTab;
  m_framesTab->setVisible(now == Arrangement::Low);
  m_slicesTabButton->setVisible(now == Arrangement::Low);
  m_framesTab->setChecked(!m_slicesTab);
  m_slicesTabButton->setChecked(m_slicesTab);
  m_film->setVisible(!slicesOnly);
  m_slices->setVisible(now == Arrangement::Full || slicesOnly);
  // the presenter's pictures go without controls
  m_planeButton->setVisible(m_slices->isVisibleTo(this) && !m_view.state.look.presenter);
  m_planeButton->setText(m_plane == FilmImages::Plane::XT ? tr("show y–t") : tr("show x–t"));

  FilmSetting setting;
  setting.size = size();
  setting.oneRow = now != Arrangement::Full;
  setting.withMaps = !m_view.state.look.inputOnly;
  m_film->present(m_view, &m_images, setting);
  m_slices->present(m_view, &m_images, m_plane, now == Arrangement::Low);

  int filmWidth = width();
  int right = width();
  if (now == Arrangement::Low) {
    right = filmWidth = width() - static_cast<int>(kTabColumn * s);
    const int height = static_cast<int>(24 * s);
    m_framesTab->setGeometry(right, static_cast<int>(8 * s), static_cast<int>((kTabColumn - 8) * s), height);
    m_slicesTabButton->setGeometry(right, static_cast<int>(36 * s), static_cast<int>((kTabColumn - 8) * s),
                                   height);
  } else if (now == Arrangement::Full) {
    const double film = convscope::filmWidth(*m_view.result, setting, lookTheme(m_view.state.look));
    const double slices = m_slices->wantedWidth(height());
    // both as wide as they like; where that is too much the film gives way first, down to the slices' share
    filmWidth = static_cast<int>(film);
    if (m_slicesDemanded)
      filmWidth = static_cast<int>(std::min(film, width() * kMostBeside));
    else if (film + slices > width())
      filmWidth = static_cast<int>(std::min(film, std::max(width() - slices, width() * kMostFilm)));
  }
  if (const QStringList words = slidingWords(); !words.isEmpty()) {
    // beside the film where both fit: the presenter's strip has room for a short clip only
    const LookTheme& theme = lookTheme(m_view.state.look);
    double wide = 0;
    for (const QString& line : words) wide = std::max(wide, widthOf({{line, theme.text}}, theme));
    const int film = static_cast<int>(convscope::filmWidth(*m_view.result, setting, theme));
    // for their sake the frames may be a little smaller
    if (kLeastFilm * film + wide + 2 * theme.body <= width())
      filmWidth = static_cast<int>(width() - wide - 2 * theme.body);
  }
  m_film->setGeometry(0, 0, filmWidth, height());
  if (slicesOnly) {
    m_slices->setGeometry(0, 0, right, height());
  } else {
    m_slices->setGeometry(filmWidth, 0, right - filmWidth, height());
  }
  const QSize button(m_planeButton->sizeHint().width(), static_cast<int>(SliceView::kTitleHeight * s) - 2);
  m_planeButton->setGeometry(QRect(QPoint(right - button.width() - static_cast<int>(8 * s), 1), button));
  const bool switches = m_planeButton->isVisibleTo(this);
  m_slices->keepClear(switches ? button.width() + static_cast<int>(kAroundButton * s) : 0);
  m_planeButton->raise();
}

void TimeStrip::refreshFact() {
  QString fact;
  if (m_view.result != nullptr && m_view.result->geometry.input.length > 1 && !m_view.state.look.inputOnly) {
    const Triple middle = sliceThrough(m_view);
    const bool pinned = m_view.state.selection.input.has_value();
    if (!m_slices->isVisibleTo(this)) {
      const auto [clip, padding] = framesRead(*m_view.result, m_view.voxel());
      const int length = m_view.result->geometry.input.length;
      fact =
          padding == 0
              ? tr("the kernel covers %1 of %2 frames").arg(clip).arg(length)
              : tr("the kernel covers %1 of %2 frames and %3 of padding").arg(clip).arg(length).arg(padding);
    } else if (m_plane == FilmImages::Plane::XT) {
      fact = (pinned ? tr("row y=%1 of the clip, through the chosen cell; what moves leaves a slanted line")
                     : tr("row y=%1 of the clip, through the pinned patch; what moves leaves a slanted line"))
                 .arg(middle.y + 1);
    } else {
      fact =
          (pinned ? tr("column x=%1 of the clip, through the chosen cell; what moves leaves a slanted line")
                  : tr("column x=%1 of the clip, through the pinned patch; what moves leaves a slanted line"))
              .arg(middle.x + 1);
    }
  }
  setAccessibleDescription(fact);
  if (fact == m_fact) return;
  m_fact = fact;
  Q_EMIT factChanged(fact);
}

void TimeStrip::resizeEvent(QResizeEvent*) {
  arrange();
  refreshFact();
}

QStringList TimeStrip::slidingWords() const {
  if (!m_view.state.look.presenter || m_view.state.look.inputOnly || m_view.result == nullptr ||
      m_slicesDemanded)  // they have the room
    return {};
  const ConvSpec& conv = m_view.result->spec.conv;
  const Shape& input = m_view.result->geometry.input;
  const auto [slides, mixes] = dimensionalityOf(conv, m_view.result->geometry);
  const QString rigid =
      !slides[0] && input.length > 1 ? tr("It is as long as the clip: it cannot slide in t.") : QString();
  QStringList words;
  if (const int channels = filterChannels(m_view); channels > 1) {
    words << (input.channels == 3 && channels == 3 ? tr("R, G and B are summed, not slid:")
                                                   : tr("The channels are summed, not slid:"));
    const QString sums = conv.kernel.t == 1 ? QString::number(channels)
                                            : QStringLiteral("%1 × %2").arg(conv.kernel.t).arg(channels);
    words << tr("%1 partial sums make one value.").arg(sums);
    QStringList axes;
    if (slides[1]) axes << tr("h");
    if (slides[2]) axes << tr("w");
    if (slides[0]) axes << tr("t");
    const QString last = axes.isEmpty() ? QString() : axes.takeLast();
    if (!last.isEmpty())
      words << tr("It slides in %1.")
                   .arg(axes.isEmpty() ? last : tr("%1 and %2").arg(axes.join(QStringLiteral(", ")), last));
  } else {
    if (slides[1] || slides[2]) {
      const QString axes = slides[1] && slides[2] ? tr("h and w") : slides[1] ? tr("h") : tr("w");
      words << tr("Sliding in %1 paints one map.").arg(axes);
    }
    if (slides[0]) words << tr("Sliding in t opens the next.");
  }
  if (!rigid.isEmpty()) words << rigid;
  return words;
}

void TimeStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const LookTheme& theme = lookTheme(m_view.state.look);
  painter.fillRect(rect(), theme.panel);
  const QStringList words = slidingWords();
  double y = height() / 2.0 - (static_cast<double>(words.size()) - 1) * theme.body * .85;
  for (const QString& line : words) {
    drawRun(painter, {m_film->geometry().right() + theme.body, y}, Anchor::Left, {line, theme.text}, theme);
    y += theme.body * 1.7;
  }
}

QSize TimeStrip::sizeHint() const {
  return {static_cast<int>(1600 * scale()), static_cast<int>(184 * scale())};
}

QSize TimeStrip::minimumSizeHint() const {
  return {static_cast<int>(320 * scale()), static_cast<int>(96 * scale())};
}

}  // namespace convscope
