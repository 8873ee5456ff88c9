#include <fstream>
#include <thread>

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "core/base/log.h"

using namespace mnemo;

namespace {

QList<QJsonObject> linesOf(const QString& path)
{
    QList<QJsonObject> lines;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return lines;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(line, &error);
        if (error.error != QJsonParseError::NoError)
            qWarning("not JSON: %s", line.constData());
        lines.append(document.object());
    }
    return lines;
}

} // namespace

class TestLog : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        QTest::failOnWarning(QRegularExpression(QStringLiteral(".*")));
        m_dir = std::make_unique<QTemporaryDir>();
        m_options = {};
        m_options.file = log::defaultFile(m_dir->path().toStdString());
        m_options.terminalLevel = log::Level::Off; // a quiet test run
        m_path = m_dir->filePath(QStringLiteral("logs/mnemo-quant.log"));
        m_before = log::lastSequence();
    }
    void cleanup() { log::stop(); }

    void jsonLines()
    {
        QVERIFY(log::start(m_options));
        log::info("lane", "page stored", {{"series", "binance spot BTC/USDT candles 1m"}, {"rows", 1000}, {"request", std::string("r-1")}});
        log::debug("lane", "below the level");
        log::error("store", "quote \" backslash \\ line\nend \x01 bad \xff good \xc3\xa9", {{"text", "a reserved key"}});
        log::flush();
        const auto lines = linesOf(m_path);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[0].value(QStringLiteral("level")).toString(), QStringLiteral("info"));
        QCOMPARE(lines[0].value(QStringLiteral("area")).toString(), QStringLiteral("lane"));
        QCOMPARE(lines[0].value(QStringLiteral("text")).toString(), QStringLiteral("page stored"));
        QCOMPARE(lines[0].value(QStringLiteral("series")).toString(), QStringLiteral("binance spot BTC/USDT candles 1m"));
        QCOMPARE(lines[0].value(QStringLiteral("rows")).toInt(), 1000);
        QVERIFY(lines[0].value(QStringLiteral("rows")).isDouble());
        QCOMPARE(lines[0].value(QStringLiteral("time")).toString().size(), 24);
        QCOMPARE(lines[1].value(QStringLiteral("text")).toString(), QStringLiteral("quote \" backslash \\ line\nend \u0001 bad \ufffd good \u00e9"));
        QCOMPARE(lines[1].value(QStringLiteral("text_")).toString(), QStringLiteral("a reserved key"));
    }

    void scopes()
    {
        QVERIFY(log::start(m_options));
        {
            const log::Scope run({{"run", "r1"}, {"task", "outer"}});
            {
                const log::Scope task({{"task", "t1"}});
                log::info("pipeline", "inside", {{"run", "mine"}});
                std::thread([] { log::info("pipeline", "another thread"); }).join();
            }
            log::info("pipeline", "outside");
        }
        log::info("pipeline", "after");
        const auto lines = log::linesAfter(m_before);
        QCOMPARE(lines.size(), std::size_t(4));
        using Fields = std::vector<std::pair<std::string, std::string>>;
        QCOMPARE(lines[0].fields, (Fields {{"run", "mine"}, {"task", "t1"}}));
        QCOMPARE(lines[1].fields, Fields {});
        QCOMPARE(lines[2].fields, (Fields {{"run", "r1"}, {"task", "outer"}}));
        QCOMPARE(lines[3].fields, Fields {});
    }

    void memoryKeepsTheNewest()
    {
        m_options.memoryLines = 10;
        QVERIFY(log::start(m_options));
        for (int i = 0; i < 25; ++i)
            log::info("test", std::to_string(i));
        const auto lines = log::linesAfter(m_before);
        QCOMPARE(lines.size(), std::size_t(10));
        QCOMPARE(lines.front().text, std::string("15"));
        QCOMPARE(lines.back().text, std::string("24"));
        QCOMPARE(lines.back().sequence, log::lastSequence());
        QCOMPARE(lines.front().sequence, m_before + 16); // the hole says that some were dropped
        QVERIFY(log::linesAfter(log::lastSequence()).empty());
        QCOMPARE(log::linesAfter(log::lastSequence() - 3).size(), std::size_t(3));
    }

    void levels_data()
    {
        QTest::addColumn<QByteArray>("level");
        QTest::addColumn<int>("lines");
        QTest::newRow("trace") << QByteArray("trace") << 6;
        QTest::newRow("debug") << QByteArray("debug") << 5;
        QTest::newRow("info") << QByteArray("info") << 4;
        QTest::newRow("warning") << QByteArray("warning") << 3;
        QTest::newRow("error") << QByteArray("error") << 2;
        QTest::newRow("critical") << QByteArray("critical") << 1;
        QTest::newRow("off") << QByteArray("off") << 0;
    }
    void levels()
    {
        QFETCH(QByteArray, level);
        QFETCH(int, lines);
        const auto known = log::levelFromText(level.toStdString());
        QVERIFY(known);
        QCOMPARE(QByteArray::fromStdString(std::string(log::toText(*known))), level);
        QVERIFY(log::start(m_options));
        log::setLevel(*known);
        log::trace("t", "1");
        log::debug("t", "2");
        log::info("t", "3");
        log::warning("t", "4");
        log::error("t", "5");
        log::critical("t", "6");
        QCOMPARE(int(log::linesAfter(m_before).size()), lines);
        QCOMPARE(log::isOn(log::Level::Warning), lines >= 3);
        QVERIFY(!log::levelFromText("loud"));
    }

    void rotation()
    {
        m_options.fileMiB = 1;
        m_options.files = 2;
        QVERIFY(log::start(m_options));
        const std::string text(10'000, 'x');
        for (int i = 0; i < 500; ++i) // 5 MB
            log::info("test", text);
        log::stop();
        const QStringList files = QDir(m_dir->filePath(QStringLiteral("logs"))).entryList(QDir::Files, QDir::Name);
        QCOMPARE(files, (QStringList {QStringLiteral("mnemo-quant.1.log"), QStringLiteral("mnemo-quant.2.log"), QStringLiteral("mnemo-quant.log")}));
        for (const QString& file : files)
            QVERIFY(QFileInfo(m_dir->filePath(QStringLiteral("logs/") + file)).size() <= 1 << 20);
    }

    void fileThatCannotBeOpened()
    {
        QFile blocker(m_dir->filePath(QStringLiteral("logs"))); // a file where the folder should be
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        QVERIFY(!log::start(m_options));
        log::info("test", "goes on");
        const auto lines = log::linesAfter(m_before);
        QCOMPARE(lines.size(), std::size_t(2));
        QCOMPARE(lines[0].level, log::Level::Warning);
        QVERIFY2(lines[0].text.starts_with("the log file cannot be opened: "), lines[0].text.c_str());
        QCOMPARE(lines[1].text, std::string("goes on"));
    }

    void appendsToWhatIsThere()
    {
        QVERIFY(log::start(m_options));
        log::info("test", "first");
        log::stop();
        QVERIFY(log::start(m_options));
        log::info("test", "second");
        log::stop();
        QCOMPARE(linesOf(m_path).size(), 2);
    }

    void manyThreads()
    {
        m_options.memoryLines = 100'000;
        QVERIFY(log::start(m_options));
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([t] {
                const log::Scope scope({{"thread", t}});
                for (int i = 0; i < 500; ++i)
                    log::info("test", std::to_string(i), {{"i", i}});
            });
        }
        for (int i = 0; i < 50; ++i)
            log::linesAfter(m_before);
        threads.clear();
        log::stop();
        QCOMPARE(linesOf(m_path).size(), 2000);
        const auto lines = log::linesAfter(m_before);
        QCOMPARE(lines.size(), std::size_t(2000));
        for (std::size_t i = 0; i < lines.size(); ++i)
            QCOMPARE(lines[i].sequence, m_before + 1 + i);
    }

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    log::Options m_options;
    QString m_path;
    std::uint64_t m_before = 0;
};

QTEST_APPLESS_MAIN(TestLog)
#include "tst_log.moc"
