#include "widgets/lesson/lesson.h"

#include <QDir>
#include <QFile>
#include <QStringList>

#include <algorithm>

namespace convscope {

namespace {

constexpr char kFolder[] = ":/lessons";

Result<Lesson> shipped(const QString& id) {
  QFile file(QStringLiteral("%1/%2.md").arg(QLatin1String(kFolder), id));
  if (!file.open(QIODevice::ReadOnly))
    return fail(ErrorCode::BadInput, "The lesson " + id.toStdString() + " cannot be opened.");
  auto lesson = lessonFromText(file.readAll().toStdString(), id.toStdString() + ".md");
  if (lesson) lesson->id = id.toStdString();
  return lesson;
}

QStringList shippedIds() {
  QStringList ids;
  for (const QString& name : QDir(QLatin1String(kFolder)).entryList({QStringLiteral("*.md")}))
    ids << name.chopped(3);
  return ids;
}

}  // namespace

Result<std::vector<Lesson>> lessons() {
  std::vector<Lesson> all;
  for (const QString& id : shippedIds()) {
    auto lesson = shipped(id);
    if (!lesson) return tl::unexpected(lesson.error());
    all.push_back(std::move(*lesson));
  }
  std::ranges::stable_sort(all, {}, &Lesson::order);
  return all;
}

Result<Lesson> lessonNamed(const std::string& name) {
  if (name.ends_with(".md")) return readLesson(name);
  const QStringList ids = shippedIds();
  const QString id = QString::fromStdString(name);
  if (!ids.contains(id))
    return fail(ErrorCode::BadUsage, "There is no lesson “" + name + "”; there are " +
                                         ids.join(QStringLiteral(", ")).toStdString() + ".");
  return shipped(id);
}

const std::vector<PlaylistEntry>& firstClass() {
  static const std::vector<PlaylistEntry> entries = [] {
    std::vector<PlaylistEntry> list;
    QFile file(QStringLiteral("%1/first-class.playlist").arg(QLatin1String(kFolder)));
    if (!file.open(QIODevice::ReadOnly)) return list;
    for (const QByteArray& line : file.readAll().split('\n')) {
      const QList<QByteArray> words = line.simplified().split(' ');
      if (words.size() == 2 && !words[0].startsWith('#'))
        list.push_back({words[0].toStdString(), words[1].toInt()});
    }
    return list;
  }();
  return entries;
}

}  // namespace convscope
