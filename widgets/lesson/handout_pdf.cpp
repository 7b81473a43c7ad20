// A hand-out as pages: blocks are laid out from top to bottom, sections kept together where they fit.
#include "widgets/lesson/handout.h"
#include "widgets/look/look_theme.h"

#include <QAbstractTextDocumentLayout>
#include <QBuffer>
#include <QCoreApplication>
#include <QPageLayout>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>

#include <memory>

namespace convscope {

namespace {

// px are 1/96 inch
constexpr double kPixelsPerInch = 96, kPixelsPerMm = kPixelsPerInch / 25.4;
constexpr double kPageWidth = 210 * kPixelsPerMm, kPageHeight = 297 * kPixelsPerMm;
constexpr double kSide = 18 * kPixelsPerMm, kTop = 16 * kPixelsPerMm, kBottom = 20 * kPixelsPerMm;
constexpr double kWidth = kPageWidth - 2 * kSide, kHeight = kPageHeight - kTop - kBottom;
constexpr double kBody = 13;             // px of the type: 9.75 pt
constexpr double kTallestPicture = .36;  // of a page: two steps without a question go on one
constexpr double kLeastShare = .7;       // of a picture's size, so that its section fits on a page begun
constexpr double kTallestAnswer = .24;   // the picture is known by then
constexpr double kGap = 4, kPictureGap = 8, kSectionGap = 20;
constexpr int kResolution = 1200;

/// A block where it stands: words that are laid out, or a picture.
struct Placed {
  std::unique_ptr<QTextDocument> words;
  QImage picture;
  QSizeF size;
  int page = 0;
  double y = 0;  ///< px below the top of its page's text
};

QString styleSheet(const LookTheme& theme) {
  return QStringLiteral(
             "h1{font-size:26px;margin-top:0;margin-bottom:4px}"
             "h2{font-size:17px;margin-top:0;margin-bottom:2px}h3{font-size:14px;margin-top:0;margin-bottom:"
             "0}"
             "p{margin-top:0;margin-bottom:2px}.number,.kicker,.summary{color:%1}"
             ".summary{font-size:14px}.kicker{font-weight:400}.question{font-weight:600}"
             ".choice,.hint{font-weight:400}.choice{margin-top:3px}.key{background-color:%2}"
             ".blank{text-decoration:underline}.foot{font-size:11px;color:%1}")
      .arg(theme.muted.name(), theme.line2.name());
}

std::unique_ptr<QTextDocument> wordsOf(const QString& html, const LookTheme& theme) {
  auto words = std::make_unique<QTextDocument>();
  words->setUseDesignMetrics(true);  // as wide at any resolution
  words->setDocumentMargin(0);
  words->setDefaultFont(theme.font(kBody));
  words->setDefaultStyleSheet(styleSheet(theme));
  words->setHtml(html);
  words->setTextWidth(kWidth);
  return words;
}

void paintWords(QPainter& painter, const QTextDocument& words, const LookTheme& theme, double y) {
  painter.save();
  painter.translate(kSide, y);
  QAbstractTextDocumentLayout::PaintContext context;
  context.palette.setColor(QPalette::Text, theme.text);
  words.documentLayout()->draw(&painter, context);
  painter.restore();
}

Placed placed(const HandoutBlock& block, double tallest, const LookTheme& theme) {
  Placed one;
  if (!block.picture.isNull()) {
    one.picture = block.picture;
    const double shrunk =
        std::min(kWidth / block.picture.width(), tallest * kHeight / block.picture.height());
    one.size = QSizeF(block.picture.size()) * shrunk;
    return one;
  }
  one.words = wordsOf(block.html, theme);
  one.size = one.words->size();
  return one;
}

double gapOf(const Placed& one) {
  return one.picture.isNull() ? kGap : kPictureGap;
}

/// Makes the picture among the blocks from `first` on smaller by `missing` px of height, where enough of it
/// is left. True if it did.
bool makeRoom(std::vector<Placed>& all, std::size_t first, double missing) {
  for (std::size_t i = first; i < all.size(); ++i) {
    Placed& one = all[i];
    if (one.picture.isNull() || one.size.height() - missing < kLeastShare * one.size.height()) continue;
    one.size *= (one.size.height() - missing) / one.size.height();
    return true;
  }
  return false;
}

/// Finds the place of every block. Returns the number of pages.
int flow(const std::vector<HandoutSection>& sections, const LookTheme& theme, std::vector<Placed>& all) {
  int page = 0;
  double y = 0;
  for (const HandoutSection& section : sections) {
    const std::size_t first = all.size();
    const double tallest =
        section.id.startsWith(QStringLiteral("answer-")) ? kTallestAnswer : kTallestPicture;
    double height = 0;
    for (const HandoutBlock& block : section.blocks) {
      all.push_back(placed(block, tallest, theme));
      height += all.back().size.height() + 2 * gapOf(all.back());
    }
    if (y > 0) y += kSectionGap;
    // a section that fits on no page begins where it is
    const bool over = y + height > kHeight && height <= kHeight;
    const bool turn = y > 0 && (section.newPage || (over && !makeRoom(all, first, y + height - kHeight)));
    if (turn) {
      ++page;
      y = 0;
    }
    for (std::size_t i = first; i < all.size(); ++i) {
      Placed& one = all[i];
      y += gapOf(one);
      // a heading does not stay behind alone
      const double along = i == first && i + 1 < all.size() ? all[i + 1].size.height() : 0;
      if (y > gapOf(one) && y + one.size.height() + along > kHeight) {
        ++page;
        y = 0;
      }
      one.page = page;
      one.y = y;
      y += one.size.height() + gapOf(one);
    }
  }
  return page + 1;
}

void paintFoot(QPainter& painter, const LookTheme& theme, const QString& title, int page, int pages) {
  const QString number = QCoreApplication::translate("Handout", "%1 of %2").arg(page + 1).arg(pages);
  const QString line = QStringLiteral("<p class='foot' align='%1'>%2</p>");
  for (const auto& [side, words] : {std::pair{"left", title.toHtmlEscaped()}, {"right", number}})
    paintWords(painter, *wordsOf(line.arg(QLatin1String(side), words), theme), theme,
               kPageHeight - kBottom + 20);
}

void paintBlock(QPainter& painter, const LookTheme& theme, const Placed& one) {
  if (one.words != nullptr) return paintWords(painter, *one.words, theme, kTop + one.y);
  const QRectF box(QPointF(kSide + (kWidth - one.size.width()) / 2, kTop + one.y), one.size);
  painter.drawImage(box, one.picture);
  painter.setPen(QPen(theme.line2, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(box);
}

}  // namespace

HandoutPdf handoutPdf(const Handout& handout) {
  const LookTheme& theme = lookTheme(Theme::Light, false);
  const QString title = QString::fromStdString(handout.lesson.title);
  std::vector<Placed> all;
  HandoutPdf made;
  made.pages = flow(handoutSections(handout), theme, all);
  QBuffer buffer(&made.bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter pdf(&buffer);
  pdf.setResolution(kResolution);
  pdf.setCreator(QStringLiteral("ConvScope"));
  pdf.setTitle(title);
  pdf.setPageLayout(QPageLayout(QPageSize(QPageSize::A4), QPageLayout::Portrait, QMarginsF()));
  QPainter painter(&pdf);
  painter.setRenderHint(QPainter::LosslessImageRendering);
  painter.scale(kResolution / kPixelsPerInch, kResolution / kPixelsPerInch);
  int page = 0;
  for (const Placed& one : all) {
    for (; page < one.page; ++page) {
      paintFoot(painter, theme, title, page, made.pages);
      pdf.newPage();
    }
    paintBlock(painter, theme, one);
  }
  paintFoot(painter, theme, title, page, made.pages);
  painter.end();
  return made;
}

}  // namespace convscope
