#include "widgets/panels/segmented_control.h"

#include "widgets/look/look_theme.h"
#include "widgets/look/themed_widgets.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>

namespace convscope {

namespace {

/// One choice: paints its share of the common frame.
class Segment : public QAbstractButton {
 public:
  Segment(const QString& text, bool small, bool first, bool last, QWidget* parent)
      : QAbstractButton(parent), m_small(small), m_first(first), m_last(last) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    retheme();
  }
  [[nodiscard]] QSize sizeHint() const override {
    const LookTheme& theme = appliedTheme();
    const int pad = m_small ? 9 : 15;
    const int text = qCeil(QFontMetricsF(theme.font(theme.body, true)).horizontalAdvance(this->text()));
    return {text + 2 * pad, m_small ? theme.control - 4 : theme.control};
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const LookTheme& theme = appliedTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    // The frame is drawn over the whole row's width and clipped to this share, so that only the ends are
    // round.
    const QRectF row = QRectF(rect()).adjusted(m_first ? 0.5 : -20, 0.5, m_last ? -0.5 : 20, -0.5);
    QPainterPath outline;
    outline.addRoundedRect(row, theme.radius + 1, theme.radius + 1);
    painter.setClipRect(rect());
    painter.fillPath(outline, isChecked() ? theme.sel : underMouse() ? theme.raised : theme.field);
    painter.setPen(QPen(theme.line2, 1));
    painter.drawPath(outline);
    if (!m_last) painter.drawLine(QPointF(width() - 0.5, 1), QPointF(width() - 0.5, height() - 1));
    if (isChecked()) {
      painter.setClipPath(outline);
      const double thick = theme.presenter ? 4 : 2;
      painter.fillRect(QRectF(0, height() - thick, width(), thick), theme.accent);
    }
    painter.setClipping(false);
    painter.setPen(isChecked() || underMouse() ? theme.text : theme.muted);
    painter.setFont(theme.font(theme.body, isChecked()));
    painter.drawText(rect(), Qt::AlignCenter, text());
  }
  void changeEvent(QEvent* event) override {
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::StyleChange) retheme();
  }

 private:
  void retheme() {
    setFixedSize(sizeHint());
    update();
  }
  bool m_small;
  bool m_first;
  bool m_last;
};

}  // namespace

SegmentedControl::SegmentedControl(Size size, QWidget* parent)
    : QWidget(parent), m_size(size), m_group(new QButtonGroup(this)) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->setSizeConstraint(QLayout::SetFixedSize);
  connect(m_group, &QButtonGroup::idClicked, this, &SegmentedControl::chosen);
}

void SegmentedControl::setChoices(const QStringList& texts, const QStringList& names,
                                  const QStringList& tips) {
  Q_ASSERT(texts.size() == names.size() && texts.size() == tips.size());
  if (texts == m_texts) return;
  m_texts = texts;
  for (QAbstractButton* old : m_buttons) delete old;
  m_buttons.clear();
  for (int i = 0; i < texts.size(); ++i) {
    auto* segment = new Segment(texts[i], m_size == Size::Small, i == 0, i + 1 == texts.size(), this);
    describe(segment, names[i], tips[i]);
    m_group->addButton(segment, i);
    layout()->addWidget(segment);
    m_buttons.push_back(segment);
  }
}

void SegmentedControl::present(int index) {
  if (QAbstractButton* chosen = m_group->button(index)) chosen->setChecked(true);
}

int SegmentedControl::current() const {
  return m_group->checkedId();
}

}  // namespace convscope
