#pragma once

#include "widgets/state/app_state.h"

#include <QDateTime>
#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace convscope {

/// Work as it was kept on disk.
struct KeptWork {
  AppState state;
  QString session;        ///< file that it was opened from or saved to, or empty
  bool modified = false;  ///< it differs from that file
  QDateTime at;           ///< when it was kept
  struct LessonText {
    std::string text;
    std::string path;  ///< of its file, or empty
    bool operator==(const LessonText&) const = default;
  };
  std::optional<LessonText> lesson;  ///< the open one, where it was recorded or changed and is not saved
  QString file;                      ///< where it lies apart, see takeLeftBehind(); or empty
};

/// Keeps the newest state on disk while the program runs, so that whatever ends it the work is there at the
/// next start. Each run has a file of its own under a lock, both in one folder: a file whose lock nobody
/// holds was left by a run that did not end. Files are written whole or not at all, on a thread of their own;
/// the GUI thread only copies the state. GUI thread only.
class Autosave : public QObject {
  Q_OBJECT

 public:
  /// How long after a change it is written.
  struct Pace {
    int quietMs = 250;  ///< without a further change
    int mostMs = 1000;  ///< while changes go on
  };
  explicit Autosave(const QString& folder, QObject* parent = nullptr);
  Autosave(const QString& folder, Pace pace, QObject* parent = nullptr);
  /// What was kept last is on disk when this returns.
  ~Autosave() override;

  /// The usual folder of this user.
  [[nodiscard]] static QString usualFolder();

  /// Whose the work of a run that did not end is from now on, so that it is not lost where this run does not
  /// end either.
  enum class Take {
    Over,   ///< this run's, which shows it and goes on with it
    Apart,  ///< its own: this run shows something else; it lies apart until letGo()
  };
  /// The newest work of a run that did not end, or that lies apart since an earlier one. A file that cannot
  /// be read is set aside under another name.
  [[nodiscard]] std::optional<KeptWork> takeLeftBehind(Take take = Take::Over);
  /// Work that lies apart is not needed any more, or was taken up and written by this run.
  void letGo(const KeptWork& work);
  /// The work of the last run that was closed.
  [[nodiscard]] std::optional<KeptWork> lastClosed() const;

  /// The state from now on; nothing after close().
  void keep(const AppState& state, const QString& session, bool modified);
  /// Goes with the next keep() and those after it.
  void setLesson(std::optional<KeptWork::LessonText> lesson) { m_lesson = std::move(lesson); }
  /// Writes at once and waits for it.
  void finish();
  /// The run ends as it should: its work becomes that of lastClosed().
  void close();
  /// Why nothing can be kept: one sentence, or empty.
  [[nodiscard]] QString problem() const;
  /// Files that takeLeftBehind() could not read and has set aside, under their new names.
  [[nodiscard]] const QStringList& setAside() const { return m_setAside; }

 Q_SIGNALS:
  /// The state of the n-th keep() is on disk; sent on the GUI thread.
  void written(quint64 n);
  /// problem() is another one, or none any more; sent on the GUI thread.
  void problemChanged();

 private:
  void hand();
  [[nodiscard]] QString ownFile() const;

  QString m_folder;
  Pace m_pace;
  QTimer m_quiet, m_most;
  std::optional<KeptWork> m_waiting;
  quint64 m_kept = 0;
  std::optional<KeptWork::LessonText> m_lesson;
  QStringList m_setAside;
  bool m_used = false;    ///< there is a file of this run
  bool m_closed = false;  ///< the run has ended
  struct Writer;
  std::unique_ptr<Writer> m_writer;  // owns a thread: last
};

}  // namespace convscope
