#pragma once

#include "widgets/panels/film_images.h"
#include "widgets/state/kernel_view.h"

#include <QWidget>

class QPushButton;
class QToolButton;

namespace convscope {

class FilmView;
class SliceView;

/// The flat twin of the stage: input frames and output maps aligned in time, and the slices along time beside
/// them. Low strips show one row, with the slices behind a tab; the presenter and still images show frames
/// and maps alone.
class TimeStrip : public QWidget {
  Q_OBJECT

 public:
  explicit TimeStrip(QWidget* parent = nullptr);

  void present(const KernelView& view);
  /// What the title bar says at the right.
  [[nodiscard]] QString fact() const { return m_fact; }
  [[nodiscard]] FilmView* film() const { return m_film; }
  [[nodiscard]] SliceView* slices() const { return m_slices; }
  [[nodiscard]] const FilmImages& images() const { return m_images; }
  /// Through a row (x–t) or a column (y–t).
  [[nodiscard]] FilmImages::Plane plane() const { return m_plane; }
  void setPlane(FilmImages::Plane plane);
  /// In a low strip: the slices instead of the frames.
  void showSlices(bool slices);
  /// A lesson speaks of the slices: they are shown in a low strip and in the presenter's, too.
  void demandSlices(bool demanded);
  /// In the presenter: what sliding does, for the axes along which this kernel can slide, and what becomes of
  /// the channels where there are several.
  [[nodiscard]] QStringList slidingWords() const;

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 signals:
  void editRequested(const convscope::StateEdit& edit);
  void hovered(const convscope::Hover& hover);
  void factChanged(const QString& fact);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  enum class Arrangement { Full, Low, FilmAlone };
  [[nodiscard]] Arrangement arrangement() const;
  [[nodiscard]] double scale() const;
  void arrange();
  void refreshFact();

  KernelView m_view;
  FilmImages m_images;
  FilmImages::Plane m_plane = FilmImages::Plane::XT;
  bool m_slicesTab = false;
  bool m_slicesDemanded = false;
  QString m_fact;
  FilmView* m_film;
  SliceView* m_slices;
  QPushButton* m_planeButton;
  QToolButton* m_framesTab;
  QToolButton* m_slicesTabButton;
};

}  // namespace convscope
