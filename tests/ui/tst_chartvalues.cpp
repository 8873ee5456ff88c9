// The values behind a chart, without a window: viewport, gap search, typed timeframes, texts, the lane of holes.
#include <QTest>

#include "tests/ui/fakechartsource.h"
#include "ui/chart/chartoffers.h"
#include "ui/chart/charttext.h"
#include "ui/chart/chartviewport.h"
#include "ui/chart/timeframetext.h"
#include "ui/widgets/textformat.h"

using namespace mnemo;

namespace {

const UtcMs t0 = *parseTime("2024-03-10");
constexpr milliseconds minute {60'000};

ChartViewport viewport(int bars = 10'000)
{
    ChartViewport view;
    view.setWidth(800, 60);
    view.setSeries(minute, {t0, t0 + bars * minute});
    return view;
}

StoredSeriesList stored(std::initializer_list<SeriesKey> keys)
{
    StoredSeriesList list;
    for (const SeriesKey& key : keys) {
        StoredSeries series;
        series.record.key = key;
        series.record.id = static_cast<SeriesId>(list.size()) + 1;
        list.push_back(series);
    }
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.record.key < b.record.key; });
    return list;
}

} // namespace

class tst_ChartValues : public QObject {
    Q_OBJECT
private slots:
    void viewportFollowsUntilItIsMoved();
    void viewportStaysNearTheBars_data();
    void viewportStaysNearTheBars();
    void formingBarGetsRoom();
    void gapSearch_data();
    void gapSearch();
    void gapSearchReadsOnlyWhatItNeeds();
    void typedTimeframes_data();
    void typedTimeframes();
    void countdowns_data();
    void countdowns();
    void measureSaysBarsTimeAndPercent();
    void laneKeepsNarrowHoles();
    void laneShowsWhatIsUrgent();
    void offersFindSymbols();
    void offersNameWhatIsNotStored();
    void offersReadDates();
};

void tst_ChartValues::viewportFollowsUntilItIsMoved()
{
    ChartViewport view = viewport();
    QVERIFY(view.isFollowing() && view.isAtLatest());
    view.setExtent({t0, t0 + 10'005 * minute});
    QVERIFY(view.time().visible().contains(t0 + 10'004 * minute));
    view.panByPages(1);
    QVERIFY(!view.isFollowing());
    const TimeScale looked = view.time();
    view.setExtent({t0, t0 + 11'000 * minute});
    QCOMPARE(view.time(), looked); // never steals the view
    view.goToLatest();
    QVERIFY(view.isFollowing());
    QVERIFY(view.time().visible().contains(t0 + 10'999 * minute));
}

void tst_ChartValues::viewportStaysNearTheBars_data()
{
    QTest::addColumn<double>("pixels");
    for (const double pixels : {1e5, -1e5, 1e12, -1e12})
        QTest::addRow("%g", pixels) << pixels;
}

void tst_ChartValues::viewportStaysNearTheBars()
{
    QFETCH(double, pixels);
    for (const double zoom : {1.0, 8.0, 0.001}) {
        ChartViewport view = viewport();
        view.zoomInPlace(zoom);
        view.panBy(pixels);
        QVERIFY(view.time().visible().overlaps(view.extent()));
    }
}

void tst_ChartValues::formingBarGetsRoom()
{
    ChartViewport view = viewport();
    view.zoomInPlace(10);
    view.setForming(t0 + 10'001 * minute);
    view.goToLatest();
    QVERIFY(view.time().toX(t0 + 10'001 * minute) <= 800);
}

void tst_ChartValues::gapSearch_data()
{
    QTest::addColumn<int>("where");
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("begin"); ///< minutes; -1: none
    QTest::addColumn<int>("end");
    const int at = int(GapQuery::Where::At), after = int(GapQuery::Where::After), before = int(GapQuery::Where::Before);
    QTest::newRow("over it") << at << 105 << 100 << 110;
    QTest::newRow("at its first bar") << at << 100 << 100 << 110;
    QTest::newRow("right behind it") << at << 110 << -1 << -1;
    QTest::newRow("longer than a window") << at << 30'000 << 20'000 << 60'000;
    QTest::newRow("next") << after << 0 << 100 << 110;
    QTest::newRow("next from within") << after << 105 << 300 << 301;
    QTest::newRow("next from the last bar") << after << 109 << 300 << 301;
    QTest::newRow("next is far") << after << 400 << 20'000 << 60'000;
    QTest::newRow("next, within the long one") << after << 50'000 << 90'000 << 90'005;
    QTest::newRow("none further on") << after << 95'000 << -1 << -1;
    QTest::newRow("previous") << before << 400 << 300 << 301;
    QTest::newRow("previous of a gap's start") << before << 300 << 100 << 110;
    QTest::newRow("previous from within a long one") << before << 50'000 << 300 << 301;
    QTest::newRow("previous is far") << before << 89'000 << 20'000 << 60'000;
    QTest::newRow("none before") << before << 50 << -1 << -1;
}

void tst_ChartValues::gapSearch()
{
    QFETCH(int, where);
    QFETCH(int, from);
    QFETCH(int, begin);
    QFETCH(int, end);
    FakeChartSource source;
    for (const auto& [a, b] : {std::pair {100, 110}, {300, 301}, {20'000, 60'000}, {90'000, 90'005}})
        source.holes.push_back({{t0 + a * minute, t0 + b * minute}, GapClass::Unknown});
    const FindGaps find = [&](const SeriesRecord&, TimeRange range) {
        return Result<std::vector<Gap>>(source.gaps(range));
    };
    const auto gap = searchGap(
        find, SeriesRecord {}, {t0, t0 + 100'000 * minute}, {static_cast<GapQuery::Where>(where), t0 + from * minute});
    QVERIFY(gap.has_value());
    QCOMPARE(gap->has_value(), begin >= 0);
    if (!*gap)
        return;
    QCOMPARE((*gap)->range, (TimeRange {t0 + begin * minute, t0 + end * minute}));
    QCOMPARE((*gap)->bars, std::int64_t {end - begin});
}

void tst_ChartValues::gapSearchReadsOnlyWhatItNeeds()
{
    std::int64_t bars = 0;
    const FindGaps find = [&](const SeriesRecord&, TimeRange range) -> Result<std::vector<Gap>> {
        bars += range.length() / minute;
        if (!range.contains(t0 + 10 * minute))
            return std::vector<Gap> {};
        return std::vector<Gap> {{{t0 + 10 * minute, t0 + 11 * minute}, 1, GapClass::Failed, {}}};
    };
    const TimeRange extent {t0, t0 + 10'000'000 * minute};
    QVERIFY(searchGap(find, {}, extent, {GapQuery::Where::After, t0})->has_value());
    QVERIFY2(bars < 20'000, qPrintable(QString::number(bars))); // of ten million
    const FindGaps broken = [](const SeriesRecord&, TimeRange) -> Result<std::vector<Gap>> {
        return fail(ErrorCode::StorageFailed, "disk");
    };
    QCOMPARE(searchGap(broken, {}, extent, {GapQuery::Where::After, t0}).error().code, ErrorCode::StorageFailed);
}

void tst_ChartValues::typedTimeframes_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QByteArray>("frame");
    const auto row = [](const char* typed, const char* frame) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << QByteArray(frame);
    };
    row("5", "5m");
    row(",15", "15m");
    row("60", "1h");
    row("240", "4h");
    row("1h", "1h");
    row("4H", "4h");
    row("D", "1d");
    row("d", "1d");
    row("3d", "3d");
    row("W", "1w");
    row("7d", "1w");
    row("m", "1m");
    row("M", "1M");
    row("1M", "1M");
    row("24h", "1d");
    row("7", "");
    row("2M", "");
    row("0", "");
    row("x", "");
    row("1hh", "");
    row("99999999999", "");
    row("", "");
}

void tst_ChartValues::typedTimeframes()
{
    QFETCH(QString, typed);
    QFETCH(QByteArray, frame);
    const auto read = timeframeFromTyped(typed);
    QCOMPARE(read ? toQString(read->name()).toLatin1() : QByteArray(), frame);
}

void tst_ChartValues::countdowns_data()
{
    QTest::addColumn<int>("seconds");
    QTest::addColumn<QString>("text");
    QTest::newRow("over") << -5 << QStringLiteral("0:00");
    QTest::newRow("seconds") << 9 << QStringLiteral("0:09");
    QTest::newRow("minutes") << 245 << QStringLiteral("4:05");
    QTest::newRow("hours") << 3723 << QStringLiteral("1:02:03");
    QTest::newRow("days") << 2 * 86'400 + 3 * 3600 << QStringLiteral("2 d 3 h");
}

void tst_ChartValues::countdowns()
{
    QFETCH(int, seconds);
    QFETCH(QString, text);
    QCOMPARE(countdownText(std::chrono::seconds {seconds}), text);
    QCOMPARE(countdownText(std::chrono::seconds {seconds} - milliseconds {300}), text); // it ends at zero, not before
}

void tst_ChartValues::measureSaysBarsTimeAndPercent()
{
    QLocale::setDefault(QLocale::c());
    QCOMPARE(measureText({t0, t0 + 12 * minute, 100, 101.5}, minute, 1),
        QStringLiteral("12 bars, 12 min; +1.5, +1.50 %"));
    QCOMPARE(measureText({t0 + minute, t0, 100, 99}, minute, 0), QStringLiteral("1 bar, 1 min; -1, -1.00 %"));
}

void tst_ChartValues::laneKeepsNarrowHoles()
{
    ChartContent content;
    content.gaps.push_back({{t0 + 1000 * minute, t0 + 1001 * minute}, 1, GapClass::Failed, {}});
    const TimeScale scale {double(toMs(t0)), 600'000, 400}; // ten minutes a pixel
    const CandleScene scene = prepareScene(content, scale, {t0, t0 + 4000 * minute}, 1);
    QVERIFY(scene.gaps.empty()); // too narrow for a band
    QCOMPARE(scene.quality.size(), size_t(1));
    QCOMPARE(scene.quality[0].width, 2);
    const QualityMark* mark = scene.qualityAt(100.5);
    QVERIFY(mark && mark->gapClass == GapClass::Failed && mark->time == t0 + 1000 * minute);
    QVERIFY(!scene.qualityAt(90));
}

void tst_ChartValues::laneShowsWhatIsUrgent()
{
    ChartContent content;
    for (int i = 0; i < 40; ++i)
        content.gaps.push_back({{t0 + (100 + i) * minute, t0 + (101 + i) * minute}, 1,
            i == 20     ? GapClass::Unknown
                : i % 2 ? GapClass::Empty
                        : GapClass::Unlisted,
            {}});
    const TimeScale scale {double(toMs(t0)), 1'200'000, 400}; // twenty minutes a pixel
    const CandleScene scene = prepareScene(content, scale, {t0, t0 + 4000 * minute}, 1);
    int end = -1;
    bool isSeen = false;
    for (const QualityMark& mark : scene.quality) {
        QVERIFY(mark.x >= end && mark.width > 0); // ascending and disjoint
        end = mark.x + mark.width;
        isSeen = isSeen || mark.gapClass == GapClass::Unknown;
    }
    QVERIFY(isSeen);
}

void tst_ChartValues::offersFindSymbols()
{
    const auto list =
        stored({chartKey("ETH/BTC"), chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("XRP/BTC")});
    std::optional<SeriesKey> chosen;
    const auto choose = [&](const SeriesKey& key) { chosen = key; };
    const auto all = offerSeries(list, QString(), choose);
    QCOMPARE(all.offers.size(), size_t(4));
    QCOMPARE(
        offerSeries(list, QString(), choose, list.front().record.key).offers.size(), all.offers.size() - 1); // itself
    const auto btc = offerSeries(list, QStringLiteral("btc"), choose);
    QCOMPARE(btc.offers.size(), size_t(4));
    QVERIFY(
        btc.offers[0].text.contains(QStringLiteral("BTC/USDT"))); // begins with it: before those that have it somewhere
    const auto hour = offerSeries(list, QStringLiteral("usdt 1h"), choose);
    QCOMPARE(hour.offers.size(), size_t(1));
    hour.offers[0].choose();
    QCOMPARE(*chosen, chartKey("BTC/USDT", "1h"));
    const auto none = offerSeries(list, QStringLiteral("doge"), choose);
    QVERIFY(none.offers.empty() && none.hint.contains(QStringLiteral("backfill")));
}

void tst_ChartValues::offersNameWhatIsNotStored()
{
    const auto list = stored({chartKey("BTC/USDT"), chartKey("BTC/USDT", "1h"), chartKey("ETH/USDT", "4h")});
    std::optional<SeriesKey> shown, wanted;
    const auto ask = [&](const char* text) {
        return offerTimeframe(
            list, chartKey("BTC/USDT"), QString::fromLatin1(text), [&](const SeriesKey& key) { shown = key; },
            [&](const SeriesKey& key) { wanted = key; });
    };
    ask("1h").offers.at(0).choose();
    QCOMPARE(*shown, chartKey("BTC/USDT", "1h"));
    const auto absent = ask("4h");
    QVERIFY(absent.hint.contains(QStringLiteral("1m, 1h")));
    QVERIFY(absent.offers.at(0).text.contains(QStringLiteral("made of the bars of 1h")));
    absent.offers.at(0).choose();
    QCOMPARE(*shown, chartKey("BTC/USDT", "4h"));
    absent.offers.at(1).choose();
    QCOMPARE(*wanted, chartKey("BTC/USDT", "4h"));
    QVERIFY(ask("7").offers.empty());
    QVERIFY(!ask("7").hint.isEmpty());
}

void tst_ChartValues::offersReadDates()
{
    std::optional<UtcMs> chosen;
    const auto ask = [&](const char* text) {
        return offerDate(*ChartZone::fromId("Asia/Tokyo"), {t0, t0 + 100 * minute}, QString::fromLatin1(text),
            [&](UtcMs time) { chosen = time; });
    };
    QVERIFY(ask("10.3.").offers.empty());
    const auto reply = ask("2024-03-10 10:00");
    QCOMPARE(reply.hint, QString());
    reply.offers.at(0).choose();
    QCOMPARE(*chosen, *parseTime("2024-03-10 01:00"));
    QVERIFY(!ask("2020-01-01").hint.isEmpty()); // beyond what is stored: said before going there
}

QTEST_GUILESS_MAIN(tst_ChartValues)
#include "tst_chartvalues.moc"
