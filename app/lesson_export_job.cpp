#include "app/lesson_export_job.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include <utility>

namespace convscope {

LessonExportJob::LessonExportJob(const QString& program, QObject* parent)
    : QObject(parent), m_program(program) {
  connect(&m_process, &QProcess::readyReadStandardOutput, this, &LessonExportJob::readProgress);
  connect(&m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart)
      finish(false, tr("%1 cannot be started: %2.").arg(m_program, m_process.errorString()));
  });
  connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
    if (status == QProcess::NormalExit && code == 0) return finish(true, {});
    const QString said = QString::fromUtf8(m_process.readAllStandardError()).trimmed();
    finish(false, m_stopped ? QString() : said.section(QLatin1Char('\n'), -1));
  });
}

LessonExportJob::~LessonExportJob() {
  m_done = true;
  if (m_process.state() == QProcess::NotRunning) return;
  m_process.kill();
  m_process.waitForFinished();
}

void LessonExportJob::start(const Lesson& lesson, const std::optional<ClipSource>& clip,
                            const QString& path) {
  const QDir folder =
      lesson.path.empty() ? QDir::temp() : QFileInfo(QString::fromStdString(lesson.path)).dir();
  m_lesson = std::make_unique<QTemporaryFile>(folder.filePath(QStringLiteral(".hand-out-XXXXXX.md")));
  QString file = m_lesson->open() ? m_lesson->fileName() : QString();
  const std::string text = lessonText(lesson);
  if (m_lesson->write(text.data(), static_cast<qint64>(text.size())) < 0 || !m_lesson->flush())
    file = QString::fromStdString(lesson.path);  // a folder where nothing can be written: as it was saved
  if (file.isEmpty()) return finish(false, tr("%1 cannot be written.").arg(folder.path()));
  QStringList arguments{QStringLiteral("--export-lesson"), file, path};
  if (const auto* source = clip ? std::get_if<FileSource>(&*clip) : nullptr; source != nullptr)
    arguments << QStringLiteral("--") << QString::fromStdString(source->path);
  m_process.start(m_program, arguments);
}

void LessonExportJob::stop() {
  m_stopped = true;
  m_process.kill();
}

void LessonExportJob::readProgress() {
  static const QRegularExpression kStep(QStringLiteral("^(\\d+) of (\\d+) steps"));
  while (m_process.canReadLine()) {
    const auto step = kStep.match(QString::fromUtf8(m_process.readLine()));
    if (step.hasMatch() && !m_stopped) Q_EMIT progressed(step.captured(1).toInt(), step.captured(2).toInt());
  }
}

void LessonExportJob::finish(bool written, const QString& problem) {
  if (!std::exchange(m_done, true)) Q_EMIT done(written, problem);
}

}  // namespace convscope
