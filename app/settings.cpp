#include "app/settings.h"

#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <memory>
#include <utility>

namespace convscope {

namespace {

constexpr int kMostRecent = 10;
const QString kRecentClips = QStringLiteral("recentClips");
const QString kRecentSessions = QStringLiteral("recentSessions");

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

namespace {

QStringList recentFiles(const QString& file, const QString& key) {
  QStringList paths = open(file)->value(key).toStringList();
  paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
  return paths;
}

void addRecentFile(const QString& file, const QString& key, const QString& path) {
  QStringList paths = recentFiles(file, key);
  const QString full = QFileInfo(path).absoluteFilePath();
  paths.removeAll(full);
  paths.prepend(full);
  open(file)->setValue(key, paths.mid(0, kMostRecent));
}

}  // namespace

QStringList Settings::recentClips() const {
  return recentFiles(m_file, kRecentClips);
}

void Settings::addRecentClip(const QString& path) {
  addRecentFile(m_file, kRecentClips, path);
}

QStringList Settings::recentSessions() const {
  return recentFiles(m_file, kRecentSessions);
}

void Settings::addRecentSession(const QString& path) {
  addRecentFile(m_file, kRecentSessions, path);
}

bool Settings::welcomed() const {
  return open(m_file)->value(QStringLiteral("welcomed"), false).toBool();
}

void Settings::setWelcomed() {
  open(m_file)->setValue(QStringLiteral("welcomed"), true);
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
