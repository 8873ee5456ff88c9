// The screen "Validation": a million findings in the table, and the real engine on a store with known defects.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <cmath>
#include <numeric>

#include "../unit/storefixture.h"
#include "core/engine/engine.h"
#include "fakevalidationport.h"
#include "ui/validation/enginevalidationport.h"
#include "ui/validation/findingfilterbar.h"
#include "ui/validation/findinginspector.h"
#include "ui/validation/neighbourchart.h"
#include "ui/validation/rawexcerpt.h"
#include "ui/validation/rulespage.h"
#include "ui/validation/sparklinedelegate.h"
#include "ui/validation/summarymodel.h"
#include "ui/validation/validationpage.h"
#include "ui/widgets/findingtext.h"
#include "places.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

constexpr int barCount = 2'000;
const UtcMs begin = fromMs(1'704'067'200'000); // 2024-01-01

/// Calm minutes that no rule minds.
std::vector<Candle> calmBars(double salt)
{
    std::vector<Candle> rows;
    double close = 100 + salt;
    for (int i = 0; i < barCount; ++i) {
        Candle bar;
        bar.openTime = begin + std::chrono::minutes {i};
        bar.open = close;
        close = 100 + salt + std::round(100 * 0.3 * std::sin(i * 0.7) * std::cos(i * 0.13)) / 100;
        bar.close = close;
        bar.high = std::max(bar.open, bar.close) + 0.05;
        bar.low = std::min(bar.open, bar.close) - 0.05;
        bar.volume = 10 + (i * 7) % 5;
        rows.push_back(bar);
    }
    return rows;
}

SeriesRecord storeSeries(StoreFixture& store, const char* exchange, std::vector<Candle> rows)
{
    SeriesRecord record;
    record.key = {exchange, exchange, MarketType::Spot, "BTC/USDT", Kind::Candles, *Timeframe::fromName("1m")};
    record.exchangeSymbol = "BTCUSDT";
    record = must(store.writer->ensureSeries(record));
    PageCommit page = StoreFixture::page(record, std::move(rows), begin + std::chrono::hours {100});
    page.archiveKey.clear();
    const std::array pages {page};
    must(store.writer->commit(pages));
    return record;
}

/// The screen on a real engine; binance has a high below the close and a close of a tenth, kraken is right.
struct Screen {
    QTemporaryDir folder;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<QSettings> settings;
    std::unique_ptr<EngineBridge> bridge;
    std::unique_ptr<EngineValidationPort> port;
    DisplayZone zone;
    std::unique_ptr<ValidationPage> page;
    QString told;

    bool open(StoreFixture& store, const QString& settingsFolder = {})
    {
        EngineOptions options;
        options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
        options.config.user = settingsFolder.toStdString();
        options.watchSettings = !settingsFolder.isEmpty();
        options.dataDir = store.path();
        store.writer.reset(); // one process writes at a time
        auto opened = Engine::open(std::move(options));
        if (!opened) {
            qWarning("%s", opened.error().detail.c_str());
            return false;
        }
        engine = std::move(*opened);
        settings = std::make_unique<QSettings>(folder.filePath(u"window.ini"_s), QSettings::IniFormat);
        bridge = std::make_unique<EngineBridge>(*engine, false);
        port = std::make_unique<EngineValidationPort>(*bridge, settingsFolder);
        page = std::make_unique<ValidationPage>(*port, zone, *settings);
        QObject::connect(bridge.get(), &EngineBridge::seriesChanged, page.get(), &ValidationPage::setSeriesList);
        QObject::connect(bridge.get(), &EngineBridge::rowsChanged, page.get(), &ValidationPage::storeChanged);
        QObject::connect(bridge.get(), &EngineBridge::settingsChanged, page.get(), &ValidationPage::settingsChanged);
        QObject::connect(page.get(), &ValidationPage::told, page.get(), [this](const QString& text) { told = text; });
        bridge->begin();
        page->resize(1300, 800);
        page->show();
        page->activateWindow();
        return QTest::qWaitForWindowActive(page.get());
    }
    ~Screen()
    {
        page.reset();
        port.reset();
        bridge.reset();
    }
    QString cell(int row, FindingColumn column) const
    {
        return page->model()->index(row, static_cast<int>(column)).data().toString();
    }
    QAction* action(const QString& part) const
    {
        for (QAction* one : page->actions()) {
            if (one && one->text().remove(u'&').contains(part))
                return one;
        }
        return nullptr;
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const
    {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : page.get(), key, modifiers);
    }
};

std::vector<Candle> defects()
{
    auto rows = calmBars(0);
    rows[700].high = rows[700].close - 0.2;
    rows[700].low = rows[700].high - 0.1;
    rows[1500].close = 10;
    rows[1500].low = 10;
    return rows;
}

std::vector<Candle> stored(Engine& engine, SeriesId series, int bar)
{
    const UtcMs open = begin + std::chrono::minutes {bar};
    return must(must(engine.store().openReader())->candles(series, {open, open + std::chrono::minutes {1}}));
}

} // namespace

class tst_ValidationPage : public QObject {
    Q_OBJECT
private slots:
    void aMillionFindingsScroll();
    void newOnesComeInFront();
    void anErrorIsTold();
    void wordsNameSeries_data();
    void wordsNameSeries();
    void excerptMarksTheField();
    void neighboursAreMarked();
    void emptyStatesSayWhatToDo();
    void revisionsAreToldInWords_data();
    void revisionsAreToldInWords();
    void aNarrowWindowGetsLinesNotWidth();
    void findInspectDecideUndo();
    void replaceFromAnotherVenue();
    void summaryLeadsToFindings();
    void previewCountsAndSaves();
    void checkOfManyBarsIsCancelled();
    void historyIsPaintedAndTold();
};

void tst_ValidationPage::aMillionFindingsScroll()
{
    FakeValidationPort port;
    port.ids.resize(1'000'000);
    std::iota(port.ids.rbegin(), port.ids.rend(), 1);
    DisplayZone zone;
    FindingsModel model(port, zone);
    QTableView view;
    view.setModel(&model);
    view.verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view.resize(900, 600);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QElapsedTimer clock;
    clock.start();
    model.setFilter({});
    QTRY_COMPARE(model.rowCount(), 1'000'000);
    const auto listed = clock.elapsed();
    qint64 worst = 0;
    for (const int row : {0, 999'999, 500'000, 123'456, 777'777}) {
        clock.restart();
        view.scrollTo(model.index(row, 0));
        view.repaint();
        worst = std::max(worst, clock.elapsed());
        QTRY_VERIFY(model.find(row) != nullptr);
        QCOMPARE(model.find(row)->id, 1'000'000 - row);
        QCOMPARE(model.index(row, static_cast<int>(FindingColumn::Why)).data().toString(),
            u"close 100 to %1"_s.arg(1'000'000 - row));
    }
    qInfo("a million findings: listed in %lld ms, longest jump %lld ms, %lld rows read", static_cast<long long>(listed),
        static_cast<long long>(worst), static_cast<long long>(port.rowsAsked));
    QVERIFY2(port.rowsAsked < 5'000, "only what is in view is read");
}

void tst_ValidationPage::newOnesComeInFront()
{
    FakeValidationPort port;
    port.ids = {5, 4, 3, 2, 1};
    DisplayZone zone;
    FindingsModel model(port, zone);
    QAbstractItemModelTester guard(&model);
    model.setFilter({});
    QTRY_COMPARE(model.rowCount(), 5);
    QTRY_VERIFY(model.find(0) != nullptr);
    const QPersistentModelIndex third = model.index(2, 0);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    port.ids = {7, 6, 5, 4, 3, 2, 1};
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 7);
    QCOMPARE(third.row(), 4); // what was looked at stays what it is
    port.ids = {7, 6, 5, 3, 2, 1};
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 6);
    QCOMPARE(third.row(), 3);
    QCOMPARE(model.rowOf(3), std::optional(3));
    QCOMPARE(reset.count(), 0);
    port.ids = {};
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 0);
}

void tst_ValidationPage::anErrorIsTold()
{
    FakeValidationPort port;
    port.ids = {1};
    port.isBroken = true;
    DisplayZone zone;
    FindingsModel model(port, zone);
    model.setFilter({});
    QTRY_VERIFY(model.error().has_value());
    QCOMPARE(model.rowCount(), 0);
    port.isBroken = false;
    model.refresh();
    QTRY_COMPARE(model.rowCount(), 1);
    QVERIFY(!model.error());
}

void tst_ValidationPage::wordsNameSeries_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("count");
    QTest::newRow("nothing is all") << QString() << 4;
    QTest::newRow("exchange") << u"kraken"_s << 1;
    QTest::newRow("part of the symbol, any case") << u"btc"_s << 3;
    QTest::newRow("minute is not month") << u"1m"_s << 3;
    QTest::newRow("month") << u"1M"_s << 1;
    QTest::newRow("all words") << u"binance eth"_s << 1;
    QTest::newRow("none") << u"binance doge"_s << 0;
}

void tst_ValidationPage::wordsNameSeries()
{
    QFETCH(QString, words);
    QFETCH(int, count);
    StoredSeriesList list;
    for (const auto& [exchange, symbol, frame] : {std::tuple {"binance", "BTC/USDT", "1m"},
             {"binance", "ETH/USDT", "1m"}, {"kraken", "BTC/USDT", "1m"}, {"bybit", "BTC/USDT", "1M"}}) {
        StoredSeries one;
        one.record.id = std::ssize(list) + 1;
        one.record.key = {exchange, exchange, MarketType::Spot, symbol, Kind::Candles, *Timeframe::fromName(frame)};
        list.push_back(one);
    }
    QCOMPARE(std::ssize(seriesNamed(words, list)), static_cast<std::ptrdiff_t>(count));
}

void tst_ValidationPage::excerptMarksTheField()
{
    RawAnswer answer;
    const std::string blanks(5'000, ' ');
    answer.body = blanks + "\u00e9[1704067200000,\"100.3\",\"100.1\",\"99.9\",\"100.3\"]" + blanks;
    const std::size_t row = answer.body.find('['), high = answer.body.find("100.1");
    answer.place = RawPlace {{row, 45}, {{"high", {high, 5}}, {"open_time", {row + 1, 13}}}};
    const RawExcerpt excerpt = excerptOf(answer, u"high 100.1 < close 100.3"_s, 100);
    QVERIFY(excerpt.isCut);
    QCOMPARE(excerpt.marks.size(), 3U);
    QCOMPARE(excerpt.text.mid(excerpt.marks[0].from, 1), u"["_s);
    QCOMPARE(excerpt.text.mid(excerpt.marks[1].from, excerpt.marks[1].length), u"100.1"_s);
    QVERIFY(excerpt.marks[1].isAtFault);
    QVERIFY(!excerpt.marks[2].isAtFault);
    QVERIFY(excerpt.text.size() < 400);
}

void tst_ValidationPage::neighboursAreMarked()
{
    FindingEvidence evidence;
    evidence.provenance.series.key.timeframe = *Timeframe::fromName("1m");
    evidence.provenance.finding.range = {begin + std::chrono::minutes {700}, begin + std::chrono::minutes {701}};
    evidence.shown = neighbourhood(evidence.provenance.finding, evidence.provenance.series.grid());
    QCOMPARE(evidence.shown.from, begin + std::chrono::minutes {690});
    QCOMPARE(evidence.shown.to, begin + std::chrono::minutes {711});
    for (const Candle& bar : defects()) {
        if (evidence.shown.contains(bar.openTime))
            evidence.bars.push_back(toBar(bar));
    }
    const QFontMetricsF metrics {QFont()};
    const NeighbourScene scene = prepareNeighbours(evidence, {420, 260}, metrics, 1);
    QCOMPARE(scene.candles.marks.size(), 21U);
    QVERIFY(scene.markedTo - scene.markedFrom > 10);
    QImage image(420, 260, QImage::Format_RGB32);
    const Theme theme = Theme::of(paletteOf(ThemeChoice::Light, SystemLook::Light));
    image.fill(theme.background);
    QPainter painter(&image);
    paintNeighbours(painter, scene, evidence, nullptr, ChartZone(), theme);
    painter.end();
    const int middle = static_cast<int>(scene.layout.price.left() + scene.markedFrom + 2);
    const int top = static_cast<int>(scene.layout.price.top()) + 20;
    QVERIFY(image.pixelColor(middle, top) != theme.background); // the band
    QCOMPARE(image.pixelColor(middle - 25, top), theme.background);
}

void tst_ValidationPage::emptyStatesSayWhatToDo()
{
    StoreFixture store;
    Screen screen;
    QVERIFY(screen.open(store));
    QTRY_VERIFY(screen.page->message()->text().contains(u"Nothing is stored yet"_s));
    screen.page.reset();
    screen.port.reset();
    screen.bridge.reset();
    screen.engine.reset();

    StoreFixture calm;
    storeSeries(calm, "kraken", calmBars(0.02));
    Screen other;
    QVERIFY(other.open(calm));
    QTRY_VERIFY(other.page->message()->text().contains(u"never been validated"_s));
    QTest::mouseClick(other.page->validateButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!other.page->isChecking(), 20'000);
    QTRY_VERIFY2(
        other.page->message()->text().contains(u"All clear"_s), qPrintable(other.page->message()->text() + other.told));
    QVERIFY(other.page->message()->text().contains(u"2,000"_s) || other.page->message()->text().contains(u"2000"_s));
    QVERIFY(other.page->status()->text().contains(u"Last check"_s));
}

void tst_ValidationPage::revisionsAreToldInWords_data()
{
    QTest::addColumn<QString>("details");
    QTest::addColumn<QString>("told");
    QTest::newRow("one field") << uR"({"page":3,"bars":1,"changes":[{"time":1704067200000,"old":{"close":100.1},"new":{"close":100.4}}]})"_s
                               << u"The bar of 2024-01-01 00:00 UTC: close 100.1, now 100.4 (+0.3)."_s;
    QTest::newRow("fields in the order of a bar")
        << uR"({"page":3,"bars":1,"changes":[{"time":1704067200000,"old":{"volume":5,"high":101},"new":{"volume":4,"high":102}}]})"_s
        << u"high 101, now 102 (+1); volume 5, now 4 (-1)."_s;
    QTest::newRow("not told before")
        << uR"({"page":3,"bars":1,"changes":[{"time":1704067200000,"old":{"trades":null},"new":{"trades":7}}]})"_s
        << u"trades not told, now 7."_s;
    QTest::newRow("a run") << uR"({"page":3,"bars":3,"changes":[{"time":1704067200000,"old":{"low":9},"new":{"low":8}}]})"_s
                           << u"low 9, now 8 (-1). Bars after it that changed too: 2."_s;
    QTest::newRow("open interest") << uR"({"before":{"amount":12.5,"value":null}})"_s << u"Before it: amount 12.5."_s;
}

void tst_ValidationPage::revisionsAreToldInWords()
{
    QFETCH(QString, details);
    QFETCH(QString, told);
    QLocale::setDefault(QLocale::c());
    Finding finding;
    finding.rule = "revision";
    finding.details = details.toStdString();
    finding.createdAt = begin + std::chrono::hours {10};
    const QString text = whyOf(finding);
    QVERIFY2(text.startsWith(u"Another answer came at 2024-01-01 10:00 UTC."_s), qPrintable(text));
    QVERIFY2(text.endsWith(told), qPrintable(text));
}

void tst_ValidationPage::aNarrowWindowGetsLinesNotWidth()
{
    DisplayZone zone;
    FindingFilterBar bar(zone);
    bar.resize(1000, bar.heightForWidth(1000));
    bar.show();
    const int wide = bar.heightForWidth(1000);
    QVERIFY2(bar.minimumSizeHint().width() <= 380, qPrintable(QString::number(bar.minimumSizeHint().width())));
    QVERIFY(bar.heightForWidth(380) > wide);
    bar.resize(380, bar.heightForWidth(380));
    const auto buttons = bar.findChildren<QToolButton*>(Qt::FindDirectChildrenOnly);
    QVERIFY(buttons.size() >= 8);
    for (const QToolButton* button : buttons) { // all are there, none over another one
        QVERIFY2(bar.rect().contains(button->geometry()), qPrintable(button->text()));
        for (const QToolButton* other : buttons)
            QVERIFY2(other == button || !other->geometry().intersects(button->geometry()), qPrintable(button->text()));
    }
}

void tst_ValidationPage::findInspectDecideUndo()
{
    StoreFixture store;
    const SeriesRecord binance = storeSeries(store, "binance", defects());
    storeSeries(store, "kraken", calmBars(0.02));
    Screen screen;
    QVERIFY(screen.open(store));
    QTRY_VERIFY(screen.page->message()->isVisible() && screen.page->message()->text().contains(u"never"_s));
    QTest::mouseClick(screen.page->validateButton(), Qt::LeftButton); // 1
    QTRY_VERIFY_WITH_TIMEOUT(!screen.page->isChecking(), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(screen.page->model()->rowCount() > 0, 5'000);
    auto* rule = screen.page->filterBar()->rule();
    rule->setCurrentIndex(rule->findData(u"high_not_highest"_s));
    QTRY_COMPARE(screen.page->model()->rowCount(), 1);
    QTRY_VERIFY(screen.page->model()->find(0) != nullptr);
    QVERIFY(screen.cell(0, FindingColumn::Series).contains(u"binance"_s));
    QVERIFY2(screen.cell(0, FindingColumn::Why).contains(u"high"_s), qPrintable(screen.cell(0, FindingColumn::Why)));
    screen.page->table()->setFocus();
    screen.page->table()->selectRow(0); // 2
    auto* inspector = screen.page->inspector();
    QTRY_VERIFY(inspector->evidence().has_value());
    QCOMPARE(inspector->evidence()->bars.size(), 21U);
    QVERIFY(inspector->chart()->accessibleDescription().contains(u"part of the finding"_s));
    QCOMPARE(inspector->values()->rowCount(), 2);
    QVERIFY(inspector->values()->item(1, 0)->text().contains(u"kraken"_s));
    QVERIFY(!inspector->raw()->isVisibleTo(inspector)); // nothing was archived, and a sentence says so
    QVERIFY(inspector->arithmetic()->text().contains(u"high"_s));
    // With all that it shows it fits beside the universe in a window of 1280.
    QVERIFY2(screen.page->minimumSizeHint().width() <= 760, qPrintable(QString::number(screen.page->minimumSizeHint().width())));

    QTRY_VERIFY(screen.action(u"Quarantine"_s)->isEnabled());
    screen.page->table()->setFocus();
    screen.press(Qt::Key_Q); // 3
    QTRY_VERIFY2(screen.cell(0, FindingColumn::State).contains(u"Quarantined"_s), qPrintable(screen.told));
    QCOMPARE(stored(*screen.engine, binance.id, 700).front().flags & Quarantined, std::uint32_t {Quarantined});
    QTRY_COMPARE(inspector->decisions()->rowCount(), 1);
    screen.press(Qt::Key_Z, Qt::ControlModifier); // 4
    QTRY_VERIFY(screen.cell(0, FindingColumn::State).contains(u"Open"_s));
    QCOMPARE(stored(*screen.engine, binance.id, 700).front().flags & Quarantined, 0U);
    QTRY_COMPARE(inspector->decisions()->rowCount(), 2); // the log only grows

    QTRY_VERIFY(screen.action(u"Accept"_s)->isEnabled());
    screen.page->table()->setFocus();
    screen.press(Qt::Key_A); // needs a reason: asks for it
    QCOMPARE(QApplication::focusWidget(), inspector->reason());
    QTest::keyClicks(inspector->reason(), u"seen on the venue's own chart"_s);
    screen.press(Qt::Key_Return);
    QTRY_VERIFY(screen.cell(0, FindingColumn::State).contains(u"Accepted"_s));
    QTRY_COMPARE(inspector->decisions()->rowCount(), 3);
    QCOMPARE(inspector->decisions()->item(2, 3)->text(), u"seen on the venue's own chart"_s);
    QVERIFY(!inspector->decisions()->item(2, 1)->text().isEmpty());
}

void tst_ValidationPage::replaceFromAnotherVenue()
{
    StoreFixture store;
    const SeriesRecord binance = storeSeries(store, "binance", defects());
    const SeriesRecord kraken = storeSeries(store, "kraken", calmBars(0.02));
    Screen screen;
    QVERIFY(screen.open(store));
    QTRY_VERIFY(screen.page->message()->text().contains(u"never"_s));
    screen.page->validateButton()->click();
    QTRY_VERIFY_WITH_TIMEOUT(!screen.page->isChecking(), 20'000);
    screen.page->showRule(u"high_not_highest"_s);
    QTRY_COMPARE(screen.page->model()->rowCount(), 1);
    screen.page->table()->selectRow(0);
    QTRY_VERIFY(screen.page->inspector()->replacement().has_value());
    QCOMPARE(screen.page->inspector()->replacement()->id, kraken.id);
    QTRY_VERIFY(screen.action(u"Replace from kraken"_s) && screen.action(u"Replace from kraken"_s)->isEnabled());
    const Candle before = stored(*screen.engine, binance.id, 700).front();
    screen.page->inspector()->reason()->setText(u"kraken traded through it"_s);
    screen.action(u"Replace"_s)->trigger();
    QTRY_VERIFY2(screen.cell(0, FindingColumn::State).contains(u"Replaced"_s), qPrintable(screen.told));
    const Candle now = stored(*screen.engine, binance.id, 700).front();
    QCOMPARE(now.high, stored(*screen.engine, kraken.id, 700).front().high);
    QVERIFY((now.flags & Replaced) && (now.flags & Foreign));
    screen.action(u"Undo the last"_s)->trigger();
    QTRY_VERIFY2(screen.cell(0, FindingColumn::State).contains(u"Open"_s), qPrintable(screen.told));
    QCOMPARE(stored(*screen.engine, binance.id, 700).front().high, before.high);
    screen.action(u"Redo"_s)->trigger();
    QTRY_VERIFY2(screen.cell(0, FindingColumn::State).contains(u"Replaced"_s), qPrintable(screen.told));
}

void tst_ValidationPage::summaryLeadsToFindings()
{
    StoreFixture store;
    storeSeries(store, "binance", defects());
    storeSeries(store, "kraken", calmBars(0.02));
    Screen screen;
    QVERIFY(screen.open(store));
    QTRY_VERIFY(screen.page->message()->text().contains(u"never"_s));
    screen.page->validateButton()->click();
    QTRY_VERIFY_WITH_TIMEOUT(!screen.page->isChecking(), 20'000);
    const QAbstractItemModel* summary = screen.page->summary()->model();
    QCOMPARE(summary->columnCount(), 2);
    QVERIFY(summary->rowCount() > 10);
    int failing = 0;
    QModelIndex cell;
    for (int row = 0; row < summary->rowCount(); ++row) {
        if (summary->headerData(row, Qt::Vertical).toString().contains(u"high"_s, Qt::CaseInsensitive)
            && summary->index(row, 0).data().toString().contains(u"1"_s))
            cell = summary->index(row, 0);
        failing += summary->index(row, 1).data().toString() != u"\u2713"_s ? 1 : 0;
    }
    QCOMPARE(failing, 0); // kraken passes all
    QVERIFY(cell.isValid());
    emit screen.page->summary()->activated(cell);
    QCOMPARE(screen.page->tabs()->currentIndex(), 0);
    QTRY_COMPARE(screen.page->model()->rowCount(), 1);
    QTRY_VERIFY(screen.cell(0, FindingColumn::Series).contains(u"binance"_s));
    // keys of the table: a next one that is not there changes nothing, and / goes to the filter
    screen.page->table()->setFocus();
    screen.press(Qt::Key_BraceRight);
    QCOMPARE(screen.page->table()->currentIndex().row(), 0);
    screen.press(Qt::Key_Slash);
    QCOMPARE(QApplication::focusWidget(), screen.page->filterBar()->text());
}

void tst_ValidationPage::previewCountsAndSaves()
{
    StoreFixture store;
    storeSeries(store, "binance", defects());
    QTemporaryDir folder;
    QFile file(folder.filePath(u"quality.yaml"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("# mine\nrules:\n  price_jump:\n    window: 300 # shorter\n");
    file.close();
    Screen screen;
    QVERIFY(screen.open(store, folder.path()));
    RulesPage* rules = screen.page->rules();
    screen.page->tabs()->setCurrentWidget(rules);
    rules->choose("price_jump");
    QCOMPARE(rules->threshold(2)->value(), 300.0);
    QVERIFY(rules->change().isEmpty());
    QVERIFY(!rules->saveButton()->isEnabled());
    rules->threshold(1)->setValue(0); // any change may be a jump
    rules->threshold(0)->setValue(1.2);
    QTRY_VERIFY2(rules->preview()->text().contains(u"Would flag"_s), qPrintable(rules->preview()->text()));
    const QString many = rules->preview()->text();
    rules->threshold(1)->setValue(1e6);
    QTRY_VERIFY(rules->preview()->text().contains(u"Would flag 0 bars"_s));
    QVERIFY2(many != rules->preview()->text(), qPrintable(many));
    rules->threshold(1)->setValue(0);
    rules->threshold(0)->setValue(25);
    QVERIFY(rules->saveButton()->isEnabled());
    rules->saveButton()->click();
    QTRY_VERIFY2(screen.told.contains(u"Saved"_s), qPrintable(screen.told));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY2(text.startsWith("# mine\nrules:\n  price_jump:\n"), text.constData());
    QVERIFY2(text.contains("    z: 25\n") && text.contains("    min_change: 0\n"), text.constData());
    QVERIFY2(text.contains("    window: 300 # shorter\n"), text.constData());
    QTRY_VERIFY_WITH_TIMEOUT(rules->change().isEmpty(), 8'000); // the engine has read it again
    QCOMPARE(rules->threshold(0)->value(), 25.0);
    QVERIFY(!rules->saveButton()->isEnabled());
}

void tst_ValidationPage::checkOfManyBarsIsCancelled()
{
    StoreFixture store;
    storeSeries(store, "binance", defects());
    Screen screen;
    QVERIFY(screen.open(store));
    QTRY_VERIFY(screen.page->message()->text().contains(u"never"_s));
    screen.page->validateButton()->click();
    auto* cancel = screen.page->findChild<QPushButton*>(u"cancelCheck"_s);
    QVERIFY(cancel && cancel->isVisible());
    cancel->click();
    QTRY_VERIFY(!screen.page->isChecking());
    QVERIFY(screen.page->validateButton()->isVisible());
    QVERIFY(!screen.told.isEmpty()); // cancelled, or it was quicker
}

void tst_ValidationPage::historyIsPaintedAndTold()
{
    QCOMPARE(sparkHeights({}, 10), std::vector<int> {});
    QCOMPARE(sparkHeights({0, 0}, 10), (std::vector<int> {0, 0}));
    QCOMPARE(sparkHeights({1, 0, 500, 1000}, 10), (std::vector<int> {1, 0, 5, 10})); // one of a thousand shows

    FakeValidationPort port;
    port.ids = {1, 2, 3};
    DisplayZone zone;
    QTemporaryDir folder;
    QSettings settings(folder.filePath(u"window.ini"_s), QSettings::IniFormat);
    ValidationPage page(port, zone, settings);
    page.resize(1200, 700);
    page.tabs()->setCurrentIndex(1);
    page.show();
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    RulesModel* rules = page.rules()->model();
    const auto cell = [&](const char* rule) {
        return rules->index(rules->rowOf(rule), static_cast<int>(RuleColumn::History));
    };
    QTRY_COMPARE(cell("price_jump").data(Qt::AccessibleTextRole).toString(),
        u"Findings raised in the last 30 days: 15; today: 3; most on one day: 12, 3 days ago"_s);
    QVERIFY(cell("flat_run").data(Qt::AccessibleTextRole).toString().startsWith(u"No finding"_s));
    QVERIFY(cell("price_jump").data().toString().isEmpty());
    const auto pictureOf = [&](const char* rule) {
        QTableView* table = page.rules()->table();
        table->scrollTo(cell(rule));
        table->clearSelection();
        return table->viewport()->grab(table->visualRect(cell(rule))).toImage();
    };
    const QImage jumps = pictureOf("price_jump");
    const auto inks = [](const QImage& image, const QRect& where) {
        int dark = 0;
        for (int y = where.top(); y <= where.bottom(); ++y) {
            for (int x = where.left(); x <= where.right(); ++x)
                dark += image.pixelColor(x, y).lightness() < 120 ? 1 : 0;
        }
        return dark;
    };
    const QRect right(jumps.width() / 2, 0, jumps.width() / 2, jumps.height() - 6); // above the base line
    QVERIFY(inks(jumps, right) >= 12);
    QCOMPARE(inks(pictureOf("flat_run"), right), 0);
}

QTEST_MAIN(tst_ValidationPage)
#include "tst_validationpage.moc"
