// The scope: its value, its service, and panels that follow it.
#include <QJsonDocument>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include "coveragefixture.h"
#include "fakechartsource.h"
#include "scopefixture.h"
#include "ui/chart/chartpane.h"
#include "ui/chart/chartview.h"
#include "ui/chart/chartworkspace.h"
#include "ui/coverage/heatmapview.h"
#include "ui/jobs/jobfilterbar.h"
#include "ui/universe/universemodel.h"
#include "ui/widgets/displayzone.h"
#include "ui/widgets/scopebutton.h"
#include "universefixture.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_Scope : public QObject {
    Q_OBJECT
private slots:
    void timesAreRead_data();
    void timesAreRead();
    void timesFollowTheZone();
    void acceptsWhatIsInside_data();
    void acceptsWhatIsInside();
    void stateComesBack();
    void garbageMeansAny();
    void panelsCanBeUnlinked();
    void chartsShowWhatIsInside();
    void onlyLinkedChartsFollow();
    void coverageShowsWhatIsInside();
    void coverageBringsItsTimeIntoView();
    void jobsAreThoseInside();
    void universeFollowsWhereItIsAsked();

private:
    DisplayZone m_zone;
};

void tst_Scope::timesAreRead_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<int>("hoursBack");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QString>("to");
    QTest::addColumn<QString>("shown");
    const auto last = [](const char* typed, int hours, const char* shown) {
        QTest::newRow(typed) << QString::fromLatin1(typed) << hours << QString() << QString()
                             << QString::fromLatin1(shown);
    };
    last("7d", 24 * 7, "last 7 days");
    last("last 7 days", 24 * 7, "last 7 days");
    last("1d", 24, "last 24 hours");
    last("last hour", 1, "last hour");
    last("36h", 36, "last 36 hours");
    last("2 Weeks", 24 * 14, "last 14 days");
    last("1y", 24 * 365, "last 365 days");
    const auto fixed = [](const char* typed, const char* from, const char* to, const char* shown) {
        QTest::newRow(typed) << QString::fromUtf8(typed) << 0 << QString::fromLatin1(from) << QString::fromLatin1(to)
                             << QString::fromLatin1(shown);
    };
    fixed("2024", "2024-01-01", "2025-01-01", "2024");
    fixed("2024-02", "2024-02-01", "2024-03-01", "2024-02");
    fixed("2024-2-29", "2024-02-29", "2024-03-01", "2024-02-29");
    fixed("2024-03-01 to 2024-03-08", "2024-03-01", "2024-03-08", "2024-03-01 to 2024-03-08");
    fixed("2023..2024-06", "2023-01-01", "2024-06-01", "2023-01-01 to 2024-06-01");
    fixed("2024-03-01 10:20 - 2024-03-02", "2024-03-01T10:20", "2024-03-02", "2024-03-01 10:20 to 2024-03-02");
    fixed("2024-03-01 \u2013 2024-04-01", "2024-03-01", "2024-04-01", "2024-03"); // as a whole month is written
    for (const char* wrong : {"soon", "0d", "2024-13", "2024-02-30", "2024-03-02 to 2024-03-01", "2024 to", "99999y",
             "1969", "2024-03-01 to 2024-03-01", "2024-01-01 25:00"})
        QTest::newRow(wrong) << QString::fromLatin1(wrong) << -1 << QString() << QString() << QString();
}

void tst_Scope::timesAreRead()
{
    QFETCH(QString, typed);
    QFETCH(int, hoursBack);
    QFETCH(QString, from);
    QFETCH(QString, to);
    QFETCH(QString, shown);
    const auto time = ScopeTime::fromText(typed, m_zone);
    QCOMPARE(time.has_value(), hoursBack >= 0);
    if (!time)
        return;
    QCOMPARE(time->last.count(), hoursBack);
    if (hoursBack == 0)
        QCOMPARE(time->fixed, (TimeRange {at(from.toLatin1()), at(to.toLatin1())}));
    QCOMPARE(time->text(m_zone), shown);
    QCOMPARE(ScopeTime::fromText(shown, m_zone), time);
    const UtcMs now = at("2024-06-01");
    const TimeRange within = time->within(now);
    QCOMPARE(within, hoursBack > 0 ? (TimeRange {now - time->last, now}) : time->fixed);
}

void tst_Scope::timesFollowTheZone()
{
    DisplayZone zone;
    QVERIFY(zone.setId(u"Europe/Berlin"_s));
    const auto day = ScopeTime::fromText(u"2024-07-01"_s, zone);
    QVERIFY(day);
    QCOMPARE(day->fixed, (TimeRange {at("2024-06-30T22:00"), at("2024-07-01T22:00")}));
    QCOMPARE(day->text(zone), u"2024-07-01"_s);
    QCOMPARE(day->text(m_zone), u"2024-06-30 22:00 to 2024-07-01 22:00"_s);
    QVERIFY(ScopeTime::fromText(QString(), zone)->isAny());
    QCOMPARE(ScopeTime {}.within(at("2024-01-01")), (TimeRange {UtcMs::min(), UtcMs::max()}));
}

void tst_Scope::acceptsWhatIsInside_data()
{
    QTest::addColumn<QString>("exchange");
    QTest::addColumn<QString>("market");
    QTest::addColumn<QString>("symbols");
    QTest::addColumn<QString>("frame");
    QTest::addColumn<bool>("isInside");
    const auto row = [](const char* name, const char* exchange, const char* market, const char* symbols,
                         const char* frame, bool isInside) {
        QTest::newRow(name) << QString::fromLatin1(exchange) << QString::fromLatin1(market)
                            << QString::fromLatin1(symbols) << QString::fromLatin1(frame) << isInside;
    };
    row("any", "", "", "", "", true);
    row("its exchange", "alpha", "", "", "", true);
    row("another one", "alph", "", "", "", false);
    row("its market", "", "linear", "", "", true);
    row("another market", "", "spot", "", "", false);
    row("a part of the symbol", "", "", "btc", "", true);
    row("one of two", "", "", "eth BTC/usdt", "", true);
    row("without separators", "", "", "btcusdt", "", true);
    row("another symbol", "", "", "eth sol", "", false);
    row("its frame", "", "", "", "1M", true);
    row("a minute is no month", "", "", "", "1m", false);
    row("all of it", "alpha", "linear", "btc", "1M", true);
}

void tst_Scope::acceptsWhatIsInside()
{
    QFETCH(QString, exchange);
    QFETCH(QString, market);
    QFETCH(QString, symbols);
    QFETCH(QString, frame);
    QFETCH(bool, isInside);
    Scope scope = scopeOf(exchange.toLatin1(), symbols.split(u' ', Qt::SkipEmptyParts));
    scope.market = marketTypeFromText(market.toStdString());
    scope.timeframe = Timeframe::fromName(frame.toStdString());
    QCOMPARE(scope.accepts(key("alpha", "BTC/USDT:USDT", "1M", MarketType::Linear)), isInside);
}

void tst_Scope::stateComesBack()
{
    Scope scope = scopeOf("alpha", {u"btc"_s, u"ETH/USDT"_s}, "1h");
    scope.market = MarketType::Inverse;
    scope.time.fixed = {at("2024-01-01"), at("2024-02-01T00:00:01")};
    const auto kept = QJsonDocument(scope.state()).toJson();
    QCOMPARE(Scope::fromState(QJsonDocument::fromJson(kept).object()), scope);
    QCOMPARE(scope.text(m_zone), u"alpha, Inverse, btc ETH/USDT, 1h, 2024-01-01 to 2024-02-01 00:00:01"_s);
    scope.time = {72h, {}};
    QCOMPARE(Scope::fromState(scope.state()), scope);
    QVERIFY(Scope::fromState(Scope {}.state()).isAny());
    QVERIFY(Scope {}.state().isEmpty());
}

void tst_Scope::garbageMeansAny()
{
    for (const char* text : {"{\"exchange\":7}", "{\"market\":\"moon\"}", "{\"symbols\":[1,\" \"]}",
             "{\"timeframe\":\"7m\"}", "{\"lastHours\":-3}", "{\"range\":[5]}", "{\"range\":[5,5]}",
             "{\"range\":\"x\"}"}) {
        const Scope scope = Scope::fromState(QJsonDocument::fromJson(text).object());
        QVERIFY2(scope.isAny(), text);
    }
    DisplayScope all(m_zone);
    all.applyState(QJsonDocument::fromJson("{\"linked\":[false,\"x\"],\"scope\":3}").object());
    QVERIFY(!all.isLinked(ScopePanel::Charts));
    QVERIFY(all.isLinked(ScopePanel::Coverage));
    QVERIFY(!all.isLinked(ScopePanel::Universe)); // as usual
}

void tst_Scope::panelsCanBeUnlinked()
{
    DisplayScope scope(m_zone);
    ScopeButton button(scope, ScopePanel::Jobs);
    QSignalSpy changed(&scope, &DisplayScope::changed);
    QVERIFY(button.isHidden());
    scope.set(scopeOf("alpha"));
    QCOMPARE(changed.count(), 1);
    scope.set(scopeOf("alpha"));
    QCOMPARE(changed.count(), 1);
    QVERIFY(!button.isHidden() && button.isChecked());
    QVERIFY(button.toolTip().contains(u"alpha"_s));
    QCOMPARE(scope.of(ScopePanel::Jobs).exchange, std::string("alpha"));
    button.click();
    QVERIFY(!scope.isLinked(ScopePanel::Jobs) && !button.isHidden());
    QVERIFY(scope.of(ScopePanel::Jobs).isAny());
    QVERIFY(scope.isLinked(ScopePanel::Coverage));
    DisplayScope again(m_zone);
    again.applyState(scope.state());
    QVERIFY(!again.isLinked(ScopePanel::Jobs));
    QCOMPARE(again.scope(), scope.scope());
}

void tst_Scope::chartsShowWhatIsInside()
{
    FakeChartSource source;
    DisplayScope scope(m_zone);
    DisplayZone zone;
    ChartWorkspace charts(source, zone);
    charts.followScope(scope);
    charts.resize(800, 500);
    charts.setSeriesList(listOf({key("alpha", "BTC/USDT"), key("alpha", "BTC/USDT", "1h"), key("alpha", "ETH/USDT"),
                                    key("beta", "BTC/USDT"), key("beta", "ETH/USDT")},
        source.extent));
    charts.show(key("alpha", "ETH/USDT"));
    scope.set(scopeOf("beta"));
    QCOMPARE(charts.activeSeries(), std::optional(key("beta", "ETH/USDT"))); // the likest
    scope.set(scopeOf("", {u"btc"_s}));
    QCOMPARE(charts.activeSeries(), std::optional(key("beta", "BTC/USDT")));
    scope.set(scopeOf("gamma"));
    QCOMPARE(charts.activeSeries(), std::optional(key("beta", "BTC/USDT"))); // nothing fits: it stays
    scope.setLinked(ScopePanel::Charts, false);
    scope.set(scopeOf("alpha"));
    QCOMPARE(charts.activeSeries(), std::optional(key("beta", "BTC/USDT")));
    scope.setLinked(ScopePanel::Charts, true);
    QCOMPARE(charts.activeSeries(), std::optional(key("alpha", "BTC/USDT")));
    Scope timed = scope.scope();
    timed.time.fixed = {at("2024-03-12"), at("2024-03-13")};
    scope.set(timed);
    const TimeRange shown = charts.activeChart()->visibleRange();
    QVERIFY(shown.contains(timed.time.fixed) && shown.length() < 30h);
}

void tst_Scope::onlyLinkedChartsFollow()
{
    FakeChartSource source;
    DisplayScope scope(m_zone);
    DisplayZone zone;
    ChartWorkspace charts(source, zone);
    charts.followScope(scope);
    charts.resize(800, 500);
    charts.setSeriesList(listOf({key("alpha", "BTC/USDT"), key("beta", "BTC/USDT")}, source.extent));
    charts.setPaneCount(3);
    charts.panes()[0]->setLinkGroup(1);
    charts.panes()[2]->setLinkGroup(4);
    scope.set(scopeOf("beta"));
    QCOMPARE(charts.panes()[0]->seriesKey(), std::optional(key("beta", "BTC/USDT")));
    QCOMPARE(charts.panes()[1]->seriesKey(), std::optional(key("alpha", "BTC/USDT")));
    QCOMPARE(charts.panes()[2]->seriesKey(), std::optional(key("beta", "BTC/USDT")));
}

void tst_Scope::coverageShowsWhatIsInside()
{
    const auto day = std::vector<DayCounts>(60, test::fullDay());
    const auto heatmap = makeHeatmap(test::snapshotOf({test::indexed(test::seriesNamed(1, "alpha", "BTC/USDT"), day),
                                         test::indexed(test::seriesNamed(2, "alpha", "ETH/USDT", "1h"), day),
                                         test::indexed(test::seriesNamed(3, "beta", "BTC/USDT"), day)}),
        BucketUnit::Day, nullptr);
    QCOMPARE(linesOf(*heatmap, {}, test::firstDay, scopeOf("beta")).size(), std::size_t {2});
    QCOMPARE(linesOf(*heatmap, {}, test::firstDay, scopeOf("", {u"btc"_s})).size(), std::size_t {4});
    QCOMPARE(linesOf(*heatmap, u"btc"_s, test::firstDay, scopeOf("alpha")).size(), std::size_t {2});
    QVERIFY(linesOf(*heatmap, {}, test::firstDay, scopeOf("beta", {}, "1h")).empty());
    HeatmapView view;
    view.setHeatmap(heatmap);
    view.setScope(scopeOf("alpha"));
    QCOMPARE(view.lines().size(), std::size_t {3});
    view.setHeatmap(heatmap); // read again
    QCOMPARE(view.lines().size(), std::size_t {3});
    view.setScope({});
    QCOMPARE(view.lines().size(), std::size_t {5});
}

void tst_Scope::coverageBringsItsTimeIntoView()
{
    const auto heatmap = makeHeatmap(
        test::snapshotOf({test::indexed(test::seriesNamed(1, "alpha", "BTC/USDT"),
            std::vector<DayCounts>(900, test::fullDay()))}),
        BucketUnit::Day, nullptr);
    HeatmapView view;
    view.resize(900, 300);
    view.setHeatmap(heatmap);
    view.show();
    Scope scope;
    scope.time.fixed = {test::firstDay + std::chrono::days {100}, test::firstDay + std::chrono::days {110}};
    view.setScope(scope);
    const auto seen = view.layoutOfCells().visibleColumns();
    QVERIFY2(seen.contains(100) && seen.contains(109), qPrintable(QString::number(seen.first)));
    QCOMPARE(seen.first, 100);
    QCOMPARE(view.unit(), BucketUnit::Day);
    QSignalSpy wanted(&view, &HeatmapView::unitWanted);
    scope.time.fixed.to = test::firstDay + std::chrono::days {880};
    view.setScope(scope); // too long for days
    QCOMPARE(wanted.count(), 1);
    QVERIFY(view.unit() != BucketUnit::Day);
    view.setHeatmap(makeHeatmap(heatmap->coverage, view.unit(), nullptr));
    QVERIFY(view.heatmap()->bucket(view.layoutOfCells().visibleColumns().first).from <= scope.time.fixed.from);
    QVERIFY(view.heatmap()->bucket(view.layoutOfCells().visibleColumns().last).to >= scope.time.fixed.to);
}

void tst_Scope::jobsAreThoseInside()
{
    JobsModel model;
    JobFilterBar bar(model);
    DisplayScope scope(m_zone);
    bar.followScope(scope);
    std::vector<JobSnapshot> jobs;
    for (const SeriesKey& series : {key("alpha", "BTC/USDT"), key("beta", "BTC/USDT"), key("beta", "ETH/USDT")}) {
        JobSnapshot job;
        job.id = static_cast<JobId>(jobs.size() + 1);
        job.series = series;
        job.range = {at("2024-01-01"), at("2024-01-02")};
        jobs.push_back(job);
    }
    model.apply(jobs, SteadyTime {milliseconds {1'000'000}});
    QCOMPARE(model.rowCount(), 3);
    scope.set(scopeOf("beta"));
    QCOMPARE(model.rowCount(), 2);
    bar.text()->setText(u"eth"_s);
    QCOMPARE(model.rowCount(), 1);
    bar.text()->clear();
    Scope timed = scope.scope();
    timed.time.fixed = {at("2024-01-02"), at("2024-01-03")};
    scope.set(timed);
    QCOMPARE(model.rowCount(), 0);
    timed.time.fixed.from -= 1ms;
    scope.set(timed);
    QCOMPARE(model.rowCount(), 2);
    scope.setLinked(ScopePanel::Jobs, false);
    QCOMPARE(model.rowCount(), 3);
}

void tst_Scope::universeFollowsWhereItIsAsked()
{
    UniverseModel model;
    model.setIndex(test::largeUniverse(1000), {});
    QCOMPARE(model.hitCount(), std::size_t {1000});
    Scope scope = scopeOf("venue7", {u"btc/"_s});
    scope.market = MarketType::Spot;
    model.setScope(scope);
    QCOMPARE(model.rowCount(), 1); // no other venue, with or without a list
    QCOMPARE(model.hitCount(), std::size_t {4});
    model.setFilter(u"usdt"_s);
    QCOMPARE(model.hitCount(), std::size_t {1});
    model.setFilter({});
    scope.timeframe = *Timeframe::fromName("5m"); // that none of them has
    model.setScope(scope);
    QCOMPARE(model.hitCount(), std::size_t {0});
    QVERIFY(model.isNarrowed());
    model.setScope({});
    QCOMPARE(model.hitCount(), std::size_t {1000});
}

QTEST_MAIN(tst_Scope)
#include "tst_scope.moc"
