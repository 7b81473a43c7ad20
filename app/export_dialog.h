#pragma once

#include "app/export_picture.h"
#include "app/export_table.h"
#include "engine/study/job_runner.h"
#include "widgets/state/compare_view.h"
#include "widgets/state/kernel_view.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

#include <memory>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QDoubleSpinBox;
class QStackedWidget;

namespace convscope {

class AnimationExport;
class InlineSentence;
class MainWindow;
class SegmentedControl;

/// Writes what is on screen: a view as a picture, the stage in motion, or the numbers behind them. It shows
/// what the file will hold before it is written; what takes longer shows its progress and can be stopped, and
/// the window goes on meanwhile. GUI thread only.
class ExportDialog : public QDialog {
  Q_OBJECT

 public:
  enum class Page { Picture, Animation, Data };
  ExportDialog(MainWindow& window, Page page, QString folder);
  ~ExportDialog() override;

  [[nodiscard]] Page page() const;
  /// As the button does, into `path`.
  void write(const QString& path);
  [[nodiscard]] bool busy() const { return m_busy; }

 Q_SIGNALS:
  /// A file was written, or why not; not where it was stopped.
  void done(const QString& path, const QString& problem);

 private:
  /// One thing of the Data page.
  struct Numbers {
    QString title;
    QString tip;
    std::vector<std::string> endings;
    std::function<Result<void>(const std::string& path, const std::stop_token& stop)> write;
  };
  void build();
  [[nodiscard]] QWidget* pictureRows();
  [[nodiscard]] QWidget* animationRows();
  [[nodiscard]] QWidget* dataRows();
  /// Takes over what is on screen now.
  void collect();
  void collectNumbers();
  void collectComparison(const CompareView& view);
  void refresh();
  void refreshPreview();
  void choosePath();
  void setBusy(bool busy);
  void finishWith(const QString& path, const QString& problem);
  [[nodiscard]] QStringList endings() const;
  [[nodiscard]] QSize pictureSize() const;
  [[nodiscard]] QSize animationSize() const;

  MainWindow& m_window;
  QString m_folder;
  std::vector<ExportableView> m_views;
  std::vector<Numbers> m_numbers;
  KernelView m_kernel;  ///< as it was when collect() ran
  QString m_noMotion;   ///< why there is no animation, or empty
  QLabel* m_preview = nullptr;
  QLabel* m_says = nullptr;
  SegmentedControl* m_pages = nullptr;
  QStackedWidget* m_rows = nullptr;
  QComboBox* m_view = nullptr;
  QComboBox* m_pictureFormat = nullptr;
  QSpinBox* m_pictureWidth = nullptr;
  QSpinBox* m_pictureHeight = nullptr;
  QCheckBox* m_transparent = nullptr;
  QComboBox* m_kind = nullptr;
  QComboBox* m_animationFormat = nullptr;
  QComboBox* m_animationSize = nullptr;
  QDoubleSpinBox* m_seconds = nullptr;
  QComboBox* m_table = nullptr;
  QComboBox* m_tableFormat = nullptr;
  InlineSentence* m_problem = nullptr;
  QProgressBar* m_progress = nullptr;
  QPushButton* m_write = nullptr;
  QPushButton* m_close = nullptr;
  QTimer m_follow;
  bool m_busy = false;
  std::unique_ptr<AnimationExport> m_animation;
  JobRunner m_jobs;  // owns threads: last
};

}  // namespace convscope
