#include "widgets/panels/problem_place.h"

#include <QFileInfo>

namespace convscope {

namespace {

std::optional<Axis> axisIn(const QString& sentence) {
  if (sentence.contains(QLatin1String("in time"))) return Axis::T;
  if (sentence.contains(QLatin1String("in height"))) return Axis::Y;
  if (sentence.contains(QLatin1String("in width"))) return Axis::X;
  return std::nullopt;
}

}  // namespace

QString nameInSentences(const ClipSource& source) {
  const auto* file = std::get_if<FileSource>(&source);
  return file == nullptr ? QString() : QFileInfo(QString::fromStdString(file->path)).fileName();
}

ProblemPlace placeOfProblem(const QString& sentence, const QString& clipName) {
  using Row = ProblemPlace::Row;
  if (sentence.isEmpty()) return {};
  const auto starts = [&](const char* words) { return sentence.startsWith(QLatin1String(words)); };
  const auto has = [&](const char* words) { return sentence.contains(QLatin1String(words)); };
  if (!clipName.isEmpty() && sentence.startsWith(clipName))
    return {has("the range starts at frame") ? Row::Range : Row::Clip, {}};
  const std::optional<Axis> axis = axisIn(sentence);
  if (starts("The clip with its padding")) return {Row::Padding, axis};
  if (starts("The kernel") || starts("The kernel's extent")) return {Row::Size, axis};
  if (starts("The stride")) return {Row::Stride, axis};
  if (starts("The dilation")) return {Row::Dilation, axis};
  if (starts("The padding") || starts("Reflecting padding") || starts("Circular padding"))
    return {Row::Padding, axis};
  if (has("groups do not divide") || starts("The number of groups")) return {Row::Groups, {}};
  if (starts("A layer has between")) return {Row::Filters, {}};
  if (starts("The crop")) return {Row::Crop, {}};
  if (starts("The resized")) return {Row::Resize, {}};
  if (starts("The range") || has("the range starts at frame")) return {Row::Range, {}};
  if (has(" must lie between ") || starts("Two steps of ") || starts("The texture of ") ||
      starts("The direction of "))
    return {Row::Motion, {}};
  if (has("filter")) return {Row::Filters, {}};
  return {Row::Clip, {}};
}

}  // namespace convscope
