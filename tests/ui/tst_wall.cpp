// The live wall: tiles of what is stored, kept up to date while they are in sight.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QListView>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

#include "core/base/timetext.h"
#include "ui/wall/tiledelegate.h"
#include "ui/wall/wallpage.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

const UtcMs noon = parseTime("2025-06-01T12:00:00Z").value();

SeriesKey key(int n, const char* frame = "1m")
{
    return {"venue", "venue", MarketType::Spot, "S" + std::to_string(1000 + n) + "/USDT", Kind::Candles, *Timeframe::fromName(frame)};
}

StoredSeries stored(const SeriesKey& of)
{
    StoredSeries series;
    series.record.id = static_cast<SeriesId>(std::hash<std::string> {}(of.text()) % 100'000);
    series.record.key = of;
    series.last = noon - of.timeframe.length();
    return series;
}

std::shared_ptr<const StoredSeriesList> list(int instruments)
{
    auto made = std::make_shared<StoredSeriesList>();
    for (int n = 0; n < instruments; ++n)
        made->push_back(stored(key(n)));
    return made;
}

Candle bar(UtcMs open, double close)
{
    return {open, close, close, close, close, 1};
}

class FakePort final : public WallPort {
public:
    UtcMs now() const override { return time; }
    std::shared_ptr<void> follow(const SeriesKey& series) override
    {
        followed.insert(series);
        return {this, [this, series](void*) { followed.erase(series); }};
    }
    void readCandles(QObject* context, const SeriesRecord& series, TimeRange range, Answer answer) override
    {
        ++reads[series.key];
        asked = range;
        QMetaObject::invokeMethod(
            context, [answer] { answer(std::vector {bar(noon - 2min, 100), bar(noon - 1min, 110)}); }, Qt::QueuedConnection);
    }

    UtcMs time = noon + 5s;
    std::set<SeriesKey> followed;
    std::map<SeriesKey, int> reads;
    TimeRange asked;
};

struct Fixture {
    Fixture()
        : guard(page.model())
    {
        page.resize(900, 420);
        page.show();
    }
    std::shared_ptr<const FeedReport> report(const SeriesKey& of, FollowState state) const
    {
        auto made = std::make_shared<FeedReport>();
        made->series = {{of, state}};
        return made;
    }
    FakePort port;
    WallPage page {port};
    QAbstractItemModelTester guard;
};

} // namespace

class tst_Wall : public QObject {
    Q_OBJECT
private slots:
    void finestFrameOfEachInstrument();
    void lineIsThinnedOut();
    void lineInPixels_data();
    void lineInPixels();
    void tilesInSightAreFollowed();
    void hiddenItFollowsNothing();
    void minimisedItFollowsNothing();
    void readsAgainWhatWasStored();
    void paintsChangedTilesAlone();
    void agesInSteps();
    void byKeyboard();
    void saysWhyThereIsNothing();
    void wordsForEverybody();
};

void tst_Wall::finestFrameOfEachInstrument()
{
    StoredSeriesList of {stored(key(1, "1h")), stored(key(1, "5m")), stored(key(1, "1d")), stored(key(2, "1d"))};
    SeriesKey interest = key(1);
    interest.kind = Kind::OpenInterest;
    SeriesKey foreign = key(3);
    foreign.source = "provider";
    of.push_back(stored(interest));
    of.push_back(stored(foreign));
    const auto finest = finestOf(of);
    QCOMPARE(finest.size(), std::size_t {2});
    QCOMPARE(finest[0]->record.key, key(1, "5m"));
    QCOMPARE(finest[1]->record.key, key(2, "1d"));
}

void tst_Wall::lineIsThinnedOut()
{
    WallTile tile;
    tile.record.key = key(1);
    std::vector<Candle> day;
    for (int n = 0; n < 1440; ++n)
        day.push_back(bar(noon - (1440 - n) * 1min, n + 1));
    tile.setBars(day);
    QCOMPARE(tile.line.size(), WallTile::mostPoints);
    QCOMPARE(tile.line.back(), 1440.0); // the newest is always there
    QCOMPARE(tile.reference, std::optional(1.0));
    QCOMPARE(tile.stored, noon);
    tile.running = bar(noon, 2);
    QCOMPARE(tile.last(), std::optional(2.0));
    QCOMPARE(tile.change(), std::optional(1.0));
    QCOMPARE(tile.changeSpan(), QStringLiteral("1 d"));
    WallTile fresh;
    fresh.record.key = key(1);
    fresh.setBars(std::span(day).last(181)); // three hours are stored: the change is about those
    QVERIFY(fresh.isShort());
    QCOMPARE(fresh.changeSpan(), QStringLiteral("3 h"));
    day.push_back(bar(noon, 7));
    tile.setBars(day); // the running one has closed
    QVERIFY(!tile.running);
    QCOMPARE(tile.last(), std::optional(7.0));
}

void tst_Wall::lineInPixels_data()
{
    QTest::addColumn<QList<double>>("closes");
    QTest::addColumn<QPolygonF>("line");
    QTest::newRow("nothing") << QList<double> {} << QPolygonF();
    QTest::newRow("a point is no line") << QList<double> {5} << QPolygonF();
    QTest::newRow("flat") << QList<double> {5, 5} << QPolygonF({{10, 40}, {110, 40}});
    QTest::newRow("up and down") << QList<double> {1, 3, 2} << QPolygonF({{10, 60}, {60, 20}, {110, 40}});
}

void tst_Wall::lineInPixels()
{
    QFETCH(QList<double>, closes);
    QFETCH(QPolygonF, line);
    WallTile tile;
    tile.line = {closes.begin(), closes.end()};
    QCOMPARE(tileLine(tile, QRectF(10, 20, 100, 40)), line);
}

void tst_Wall::tilesInSightAreFollowed()
{
    Fixture f;
    f.page.setSeriesList(list(150));
    QCOMPARE(f.page.model()->rowCount(), 150);
    QTRY_VERIFY(f.port.followed.contains(key(0)));
    const std::size_t few = f.port.followed.size();
    QVERIFY2(few < 40, qPrintable(QString::number(few)));
    QCOMPARE(f.port.reads.size(), few);
    QCOMPARE(f.port.asked.from, noon - 24h);
    f.page.view()->verticalScrollBar()->setValue(f.page.view()->verticalScrollBar()->maximum());
    QTRY_VERIFY(f.port.followed.contains(key(149)));
    QVERIFY(!f.port.followed.contains(key(0)));
    DisplayZone zone;
    DisplayScope scope(zone);
    f.page.followScope(scope);
    Scope narrow;
    narrow.symbols = {QStringLiteral("S1007/USDT")};
    scope.set(narrow);
    QCOMPARE(f.page.model()->rowCount(), 1);
    QTRY_COMPARE(f.port.followed, std::set<SeriesKey> {key(7)});
}

void tst_Wall::hiddenItFollowsNothing()
{
    Fixture f;
    f.page.setSeriesList(list(3));
    QTRY_COMPARE(f.port.followed.size(), std::size_t {3});
    f.page.hide();
    QVERIFY(f.port.followed.empty());
    f.page.show();
    QTRY_COMPARE(f.port.followed.size(), std::size_t {3});
    QTRY_COMPARE(f.port.reads[key(0)], 2); // what was stored meanwhile
}

void tst_Wall::minimisedItFollowsNothing()
{
    FakePort port;
    QWidget window; // as in the main window, the page is a part of it
    auto* page = new WallPage(port);
    (new QVBoxLayout(&window))->addWidget(page);
    window.resize(900, 420);
    window.show();
    page->setSeriesList(list(3));
    QTRY_COMPARE(port.followed.size(), std::size_t {3});
    const auto timers = [&] {
        const auto all = page->findChildren<QTimer*>(Qt::FindDirectChildrenOnly);
        return std::ranges::count_if(all, &QTimer::isActive);
    };
    window.showMinimized();
    QTRY_VERIFY(port.followed.empty());
    page->setSeriesList(list(4)); // goes on meanwhile
    page->rowsChanged(key(0));
    QCOMPARE(timers(), 0);
    QTest::qWait(400); // longer than it takes to settle
    QVERIFY(port.followed.empty());
    window.showNormal();
    QTRY_COMPARE(port.followed.size(), std::size_t {4});
}

void tst_Wall::readsAgainWhatWasStored()
{
    Fixture f;
    f.page.setSeriesList(list(3));
    QTRY_COMPARE(f.port.reads.size(), std::size_t {3});
    QTRY_COMPARE(f.page.model()->tile(1).last(), std::optional(110.0));
    f.page.rowsChanged(key(1));
    f.page.rowsChanged(key(1));
    f.page.rowsChanged(key(77)); // has no tile
    QTRY_COMPARE(f.port.reads[key(1)], 2);
    QCOMPARE(f.port.reads[key(0)], 1);
    QCOMPARE(f.port.reads.size(), std::size_t {3});
}

void tst_Wall::paintsChangedTilesAlone()
{
    Fixture f;
    f.page.setSeriesList(list(12));
    QVERIFY(QTest::qWaitForWindowExposed(&f.page));
    QTRY_COMPARE(f.page.model()->tile(11).last(), std::optional(110.0));
    QTest::qWait(250); // what reading changed is told and painted
    const int before = f.page.delegate()->painted();
    QVERIFY(before >= 12);
    f.page.barRunning({key(4), bar(noon, 111), noon + 1min});
    QTRY_COMPARE(f.page.delegate()->painted(), before + 1);
    f.page.barRunning({key(4), bar(noon, 111), noon + 1min}); // the same again
    f.page.barRunning({key(77), bar(noon, 111), noon + 1min});
    QSignalSpy changed(f.page.model(), &QAbstractItemModel::dataChanged);
    f.page.feedsChanged(f.report(key(6), FollowState::Streamed));
    f.page.feedsChanged(f.report(key(6), FollowState::Streamed));
    QTRY_COMPARE(changed.count(), 1); // told in the turn of a frame
    QCOMPARE(changed[0][0].toModelIndex().row(), 6);
    QTRY_COMPARE(f.page.delegate()->painted(), before + 2);
}

void tst_Wall::agesInSteps()
{
    WallModel model;
    const auto of = list(1);
    model.setSeries({&of->front()});
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setRunning({key(0), bar(noon, 5), noon + 1min}, noon + 3s);
    QTRY_COMPARE(changed.count(), 1); // each in the turn of a frame
    changed.clear();
    model.setNow(noon + 11s);
    QCOMPARE(changed.count(), 0); // nobody counts these
    QCOMPARE(model.tile(0).age, QString());
    model.setNow(noon + 24s);
    QTRY_COMPARE(changed.count(), 1);
    QVERIFY(model.tile(0).age.contains(QStringLiteral("20 s")));
    model.setNow(noon + 31s);
    QCOMPARE(changed.count(), 1);
    model.setNow(noon + 34s);
    QTRY_COMPARE(changed.count(), 2);
    model.setRunning({key(0), bar(noon, 5), noon + 1min}, noon + 35s);
    QTRY_COMPARE(changed.count(), 3); // the same bar, and it is fresh again
    QCOMPARE(model.tile(0).age, QString());
}

void tst_Wall::byKeyboard()
{
    Fixture f;
    f.page.setSeriesList(list(9));
    QVERIFY(QTest::qWaitForWindowActive(&f.page));
    QSignalSpy chart(&f.page, &WallPage::chartRequested);
    QSignalSpy backfill(&f.page, &WallPage::backfillRequested);
    f.page.setFocus();
    f.page.view()->setCurrentIndex(f.page.model()->index(0));
    QTest::keyClick(f.page.view(), Qt::Key_Right);
    QCOMPARE(f.page.view()->currentIndex().row(), 1);
    const int columns = [&] {
        int n = 1;
        while (f.page.view()->visualRect(f.page.model()->index(n)).top() == f.page.view()->visualRect(f.page.model()->index(0)).top())
            ++n;
        return n;
    }();
    QTest::keyClick(f.page.view(), Qt::Key_Down);
    QCOMPARE(f.page.view()->currentIndex().row(), 1 + columns);
    QTest::keyClick(f.page.view(), Qt::Key_Return);
    QTRY_COMPARE(chart.count(), 1);
    QCOMPARE(chart[0][0].value<SeriesKey>(), key(1 + columns));
    QTest::keyClick(f.page.view(), Qt::Key_F);
    QTRY_COMPARE(backfill.count(), 1);
    QCOMPARE(f.page.view()->contextMenuPolicy(), Qt::ActionsContextMenu);
    QCOMPARE(f.page.view()->actions().size(), qsizetype {3});
}

void tst_Wall::saysWhyThereIsNothing()
{
    Fixture f;
    f.page.setSeriesList(list(0));
    QCOMPARE(f.page.message(), QStringLiteral("Nothing is stored yet"));
    DisplayZone zone;
    DisplayScope scope(zone);
    f.page.followScope(scope);
    f.page.setSeriesList(list(2));
    QCOMPARE(f.page.message(), QString());
    Scope other;
    other.exchange = "elsewhere";
    scope.set(other);
    QCOMPARE(f.page.message(), QStringLiteral("Nothing is in the scope"));
}

void tst_Wall::wordsForEverybody()
{
    Fixture f;
    f.page.setSeriesList(list(1));
    QTRY_COMPARE(f.page.model()->tile(0).last(), std::optional(110.0));
    f.page.feedsChanged(f.report(key(0), FollowState::Polled));
    const QString words = f.page.model()->index(0).data(Qt::AccessibleTextRole).toString();
    for (const char* part : {"venue Spot S1000/USDT 1m", "last 110", "10.00 % in 1 min", "polled"})
        QVERIFY2(words.contains(QLatin1String(part)), qPrintable(words));
    QVERIFY(!f.page.view()->accessibleName().isEmpty());
}

QTEST_MAIN(tst_Wall)
#include "tst_wall.moc"
