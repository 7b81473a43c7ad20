#pragma once

#include "widgets/lesson/lesson.h"
#include "widgets/lesson/lesson_facts.h"

#include <QByteArray>
#include <QImage>
#include <QString>

#include <vector>

namespace convscope {

/// What a hand-out shows of one step beside its text.
struct HandoutStep {
  StepFacts facts;
  QImage picture;        ///< as the step opens: what its question asks for is hidden
  QImage answerPicture;  ///< with the answer told or the goal reached; null: there is none
};

/// A lesson to take home: its steps with the pictures that the program made of them, predictions to fill in,
/// and on pages of their own at the end the answers.
struct Handout {
  Lesson lesson;
  std::vector<HandoutStep> steps;  ///< as many as the lesson has
};

/// A piece of a hand-out: words as rich text, or a picture. Exactly one of them is there.
struct HandoutBlock {
  QString html;
  QImage picture;
};
/// Pieces that belong together: a step, or what is told of it.
struct HandoutSection {
  QString id;  ///< "lesson", "step-3", "answers", "answer-3"
  bool newPage = false;
  std::vector<HandoutBlock> blocks;
};

/// All of it in order: the lesson's head, every step, and the answers where there are any. Texts are in the
/// colours of the light theme, for paper. GUI thread only (themes).
[[nodiscard]] std::vector<HandoutSection> handoutSections(const Handout& handout);

/// What the engine says to a step's question, as words: "3 maps", "0.951 cells"; empty where it asks none or
/// nothing is known.
[[nodiscard]] QString handoutAnswer(const LessonStep& step, const StepFacts& facts);

/// One HTML file that needs no other: its pictures are inside. GUI thread only.
[[nodiscard]] QByteArray handoutHtml(const Handout& handout);

/// Pages of A4, as bytes of a PDF whose texts can be searched. A step is kept on one page where it fits.
struct HandoutPdf {
  QByteArray bytes;
  int pages = 0;
};
[[nodiscard]] HandoutPdf handoutPdf(const Handout& handout);

}  // namespace convscope
