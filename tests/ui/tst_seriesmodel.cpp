#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "core/base/timetext.h"
#include "ui/shell/seriesmodel.h"
#include "ui/shell/seriespanel.h"

using namespace mnemo;

namespace {

StoredSeries series(SeriesId id, const char* exchange, const char* symbol, const char* frame, std::int64_t rows = 10)
{
    StoredSeries result;
    result.record.id = id;
    result.record.key.exchange = result.record.key.source = exchange;
    result.record.key.symbol = symbol;
    result.record.key.timeframe = *Timeframe::fromName(frame);
    result.rows = rows;
    result.expected = 100;
    result.answered = 50;
    return result;
}

} // namespace

class tst_SeriesModel : public QObject {
    Q_OBJECT
private slots:
    void buildsTheTree();
    void saysTheLeast();
    void forgetsWhatIsGone();
    void filterMatchesEveryWord();
    void panelChoosesAndWaits();
    void manySeriesStayQuick();
};

void tst_SeriesModel::buildsTheTree()
{
    SeriesModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({series(1, "binance", "BTC/USDT", "1h"), series(2, "binance", "BTC/USDT", "5m"),
        series(3, "bybit", "ETH/USDT", "1m")});
    QCOMPARE(model.rowCount(), 2);
    const QModelIndex binance = model.index(0, 0);
    QCOMPARE(binance.data().toString(), QStringLiteral("binance"));
    const QModelIndex symbol = model.index(0, 0, model.index(0, 0, binance));
    QCOMPARE(symbol.data().toString(), QStringLiteral("BTC/USDT"));
    QCOMPARE(model.index(0, 0, symbol).data().toString(), QStringLiteral("5m")); // by length, not by name
    QCOMPARE(model.index(1, 0, symbol).data().toString(), QStringLiteral("1h"));
    QCOMPARE(model.index(1, SeriesModel::Coverage, symbol).data().toString(),
        QLocale().toString(50.0, 'f', 1) + QStringLiteral(" %"));
    QCOMPARE(model.seriesAt(model.find(series(3, "bybit", "ETH/USDT", "1m").record.key))->record.id, SeriesId(3));
    QVERIFY(!model.seriesAt(binance));
}

void tst_SeriesModel::saysTheLeast()
{
    SeriesModel model;
    QAbstractItemModelTester guard(&model);
    StoredSeriesList list {series(1, "binance", "BTC/USDT", "1h"), series(2, "binance", "ETH/USDT", "1h")};
    model.apply(list);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.apply(list);
    QCOMPARE(changed.count(), 0);
    list[1].rows = 11;
    model.apply(list);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed.at(0).at(0).toModelIndex(), model.find(list[1].record.key));
    QCOMPARE(inserted.count() + reset.count(), 0);
}

void tst_SeriesModel::forgetsWhatIsGone()
{
    SeriesModel model;
    QAbstractItemModelTester guard(&model);
    model.apply({series(1, "binance", "BTC/USDT", "1h"), series(2, "bybit", "ETH/USDT", "1h")});
    model.apply({series(2, "bybit", "ETH/USDT", "1h")});
    QCOMPARE(model.rowCount(), 1);
    QVERIFY(!model.find(series(1, "binance", "BTC/USDT", "1h").record.key).isValid());
    model.apply({});
    QCOMPARE(model.rowCount(), 0);
}

void tst_SeriesModel::filterMatchesEveryWord()
{
    SeriesModel model;
    model.apply({series(1, "binance", "BTC/USDT", "1h"), series(2, "binance", "ETH/USDT", "1m"),
        series(3, "bybit", "BTC/USDT", "1m")});
    SeriesFilterModel filtered;
    QAbstractItemModelTester guard(&filtered);
    filtered.setSourceModel(&model);
    QCOMPARE(filtered.rowCount(), 2);
    filtered.setWords(QStringLiteral("btc 1m"));
    QCOMPARE(filtered.rowCount(), 1);
    QCOMPARE(filtered.index(0, 0).data().toString(), QStringLiteral("bybit"));
    filtered.setWords(QStringLiteral("nothing"));
    QCOMPARE(filtered.rowCount(), 0);
    filtered.setWords({});
    QCOMPARE(filtered.rowCount(), 2);
}

void tst_SeriesModel::panelChoosesAndWaits()
{
    SeriesModel model;
    SeriesPanel panel(model, false);
    QSignalSpy chosen(&panel, &SeriesPanel::chosen);
    const auto later = series(2, "bybit", "ETH/USDT", "1m");
    panel.select(later.record.key); // not stored yet
    panel.filter()->setText(QStringLiteral("binance"));
    model.apply({series(1, "binance", "BTC/USDT", "1h")});
    QCoreApplication::processEvents();
    QCOMPARE(chosen.count(), 0);
    model.apply({series(1, "binance", "BTC/USDT", "1h"), later});
    QTRY_COMPARE(chosen.count(), 1);
    QCOMPARE(panel.selected()->record.id, SeriesId(2));
    QVERIFY(panel.filter()->text().isEmpty()); // it was filtered away
}

void tst_SeriesModel::manySeriesStayQuick()
{
    StoredSeriesList list;
    for (int i = 0; i < 20'000; ++i)
        list.push_back(
            series(i, "binance", qPrintable(QStringLiteral("C%1/USDT").arg(i, 5, 10, QLatin1Char('0'))), "1m"));
    SeriesModel model;
    QElapsedTimer timer;
    timer.start();
    model.apply(list);
    list[777].rows = 12;
    model.apply(list);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_MAIN(tst_SeriesModel)
#include "tst_seriesmodel.moc"
