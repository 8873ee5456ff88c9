// The tree of everything that can be asked for: index, model and panel.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "tests/ui/universefixture.h"
#include "ui/universe/universemodel.h"
#include "ui/universe/universepanel.h"
#include "ui/widgets/actionreason.h"

using namespace mnemo;
using namespace mnemo::test;

namespace {

StoredSeriesList stored()
{
    return {storedSeries(1, "kraken", "ETH/USD", "1h"), storedSeries(2, "binance", "BTC/USDT", "1m"),
        storedSeries(3, "gone", "OLD/USD", "1d")};
}

std::shared_ptr<const UniverseIndex> small(const StoredSeriesList& list = stored())
{
    UniverseIndex::Lists lists;
    for (const char* base : {"ADA", "BTC", "ETH"})
        lists["binance"].push_back(instrument("binance", base, "USDT", MarketType::Spot));
    lists["binance"].push_back(instrument("binance", "BTC", "USDT", MarketType::Linear));
    lists["bybit"].push_back(instrument("bybit", "BTC", "USDT", MarketType::Linear));
    return UniverseIndex::build({universeVenue("binance", "Binance"), universeVenue("bybit", "Bybit"),
                                    universeVenue("kraken", "Kraken"), universeVenue("upbit", "Upbit")},
        lists, list);
}

QStringList below(const UniverseModel& model, const QModelIndex& parent = {})
{
    QStringList names;
    for (int row = 0; row < model.rowCount(parent); ++row)
        names << model.index(row, 0, parent).data().toString();
    return names;
}

QStringList words(const char* text)
{
    return QString::fromLatin1(text).split(u'|');
}

} // namespace

class tst_Universe : public QObject {
    Q_OBJECT
private slots:
    void treeHoldsListsAndStore();
    void search_data();
    void search();
    void typingOnFindsTheSame();
    void numbersAreToldByRow();
    void runningJobsShow();
    void storedOnly();
    void statesAreToldInWords();
    void hundredThousandInstruments();
    void panelFollowsAndWaits();
    void panelActions();
    void narrowPanelsShowFewerColumns();
    void panelKeepsWhatWasUnfolded();
    void panelStaysWhereItWas();
    void everyExchangeCanBeAsked();
    void emptyTreesSayWhatToDo();
};

void tst_Universe::treeHoldsListsAndStore()
{
    UniverseModel model;
    const QAbstractItemModelTester guard(&model);
    model.setIndex(small(), stored());
    QCOMPARE(below(model), words("Binance|gone|Kraken|Bybit|Upbit")); // what is stored stands first
    const QModelIndex binance = model.index(0, 0);
    QCOMPARE(below(model, binance), words("Spot|Linear"));
    const QModelIndex spot = model.index(0, 0, binance);
    QCOMPARE(below(model, spot), words("BTC/USDT|ADA/USDT|ETH/USDT"));
    QCOMPARE(below(model, model.index(0, 0, spot)), words("1m|1h|1d"));
    QCOMPARE(model.rowCount(model.index(4, 0)), 0); // its list was not fetched
    QCOMPARE(model.index(4, UniverseModel::State).data().toString(), QStringLiteral("no market list yet"));
    const QModelIndex leaf = model.find(stored()[2].record.key);
    QCOMPARE(leaf.data().toString(), QStringLiteral("1d"));
    QCOMPARE(model.storedAt(leaf)->record.id, 3);
    QCOMPARE(model.atPath(model.pathOf(leaf)), leaf);
}

void tst_Universe::search_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("hits");
    const auto row = [](const char* text, int hits) { QTest::newRow(text) << QString::fromLatin1(text) << hits; };
    row("", 7);
    row("btc", 3);
    row("BTC", 3);
    row("btc binance", 2);
    row("binance btc linear", 1);
    row("btcusdt", 3); // the venue's own name
    row("eth kraken", 1);
    row("btc 1h", 3);
    row("btc 4h", 0);
    row("old 1d", 1);
    row("nothing of the kind", 0);
    row("usdt:usdt", 2);
    row("krakeneth", 1); // typed in one go
    row("binancebtc", 2);
    row("binancebtcusdtusdt", 1);
    row("ethusd", 2); // without what separates
    row("binancexyz", 0);
    row("upbitbtc", 0); // nobody knows what it trades
}

void tst_Universe::search()
{
    QFETCH(QString, text);
    QFETCH(int, hits);
    UniverseModel model;
    const QAbstractItemModelTester guard(&model);
    model.setIndex(small(), stored());
    model.setFilter(text);
    QCOMPARE(static_cast<int>(model.hitCount()), hits);
}

void tst_Universe::typingOnFindsTheSame()
{
    const auto index = largeUniverse(5000);
    UniverseModel typed, whole;
    typed.setIndex(index, {});
    whole.setIndex(index, {});
    const QString text = QStringLiteral("btc venue1 usdt 1m");
    for (qsizetype i = 1; i <= text.size(); ++i) {
        typed.setFilter(text.left(i));
        whole.setFilter({});
        whole.setFilter(text.left(i));
        QCOMPARE(typed.hitCount(), whole.hitCount());
        QCOMPARE(typed.rowCount(), whole.rowCount());
    }
}

void tst_Universe::numbersAreToldByRow()
{
    UniverseModel model;
    model.setIndex(small(), stored());
    auto list = stored();
    QVERIFY(model.universe().holds(list));
    list[1].rows = 99;
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    model.setStored(list);
    model.setStored(list);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 2); // the series and its symbol
    const QModelIndex leaf = model.find(list[1].record.key);
    QCOMPARE(leaf.siblingAtColumn(UniverseModel::Rows).data().toString(), QStringLiteral("99"));
    QCOMPARE(leaf.parent().siblingAtColumn(UniverseModel::Rows).data().toString(), QStringLiteral("99"));
    list.push_back(storedSeries(9, "bybit", "BTC/USDT:USDT", "1m", MarketType::Linear));
    QVERIFY(!model.universe().holds(list));
}

void tst_Universe::runningJobsShow()
{
    UniverseModel model;
    model.setIndex(small(), stored());
    JobSnapshot job;
    job.id = 5;
    job.series = stored()[1].record.key;
    job.state = JobState::Running;
    const QModelIndex leaf = model.find(job.series);
    const auto state = [&] { return leaf.siblingAtColumn(UniverseModel::State).data().toString(); };
    const QString gaps = state();
    QVERIFY(gaps.contains(QStringLiteral("gaps")) && !gaps.contains(QStringLiteral("no gaps")));
    model.applyJobs({job});
    model.applyJobs({job});
    QVERIFY(state().contains(QStringLiteral("running")));
    job.state = JobState::Paused;
    model.applyJobs({job});
    QVERIFY(state().contains(QStringLiteral("paused")));
    JobSnapshot other = job;
    other.id = 6;
    other.state = JobState::Running;
    model.applyJobs({other});
    QVERIFY(state().contains(QStringLiteral("running"))); // one of two works
    other.state = JobState::Cancelled;
    model.applyJobs({other});
    QVERIFY(state().contains(QStringLiteral("paused")));
    job.state = JobState::Complete;
    model.applyJobs({job});
    QCOMPARE(state(), gaps);
}

void tst_Universe::storedOnly()
{
    UniverseModel model;
    const QAbstractItemModelTester guard(&model);
    model.setIndex(small(), stored());
    model.setStoredOnly(true);
    QCOMPARE(below(model), words("Binance|gone|Kraken"));
    const QModelIndex leaf = model.find(stored()[1].record.key);
    QCOMPARE(below(model, leaf.parent()), words("1m"));
    SeriesKey other = stored()[1].record.key;
    other.timeframe = *Timeframe::fromName("1h");
    QVERIFY(!model.find(other).isValid());
    model.setStoredOnly(false);
    QVERIFY(model.find(other).isValid());
}

void tst_Universe::statesAreToldInWords()
{
    UniverseModel model;
    auto list = stored();
    list[0].answered = list[0].expected;
    model.setIndex(small(list), list);
    const QModelIndex complete = model.find(list[0].record.key);
    QVERIFY(complete.siblingAtColumn(UniverseModel::State).data().toString().contains(QStringLiteral("no gaps")));
    QVERIFY(complete.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("no gaps")));
    model.setFetching("upbit", true);
    QVERIFY(model.index(4, UniverseModel::State).data().toString().contains(QStringLiteral("fetching")));
    model.setFetching("upbit", false);
    QCOMPARE(model.index(4, UniverseModel::State).data().toString(), QStringLiteral("no market list yet"));
}

void tst_Universe::hundredThousandInstruments()
{
    const StoredSeriesList list {storedSeries(1, "venue7", "BTC/USDT", "1m")};
    UniverseModel model;
    const QAbstractItemModelTester guard(&model);
    const auto index = largeUniverse(100'000, list);
    QVERIFY(index->entries().size() >= 95'000);
    model.setIndex(index, list);
    QTreeView view;
    view.setUniformRowHeights(true);
    view.setModel(&model);
    view.show();
    for (const char* text : {"b", "bt", "btc", "btc v", "btc venue7", "btc venue7 usdt", "btc", ""})
        model.setFilter(QString::fromLatin1(text));
    QCOMPARE(model.rowCount(), 100);
    const QModelIndex leaf = model.find(list[0].record.key);
    QVERIFY(leaf.isValid());
    view.expand(leaf.parent().parent());
    view.scrollTo(leaf);
    QCOMPARE(model.parent(leaf.parent()).parent().row(), 0); // stored venues first
}

void tst_Universe::panelFollowsAndWaits()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    QSignalSpy chosen(&panel, &UniversePanel::chosen);
    const auto list = stored();
    panel.select(list[1].record.key);
    QCOMPARE(chosen.count(), 0);
    model.setIndex(small({list[0]}), {list[0]}); // BTC/USDT is there, and not stored
    QCOMPARE(chosen.count(), 0);
    model.setIndex(small(), list);
    QCOMPARE(chosen.count(), 0); // nobody has chosen it: the page in view stays
    QCOMPARE(panel.selected()->record.id, 2);
    panel.filter()->setText(QStringLiteral("kraken"));
    panel.select(list[1].record.key); // filtered away: the filter gives way
    QVERIFY(panel.filter()->text().isEmpty());
    QCOMPARE(panel.selected()->record.id, 2);
}

void tst_Universe::narrowPanelsShowFewerColumns()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    model.setIndex(small(), stored());
    panel.show();
    const auto hidden = [&panel] {
        const auto* header = panel.findChild<QTreeView*>()->header();
        return header->hiddenSectionCount();
    };
    const int em = panel.fontMetrics().horizontalAdvance(u'0');
    panel.resize(120 * em, 400);
    QCOMPARE(hidden(), 0);
    panel.resize(64 * em, 400);
    QCOMPARE(hidden(), 2); // the first and the last bar
    QVERIFY(!panel.findChild<QTreeView*>()->isColumnHidden(UniverseModel::Coverage));
    panel.resize(20 * em, 400);
    QVERIFY(!panel.findChild<QTreeView*>()->isColumnHidden(UniverseModel::State));
    panel.resize(120 * em, 400);
    QCOMPARE(hidden(), 0);
}

void tst_Universe::panelActions()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    model.setIndex(small(), stored());
    panel.show();
    const auto action = [&panel](const char* text) {
        for (QAction* one : panel.actions()) {
            if (one && one->text().remove(u'&').startsWith(QLatin1String(text)))
                return one;
        }
        return static_cast<QAction*>(nullptr);
    };
    QVERIFY(!action("Open chart")->isEnabled());
    QVERIFY(reasonOf(*action("Open chart")).contains(QStringLiteral("stored")));
    QTreeView* view = panel.view();
    view->setCurrentIndex(model.find(stored()[1].record.key));
    QSignalSpy holes(&panel, &UniversePanel::holesRequested);
    action("Backfill only its holes")->trigger();
    QCOMPARE(holes.count(), 1);
    action("Copy symbol")->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("BTC/USDT"));
    action("Same symbol")->trigger();
    QCOMPARE(panel.filter()->text(), QStringLiteral("BTC/USDT"));
    QCOMPARE(static_cast<int>(model.hitCount()), 3);
    panel.filter()->clear();
    // Return on what is not stored offers its backfill, on an exchange without a list fetches it.
    QSignalSpy backfill(&panel, &UniversePanel::backfillRequested);
    QSignalSpy fetch(&panel, &UniversePanel::fetchRequested);
    SeriesKey other = stored()[1].record.key;
    other.timeframe = *Timeframe::fromName("1d");
    view->setCurrentIndex(model.find(other));
    emit view->activated(view->currentIndex());
    QCOMPARE(backfill.count(), 1);
    QCOMPARE(backfill[0][0].value<SeriesKey>(), other);
    view->setCurrentIndex(model.index(4, 0));
    emit view->activated(view->currentIndex());
    QCOMPARE(fetch.count(), 1);
    QCOMPARE(fetch[0][0].value<std::string>(), std::string("upbit"));

    UniversePanel reader(model, true);
    for (QAction* one : reader.actions()) {
        if (one && one->text().contains(QStringLiteral("ackfill")))
            QVERIFY(!one->isEnabled());
    }
}

void tst_Universe::panelKeepsWhatWasUnfolded()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    model.setIndex(small(), stored());
    panel.show();
    QTreeView* view = panel.view();
    QVERIFY(view->isExpanded(model.find(stored()[1].record.key).parent())); // stored ones, at first
    view->collapseAll();
    const QModelIndex bybit = model.index(3, 0);
    view->expand(bybit);
    panel.filter()->setText(QStringLiteral("eth"));
    QVERIFY(view->isExpanded(model.index(0, 0)));
    panel.filter()->clear();
    QVERIFY(view->isExpanded(model.index(3, 0)));
    QVERIFY(!view->isExpanded(model.index(0, 0)));
}

void tst_Universe::panelStaysWhereItWas()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    const StoredSeriesList list {storedSeries(1, "venue7", "BTC/USDT", "1m")};
    model.setIndex(largeUniverse(5'000, list), list);
    panel.resize(400, 300);
    panel.show();
    QTreeView* view = panel.view();
    const auto top = [&] { return view->indexAt({0, 0}).data().toString(); };
    view->scrollTo(model.index(60, 0), QAbstractItemView::PositionAtTop);
    const QString before = top();
    QVERIFY(before != model.index(0, 0).data().toString());
    model.setIndex(largeUniverse(5'000, list), list); // another list came in
    QCOMPARE(top(), before);
    panel.filter()->setText(QStringLiteral("btc"));
    QCOMPARE(top(), model.index(0, 0).data().toString()); // what was found, from the first on
    panel.filter()->clear();
    QCOMPARE(top(), before);
    panel.filter()->setText(QStringLiteral("venue33 btc"));
    view->setCurrentIndex(model.index(0, 0));
    panel.filter()->clear(); // somebody has found what he looked for
    QCOMPARE(view->currentIndex().data().toString(), QStringLiteral("Venue 33"));
    QVERIFY(view->viewport()->rect().intersects(view->visualRect(view->currentIndex())));
}

void tst_Universe::everyExchangeCanBeAsked()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    model.setIndex(small(), stored());
    panel.showSymbol(QStringLiteral("BTC/USDT"));
    QSignalSpy asked(&panel, &UniversePanel::fetchRequested);
    QAction* all = nullptr;
    for (QAction* action : panel.actions())
        all = action && action->text().contains(QStringLiteral("missing")) ? action : all;
    QVERIFY(all && all->isEnabled());
    all->trigger();
    QStringList venues;
    for (const auto& call : asked)
        venues << QString::fromStdString(call[0].value<std::string>());
    QCOMPARE(venues, words("gone|kraken|upbit"));
    const auto* count = panel.findChildren<QLabel*>().last();
    QVERIFY2(count->text().endsWith(QStringLiteral("3 exchanges have not been asked")), qPrintable(count->text()));
}

void tst_Universe::emptyTreesSayWhatToDo()
{
    UniverseModel model;
    UniversePanel panel(model, false);
    panel.show();
    QVERIFY(!panel.view()->isVisible());
    model.setIndex(small(), stored());
    QVERIFY(panel.view()->isVisible());
    panel.setStoredOnly(true);
    panel.filter()->setText(QStringLiteral("ada"));
    QVERIFY(!panel.view()->isVisible());
    auto* all = panel.findChild<QPushButton*>();
    QVERIFY(all->isVisible());
    QTest::mouseClick(all, Qt::LeftButton);
    QVERIFY(panel.view()->isVisible());
    QCOMPARE(static_cast<int>(model.hitCount()), 1);
}

QTEST_MAIN(tst_Universe)
#include "tst_universe.moc"
