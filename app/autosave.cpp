#include "app/autosave.h"

#include "engine/core/caught.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "widgets/state/session_file.h"

#include <QDir>
#include <QLockFile>
#include <QStandardPaths>
#include <QUuid>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

namespace convscope {

namespace {

const QString kWork = QStringLiteral("work-%1.json");
const QString kLeft = QStringLiteral("left-%1.json");
const QString kClosed = QStringLiteral("closed.json");

std::string textOf(const KeptWork& work) {
  nlohmann::json json;
  json["kept"] = 1;
  json["session"] = work.session.toStdString();
  json["modified"] = work.modified;
  json["at"] = work.at.toMSecsSinceEpoch();
  json["state"] = toJson(work.state);
  if (work.lesson) json["lesson"] = {{"text", work.lesson->text}, {"path", work.lesson->path}};
  return textOfJson(json);
}

std::optional<KeptWork> readWork(const QString& path) try {
  constexpr std::int64_t kLargest = std::int64_t{512} << 20;
  const auto text = fileText(path.toStdString(), path.toStdString(), kLargest);
  const auto json = text && !holdsTooMuch(*text) ? jsonFrom(*text) : std::nullopt;
  if (!json || !json->is_object() || !json->contains("state")) return std::nullopt;
  auto state = stateFromJson((*json)["state"]);
  if (!state) return std::nullopt;
  const nlohmann::json session = json->value("session", nlohmann::json());
  const nlohmann::json modified = json->value("modified", nlohmann::json());
  const nlohmann::json at = json->value("at", nlohmann::json());
  std::optional<KeptWork::LessonText> lesson;
  if (const auto kept = json->find("lesson"); kept != json->end() && kept->is_object()) {
    const nlohmann::json words = kept->value("text", nlohmann::json());
    const nlohmann::json file = kept->value("path", nlohmann::json());
    if (words.is_string() && file.is_string())
      lesson.emplace(words.get<std::string>(), file.get<std::string>());
  }
  return KeptWork{std::move(*state),
                  session.is_string() ? QString::fromStdString(session.get<std::string>()) : QString(),
                  modified.is_boolean() && modified.get<bool>(),
                  QDateTime::fromMSecsSinceEpoch(at.is_number_integer() ? at.get<qint64>() : 0),
                  std::move(lesson),
                  {}};
} catch (const std::bad_alloc&) {
  return std::nullopt;
}

/// Holds the lock of a kept file of that name for this run, or nothing where another run holds it.
std::unique_ptr<QLockFile> locked(const QString& file) {
  auto lock = std::make_unique<QLockFile>(file + QStringLiteral(".lock"));
  lock->setStaleLockTime(0);  // a lock is broken where its process is gone, however old it is
  if (!lock->tryLock(0)) return nullptr;
  return lock;
}

}  // namespace

struct Autosave::Writer {
  explicit Writer(Autosave* owner, const QString& folder) : m_owner(owner) {
    QDir().mkpath(folder);
    m_file = QDir(folder).filePath(kWork.arg(QUuid::createUuid().toString(QUuid::Id128)));
    m_lock = locked(m_file);
    if (m_lock == nullptr)
      m_problem = folder.toStdString() + " cannot be written: no lock can be made there.";
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  void submit(KeptWork work, quint64 number) {
    const std::lock_guard lock(m_mutex);
    m_waiting.emplace(std::move(work), number);
    m_changed.notify_all();
  }

  void waitIdle() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_waiting && !m_writing; });
  }

  std::string problem() {
    const std::lock_guard lock(m_mutex);
    return m_problem;
  }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    // what waits is written even where the program ends
    while (m_changed.wait(lock, stop, [this] { return m_waiting.has_value(); })) {
      const auto [work, number] = *std::exchange(m_waiting, std::nullopt);
      m_writing = true;
      const bool kept = m_lock != nullptr;
      lock.unlock();
      // the text of a large bank may ask for more memory than there is
      const Result<void> done =
          kept ? caught([&] { return writeFileText(m_file.toStdString(), textOf(work)); }) : Result<void>();
      lock.lock();
      m_writing = false;
      const std::string problem = kept && done ? std::string() : kept ? done.error().message : m_problem;
      if (std::exchange(m_problem, problem) != problem)
        QMetaObject::invokeMethod(
            m_owner, [owner = m_owner] { Q_EMIT owner->problemChanged(); }, Qt::QueuedConnection);
      if (kept && done)
        QMetaObject::invokeMethod(
            m_owner, [owner = m_owner, n = number] { Q_EMIT owner->written(n); }, Qt::QueuedConnection);
      m_changed.notify_all();
    }
  }

  Autosave* m_owner;
  QString m_file;
  std::unique_ptr<QLockFile> m_lock;
  std::mutex m_mutex;
  std::condition_variable_any m_changed;
  std::optional<std::pair<KeptWork, quint64>> m_waiting;
  bool m_writing = false;
  std::string m_problem;
  std::jthread m_thread;  // last: it uses everything above
};

Autosave::Autosave(const QString& folder, QObject* parent) : Autosave(folder, Pace(), parent) {}

Autosave::Autosave(const QString& folder, Pace pace, QObject* parent)
    : QObject(parent), m_folder(folder), m_pace(pace), m_writer(std::make_unique<Writer>(this, folder)) {
  for (QTimer* timer : {&m_quiet, &m_most}) {
    timer->setSingleShot(true);
    connect(timer, &QTimer::timeout, this, &Autosave::hand);
  }
}

Autosave::~Autosave() {
  finish();
}

QString Autosave::usualFolder() {
  return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
      .filePath(QStringLiteral("convscope/kept"));
}

QString Autosave::ownFile() const {
  return m_writer->m_file;
}

QString Autosave::problem() const {
  return QString::fromStdString(m_writer->problem());
}

std::optional<KeptWork> Autosave::takeLeftBehind(Take take) {
  const QDir folder(m_folder);
  const QFileInfoList files = folder.entryInfoList({kWork.arg(QLatin1Char('*')), kLeft.arg(QLatin1Char('*'))},
                                                   QDir::Files, QDir::Time);  // newest first
  for (const QFileInfo& file : files) {
    const QString path = file.absoluteFilePath();
    if (path == QFileInfo(ownFile()).absoluteFilePath()) continue;
    const auto lock = locked(path);
    if (lock == nullptr) continue;  // that run goes on
    if (auto work = readWork(path)) {
      // under its new name in one step
      std::error_code failed;
      if (take == Take::Over) {
        std::filesystem::rename(path.toStdString(), ownFile().toStdString(), failed);
        m_used = m_used || !failed;
      } else {
        work->file = folder.filePath(kLeft.arg(QUuid::createUuid().toString(QUuid::Id128)));
        std::filesystem::rename(path.toStdString(), work->file.toStdString(), failed);
      }
      return work;
    }
    const QString aside = path + QStringLiteral(".unreadable");
    if (QFile::rename(path, aside)) m_setAside << aside;
  }
  return std::nullopt;
}

void Autosave::letGo(const KeptWork& work) {
  if (!work.file.isEmpty()) QFile::remove(work.file);
}

std::optional<KeptWork> Autosave::lastClosed() const {
  return readWork(QDir(m_folder).filePath(kClosed));
}

void Autosave::keep(const AppState& state, const QString& session, bool modified) {
  if (m_closed) return;  // it would lie there as the work of a run that did not end
  m_waiting = KeptWork{state, session, modified, QDateTime::currentDateTime(), m_lesson, {}};
  ++m_kept;
  m_quiet.start(m_pace.quietMs);
  if (!m_most.isActive()) m_most.start(m_pace.mostMs);
}

void Autosave::hand() {
  m_quiet.stop();
  m_most.stop();
  if (!m_waiting) return;
  m_used = true;
  m_writer->submit(*std::exchange(m_waiting, std::nullopt), m_kept);
}

void Autosave::finish() {
  hand();
  m_writer->waitIdle();
}

void Autosave::close() {
  finish();
  std::error_code failed;
  if (m_used)
    std::filesystem::rename(ownFile().toStdString(), QDir(m_folder).filePath(kClosed).toStdString(), failed);
  m_used = false;
  m_closed = true;
}

}  // namespace convscope
