#include "widgets/panels/panel_frame.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace convscope {

namespace {

/// The fact never widens the dock, so its text need not be measured when it changes, which it does with every
/// picture of a drag.
class FactLabel : public ThemedLabel {
 public:
  FactLabel() : ThemedLabel({}, &LookTheme::muted) {
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setMinimumWidth(0);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  }
  [[nodiscard]] QSize sizeHint() const override { return {1, fontMetrics().height()}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override {
    const bool fits = Qt::mightBeRichText(text()) || fontMetrics().horizontalAdvance(text()) <= width();
    if (fits) return ThemedLabel::paintEvent(event);
    QPainter(this).drawText(rect(), static_cast<int>(alignment()),
                            fontMetrics().elidedText(text(), Qt::ElideRight, width()));
  }
};

}  // namespace

/// Thin grey bar: as long as the progress, or a piece that runs along where no progress is known.
class PanelFrame::BusyBar : public QWidget {
 public:
  explicit BusyBar(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    m_tick.setInterval(40);
    QObject::connect(&m_tick, &QTimer::timeout, this, [this] {
      m_phase = m_phase >= 1 ? 0 : m_phase + 0.025;
      update();
    });
    hide();
  }
  void setProgress(double progress) {
    m_progress = progress;
    update();
  }

 protected:
  void showEvent(QShowEvent*) override { m_tick.start(); }
  void hideEvent(QHideEvent*) override { m_tick.stop(); }
  void paintEvent(QPaintEvent*) override {
    const LookTheme& theme = appliedTheme();
    QPainter painter(this);
    painter.fillRect(rect(), theme.line);
    if (m_progress >= 0) {
      painter.fillRect(QRectF(0, 0, m_progress * width(), height()), theme.muted);
    } else {
      painter.fillRect(QRectF((1.25 * m_phase - 0.25) * width(), 0, 0.25 * width(), height()), theme.muted);
    }
  }

 private:
  QTimer m_tick;
  double m_progress = -1;
  double m_phase = 0;
};

PanelFrame::PanelFrame(const QString& name, QWidget* parent)
    : QWidget(parent),
      m_title(new QWidget),
      m_titleLine(new QHBoxLayout(m_title)),
      m_name(new ThemedLabel(name, &LookTheme::text, true, &LookTheme::title)),
      m_fact(new FactLabel),
      m_bar(new BusyBar(this)) {
  m_titleLine->setContentsMargins(0, 0, 0, 0);
  m_titleLine->setSpacing(4);
  m_titleLine->addWidget(m_name);
  m_titleLine->addWidget(m_fact, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_title);
  setAccessibleName(name);
  m_delay.setSingleShot(true);
  m_delay.setInterval(kBusyDelayMs);
  connect(&m_delay, &QTimer::timeout, this, [this] {
    m_bar->show();
    m_bar->raise();
  });
  retheme();
}

void PanelFrame::setName(const QString& name) {
  if (m_name->text() == name) return;
  m_name->setText(name);
  setAccessibleName(name);
}

void PanelFrame::setFact(const QString& fact, const QString& tip) {
  if (m_fact->text() != fact) m_fact->setText(fact);
  m_fact->setToolTip(tip);
}

void PanelFrame::setTitleControl(QWidget* control) {
  m_titleLine->addWidget(control);
}

void PanelFrame::setBody(QWidget* body) {
  Q_ASSERT(m_body == nullptr);
  m_body = body;
  layout()->addWidget(body);
}

void PanelFrame::setBusy(bool busy, double progress) {
  m_bar->setProgress(progress);
  if (!busy) {
    m_delay.stop();
    m_bar->hide();
  } else if (!m_bar->isVisible() && !m_delay.isActive()) {
    m_delay.start();
  }
}

bool PanelFrame::showsBusy() const {
  return !m_bar->isHidden();
}

void PanelFrame::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::StyleChange) retheme();
}

void PanelFrame::paintEvent(QPaintEvent*) {
  const LookTheme& theme = appliedTheme();
  QPainter painter(this);
  painter.fillRect(rect(), theme.panel);
  const QRect title(0, 0, width(), m_title->height());
  painter.fillRect(title, theme.head);
  painter.fillRect(QRect(0, title.bottom(), width(), 1), theme.line);
  painter.fillRect(QRect(0, 0, width(), 1), theme.line);
  const int thick = theme.presenter ? 4 : 2;
  m_bar->setGeometry(0, title.bottom() + 1, width(), thick);
}

void PanelFrame::retheme() {
  const LookTheme& theme = appliedTheme();
  m_title->setFixedHeight(theme.presenter ? theme.row : kTitleHeight);
  m_titleLine->setContentsMargins(theme.panelPad, 0, theme.panelPad, 0);
  update();
}

}  // namespace convscope
