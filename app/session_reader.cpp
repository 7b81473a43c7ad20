#include "app/session_reader.h"

#include <QCoreApplication>
#include <QEvent>

#include <utility>

namespace convscope {

SessionReader::SessionReader(QObject* parent) : QObject(parent) {}

SessionReader::~SessionReader() = default;

void SessionReader::read(const QString& path) {
  if (m_runner == nullptr) m_runner = std::make_unique<JobRunner>();
  m_busy = true;
  m_runner->submit(Lane::Background, [this, path, ticket = ++m_ticket](const JobContext&) {
    auto session = std::make_shared<Result<OpenedSession>>(readSession(path.toStdString()));
    QMetaObject::invokeMethod(
        this,
        [this, path, ticket, session] {
          if (ticket != m_ticket) return;
          m_busy = false;
          Q_EMIT done(path, session);
        },
        Qt::QueuedConnection);
  });
}

void SessionReader::finish() {
  if (!m_busy) return;
  m_runner->waitIdle();
  QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

}  // namespace convscope
