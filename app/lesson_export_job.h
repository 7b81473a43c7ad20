#pragma once

#include "engine/clip/clip_spec.h"
#include "widgets/lesson/lesson.h"

#include <QObject>
#include <QProcess>
#include <QTemporaryFile>

#include <memory>
#include <optional>

namespace convscope {

/// Writes a hand-out beside the work: the program once more, unseen, with --export-lesson. So this window
/// never waits, and the lesson in it stays where it is. GUI thread only.
class LessonExportJob : public QObject {
  Q_OBJECT

 public:
  /// `program` is the file of the program. Nothing happens before start().
  explicit LessonExportJob(const QString& program, QObject* parent = nullptr);
  /// Stops what is not done; a file half written is never left.
  ~LessonExportJob() override;

  /// `lesson` as it is now, also where it was not saved; `clip` takes the place of its own as in the
  /// player. `path` ends in .html or .pdf.
  void start(const Lesson& lesson, const std::optional<ClipSource>& clip, const QString& path);
  void stop();

 Q_SIGNALS:
  void progressed(int step, int count);
  /// Once. `problem`: why there is no file, one sentence; empty where there is one or it was stopped.
  void done(bool written, const QString& problem);

 private:
  void readProgress();
  void finish(bool written, const QString& problem);

  QString m_program;
  QProcess m_process;
  std::unique_ptr<QTemporaryFile> m_lesson;  ///< as it is now, beside its file: what it names lies there
  bool m_stopped = false;
  bool m_done = false;
};

}  // namespace convscope
