#include "widgets/lesson/contents_page.h"

#include "widgets/look/themed_widgets.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace convscope {

namespace {

constexpr int kCardWidth = 232, kPictureHeight = 130, kWordsHeight = 62;
constexpr int kGap = 12, kSide = 32;

double scaleNow() {
  return appliedTheme().body / 12.5;
}

/// "0:18".
QString clockText(int minutes) {
  return QStringLiteral("%1:%2").arg(minutes / 60).arg(minutes % 60, 2, 10, QLatin1Char('0'));
}

}  // namespace

LessonCard::LessonCard(const Lesson& lesson, QWidget* parent)
    : QAbstractButton(parent), m_id(lesson.id), m_steps(static_cast<int>(lesson.steps.size())) {
  setText(QString::fromStdString(lesson.title));
  QStringList facts;
  if (!lesson.figure.empty()) facts << QString::fromStdString(lesson.figure);
  if (lesson.minutes > 0) facts << tr("%1 min").arg(lesson.minutes);
  facts << (m_steps == 1 ? tr("1 step") : tr("%1 steps").arg(m_steps));
  m_facts = facts.join(QStringLiteral("  ·  "));
  loadPicture();
  setAccessibleName(text());
  setAccessibleDescription(QString::fromStdString(lesson.summary));
  setToolTip(QString::fromStdString(lesson.summary));
  setFocusPolicy(Qt::StrongFocus);
  setCursor(Qt::PointingHandCursor);
}

void LessonCard::loadPicture() {
  const bool light = appliedTheme().stage.lightnessF() > .5;
  const QString path = (light ? QStringLiteral(":/lessons/pictures/light/%1.png")
                              : QStringLiteral(":/lessons/pictures/%1.png"))
                           .arg(QString::fromStdString(m_id));
  if (path == m_path || !QFileInfo::exists(path)) return;
  m_path = path;
  m_picture.load(path);
}

void LessonCard::setSeen(int steps) {
  m_seen = std::min(steps, m_steps);
  update();
}

QSize LessonCard::sizeHint() const {
  const double s = scaleNow();
  return {static_cast<int>(kCardWidth * s), static_cast<int>((kPictureHeight + kWordsHeight) * s)};
}

void LessonCard::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) {
    setFixedSize(sizeHint());
    loadPicture();
  }
  QAbstractButton::changeEvent(event);
}

void LessonCard::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  const double s = scaleNow();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.setPen(QPen(underMouse() ? theme.muted : theme.line2, 1));
  painter.setBrush(underMouse() ? theme.raised : theme.head);
  painter.drawRoundedRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5), theme.radius, theme.radius);
  const QRect picture(1, 1, width() - 2, static_cast<int>(kPictureHeight * s) - 1);
  painter.fillRect(picture, theme.stage);
  if (!m_picture.isNull()) {
    const QSize fitted = m_picture.size().scaled(picture.size(), Qt::KeepAspectRatioByExpanding);
    painter.setClipRect(picture);
    painter.drawPixmap(QRect(picture.center() - QPoint(fitted.width() / 2, fitted.height() / 2), fitted),
                       m_picture);
    painter.setClipping(false);
  }
  const int pad = static_cast<int>(10 * s);
  const QRect words(pad, picture.bottom() + static_cast<int>(7 * s), width() - 2 * pad,
                    static_cast<int>(20 * s));
  painter.setFont(theme.font(theme.body, true));
  painter.setPen(theme.text);
  painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text(), Qt::ElideRight, words.width()));
  painter.setFont(theme.font(theme.caption));
  painter.setPen(theme.muted);
  painter.drawText(words.translated(0, words.height()), Qt::AlignLeft | Qt::AlignVCenter, m_facts);
  if (m_seen == 0 || m_steps == 0) return;
  const double line = 3 * s;
  painter.setPen(Qt::NoPen);
  painter.setBrush(theme.text);
  painter.drawRect(QRectF(1, picture.bottom() - line + 1, (width() - 2.0) * m_seen / m_steps, line));
}

ContentsPage::ContentsPage(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_StyledBackground);
  setAccessibleName(tr("Lessons"));
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(kSide, 16, kSide, 8);
  m_title = new QLabel(tr("Lessons"));
  head->addWidget(m_title);
  head->addStretch(1);
  const auto order = [&](const QString& text, const QString& tip, auto signal) {
    auto* button = new QPushButton(text);
    describe(button, text, tip);
    connect(button, &QPushButton::clicked, this, signal);
    head->addWidget(button);
  };
  order(tr("Open lesson…"), tr("Open a lesson's file"), &ContentsPage::openRequested);
  order(tr("Record a lesson"), tr("Begin a lesson of your own with the program as it is now"),
        &ContentsPage::recordRequested);
  order(tr("Close"), tr("Back to the program (Esc)"), &ContentsPage::closed);
  all->addLayout(head);
  m_inside = new QWidget;
  m_column = new QVBoxLayout(m_inside);
  m_column->setContentsMargins(kSide, 4, kSide, kSide);
  m_column->setSpacing(kGap);
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setWidget(m_inside);
  scroll->setFocusPolicy(Qt::NoFocus);
  m_inside->setAutoFillBackground(false);
  scroll->viewport()->setAutoFillBackground(false);
  all->addWidget(scroll, 1);
}

QWidget* ContentsPage::firstClassRow(const std::vector<Lesson>& lessons) {
  auto* row = new QWidget;
  auto* line = new QHBoxLayout(row);
  line->setContentsMargins(0, 0, 0, 0);
  QStringList parts;
  int minutes = 0;
  for (const PlaylistEntry& entry : firstClass()) {
    const auto found = std::ranges::find(lessons, entry.lesson, &Lesson::id);
    if (found == lessons.end()) continue;
    parts
        << QStringLiteral("<b>%1</b>&nbsp;%2").arg(clockText(minutes), QString::fromStdString(found->title));
    minutes += entry.minutes;
  }
  auto* button = new QPushButton(tr("First class, %1 minutes").arg(minutes));
  describe(button, button->text(), tr("The lessons of a first class one after the other"));
  connect(button, &QPushButton::clicked, this, &ContentsPage::firstClassChosen);
  auto* words = new QLabel(parts.join(QStringLiteral(" &nbsp; ")));
  words->setTextFormat(Qt::RichText);
  words->setWordWrap(true);
  words->setObjectName(QStringLiteral("muted"));
  line->addWidget(button, 0, Qt::AlignTop);
  line->addWidget(words, 1);
  return row;
}

void ContentsPage::build(const std::vector<Lesson>& lessons) {
  m_column->addWidget(firstClassRow(lessons));
  for (const Lesson& lesson : lessons) {
    const QString name = QString::fromStdString(lesson.group);
    if (m_groups.empty() || m_groups.back().title->text() != name) {
      auto* title = new ThemedLabel(name, &LookTheme::text, true, &LookTheme::title);
      auto* cards = new QWidget;
      auto* grid = new QGridLayout(cards);
      grid->setContentsMargins(0, 0, 0, 0);
      grid->setSpacing(kGap);
      m_column->addWidget(title);
      m_column->addWidget(cards);
      m_groups.push_back({title, cards, {}});
    }
    auto* card = new LessonCard(lesson, m_groups.back().grid);
    card->setFixedSize(card->sizeHint());
    connect(card, &LessonCard::clicked, this,
            [this, id = lesson.id] { Q_EMIT lessonChosen(QString::fromStdString(id)); });
    m_groups.back().cards.push_back(card);
    m_cards.push_back(card);
  }
  m_column->addStretch(1);
}

void ContentsPage::present(const std::vector<Lesson>& lessons,
                           const std::function<int(const std::string&)>& seen) {
  if (m_cards.empty()) build(lessons);
  for (LessonCard* card : m_cards) card->setSeen(seen(card->id()));
  const LookTheme& theme = appliedTheme();
  m_title->setFont(theme.font(theme.title + 8 * scaleNow(), true));
  m_columns = 0;
  arrange();
}

void ContentsPage::arrange() {
  if (m_cards.empty()) return;
  const int room = width() - 2 * kSide - 12;  // the scroll bar's
  const int columns = std::max(1, (room + kGap) / (m_cards.front()->sizeHint().width() + kGap));
  if (columns == m_columns) return;
  m_columns = columns;
  for (const Group& group : m_groups) {
    auto* grid = static_cast<QGridLayout*>(group.grid->layout());
    while (grid->count() > 0) delete grid->takeAt(0);
    for (std::size_t i = 0; i < group.cards.size(); ++i)
      grid->addWidget(group.cards[i], static_cast<int>(i) / columns, static_cast<int>(i) % columns,
                      Qt::AlignLeft | Qt::AlignTop);
    // what is left over stands behind the last card
    const int known = std::max(grid->columnCount(), columns + 1);
    for (int c = 0; c < known; ++c) grid->setColumnStretch(c, c == columns ? 1 : 0);
  }
}

void ContentsPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

void ContentsPage::changeEvent(QEvent* event) {
  if (event->type() == QEvent::StyleChange) {
    const LookTheme& theme = appliedTheme();
    m_title->setFont(theme.font(theme.title + 8 * scaleNow(), true));
    m_columns = 0;
    arrange();
  }
  QWidget::changeEvent(event);
}

void ContentsPage::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return Q_EMIT closed();
  QWidget::keyPressEvent(event);
}

}  // namespace convscope
