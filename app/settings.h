#pragma once

#include "widgets/state/app_state.h"

#include <QString>
#include <QStringList>

namespace convscope {

/// What is remembered from one start to the next: recent clips, theme, window size. Nothing of it changes a
/// result. GUI thread only.
class Settings {
 public:
  /// Values kept in `file`; empty: the user's usual place.
  explicit Settings(QString file = {});

  [[nodiscard]] QStringList recentClips() const;  ///< newest first, at most ten, existing files only
  void addRecentClip(const QString& path);
  [[nodiscard]] QByteArray windowGeometry() const;
  void setWindowGeometry(const QByteArray& geometry);
  /// Theme, presenter size and reduced motion as last chosen, over `look`.
  void restore(Look& look) const;
  void remember(const Look& look);
  [[nodiscard]] QString lastFolder() const;

 private:
  QString m_file;
};

}  // namespace convscope
