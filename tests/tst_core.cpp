#include "engine/core/caught.h"
#include "engine/core/csv_field.h"
#include "engine/core/file_text.h"
#include "engine/core/json_text.h"
#include "engine/core/memory_budget.h"
#include "engine/core/number_text.h"
#include "engine/core/parallel.h"
#include "engine/core/tensor.h"
#include "engine/core/whole_file.h"

#include <QtTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <clocale>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <thread>

using namespace convscope;

class TestCore : public QObject {
  Q_OBJECT

 private slots:
  void tensorIsPlanarAndAligned() {
    Tensor tensor(Shape{2, 3, 5, 4});
    QCOMPARE(reinterpret_cast<std::uintptr_t>(tensor.data()) % 64, std::uintptr_t{0});
    tensor.at(1, 2, 3, 2) = 7;
    QCOMPARE(tensor.data()[((2 * 2 + 1) * 3 + 2) * 5 + 3], 7.0F);
    QCOMPARE(tensor.frame(1, 2)[2 * 5 + 3], 7.0F);
    QCOMPARE(tensor.at(0, 0, 0, 0), 0.0F);
  }

  void jsonMayNotLieTooDeep() {
    const auto nested = [](int levels) {
      return QByteArray()
          .append(QByteArray("{\"a\":").repeated(levels))
          .append("1")
          .append(QByteArray("}").repeated(levels));
    };
    QVERIFY(jsonFrom(nested(60).toStdString()));
    QVERIFY(!jsonFrom(nested(70).toStdString()));
    QVERIFY(!jsonFrom(nested(100'000).toStdString()));
    QVERIFY(!jsonFrom(std::string(100'000, '[')));
    QVERIFY(!jsonFrom("{\"a\": }"));
    QCOMPARE(jsonFrom("[1, {\"a\": 2}]")->dump(), std::string("[1,{\"a\":2}]"));
    // A file's name need not be UTF-8.
    QCOMPARE(textOfJson(nlohmann::json{"a\xff"}), std::string("[\n \"a\uFFFD\"\n]\n"));
  }

  void whatAJobThrowsIsItsAnswer() {
    const auto thrown = [](auto what) { return caught([&]() -> Result<int> { throw what; }); };
    QCOMPARE(caught([]() -> Result<int> { return 7; }).value(), 7);
    QCOMPARE(thrown(std::bad_alloc()).error().code, ErrorCode::TooLarge);
    QCOMPARE(thrown(std::runtime_error("no such luck")).error().message,
             std::string("The computation failed: no such luck."));
    QVERIFY(!thrown(5));
  }

  void fieldsOfCsvAreQuotedWhereTheyMustBe() {
    QCOMPARE(csvField("playing cards"), std::string("playing cards"));
    QCOMPARE(csvField("a \"b\", c"), std::string("\"a \"\"b\"\", c\""));
  }

  void onlyRegularFilesAreOpened() {
    const QTemporaryDir folder;
    const auto path = [&](const char* name) { return folder.filePath(name).toStdString(); };
    QCOMPARE(mkfifo(path("pipe").c_str(), 0600), 0);
    QCOMPARE(whyNotReadable(path("pipe")), std::string("is not a regular file"));
    QCOMPARE(whyNotReadable(path("gone")), std::string("does not exist"));
    QCOMPARE(whyNotReadable(folder.path().toStdString()), std::string("is a folder"));
    QFile file(QString::fromStdString(path("text")));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("four") == 4);
    file.close();
    QCOMPARE(fileText(path("text"), "text", 4).value(), std::string("four"));
    QCOMPARE(fileText(path("text"), "text", 3).error().code, ErrorCode::TooLarge);
    QCOMPARE(fileText(path("pipe"), "The pipe", 3).error().message,
             std::string("The pipe is not a regular file."));
  }

  void movedFromTensorIsEmpty() {
    Tensor tensor(Shape{1, 2, 2, 1});
    const Tensor taken = std::move(tensor);
    QCOMPARE(taken.shape().count(), 4);
    QVERIFY(tensor.empty());  // NOLINT(bugprone-use-after-move): what a moved-from tensor holds is promised
    QCOMPARE(taken.clone().shape(), taken.shape());
  }

  void rangeOfChannelAndFrame() {
    Tensor tensor(Shape{2, 1, 2, 2});
    tensor.at(0, 0, 0, 0) = -3;
    tensor.at(1, 0, 1, 1) = 5;
    tensor.at(1, 0, 0, 1) = std::numeric_limits<float>::quiet_NaN();
    QCOMPARE(rangeOf(tensor), (ValueRange{-3, 5}));
    QCOMPARE(rangeOf(tensor, 1), (ValueRange{0, 5}));
    QCOMPARE(rangeOf(tensor, 1, 0), (ValueRange{0, 0}));
    QCOMPARE(rangeOf(tensor, -1, 0), (ValueRange{-3, 0}));
    QCOMPARE(rangeOf(tensor, -1, 1), (ValueRange{0, 5}));
  }

  /// The ends may stand anywhere, also behind the last whole vector; what is not finite is passed over.
  void rangeFindsItsEndsAnywhere() {
    constexpr int kWidth = 37;
    for (int at = 0; at < kWidth; ++at) {
      Tensor tensor(Shape{1, 1, kWidth, 1});
      std::ranges::fill(tensor.values(), .5F);
      tensor.at(0, 0, at, 0) = -2;
      tensor.at(0, 0, (at + 1) % kWidth, 0) = 7;
      tensor.at(0, 0, (at + 2) % kWidth, 0) = std::numeric_limits<float>::infinity();
      tensor.at(0, 0, (at + 3) % kWidth, 0) = -std::numeric_limits<float>::infinity();
      tensor.at(0, 0, (at + 4) % kWidth, 0) = std::numeric_limits<float>::quiet_NaN();
      QCOMPARE(rangeOf(tensor), (ValueRange{-2, 7}));
    }
  }

  void poolDoesEveryPieceOnce_data() {
    QTest::addColumn<int>("threads");
    for (const int threads : {1, 2, 3, 8}) QTest::addRow("%d threads", threads) << threads;
  }
  void poolDoesEveryPieceOnce() {
    QFETCH(int, threads);
    ThreadPool pool(threads);
    QCOMPARE(pool.threads(), threads);
    for (const int count : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(count));
      pool.run(count, [&](int i) { ++done[static_cast<std::size_t>(i)]; });
      for (const auto& times : done) QCOMPARE(times.load(), 1);
    }
  }

  void aPieceThatThrowsIsToldOnceAllAreDone() {
    ThreadPool pool(3);
    std::atomic<int> done = 0;
    const auto piece = [&](int i) {
      if (i == 7) throw std::runtime_error("piece 7");
      ++done;
    };
    try {
      pool.run(100, piece);
      QFAIL("nothing was thrown");
    } catch (const std::runtime_error& error) {
      QCOMPARE(QString::fromLatin1(error.what()), QStringLiteral("piece 7"));
    }
    QCOMPARE(done.load(), 99);
    pool.run(10, [&](int) { ++done; });  // the pool goes on
    QCOMPARE(done.load(), 109);
  }

  void poolServesSeveralCallers() {
    ThreadPool pool(3);
    std::atomic<int> total{0};
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.emplace_back([&] {
        for (int round = 0; round < 50; ++round) pool.run(10, [&](int) { ++total; });
      });
    }
    callers.clear();
    QCOMPARE(total.load(), 4 * 50 * 10);
  }

  void budgetNamesWhatItWouldTake() {
    const Result<void> much =
        checkBudget(100.0 * (1LL << 30), "The maps", "lower the number of filters", 1LL << 30);
    QVERIFY(!much);
    QCOMPARE(much.error().code, ErrorCode::TooLarge);
    QCOMPARE(QString::fromStdString(much.error().message),
             QStringLiteral("The maps would need 100 GiB, more than the 1.0 GiB allowed here: "
                            "lower the number of filters."));
    QVERIFY(checkBudget(10, "A", "b", 10));
  }

  void aFileIsThereWholeOrNotAtAll() {
    namespace fs = std::filesystem;
    QTemporaryDir folder;
    const fs::path place(folder.path().toStdString());
    const std::string path = (place / "a.csv").string();
    const auto held = [&] { return fileText(path, "a.csv", 1 << 20).value_or("nothing"); };
    const auto files = [&] { return std::distance(fs::directory_iterator(place), {}); };
    QVERIFY(writeFileText(path, "first"));
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    {
      WholeFile left(path);
      left.out() << "half";
      left.out().flush();
      QCOMPARE(fs::path(left.beside()).extension().string(), std::string(".csv"));
      QVERIFY(fs::path(left.beside()).filename().string().starts_with("."));
      QCOMPARE(held(), std::string("first"));
      QCOMPARE(files(), std::ptrdiff_t{2});
    }
    QCOMPARE(files(), std::ptrdiff_t{1});
    // two at once: the last to take the place stands there
    WholeFile one(path), other(path);
    one.out() << "one";
    other.out() << "other";
    QVERIFY(other.place() && one.place());
    QCOMPARE(held(), std::string("one"));
    QCOMPARE(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    // a link stays one
    const std::string link = (place / "link.csv").string();
    fs::create_symlink("a.csv", link);
    QVERIFY(writeFileText(link, "behind"));
    QVERIFY(fs::is_symlink(link));
    QCOMPARE(held(), std::string("behind"));
    // also one that leads to nothing yet, and beside a name as long as names may be
    const std::string ahead = (place / "ahead.csv").string();
    fs::create_symlink("new.csv", ahead);
    QVERIFY(writeFileText(ahead, "new") && fs::is_symlink(ahead));
    QVERIFY(fs::exists(place / "new.csv"));
    fs::remove(ahead);
    fs::remove(place / "new.csv");
    const std::string longest = (place / (std::string(251, 'n') + ".csv")).string();
    QVERIFY(writeFileText(longest, "n"));
    fs::remove(longest);
    if (geteuid() != 0) {  // whom nothing is refused
      fs::permissions(path, fs::perms::owner_read);
      QCOMPARE(writeFileText(path, "over").error().message, path + " cannot be written: Permission denied.");
      fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    }
    QVERIFY(writeFileText("/dev/null", "gone") && fs::is_character_file("/dev/null"));

    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 64 << 10;
    setrlimit(RLIMIT_FSIZE, &small);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const auto full = writeFileText(path, std::string(1 << 20, 'x'));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    QVERIFY(!full);
    QVERIFY2(full.error().message.starts_with(path + " cannot be written: "), full.error().message.c_str());
    QCOMPARE(held(), std::string("behind"));
    QCOMPARE(files(), std::ptrdiff_t{2});  // and the link
    QCOMPARE(writeFileText("/nowhere/a.csv", "").error().message,
             std::string("/nowhere/a.csv cannot be written: No such file or directory."));
    QCOMPARE(writeFileText(place.string(), "").error().message,
             place.string() + " cannot be written: Is a directory.");
  }

  /// Text that is read again has a point, whatever the desktop's language says.
  void numbersKeepTheirPoint() {
    const auto compare = [] {
      QCOMPARE(QString::fromStdString(generalText(0.1F, 9)), QString("0.100000001"));
      QCOMPARE(QString::fromStdString(generalText(0.5, 17)), QString("0.5"));
      QCOMPARE(QString::fromStdString(generalText(1e30, 6)), QString("1e+30"));
      QCOMPARE(QString::fromStdString(fixedText(-1234.5678, 3)), QString("-1234.568"));
      QCOMPARE(fixedText(1e308, 0).size(), std::size_t{309});
    };
    compare();
    const std::string before = std::setlocale(LC_NUMERIC, nullptr);
    const char* comma = nullptr;
    for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "fr_FR.utf8"})
      if (comma == nullptr) comma = std::setlocale(LC_NUMERIC, name);
    // where no such language is installed the rule of the sources, engineNumbersHaveAPoint, has to do
    if (comma != nullptr) compare();
    std::setlocale(LC_NUMERIC, before.c_str());
  }
};

QTEST_GUILESS_MAIN(TestCore)
#include "tst_core.moc"
