#include "widgets/panels/clip_source_box.h"

#include "engine/clip/motion_lab.h"

#include <QFileInfo>

namespace convscope {

namespace {

const QString kOpenId = QStringLiteral("open");

QString idOf(const ClipSource& source) {
  if (const auto* lab = std::get_if<LabSpec>(&source))
    return QStringLiteral("lab:") + QString::fromStdString(lab->name);
  if (const auto* file = std::get_if<FileSource>(&source))
    return QStringLiteral("file:") + QString::fromStdString(file->path);
  return QStringLiteral("camera:%1").arg(std::get<WebcamSource>(source).index);
}

}  // namespace

ClipSourceBox::ClipSourceBox(QWidget* parent) : ChoiceBox(parent) {
  connect(this, &ChoiceBox::picked, this, &ClipSourceBox::pick);
  rebuild();
}

void ClipSourceBox::present(const ClipSource& source) {
  const auto* file = std::get_if<FileSource>(&source);
  const QString path = file != nullptr ? QString::fromStdString(file->path) : QString();
  if (path != m_currentFile) {
    m_currentFile = path;
    rebuild();
  }
  ChoiceBox::present(idOf(source), idOf(source));
}

void ClipSourceBox::setRecentFiles(const QStringList& paths) {
  m_recent = paths;
  rebuild();
}

void ClipSourceBox::setCameras(const QList<int>& cameras) {
  m_cameras = cameras;
  rebuild();
}

void ClipSourceBox::rebuild() {
  QList<ChoiceBox::Choice> choices{
      {tr("Open file…"), kOpenId, tr("Video, image, image sequence or .npy array."), {}}};
  QStringList files = m_recent;
  if (!m_currentFile.isEmpty() && !files.contains(m_currentFile)) files.prepend(m_currentFile);
  if (!files.isEmpty()) choices.append({tr("Files"), {}, {}, {}});
  for (const QString& path : files)
    choices.append({QFileInfo(path).fileName(), QStringLiteral("file:") + path, path, {}});
  if (!m_cameras.isEmpty()) choices.append({tr("Cameras"), {}, {}, {}});
  for (const int camera : m_cameras)
    choices.append({tr("Camera %1").arg(camera),
                    QStringLiteral("camera:%1").arg(camera),
                    tr("Frames from the camera, now."),
                    {}});
  std::string group;
  for (const MotionLabEntry& entry : motionLabEntries()) {
    if (entry.group != group)
      choices.append({tr("Motion lab: %1").arg(QString::fromStdString(entry.group)), {}, {}, {}});
    group = entry.group;
    choices.append({QString::fromStdString(entry.name),
                    QStringLiteral("lab:") + QString::fromStdString(entry.id),
                    QString::fromStdString(entry.shows),
                    {}});
  }
  setChoices(choices);
}

void ClipSourceBox::pick(const QString& id) {
  if (id == kOpenId) {
    Q_EMIT openFileRequested();
    return;
  }
  const QString value = id.mid(id.indexOf(QLatin1Char(':')) + 1);
  std::optional<ClipSource> source;
  if (id.startsWith(QLatin1String("lab:"))) {
    const MotionLabEntry* entry = findMotionLabEntry(value.toStdString());
    if (entry != nullptr) source = entry->defaults;
  } else if (id.startsWith(QLatin1String("camera:"))) {
    source = WebcamSource{value.toInt()};
  } else {
    source = FileSource{value.toStdString()};
    Q_EMIT filePicked(value);
  }
  if (!source) return;
  Q_EMIT editRequested({tr("Clip"), [source = *source](AppState& state) { takeSource(state, source); }});
}

}  // namespace convscope
