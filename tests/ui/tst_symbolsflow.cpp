// From the screen "Sources & limits" to a corrected symbol that the engine uses: with a real engine, asking the simulated provider.
#include <QAction>
#include <QFile>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QTreeView>

#include "tests/ui/marketfixture.h"
#include "ui/bridge/storagewatch.h"
#include "ui/shell/infoscreens.h"
#include "ui/sources/limitspage.h"
#include "ui/sources/symbolsdialog.h"
#include "ui/widgets/messagepage.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

/// The screen on a real engine that looks after its settings.
struct Fixture {
    QTemporaryDir folder;
    Market market;
    std::unique_ptr<Engine> engine;
    std::unique_ptr<EngineBridge> bridge;
    std::unique_ptr<StorageWatch> storage;
    QObject owner;
    InfoScreens* screens = nullptr;
    LimitsPage* page = nullptr;

    ~Fixture()
    {
        if (screens)
            delete screens->limits();
    }
    bool open(const char* key)
    {
        qputenv("MNEMO_SECRET_COINALYZE_API_KEY", key);
        if (!market.start({u"--exchange"_s, u"binance,coinalyze"_s}))
            return false;
        EngineOptions options;
        options.config.shipped = std::filesystem::path(MNEMO_SOURCE_DIR) / "config";
        options.config.user = settingsFolder().toStdString();
        options.config.sets = market.sets();
        options.dataDir = folder.path().toStdString();
        options.watchSettings = true;
        auto opened = Engine::open(std::move(options));
        if (!opened)
            return false;
        engine = std::move(*opened);
        bridge = std::make_unique<EngineBridge>(*engine, false);
        storage = std::make_unique<StorageWatch>(*bridge);
        screens = new InfoScreens(*bridge, *storage, settingsFolder(), &owner);
        bridge->begin();
        screens->limits()->show();
        page = screens->limits()->madePage();
        return page != nullptr;
    }
    QString settingsFolder() const { return folder.filePath(u"settings"_s); }
    QString file() const { return settingsFolder() + u"/exchanges/coinalyze.yaml"_s; }
    bool choose(const QString& lane) const
    {
        const auto* model = page->model();
        for (int i = 0; i < model->rowCount(); ++i) {
            if (model->index(i, 0).data().toString() == lane) {
                page->view()->setCurrentIndex(model->index(i, 0));
                return true;
            }
        }
        return false;
    }
    SymbolsDialog* dialog() const { return page->window()->findChild<SymbolsDialog*>(); }
};

QModelIndex cell(SymbolsDialog& dialog, const char* symbol)
{
    const auto* shown = dialog.table()->model();
    for (int i = 0; i < shown->rowCount(); ++i)
        if (shown->index(i, SymbolsModel::Exchange).data().toString() == u"binance" && shown->index(i, SymbolsModel::Symbol).data().toString() == QLatin1StringView(symbol))
            return shown->index(i, SymbolsModel::ProviderSymbol);
    return {};
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::string plannedUrl(Engine& engine)
{
    BackfillRequest request;
    request.exchange = "binance";
    request.source = "coinalyze";
    request.symbol = "BTC/USDT:USDT";
    request.kind = Kind::OpenInterest;
    request.timeframe = *Timeframe::fromName("1h");
    request.range = {today() - std::chrono::days {2}, today() - std::chrono::days {1}};
    const auto plan = engine.plan(request);
    return plan && !plan->list.empty() ? plan->list.front().url : plan ? std::string() : plan.error().detail;
}

} // namespace

class tst_SymbolsFlow : public QObject {
    Q_OBJECT
private slots:
    void aCorrectionIsUsed();
    void aMissingKeyIsTold();
};

void tst_SymbolsFlow::aCorrectionIsUsed()
{
    Fixture f;
    QVERIFY(f.open("simulated-key"));
    QTRY_VERIFY(f.choose(u"kraken"_s));
    QVERIFY(!f.page->symbolsAction()->isEnabled()); // it has none but its own
    QVERIFY(f.choose(u"coinalyze"_s));
    QVERIFY(f.page->symbolsAction()->isEnabled());
    f.page->symbolsAction()->trigger();
    QTRY_VERIFY(f.dialog());
    SymbolsDialog& dialog = *f.dialog();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    QTRY_VERIFY_WITH_TIMEOUT(cell(dialog, "BTC/USDT:USDT").isValid(), 20'000);
    QCOMPARE(cell(dialog, "BTC/USDT:USDT").data().toString(), u"BTCUSDT_PERP.A"_s);
    QVERIFY(plannedUrl(*f.engine).find("symbols=BTCUSDT_PERP.A&") != std::string::npos); // its list was stored
    dialog.table()->setFocus();
    dialog.table()->setCurrentIndex(cell(dialog, "BTC/USDT:USDT"));
    QTest::keyClick(dialog.table(), Qt::Key_F2);
    auto* editor = dialog.table()->findChild<QLineEdit*>();
    QVERIFY(editor);
    QTest::keyClicks(editor, u"ETHUSDT_PERP.A"_s);
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(dialog.model()->changes().size(), std::size_t {1});
    QTest::keyClick(&dialog, Qt::Key_S, Qt::AltModifier);
    QTRY_VERIFY2(dialog.note().startsWith(u"\u2713 Saved to "_s + f.file()), qPrintable(dialog.note()));
    QCOMPARE(contentOf(f.file()), QByteArray("symbols:\n  binance:\n    BTC/USDT:USDT: ETHUSDT_PERP.A\n"));
    // The engine reads its settings again by itself, and the dialog tells where it is written now.
    QTRY_VERIFY_WITH_TIMEOUT(plannedUrl(*f.engine).find("symbols=ETHUSDT_PERP.A&") != std::string::npos, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(cell(dialog, "BTC/USDT:USDT").data(Qt::ToolTipRole).toString().contains(u"coinalyze.yaml:3:5"_s), 20'000);
    // Taken back, the list holds again.
    dialog.table()->setFocus();
    dialog.table()->selectRow(cell(dialog, "BTC/USDT:USDT").row());
    QTest::keyClick(dialog.table(), Qt::Key_Delete);
    QTest::keyClick(&dialog, Qt::Key_S, Qt::AltModifier);
    QTRY_VERIFY_WITH_TIMEOUT(plannedUrl(*f.engine).find("symbols=BTCUSDT_PERP.A&") != std::string::npos, 20'000);
    QCOMPARE(contentOf(f.file()), QByteArray("symbols:\n  binance:\n"));
    QTest::keyClick(&dialog, Qt::Key_Escape);
    QTRY_VERIFY(!f.dialog());
}

void tst_SymbolsFlow::aMissingKeyIsTold()
{
    Fixture f;
    QVERIFY(f.open(""));
    QTRY_VERIFY(f.choose(u"coinalyze"_s));
    f.page->symbolsAction()->trigger();
    QTRY_VERIFY(f.dialog());
    QTRY_COMPARE(f.dialog()->message()->title(), u"The market list of Coinalyze could not be had"_s);
    QVERIFY2(f.dialog()->message()->text().contains(u"put yours into the environment variable MNEMO_SECRET_COINALYZE_API_KEY"_s),
        qPrintable(f.dialog()->message()->text()));
}

QTEST_MAIN(tst_SymbolsFlow)
#include "tst_symbolsflow.moc"
