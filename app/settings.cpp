#include "app/settings.h"

#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <memory>
#include <utility>

namespace convscope {

namespace {

constexpr int kRecentClips = 10;
const QString kRecent = QStringLiteral("recentClips");

std::unique_ptr<QSettings> open(const QString& file) {
  if (file.isEmpty())
    return std::make_unique<QSettings>(QStringLiteral("ConvScope"), QStringLiteral("ConvScope"));
  return std::make_unique<QSettings>(file, QSettings::IniFormat);
}

}  // namespace

Settings::Settings(QString file) : m_file(std::move(file)) {}

Settings Settings::forgetful() {
  const auto folder = std::make_shared<QTemporaryDir>();
  Settings settings(folder->filePath(QStringLiteral("settings.ini")));
  settings.m_folder = folder;
  return settings;
}

QStringList Settings::recentClips() const {
  QStringList clips = open(m_file)->value(kRecent).toStringList();
  clips.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
  return clips;
}

void Settings::addRecentClip(const QString& path) {
  QStringList clips = recentClips();
  const QString full = QFileInfo(path).absoluteFilePath();
  clips.removeAll(full);
  clips.prepend(full);
  open(m_file)->setValue(kRecent, clips.mid(0, kRecentClips));
}

QByteArray Settings::windowGeometry() const {
  return open(m_file)->value(QStringLiteral("window")).toByteArray();
}

void Settings::setWindowGeometry(const QByteArray& geometry) {
  open(m_file)->setValue(QStringLiteral("window"), geometry);
}

void Settings::restore(Look& look) const {
  const auto settings = open(m_file);
  const bool light = settings->value(QStringLiteral("light"), look.theme == Theme::Light).toBool();
  look.theme = light ? Theme::Light : Theme::Dark;
  look.reducedMotion = settings->value(QStringLiteral("reducedMotion"), look.reducedMotion).toBool();
}

void Settings::remember(const Look& look) {
  const auto settings = open(m_file);
  settings->setValue(QStringLiteral("light"), look.theme == Theme::Light);
  settings->setValue(QStringLiteral("reducedMotion"), look.reducedMotion);
}

QString Settings::lastFolder() const {
  const QStringList clips = recentClips();
  if (!clips.isEmpty()) return QFileInfo(clips.first()).absolutePath();
  return QStandardPaths::writableLocation(QStandardPaths::MoviesLocation);
}

}  // namespace convscope
