// Words and titles that several screens share.
#include <QTest>

#include "ui/widgets/statetext.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

class TestStateText : public QObject {
    Q_OBJECT

private slots:
    void titleNamesWhatTellsApart_data();
    void titleNamesWhatTellsApart();
};

void TestStateText::titleNamesWhatTellsApart_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("title");
    QTest::newRow("candles") << u"binance"_s << Kind::Candles << u"binance Linear BTC/USDT:USDT 1h"_s;
    QTest::newRow("no source yet") << QString() << Kind::Candles << u"binance Linear BTC/USDT:USDT 1h"_s;
    QTest::newRow("open interest") << u"binance"_s << Kind::OpenInterest << u"binance Linear BTC/USDT:USDT 1h open interest"_s;
    QTest::newRow("another source") << u"coinalyze"_s << Kind::OpenInterest
                                    << u"binance Linear BTC/USDT:USDT 1h open interest by coinalyze"_s;
}

void TestStateText::titleNamesWhatTellsApart()
{
    QFETCH(QString, source);
    QFETCH(Kind, kind);
    const SeriesKey key {source.toStdString(), "binance", MarketType::Linear, "BTC/USDT:USDT", kind, *Timeframe::fromName("1h")};
    QTEST(titleOf(key), "title");
}

QTEST_MAIN(TestStateText)
#include "tst_statetext.moc"
