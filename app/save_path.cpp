#include "app/save_path.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>

#include <algorithm>

namespace convscope {

QString savePath(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                 const QStringList& endings) {
  const QFileInfo suggested(start);
  QFileDialog dialog(parent, title, suggested.isDir() ? start : suggested.absolutePath(), filter);
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setFileMode(QFileDialog::AnyFile);
  dialog.setDefaultSuffix(endings.front().mid(1));
  if (!suggested.isDir() && !suggested.fileName().isEmpty()) dialog.selectFile(suggested.fileName());
  while (dialog.exec() == QDialog::Accepted) {
    QString path = dialog.selectedFiles().value(0);
    if (path.isEmpty()) return {};
    const bool ends = std::ranges::any_of(
        endings, [&](const QString& one) { return path.endsWith(one, Qt::CaseInsensitive); });
    if (ends) return path;
    // "talk.v2" has an ending for the dialog, but not ours
    path += endings.front();
    if (!QFileInfo::exists(path) ||
        QMessageBox::warning(
            parent, title,
            QObject::tr("%1 already exists. Do you want to replace it?").arg(QFileInfo(path).fileName()),
            QMessageBox::Yes | QMessageBox::No, QMessageBox::No) == QMessageBox::Yes)
      return path;
  }
  return {};
}

}  // namespace convscope
