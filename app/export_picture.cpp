#include "app/export_picture.h"

#include "app/main_window.h"
#include "app/option_values.h"
#include "app/workspace_page.h"
#include "engine/core/file_text.h"
#include "widgets/look/clear_ground.h"
#include "widgets/look/look_theme.h"
#include "widgets/panels/panel_frame.h"

#include <QBuffer>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace convscope {

namespace {

constexpr double kPixelsPerInch = 96;
constexpr double kPointsPerInch = 72;

/// How a widget stands in a picture: `scale` pixels a px, its corner at `at`.
struct Place {
  double scale = 1;
  QPointF at;
};

/// Gives the widget the proportions of a picture for as long as this lives. Nothing is painted on screen
/// before that, so nobody sees it.
class Reshaped {
 public:
  Reshaped(QWidget& widget, const QSize& picture) : m_widget(widget), m_before(widget.size()) {
    m_place.scale =
        std::min(1.0 * picture.width() / m_before.width(), 1.0 * picture.height() / m_before.height());
    if (!widget.isWindow()) {
      const QSize wanted(static_cast<int>(std::ceil(picture.width() / m_place.scale)),
                         static_cast<int>(std::ceil(picture.height() / m_place.scale)));
      widget.resize(wanted);
      // a panel may have bounds of its own
      if (widget.width() > wanted.width())
        m_place.scale = std::min(m_place.scale, 1.0 * picture.width() / widget.width());
      if (widget.height() > wanted.height())
        m_place.scale = std::min(m_place.scale, 1.0 * picture.height() / widget.height());
    }
    const QSizeF left = QSizeF(picture) - QSizeF(widget.size()) * m_place.scale;
    m_place.at = QPointF(std::max(0.0, left.width() / 2), std::max(0.0, left.height() / 2));
  }
  ~Reshaped() { m_widget.resize(m_before); }
  Reshaped(const Reshaped&) = delete;
  Reshaped& operator=(const Reshaped&) = delete;
  [[nodiscard]] const Place& place() const { return m_place; }

 private:
  QWidget& m_widget;
  QSize m_before;
  Place m_place;
};

void paint(QWidget& widget, QPainter& painter, const Place& place, bool transparent) {
  painter.setRenderHints(
      QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::SmoothPixmapTransform, true);
  painter.translate(place.at);
  painter.scale(place.scale, place.scale);
  QWidget::RenderFlags flags = QWidget::DrawChildren;
  if (!transparent) flags |= QWidget::DrawWindowBackground;
  widget.render(&painter, QPoint(), QRegion(), flags);
}

/// The program's type goes by a name that no other program knows: its letters are those of Inter, or Noto
/// Sans.
QByteArray withKnownFonts(QByteArray svg) {
  const QByteArray own = appliedTheme().font(appliedTheme().body).families().constFirst().toUtf8();
  return svg.replace("font-family=\"" + own + '"', "font-family=\"Inter, 'Noto Sans', sans-serif\"");
}

Result<void> writeBytes(const QString& path, const QByteArray& bytes) {
  if (bytes.isEmpty()) return fail(ErrorCode::Io, path.toStdString() + " cannot be written.");
  return writeFileText(path.toStdString(), bytes.toStdString());
}

}  // namespace

std::vector<ExportableView> exportableViews(MainWindow& window) {
  const QList<WorkspacePage*> pages = window.findChildren<WorkspacePage*>();
  WorkspacePage& page =
      **std::ranges::find_if(pages, [&](const auto* one) { return one->isVisibleTo(&window); });
  std::vector<ExportableView> views{{QStringLiteral("stage"), QObject::tr("Stage"), page.stageWidget()}};
  for (PanelFrame* frame : page.findChildren<PanelFrame*>()) {
    if (!frame->isVisibleTo(&page) || frame->name().isEmpty()) continue;
    QString name = frame->name().toLower();
    views.push_back({name.replace(QLatin1Char(' '), QLatin1Char('-')), frame->name(), frame});
  }
  views.push_back({QStringLiteral("window"), QObject::tr("Whole window"), &window});
  return views;
}

Result<ExportableView> exportableView(MainWindow& window, const QString& name) {
  const QString wanted = name == QStringLiteral("strip") ? QStringLiteral("time-strip") : name;
  std::vector<std::string> names;
  for (const ExportableView& view : exportableViews(window)) {
    if (view.name == wanted) return view;
    names.push_back(view.name.toStdString());
  }
  return fail(ErrorCode::BadUsage,
              "There is no view “" + name.toStdString() + "” here; there are " + alternatives(names) + ".");
}

QImage pictureOf(QWidget& widget, const QSize& size, bool transparent) {
  std::optional<ClearGround> clear;
  if (transparent) clear.emplace();
  const Reshaped shaped(widget, size);
  QImage image(size, QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return image;
  image.fill(transparent ? Qt::transparent : widget.window()->palette().color(QPalette::Window));
  QPainter painter(&image);
  paint(widget, painter, shaped.place(), transparent);
  return image;
}

Result<void> writePicture(QWidget& widget, const QString& path, const QSize& size, bool transparent) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (path.endsWith(QStringLiteral(".png"))) {
    const QImage image = pictureOf(widget, size, transparent);
    if (!image.isNull())
      (transparent ? image : image.convertToFormat(QImage::Format_RGB32)).save(&buffer, "PNG");
    return writeBytes(path, bytes);
  }
  std::optional<ClearGround> clear;
  if (transparent) clear.emplace();
  const Reshaped shaped(widget, size);
  if (path.endsWith(QStringLiteral(".svg"))) {
    QSvgGenerator svg;
    svg.setOutputDevice(&buffer);
    svg.setSize(size);
    svg.setViewBox(QRect(QPoint(0, 0), size));
    svg.setResolution(static_cast<int>(kPixelsPerInch));
    svg.setTitle(QStringLiteral("ConvScope"));
    QPainter painter(&svg);
    paint(widget, painter, shaped.place(), transparent);
    painter.end();
    return writeBytes(path, withKnownFonts(bytes));
  }
  if (path.endsWith(QStringLiteral(".pdf"))) {
    QPdfWriter pdf(&buffer);
    pdf.setResolution(static_cast<int>(kPixelsPerInch));
    pdf.setCreator(QStringLiteral("ConvScope"));
    pdf.setPageMargins(QMarginsF());
    pdf.setPageSize(QPageSize(QSizeF(size) * (kPointsPerInch / kPixelsPerInch), QPageSize::Point, {},
                              QPageSize::ExactMatch));
    QPainter painter(&pdf);
    paint(widget, painter, shaped.place(), transparent);
    painter.end();
    return writeBytes(path, bytes);
  }
  return fail(ErrorCode::BadUsage,
              "A picture is written as .png, .svg or .pdf; “" + path.toStdString() + "” is none of them.");
}

}  // namespace convscope
