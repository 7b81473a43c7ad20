#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace convscope {

/// Asks for a file to write to; empty where it was called off. The name ends in one of `endings` (with their
/// dot): the first is added where none was typed, and the name that comes of it is the one that is asked for
/// where such a file is there already. `start` is a folder, or a file that is suggested. GUI thread only.
[[nodiscard]] QString savePath(QWidget* parent, const QString& title, const QString& start,
                               const QString& filter, const QStringList& endings);

}  // namespace convscope
