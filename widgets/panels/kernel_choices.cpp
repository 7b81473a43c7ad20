#include "widgets/panels/kernel_choices.h"

#include <QCoreApplication>

#include <array>

namespace convscope {

namespace {

struct Words {
  const char* id;
  const char* text;
  const char* tip;
};
// In the order of the enumerations.
constexpr std::array kPaddings{
    Words{"valid", QT_TRANSLATE_NOOP("KernelPanel", "valid, none added"),
          QT_TRANSLATE_NOOP("KernelPanel",
                            "The kernel stays inside the clip, so the map is smaller than the clip.")},
    Words{"same", QT_TRANSLATE_NOOP("KernelPanel", "same, size kept"),
          QT_TRANSLATE_NOOP(
              "KernelPanel",
              "Just enough cells on both sides that the map is as large as the clip at stride 1.")},
    Words{"full", QT_TRANSLATE_NOOP("KernelPanel", "full, every overlap"),
          QT_TRANSLATE_NOOP(
              "KernelPanel",
              "So many cells on both sides that every overlap of kernel and clip gives a value.")},
    Words{"causal", QT_TRANSLATE_NOOP("KernelPanel", "causal, past only"),
          QT_TRANSLATE_NOOP("KernelPanel",
                            "Frames are added before the clip alone: no value looks into the future.")},
    Words{"custom", QT_TRANSLATE_NOOP("KernelPanel", "custom, per side"),
          QT_TRANSLATE_NOOP("KernelPanel", "Say for each axis how many cells are added before and after.")},
};
constexpr std::array kValues{
    Words{"zero", QT_TRANSLATE_NOOP("KernelPanel", "zeros"),
          QT_TRANSLATE_NOOP("KernelPanel", "Zero padding: the added cells are black.")},
    Words{"replicate", QT_TRANSLATE_NOOP("KernelPanel", "the nearest cell"),
          QT_TRANSLATE_NOOP("KernelPanel", "Replicate padding: the border goes on outwards.")},
    Words{"reflect", QT_TRANSLATE_NOOP("KernelPanel", "a mirror image"),
          QT_TRANSLATE_NOOP("KernelPanel",
                            "Reflect padding: mirrored about the border cell, which is not repeated.")},
    Words{"circular", QT_TRANSLATE_NOOP("KernelPanel", "the other end"),
          QT_TRANSLATE_NOOP("KernelPanel", "Circular padding: the clip goes round.")},
};
constexpr std::array kActivations{
    Words{"none", QT_TRANSLATE_NOOP("KernelPanel", "none"),
          QT_TRANSLATE_NOOP("KernelPanel", "The value is the sum itself.")},
    Words{"relu", QT_TRANSLATE_NOOP("KernelPanel", "ReLU"),
          QT_TRANSLATE_NOOP("KernelPanel", "Rectified linear unit: sums below 0 become 0.")},
    Words{"absolute", QT_TRANSLATE_NOOP("KernelPanel", "absolute"),
          QT_TRANSLATE_NOOP("KernelPanel", "The sum without its sign.")},
    Words{"square", QT_TRANSLATE_NOOP("KernelPanel", "square"),
          QT_TRANSLATE_NOOP("KernelPanel", "The sum times itself: two of them added make motion energy.")},
};

template <std::size_t N>
QList<ChoiceBox::Choice> choicesOf(const std::array<Words, N>& words) {
  QList<ChoiceBox::Choice> choices;
  for (const Words& word : words) {
    choices.append({QCoreApplication::translate("KernelPanel", word.text),
                    QString::fromLatin1(word.id),
                    QCoreApplication::translate("KernelPanel", word.tip),
                    {}});
  }
  return choices;
}

template <class Enum, std::size_t N>
Enum enumOf(const std::array<Words, N>& words, const QString& id) {
  for (std::size_t i = 0; i < N; ++i)
    if (id == QLatin1String(words[i].id)) return static_cast<Enum>(i);
  Q_ASSERT(false);
  return Enum{};
}

template <std::size_t N, class Enum>
QString nameOf(const std::array<Words, N>& words, Enum value) {
  return QString::fromLatin1(words.at(static_cast<std::size_t>(value)).id);
}

}  // namespace

QList<ChoiceBox::Choice> paddingChoices() {
  return choicesOf(kPaddings);
}

QList<ChoiceBox::Choice> paddingValueChoices() {
  return choicesOf(kValues);
}

QList<ChoiceBox::Choice> activationChoices() {
  return choicesOf(kActivations);
}

QString idOf(PaddingMode mode) {
  return nameOf(kPaddings, mode);
}

QString idOf(PaddingValue value) {
  return nameOf(kValues, value);
}

QString idOf(Activation activation) {
  return nameOf(kActivations, activation);
}

PaddingMode paddingOf(const QString& id) {
  return enumOf<PaddingMode>(kPaddings, id);
}

PaddingValue paddingValueOf(const QString& id) {
  return enumOf<PaddingValue>(kValues, id);
}

Activation activationOf(const QString& id) {
  return enumOf<Activation>(kActivations, id);
}

}  // namespace convscope
