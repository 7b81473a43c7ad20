#pragma once

#include "app/autosave.h"
#include "widgets/state/state_store.h"

#include <QObject>

#include <memory>

namespace convscope {

/// The file that the work on screen belongs to, whether it differs from it, and what is kept of it beside.
/// GUI thread only.
class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(StateStore& store, QObject* parent = nullptr);

  /// Of the last open() or save(); empty before.
  [[nodiscard]] QString path() const { return m_path; }
  /// Something differs from the file that closing would lose: not the place of kernel, camera and theme,
  /// which wander, nor whether it plays. Always false without a file.
  [[nodiscard]] bool modified() const { return m_modified; }

  /// Shows the session of a file. Gives the names of files that are missing. Errors: those of readSession();
  /// nothing changes.
  [[nodiscard]] Result<std::vector<std::string>> open(const QString& path);
  /// Writes the state. Errors: those of writeSession().
  [[nodiscard]] Result<void> save(const QString& path);
  /// The state shown already is that of a file (the command line named it).
  void belongsTo(const QString& path);

  /// Keeps the work from now on.
  void keepWith(std::unique_ptr<Autosave> autosave);
  [[nodiscard]] Autosave* autosave() const { return m_autosave.get(); }
  /// Goes on with what was kept, as one undo step.
  void takeUp(const KeptWork& work, const QString& label);

 Q_SIGNALS:
  void changed();  ///< path() or modified()

 private:
  void refresh();
  void take(const QString& path, bool modified);

  StateStore& m_store;
  QString m_path;
  AppState m_saved;
  bool m_modified = false;
  bool m_lost = false;  ///< what the file holds is not known: work taken up again that differs from it
  std::unique_ptr<Autosave> m_autosave;
};

}  // namespace convscope
