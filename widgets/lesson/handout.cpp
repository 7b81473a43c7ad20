#include "widgets/lesson/handout.h"

#include "engine/core/json_text.h"
#include "widgets/lesson/lesson_text.h"
#include "widgets/look/look_theme.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QRegularExpression>

#include <array>

namespace convscope {

namespace {

constexpr qsizetype kLongestSetting = 48;  // characters of JSON that still say something to a reader

QString tr(const char* text) {
  return QCoreApplication::translate("Handout", text);
}

QString plain(const std::string& text) {
  return QString::fromStdString(text).toHtmlEscaped();
}

/// "nine layers: 1 × 3 × 3 / 1 × 2 × 2, 1 × 3 × 3, …" of a stack as JSON: each layer's kernel, and its stride
/// where it has one.
QString stackWords(const std::string& json) {
  const auto stack = jsonFrom(json);
  if (!stack || !stack->is_object()) return {};
  const auto triple = [](const nlohmann::json& layer, const char* key) -> std::array<int, 3> {
    const auto found = layer.find(key);
    if (found == layer.end() || !found->is_object()) return {1, 1, 1};
    return {found->value("t", 1), found->value("y", 1), found->value("x", 1)};
  };
  const auto words = [](const std::array<int, 3>& of) {
    return QStringLiteral("%1 × %2 × %3").arg(of[0]).arg(of[1]).arg(of[2]);
  };
  QStringList layers;
  for (const auto& layer : stack->value("layers", nlohmann::json::array())) {
    const auto stride = triple(layer, "stride");
    layers << words(triple(layer, "kernel")) +
                  (stride == std::array{1, 1, 1} ? QString() : QStringLiteral(" / ") + words(stride));
  }
  return QString::fromStdString(stack->value("name", std::string())) + tr(" (kernel / stride): ") +
         layers.join(QStringLiteral(", "));
}

/// The texts of one step with its values in them.
class StepWriter {
 public:
  StepWriter(const Handout& handout, std::size_t index)
      : m_step(handout.lesson.steps[index]),
        m_shown(handout.steps[index]),
        m_number(static_cast<int>(index) + 1),
        m_theme(lookTheme(Theme::Light, false)) {}

  [[nodiscard]] HandoutSection step() const {
    HandoutSection section{QStringLiteral("step-%1").arg(m_number), false, {}};
    section.blocks.push_back({QStringLiteral("<h2><span class='number'>%1</span>&nbsp; %2</h2>")
                                  .arg(m_number)
                                  .arg(plain(m_step.title)),
                              {}});
    addText(section, m_step.text, {});
    if (!m_shown.picture.isNull()) section.blocks.push_back({{}, m_shown.picture});
    if (m_step.question) addQuestion(section);
    addText(section, m_step.formula, {}, QStringLiteral("formula"));
    if (m_step.goal)
      section.blocks.push_back({QStringLiteral("<div class='task'><p class='kicker'>%1</p>%2</div>")
                                    .arg(tr("Your turn"), html(m_step.goal->text)),
                                {}});
    return section;
  }

  /// Nothing where there is nothing to tell.
  [[nodiscard]] std::optional<HandoutSection> answer() const {
    const bool goal = m_step.goal && !m_step.goal->solution.empty();
    if (!m_step.question && !goal) return std::nullopt;
    HandoutSection section{QStringLiteral("answer-%1").arg(m_number), false, {}};
    QString head = QStringLiteral("<h3><span class='number'>%1</span>&nbsp; %2</h3>")
                       .arg(m_number)
                       .arg(plain(m_step.title));
    if (m_step.question)
      head += QStringLiteral("<p class='answer'><b>%1</b></p>")
                  .arg(handoutAnswer(m_step, m_shown.facts).toHtmlEscaped());
    section.blocks.push_back({head, {}});
    // the formula again where the answer stands in it
    if (m_step.formula.find("{answer}") != std::string::npos)
      addText(section, m_step.formula, answerNumber(), QStringLiteral("formula"));
    addText(section, m_step.answerText, answerNumber());
    if (goal) section.blocks.push_back({solution(), {}});
    if (!m_shown.answerPicture.isNull()) section.blocks.push_back({{}, m_shown.answerPicture});
    return section;
  }

 private:
  [[nodiscard]] QString answerNumber() const {
    return m_shown.facts.answer ? lessonNumber(*m_shown.facts.answer, 3) : QString();
  }

  /// Links between lessons lead nowhere on paper.
  [[nodiscard]] QString html(const std::string& text, const QString& answer = {}) const {
    static const QRegularExpression kLink(QStringLiteral("<a href='lesson:[^>]*>(.*?)</a>"));
    return lessonHtml(text, m_theme, m_shown.facts.values, answer)
        .replace(kLink, QStringLiteral("<i>\\1</i>"));
  }

  /// A block for each paragraph, so that pages can break between them.
  void addText(HandoutSection& section, const std::string& text, const QString& answer,
               const QString& kind = QStringLiteral("text")) const {
    static const QRegularExpression kEmptyLine(QStringLiteral("\\n\\s*\\n"));
    for (const QString& part : QString::fromStdString(text).split(kEmptyLine, Qt::SkipEmptyParts))
      section.blocks.push_back(
          {QStringLiteral("<div class='%1'>%2</div>").arg(kind, html(part.toStdString(), answer)), {}});
  }

  void addQuestion(HandoutSection& section) const {
    const LessonQuestion& question = *m_step.question;
    QString words = QStringLiteral("<div class='question'><p class='kicker'>%1</p>%2")
                        .arg(tr("Predict first"), html(question.text));
    if (!question.hint.empty())
      words += QStringLiteral("<div class='hint'>%1</div>").arg(html(question.hint));
    for (std::size_t i = 0; i < question.choices.size(); ++i)
      words += QStringLiteral("<p class='choice'><span class='key'>&nbsp;%1&nbsp;</span>&nbsp; %2</p>")
                   .arg(i + 1)
                   .arg(lessonPlain(question.choices[i].text, m_shown.facts.values).toHtmlEscaped());
    if (question.choices.empty())
      words += QStringLiteral("<p class='choice'><span class='blank'>%1</span> %2</p>")
                   .arg(QString(24, QChar(0xA0)), plain(question.unit));
    section.blocks.push_back({words + QStringLiteral("</div>"), {}});
  }

  [[nodiscard]] QString solution() const {
    QStringList settings;
    for (const LessonSetting& one : m_step.goal->solution) {
      const QString value = QString::fromStdString(one.value);
      if (one.path == "field.stack")
        settings << stackWords(one.value).toHtmlEscaped();
      else if (value.size() <= kLongestSetting)
        settings << QStringLiteral("<code>%1 = %2</code>").arg(plain(one.path), value.toHtmlEscaped());
      else
        settings << QStringLiteral("<code>%1</code> %2").arg(plain(one.path), tr("as in the picture"));
    }
    return QStringLiteral("<div class='text'>%1<p>%2 %3.</p></div>")
        .arg(html(m_step.goal->text), tr("One way:"), settings.join(QStringLiteral(", ")));
  }

  const LessonStep& m_step;
  const HandoutStep& m_shown;
  int m_number;
  const LookTheme& m_theme;
};

HandoutSection headOf(const Lesson& lesson) {
  QStringList facts;
  if (!lesson.figure.empty()) facts << plain(lesson.figure);
  if (!lesson.group.empty()) facts << plain(lesson.group);
  if (lesson.minutes > 0) facts << tr("%1 minutes").arg(lesson.minutes);
  const QString html =
      QStringLiteral("<p class='kicker'>%1</p><h1>%2</h1><p class='summary'>%3</p>")
          .arg(facts.join(QStringLiteral(" · ")), plain(lesson.title), plain(lesson.summary));
  return {QStringLiteral("lesson"), false, {{html, {}}}};
}

/// For readers: no rule here changes what a block is, so that a text without styles reads in order, too.
QString styleSheet() {
  const LookTheme& theme = lookTheme(Theme::Light, false);
  return QStringLiteral(
             "body{font:15px/1.5 Inter,'Noto Sans',system-ui,sans-serif;color:%1;background:#fff;"
             "max-width:760px;margin:32px auto;padding:0 24px;font-variant-numeric:tabular-nums}"
             "h1{font-size:30px;line-height:1.2;margin:4px 0 8px}h2{font-size:20px;margin:40px 0 8px}"
             "h3{font-size:16px;margin:28px 0 4px}p{margin:0 0 8px}"
             ".number{color:%2;font-weight:600}.kicker{color:%2;font-size:13px;margin:0 0 2px}"
             ".summary{font-size:17px;color:%2}"
             "figure{margin:12px 0}img{width:100%;height:auto;border:1px solid %3;display:block}"
             ".question,.task{border-left:3px solid %2;padding:2px 0 2px 14px;margin:14px 0}"
             ".question{font-weight:600}.hint,.choice{font-weight:400}.choice{margin:6px 0}"
             ".key{border:1px solid %2;border-radius:3px}.blank{border-bottom:1px solid %2}"
             ".formula{font-size:16px}code{font-size:.92em}"
             "footer{margin:48px 0;color:%2;font-size:13px}"
             "@page{size:A4;margin:18mm}"
             "@media print{body{margin:0;padding:0;max-width:none;-webkit-print-color-adjust:exact;"
             "print-color-adjust:exact}section{break-inside:avoid}h2,h3{break-after:avoid}"
             "#answers{break-before:page}}"
             "section[id^=answer-] img{width:66%}")
      .arg(theme.text.name(), theme.muted.name(), theme.line2.name());
}

QString inlinePicture(const QImage& picture, const QString& words) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  picture.convertToFormat(QImage::Format_RGB32).save(&buffer, "PNG");
  return QStringLiteral(
             "<figure><img width='%1' height='%2' alt='%3' src='data:image/png;base64,%4'></figure>\n")
      .arg(picture.width())
      .arg(picture.height())
      .arg(words.toHtmlEscaped(), QString::fromLatin1(bytes.toBase64()));
}

}  // namespace

QString handoutAnswer(const LessonStep& step, const StepFacts& facts) {
  if (!step.question) return {};
  if (facts.right)
    return lessonPlain(step.question->choices[static_cast<std::size_t>(*facts.right)].text, facts.values);
  if (!facts.answer) return {};
  return (lessonNumber(*facts.answer, 3) + QLatin1Char(' ') + QString::fromStdString(step.question->unit))
      .trimmed();
}

std::vector<HandoutSection> handoutSections(const Handout& handout) {
  std::vector<HandoutSection> sections{headOf(handout.lesson)};
  std::vector<HandoutSection> answers;
  for (std::size_t i = 0; i < handout.steps.size(); ++i) {
    const StepWriter writer(handout, i);
    sections.push_back(writer.step());
    if (auto answer = writer.answer()) answers.push_back(std::move(*answer));
  }
  if (answers.empty()) return sections;
  sections.push_back({QStringLiteral("answers"),
                      true,
                      {{QStringLiteral("<h1>%1</h1><p class='summary'>%2</p>")
                            .arg(tr("Answers"), tr("Worked out by the program on the clip in the pictures.")),
                        {}}}});
  for (HandoutSection& answer : answers) sections.push_back(std::move(answer));
  return sections;
}

QByteArray handoutHtml(const Handout& handout) {
  const QString title = plain(handout.lesson.title);
  QString html = QStringLiteral(
                     "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
                     "<meta name='viewport' content='width=device-width'>\n<meta name='generator' "
                     "content='ConvScope'>\n<title>%1</title>\n<style>%2</style>\n</head>\n<body>\n")
                     .arg(title, styleSheet());
  for (const HandoutSection& section : handoutSections(handout)) {
    html += QStringLiteral("<section id='%1'>\n").arg(section.id);
    for (const HandoutBlock& block : section.blocks)
      html += block.picture.isNull()
                  ? block.html + QLatin1Char('\n')
                  : inlinePicture(block.picture,
                                  tr("The program at step %1").arg(section.id.section(QLatin1Char('-'), 1)));
    html += QStringLiteral("</section>\n");
  }
  html += QStringLiteral("<footer>%1</footer>\n</body>\n</html>\n")
              .arg(tr("Made with ConvScope. Pictures, numbers and answers were computed by its engine."));
  return html.toUtf8();
}

}  // namespace convscope
