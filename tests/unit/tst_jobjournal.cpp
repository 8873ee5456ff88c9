#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/engine/jobjournal.h"

using namespace mnemo;

namespace {

std::vector<std::string> noProblems;

StoredJob job(const char* symbol, bool isPaused = false)
{
    StoredJob stored;
    stored.request.exchange = "binance";
    stored.request.symbol = symbol;
    stored.request.timeframe = *Timeframe::fromName("5m");
    stored.request.market = MarketType::Linear;
    stored.request.exchangeSymbol = "X\"1";
    stored.request.range = {fromMs(1'000'000), fromMs(9'000'000)};
    stored.request.order = WalkOrder::NewestFirst;
    stored.isPaused = isPaused;
    return stored;
}

struct Folder {
    QTemporaryDir dir;
    std::filesystem::path file() const { return dir.path().toStdString() + "/jobs.journal"; }
    std::unique_ptr<JobJournal> open(std::vector<std::string>& problems = noProblems) const
    {
        auto journal = JobJournal::open(file(), problems);
        return journal ? std::move(*journal) : nullptr;
    }
    QByteArray text() const
    {
        QFile in(QString::fromStdString(file().string()));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    void write(const QByteArray& text) const
    {
        QFile out(QString::fromStdString(file().string()));
        if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size())
            qFatal("cannot write");
    }
};

} // namespace

class TestJobJournal : public QObject {
    Q_OBJECT
private slots:
    void everyFieldComesBack();
    void whatEndedIsGone();
    void aTornLineIsCutSilently();
    void aDamagedLineIsToldAndTheRestCounts();
    void detachedWritesNothing();
    void keysAreNotUsedTwice();
    void theFileDoesNotGrowForEver();
    void aFolderThatCannotBeWrittenIsAnError();
};

void TestJobJournal::everyFieldComesBack()
{
    const Folder folder;
    StoredJob one = job("BTC/USDT:USDT", true), other;
    other.request.exchange = "kraken";
    other.request.symbol = "ETH/EUR";
    other.request.kind = Kind::OpenInterest;
    other.request.source = "else";
    {
        const auto journal = folder.open();
        QVERIFY(journal);
        one.key = journal->begin(one);
        other.key = journal->begin(other);
    }
    const auto again = folder.open();
    QCOMPARE(again->open().size(), std::size_t {2});
    QVERIFY(again->open()[0] == one);
    QVERIFY(again->open()[1] == other);
}

void TestJobJournal::whatEndedIsGone()
{
    const Folder folder;
    {
        const auto journal = folder.open();
        const auto first = journal->begin(job("A/B"));
        const auto second = journal->begin(job("C/D"));
        journal->begin(job("E/F"));
        journal->end(first);
        journal->end(first);
        journal->setPaused(second, true);
    } // no farewell: as a kill
    const auto again = folder.open();
    const auto left = again->open();
    QCOMPARE(left.size(), std::size_t {2});
    QCOMPARE(left[0].request.symbol, std::string("C/D"));
    QVERIFY(left[0].isPaused);
    QVERIFY(!left[1].isPaused);
}

void TestJobJournal::aTornLineIsCutSilently()
{
    const Folder folder;
    folder.open()->begin(job("A/B"));
    folder.write(folder.text() + "{\"begin\":2,\"exch");
    std::vector<std::string> problems;
    QCOMPARE(folder.open(problems)->open().size(), std::size_t {1});
    QVERIFY(problems.empty());
    QVERIFY(!folder.text().contains("exch\n"));
}

void TestJobJournal::aDamagedLineIsToldAndTheRestCounts()
{
    const Folder folder;
    folder.open()->begin(job("A/B"));
    folder.write("nonsense\n{\"begin\":9}\n{\"begin\":3,\"exchange\":\"x\",\"symbol\":\"A/B\",\"kind\":\"candles\",\"timeframe\":\"7m\",\"from\":0,\"to\":1}\n" + folder.text());
    std::vector<std::string> problems;
    QCOMPARE(folder.open(problems)->open().size(), std::size_t {1});
    QCOMPARE(problems.size(), std::size_t {3});
    QVERIFY(problems[2].find("line 3") != std::string::npos);
}

void TestJobJournal::detachedWritesNothing()
{
    const Folder folder;
    {
        const auto journal = folder.open();
        const auto key = journal->begin(job("A/B"));
        journal->detach();
        journal->end(key); // the end of the program ends no job
        journal->setPaused(key, true);
    }
    QCOMPARE(folder.open()->open().size(), std::size_t {1});
    QVERIFY(!folder.open()->open()[0].isPaused);
}

void TestJobJournal::keysAreNotUsedTwice()
{
    const Folder folder;
    const auto first = folder.open()->begin(job("A/B"));
    const auto journal = folder.open();
    const auto second = journal->begin(job("C/D"));
    QVERIFY(first != second);
    StoredJob again = journal->open()[0];
    QCOMPARE(journal->begin(again), first); // taken up: the same job
    QCOMPARE(journal->open().size(), std::size_t {2});
}

void TestJobJournal::theFileDoesNotGrowForEver()
{
    const Folder folder;
    const auto journal = folder.open();
    journal->begin(job("K/EPT"));
    for (int i = 0; i < 25'000; ++i)
        journal->end(journal->begin(job("A/B")));
    QVERIFY2(folder.text().count('\n') < 25'000, qPrintable(QString::number(folder.text().count('\n'))));
    QCOMPARE(journal->open().size(), std::size_t {1});
    QVERIFY(!journal->error());
    QCOMPARE(folder.open()->open().size(), std::size_t {1});
}

void TestJobJournal::aFolderThatCannotBeWrittenIsAnError()
{
    std::vector<std::string> problems;
    const auto journal = JobJournal::open("/proc/none/jobs.journal", problems);
    QVERIFY(!journal);
    QCOMPARE(journal.error().code, ErrorCode::StorageFailed);
    QVERIFY(journal.error().detail.find("/proc/none/jobs.journal") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestJobJournal)
#include "tst_jobjournal.moc"
