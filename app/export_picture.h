#pragma once

#include "engine/core/result.h"

#include <QImage>
#include <QSize>
#include <QString>
#include <QWidget>

#include <vector>

namespace convscope {

class MainWindow;

/// Something that can be written as a picture.
struct ExportableView {
  QString name;   ///< for the command line: "stage", "time-strip"
  QString title;  ///< for people
  QWidget* widget = nullptr;
};

/// The stage of the page in sight, its panels that are seen, and the window. GUI thread only.
[[nodiscard]] std::vector<ExportableView> exportableViews(MainWindow& window);
/// One by name; "strip" is the time strip. Errors: BadUsage, with the names that there are.
[[nodiscard]] Result<ExportableView> exportableView(MainWindow& window, const QString& name);

/// `widget` as a picture of `size` pixels, as it looks on screen: type and lines grow with the picture. What
/// is not a window takes the picture's proportions for as long; a window keeps its own and stands in the
/// middle. `transparent`: no ground. GUI thread only.
[[nodiscard]] QImage pictureOf(QWidget& widget, const QSize& size, bool transparent);

/// The same as a file: .png, or .svg and .pdf, whose lines and text are vectors over the stage's picture. A
/// pixel of a .pdf is 1/96 inch. Errors: BadUsage (another ending), Io.
[[nodiscard]] Result<void> writePicture(QWidget& widget, const QString& path, const QSize& size,
                                        bool transparent);

}  // namespace convscope
