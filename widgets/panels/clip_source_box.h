#pragma once

#include "widgets/panels/choice_box.h"
#include "widgets/state/state_edit.h"

#include <QList>
#include <QStringList>

namespace convscope {

/// The choice among everything that can be convolved: a file to be opened, files opened lately, cameras and
/// the clips of the motion lab. GUI thread only.
class ClipSourceBox : public ChoiceBox {
  Q_OBJECT

 public:
  explicit ClipSourceBox(QWidget* parent = nullptr);
  void present(const ClipSource& source);
  /// Paths of files opened lately, newest first.
  void setRecentFiles(const QStringList& paths);
  /// Numbers of the cameras that this machine has.
  void setCameras(const QList<int>& cameras);

 Q_SIGNALS:
  void editRequested(const convscope::StateEdit& edit);
  void openFileRequested();
  /// One of the recent files was chosen; the edit that opens it follows.
  void filePicked(const QString& path);

 private:
  void rebuild();
  void pick(const QString& id);

  QStringList m_recent;
  QList<int> m_cameras;
  QString m_currentFile;  ///< shown, and in the list even if it was never opened by hand
};

}  // namespace convscope
