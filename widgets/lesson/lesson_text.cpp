#include "widgets/lesson/lesson_text.h"

#include "widgets/look/look_theme.h"

#include <QRegularExpression>
#include <QStringList>

#include <cmath>
#include <utility>

namespace convscope {

namespace {

constexpr int kDecimals = 2;

/// The two parts of what stands in "{= … }".
std::pair<std::string, int> quoted(const QString& inside) {
  const int colon = static_cast<int>(inside.lastIndexOf(QLatin1Char(':')));
  bool isNumber = false;
  const int decimals = inside.mid(colon + 1).trimmed().toInt(&isNumber);
  if (colon < 0 || !isNumber) return {inside.trimmed().toStdString(), kDecimals};
  return {inside.left(colon).trimmed().toStdString(), decimals};
}

const QRegularExpression& quotes() {
  static const QRegularExpression pattern(QStringLiteral("\\{=([^}]*)\\}"));
  return pattern;
}

QColor conceptColour(const QString& word, const LookTheme& theme) {
  const std::pair<const char*, QColor> words[] = {{"time", theme.time},       {"height", theme.height},
                                                  {"width", theme.width},     {"kernel", theme.kernel},
                                                  {"voxel", theme.voxel},     {"channel", theme.channel},
                                                  {"padding", theme.padding}, {"muted", theme.muted}};
  for (const auto& [name, colour] : words)
    if (word == QLatin1String(name)) return colour;
  return theme.text;
}

/// Quoted values and the answer put in; the rest as it is.
QString filled(const std::string& markdown, const QuotedValues& values, const QString& answer) {
  const QString text = QString::fromStdString(markdown);
  QString result;
  qsizetype from = 0;
  for (auto match = quotes().globalMatch(text); match.hasNext();) {
    const QRegularExpressionMatch one = match.next();
    result += text.mid(from, one.capturedStart() - from);
    from = one.capturedEnd();
    const auto [expression, decimals] = quoted(one.captured(1));
    const auto known = values.find(expression);
    result += known == values.end() ? QStringLiteral("…") : lessonNumber(known->second, decimals);
  }
  result += text.mid(from);
  return result.replace(QStringLiteral("{answer}"), answer.isEmpty() ? QStringLiteral("\u25A2") : answer);
}

/// Bold, slanted, code, links and concepts of one paragraph.
QString inlineHtml(const QString& text, const LookTheme& theme) {
  static const QRegularExpression kConcept(QStringLiteral("\\{(\\w+)\\|([^}]*)\\}"));
  static const QRegularExpression kBold(QStringLiteral("\\*\\*(.+?)\\*\\*"));
  static const QRegularExpression kSlanted(QStringLiteral("\\*(\\S[^*]*)\\*"));
  static const QRegularExpression kCode(QStringLiteral("`([^`]+)`"));
  static const QRegularExpression kLink(QStringLiteral("\\[([^\\]]+)\\]\\(([\\w:./-]+)\\)"));
  QString html = text.toHtmlEscaped();
  html.replace(kBold, QStringLiteral("<b>\\1</b>"));
  html.replace(kSlanted, QStringLiteral("<i>\\1</i>"));
  html.replace(kCode, QStringLiteral("<code>\\1</code>"));
  html.replace(kLink, QStringLiteral("<a href='\\2' style='color:%1'>\\1</a>").arg(theme.accent.name()));
  for (auto match = kConcept.match(html); match.hasMatch(); match = kConcept.match(html)) {
    const QString word = match.captured(1);
    // words in a concept's colour are semibold; muted ones are not a concept
    const QString weight = word == QLatin1String("muted") ? QString() : QStringLiteral("font-weight:600;");
    html.replace(match.capturedStart(), match.capturedLength(),
                 QStringLiteral("<span style='%1color:%2'>%3</span>")
                     .arg(weight, conceptColour(word, theme).name(), match.captured(2)));
  }
  return html;
}

/// The place of an answer that was not told yet.
QString withBoxes(QString html, const LookTheme& theme) {
  return html.replace(QChar(0x25A2), QStringLiteral("<span style='background-color:%1'>%2</span>")
                                         .arg(theme.line2.name(), QString(7, QChar(0xA0))));
}

QString wholeHtml(const QString& text, const LookTheme& theme) {
  QString html;
  const double gap = theme.body * .55;
  for (const QString& part :
       text.split(QRegularExpression(QStringLiteral("\\n\\s*\\n")), Qt::SkipEmptyParts)) {
    const QStringList lines = part.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    const bool list = !lines.isEmpty() && lines.first().startsWith(QStringLiteral("- "));
    if (!list) {
      html += QStringLiteral("<p style='margin-top:0px;margin-bottom:%1px'>%2</p>")
                  .arg(gap)
                  .arg(inlineHtml(lines.join(QLatin1Char(' ')), theme));
      continue;
    }
    QStringList items;
    for (const QString& line : lines) {
      if (line.startsWith(QStringLiteral("- ")))
        items << line.mid(2);
      else
        items.last() += QLatin1Char(' ') + line.trimmed();
    }
    html +=
        QStringLiteral("<ul style='margin-top:0px;margin-bottom:%1px;margin-left:%2px;-qt-list-indent:0'>")
            .arg(gap)
            .arg(theme.body * 1.1);
    for (const QString& item : items) html += QStringLiteral("<li>%1</li>").arg(inlineHtml(item, theme));
    html += QStringLiteral("</ul>");
  }
  return html;
}

}  // namespace

std::vector<std::string> quotedExpressions(const std::string& text) {
  std::vector<std::string> all;
  for (auto match = quotes().globalMatch(QString::fromStdString(text)); match.hasNext();)
    all.push_back(quoted(match.next().captured(1)).first);
  return all;
}

QString lessonNumber(double value, int decimals) {
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  if (nearlyEqual(value, std::round(value)) && std::abs(value) < 1e15) {
    const QString count = countText(std::abs(std::round(value)));
    return std::round(value) < 0 ? QStringLiteral("−") + count : count;
  }
  const QString number = QString::number(std::abs(value), 'f', decimals);
  return value < 0 && number.toDouble() != 0 ? QStringLiteral("−") + number : number;
}

QString lessonHtml(const std::string& markdown, const LookTheme& theme, const QuotedValues& values,
                   const QString& answer) {
  return withBoxes(wholeHtml(filled(markdown, values, answer), theme), theme);
}

QString lessonPlain(const std::string& markdown, const QuotedValues& values, const QString& answer) {
  QString text = filled(markdown, values, answer);
  text.replace(QRegularExpression(QStringLiteral("\\{\\w+\\|([^}]*)\\}")), QStringLiteral("\\1"));
  text.replace(QRegularExpression(QStringLiteral("\\[([^\\]]+)\\]\\([^)]*\\)")), QStringLiteral("\\1"));
  return text.remove(QRegularExpression(QStringLiteral("[*`]")))
      .replace(QStringLiteral("\u25A2"), QStringLiteral("?"));
}

}  // namespace convscope
