#include <QApplication>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "core/base/timetext.h"
#include "ui/backfill/backfillform.h"
#include "ui/backfill/plantext.h"

using namespace mnemo;

namespace {

std::vector<Timeframe> frames(std::initializer_list<const char*> names)
{
    std::vector<Timeframe> result;
    for (const char* name : names)
        result.push_back(*Timeframe::fromName(name));
    return result;
}

/// Answers at the next turn of the event loop, as the real one does.
class FakePort final : public BackfillPort {
public:
    std::vector<BackfillRequest> planned, begun;
    Result<BackfillPlan> planAnswer;
    Result<JobId> startAnswer = JobId {7};
    UtcMs time = *parseTime("2024-06-01 12:34");

    FakePort()
    {
        BackfillPlan plan;
        plan.wanted = {*parseTime("2024-05-01"), *parseTime("2024-06-01")};
        plan.barsWanted = 44'640;
        plan.pages = plan.requests = 45;
        plan.eta = milliseconds {9'000};
        plan.bytes = 3'348'000;
        planAnswer = plan;
    }
    std::vector<VenueOffer> venues() const override
    {
        return {{"alpha", "Alpha",
                    {{MarketType::Spot, frames({"1m", "5m", "1h"})}, {MarketType::Linear, frames({"1m", "1h"})}}},
            {"beta", "Beta", {{MarketType::Inverse, frames({"1h", "1d"})}}}};
    }
    void symbols(const std::string& exchange, QObject* context, Answer<std::vector<Instrument>> answer) override
    {
        std::vector<Instrument> list;
        if (exchange == "alpha") {
            list.push_back({"alpha", MarketType::Spot, "ETH/USDT", "ETHUSDT", "ETH", "USDT", ""});
            list.push_back({"alpha", MarketType::Linear, "SOL/USDT:USDT", "SOLUSDT", "SOL", "USDT", "USDT"});
        }
        later(context, [answer, list] { answer(list); });
    }
    void fetchSymbols(const std::string&, QObject* context, Answer<Result<std::vector<Instrument>>> answer) override
    {
        later(context, [answer] { answer(fail(ErrorCode::Network, "connection refused")); });
    }
    void plan(const BackfillRequest& request, QObject* context, Answer<Result<BackfillPlan>> answer) override
    {
        planned.push_back(request);
        later(context, [this, answer] { answer(planAnswer); });
    }
    void start(const BackfillRequest& request, QObject* context, Answer<Result<JobId>> answer) override
    {
        begun.push_back(request);
        later(context, [this, answer] { answer(startAnswer); });
    }
    UtcMs now() const override { return time; }

private:
    static void later(QObject* context, std::function<void()> call)
    {
        QMetaObject::invokeMethod(context, std::move(call), Qt::QueuedConnection);
    }
};

struct Fields {
    explicit Fields(BackfillForm& form)
    {
        const auto boxes = form.findChildren<QComboBox*>();
        exchange = boxes.at(0);
        market = boxes.at(1);
        symbol = boxes.at(2);
        timeframe = boxes.at(3);
        preset = boxes.at(4);
        const auto times = form.findChildren<QDateTimeEdit*>();
        from = times.at(0);
        to = times.at(1);
        start = form.findChild<QPushButton*>(QStringLiteral("StartBackfill"));
    }
    QComboBox *exchange, *market, *symbol, *timeframe, *preset;
    QDateTimeEdit *from, *to;
    QPushButton* start = nullptr;
};

} // namespace

class tst_BackfillForm : public QObject {
    Q_OBJECT
private slots:
    void offersWhatTheVenueHas();
    void planFollowsTheFields();
    void startsWhatWasPlanned();
    void badInputIsSaid_data();
    void badInputIsSaid();
    void planErrorsAreSaid();
    void startErrorsAreSaid();
    void nothingToDoCannotBeStarted();
    void symbolFollowsTheMarket();
    void symbolsComplete();
    void fetchErrorsAreSaid();
    void choosesASeries();
    void returnDoesNotCloseBeforeThePlan();
    void presetsEndNow();
    void planSpeaks();
};

void tst_BackfillForm::offersWhatTheVenueHas()
{
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    QCOMPARE(f.exchange->count(), 2);
    QCOMPARE(f.market->count(), 2);
    QCOMPARE(f.timeframe->count(), 3);
    f.market->setCurrentIndex(1);
    QCOMPARE(f.timeframe->count(), 2);
    f.exchange->setCurrentIndex(1);
    QCOMPARE(f.market->count(), 1);
    QCOMPARE(f.timeframe->itemText(1), QStringLiteral("1d"));
}

void tst_BackfillForm::planFollowsTheFields()
{
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    QTRY_COMPARE(port.planned.size(), size_t(1));
    QCOMPARE(port.planned.back().symbol, std::string("BTC/USDT"));
    QCOMPARE(port.planned.back().timeframe.name(), std::string_view("1m"));
    QTRY_VERIFY(f.start->isEnabled());
    f.timeframe->setCurrentIndex(2);
    QVERIFY(!f.start->isEnabled()); // not before the plan is known
    f.symbol->setEditText(QStringLiteral("ETH/BTC"));
    QTRY_COMPARE(port.planned.size(), size_t(2)); // two changes, one question
    QCOMPARE(port.planned.back().symbol, std::string("ETH/BTC"));
    QCOMPARE(port.planned.back().timeframe.name(), std::string_view("1h"));
    QTRY_VERIFY(f.start->isEnabled());
}

void tst_BackfillForm::startsWhatWasPlanned()
{
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    QSignalSpy started(&form, &BackfillForm::started);
    form.show();
    QTRY_VERIFY(f.start->isEnabled());
    QTest::mouseClick(f.start, Qt::LeftButton);
    QTRY_COMPARE(started.count(), 1);
    QCOMPARE(port.begun.size(), size_t(1));
    QCOMPARE(port.begun.back().exchange, std::string("alpha"));
    QCOMPARE(port.begun.back().range.to, port.time);
    QVERIFY(!form.isVisible());
}

void tst_BackfillForm::badInputIsSaid_data()
{
    QTest::addColumn<QString>("symbol");
    QTest::addColumn<QDateTime>("from");
    QTest::addColumn<QDateTime>("to");
    const auto at = [](int year) { return QDateTime(QDate(year, 1, 1), QTime(0, 0), Qt::UTC); };
    QTest::newRow("no symbol") << QString() << at(2023) << at(2024);
    QTest::newRow("no slash") << QStringLiteral("BTCUSDT") << at(2023) << at(2024);
    QTest::newRow("reversed range") << QStringLiteral("BTC/USDT") << at(2024) << at(2023);
    QTest::newRow("empty range") << QStringLiteral("BTC/USDT") << at(2024) << at(2024);
    QTest::newRow("future") << QStringLiteral("BTC/USDT") << at(2030) << at(2031);
}

void tst_BackfillForm::badInputIsSaid()
{
    QFETCH(QString, symbol);
    QFETCH(QDateTime, from);
    QFETCH(QDateTime, to);
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    f.preset->setCurrentIndex(f.preset->count() - 1);
    f.symbol->setEditText(symbol);
    f.from->setDateTime(from);
    f.to->setDateTime(to);
    QTRY_VERIFY(!form.problem().isEmpty());
    QVERIFY(!form.request());
    QVERIFY(!f.start->isEnabled());
    QVERIFY(port.planned.empty());
}

void tst_BackfillForm::planErrorsAreSaid()
{
    FakePort port;
    port.planAnswer = fail(ErrorCode::UnknownSymbol, "alpha: no market FOO/BAR");
    BackfillForm form(port);
    Fields f(form);
    QTRY_VERIFY(form.problem().contains(QStringLiteral("does not know this symbol")));
    QVERIFY(!form.problem().contains(QStringLiteral("alpha:"))); // the detail is for the tool tip
    QVERIFY(!f.start->isEnabled());
}

void tst_BackfillForm::startErrorsAreSaid()
{
    FakePort port;
    port.startAnswer = fail(ErrorCode::StorageReadOnly, "read only");
    BackfillForm form(port);
    Fields f(form);
    form.show();
    QTRY_VERIFY(f.start->isEnabled());
    QTest::mouseClick(f.start, Qt::LeftButton);
    QTRY_VERIFY(!form.problem().isEmpty());
    QVERIFY(form.isVisible());
    QVERIFY(f.start->isEnabled());
}

void tst_BackfillForm::nothingToDoCannotBeStarted()
{
    FakePort port;
    port.planAnswer->barsAnswered = port.planAnswer->barsWanted;
    BackfillForm form(port);
    Fields f(form);
    QTRY_COMPARE(port.planned.size(), size_t(1));
    QTest::qWait(20);
    QVERIFY(!f.start->isEnabled());
    QVERIFY(form.problem().isEmpty());
}

void tst_BackfillForm::symbolFollowsTheMarket()
{
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    f.market->setCurrentIndex(1);
    QCOMPARE(f.symbol->currentText(), QStringLiteral("BTC/USDT:USDT"));
    f.market->setCurrentIndex(0);
    QCOMPARE(f.symbol->currentText(), QStringLiteral("BTC/USDT"));
    f.exchange->setCurrentIndex(1);
    QCOMPARE(f.symbol->currentText(), QStringLiteral("BTC/USD:BTC"));
}

void tst_BackfillForm::symbolsComplete()
{
    FakePort port;
    BackfillForm form(port);
    Fields f(form);
    QTRY_COMPARE(f.symbol->count(), 1);
    QCOMPARE(f.symbol->itemText(0), QStringLiteral("ETH/USDT"));
    QCOMPARE(f.symbol->currentText(), QStringLiteral("BTC/USDT")); // what was typed stays
    f.market->setCurrentIndex(1);
    QCOMPARE(f.symbol->itemText(0), QStringLiteral("SOL/USDT:USDT"));
}

void tst_BackfillForm::fetchErrorsAreSaid()
{
    FakePort port;
    BackfillForm form(port);
    auto* fetch = form.findChild<QToolButton*>();
    QVERIFY(fetch);
    form.show();
    QTest::mouseClick(fetch, Qt::LeftButton);
    QTRY_VERIFY(form.problem().contains(QStringLiteral("could not be reached")));
    QVERIFY(fetch->isEnabled());
}

void tst_BackfillForm::choosesASeries()
{
    FakePort port;
    BackfillForm form(port);
    const SeriesKey key {"beta", "beta", MarketType::Inverse, "ETH/USD:ETH", Kind::Candles, *Timeframe::fromName("1d")};
    const TimeRange range {*parseTime("2024-01-01"), *parseTime("2024-02-01")};
    form.choose(key, range);
    const auto request = form.request();
    QVERIFY(request);
    QCOMPARE(request->exchange, std::string("beta"));
    QCOMPARE(*request->market, MarketType::Inverse);
    QCOMPARE(request->symbol, std::string("ETH/USD:ETH"));
    QCOMPARE(request->timeframe.name(), std::string_view("1d"));
    QCOMPARE(request->range, range);
}

void tst_BackfillForm::returnDoesNotCloseBeforeThePlan()
{
    FakePort port;
    port.planAnswer = fail(ErrorCode::UnknownSymbol, "no");
    BackfillForm form(port);
    form.show();
    QTRY_VERIFY(!form.problem().isEmpty());
    QTest::keyClick(&form, Qt::Key_Return);
    QVERIFY(form.isVisible());
    QTest::keyClick(&form, Qt::Key_Escape);
    QVERIFY(!form.isVisible());
}

void tst_BackfillForm::presetsEndNow()
{
    const UtcMs now = *parseTime("2024-06-01 12:34");
    for (const RangePreset preset : rangePresets()) {
        QVERIFY(!textOf(preset).isEmpty());
        if (preset != RangePreset::Custom)
            QCOMPARE(rangeOf(preset, now).to, now);
    }
    QCOMPARE(rangeOf(RangePreset::LastDay, now).from, *parseTime("2024-05-31 12:34"));
    QVERIFY(rangeOf(RangePreset::Custom, now).isEmpty());
}

void tst_BackfillForm::planSpeaks()
{
    FakePort port;
    BackfillPlan plan = *port.planAnswer;
    plan.warnings = {"the venue keeps only 83 days <b>"};
    const QString text = planText(plan);
    QVERIFY(text.contains(QLocale().toString(44'640)));
    QVERIFY(text.contains(QStringLiteral("45")));
    QVERIFY(text.contains(QStringLiteral("9 s")));
    QVERIFY(text.contains(QStringLiteral("83 days &lt;b&gt;")));
}

QTEST_MAIN(tst_BackfillForm)
#include "tst_backfillform.moc"
