#pragma once

#include "widgets/state/app_state.h"

#include <QString>
#include <QStringList>

#include <memory>

class QTemporaryDir;

namespace convscope {

/// What is remembered from one start to the next: recent clips, theme, window size. Nothing of it changes a
/// result. GUI thread only.
class Settings {
 public:
  /// Values kept in `file`; empty: the user's usual place.
  explicit Settings(QString file = {});
  /// Remembers nothing beyond its own life (copies share it): for screenshots, benchmarks and tests.
  [[nodiscard]] static Settings forgetful();

  [[nodiscard]] QStringList recentClips() const;  ///< newest first, at most ten, existing files only
  void addRecentClip(const QString& path);
  [[nodiscard]] QStringList recentSessions() const;  ///< the same of sessions
  void addRecentSession(const QString& path);
  /// The welcome page was seen and put away.
  [[nodiscard]] bool welcomed() const;
  void setWelcomed();
  [[nodiscard]] QByteArray windowGeometry() const;
  void setWindowGeometry(const QByteArray& geometry);
  /// Theme, presenter size and reduced motion as last chosen, over `look`.
  void restore(Look& look) const;
  void remember(const Look& look);
  [[nodiscard]] QString lastFolder() const;

 private:
  QString m_file;
  std::shared_ptr<QTemporaryDir> m_folder;  ///< of a forgetful one's file; removed with it
};

}  // namespace convscope
