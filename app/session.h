#pragma once

#include "app/autosave.h"
#include "widgets/state/state_store.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace convscope {

/// The file that the work on screen belongs to, whether it differs from it, and what is kept of it beside.
/// The file goes back and forth with the history, and a whole state that is not the file's (a lesson's step,
/// a figure) belongs to none. GUI thread only.
class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(StateStore& store, QObject* parent = nullptr);

  /// Of the last open() or save() that the state on screen comes from; or empty.
  [[nodiscard]] QString path() const { return m_store.file(); }
  /// Something differs from the file that closing would lose: not the place of kernel, camera and theme,
  /// which wander, nor whether it plays. Always false without a file.
  [[nodiscard]] bool modified() const { return m_modified; }

  /// Changes of a file that were not saved when something else took their place on screen.
  struct Left {
    QString path;
    AppState state;
  };
  [[nodiscard]] const std::optional<Left>& left() const { return m_left; }
  /// Writes them, or lets them go. Errors: those of writeSession().
  [[nodiscard]] Result<void> saveLeft();
  void dropLeft() { m_left.reset(); }

  /// Shows what the file `path` holds.
  void show(const QString& path, AppState state);
  /// Writes the state. Errors: those of writeSession().
  [[nodiscard]] Result<void> save(const QString& path);
  /// The state shown already is that of a file (the command line named it).
  void belongsTo(const QString& path);

  /// Keeps the work from now on.
  void keepWith(std::unique_ptr<Autosave> autosave);
  [[nodiscard]] Autosave* autosave() const { return m_autosave.get(); }
  /// The open lesson where it is not saved: it is kept with the work.
  void keepLesson(std::optional<KeptWork::LessonText> lesson);
  /// Goes on with what was kept, as one undo step.
  void takeUp(const KeptWork& work, const QString& label);

 Q_SIGNALS:
  void changed();  ///< path() or modified()

 private:
  struct Saved {
    AppState state;
    bool lost = false;  ///< what the file holds is not known: work taken up again that differs from it
  };
  void refresh();
  void take(const QString& path, bool modified);

  StateStore& m_store;
  std::map<QString, Saved> m_files;  ///< what files held when they were opened or saved last
  QString m_shownPath;
  bool m_modified = false;
  std::optional<Left> m_left;
  std::optional<KeptWork::LessonText> m_lesson;
  std::optional<AppState> m_kept;  ///< what was given to m_autosave last
  std::unique_ptr<Autosave> m_autosave;
};

}  // namespace convscope
