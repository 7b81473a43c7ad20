#pragma once

#include "widgets/look/look_theme.h"

#include <QPainter>

#include <vector>

namespace convscope {

/// A piece of a line of text with its own colour and weight.
struct TextRun {
  QString text;
  QColor colour;
  bool semibold = false;
  double px = 0;  ///< height of the type; 0 takes the theme's body
};
using TextLine = std::vector<TextRun>;

/// Width of the line in px.
[[nodiscard]] double widthOf(const TextLine& line, const LookTheme& theme);
/// The line without its colours.
[[nodiscard]] QString plainText(const TextLine& line);

enum class Anchor { Left, Centre, Right };

/// Draws the line with its vertical middle at `at.y()` and its left end, middle or right end at `at.x()`.
/// Runs share one base line. Returns the width.
double drawRuns(QPainter& painter, const QPointF& at, Anchor anchor, const TextLine& line,
                const LookTheme& theme);
/// The same for one run.
double drawRun(QPainter& painter, const QPointF& at, Anchor anchor, const TextRun& run,
               const LookTheme& theme);

/// `text` in HTML: for the rich text of a panel's fact. Colour invalid: that of the label.
[[nodiscard]] QString richRun(const QString& text, const QColor& colour = {}, bool semibold = false);

/// Hatches `area` at 45° in the padding colour, as padding is drawn everywhere.
void drawHatch(QPainter& painter, const QRectF& area, const LookTheme& theme);

/// A straight arrow with a filled head. `width` is the shaft's.
void drawArrow(QPainter& painter, const QPointF& from, const QPointF& to, double width, double head,
               const QColor& colour);

/// Outline of `rect` in `colour` with the halo of the stage behind it.
void drawHaloed(QPainter& painter, const QRectF& rect, double width, const QColor& colour,
                const LookTheme& theme);

}  // namespace convscope
