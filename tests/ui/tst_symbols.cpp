// What a provider calls the markets of the exchanges: the table, its filter, corrections by keys and clicks, and how they are written.
#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QAction>
#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QCompleter>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "core/config/node.h"
#include "ui/sources/symbolsdialog.h"
#include "ui/widgets/messagepage.h"
#include "ui/widgets/theme.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

namespace {

MappedSymbol row(const char* exchange, const char* symbol, const char* id, MappingOrigin origin, const char* unit = "base")
{
    const auto market = parseSymbol(symbol).value().market();
    return {exchange, market, symbol, id, origin == MappingOrigin::Corrected ? "" : id, unit, origin, true, {}};
}

std::shared_ptr<ProviderMapping> mapping()
{
    auto mapping = std::make_shared<ProviderMapping>();
    mapping->provider = "gauge";
    mapping->name = "Gauge";
    mapping->hasList = true;
    mapping->units = {{"BTCUSDT_PERP.A", "base"}, {"BTCUSD_PERP.A", "quote"}, {"ETHUSDT_PERP.A", "base"}, {"ETHUSDT_PERP.H", "base"}, {"BTC.V", "base"}};
    mapping->rows = {row("Vertex", "BTC/USDT:USDT", "BTC.V", MappingOrigin::UnknownExchange),
        row("binance", "BTC/USDT:USDT", "BTCUSDT_PERP.A", MappingOrigin::Listed), row("binance", "ETH/USDT:USDT", "ETHUSDT_PERP.A", MappingOrigin::Listed),
        row("binance", "BTC/USD:BTC", "BTCUSD_PERP.A", MappingOrigin::Listed, "quote"), row("htx", "ETH/USDT:USDT", "ETHUSDT_PERP.H", MappingOrigin::Listed),
        row("okx", "SOL/USDT:USDT", "", MappingOrigin::NotMapped, "")};
    return mapping;
}

/// Answers when it is told to.
class FakePort final : public SymbolsPort {
public:
    struct Seen {
        bool isReadOnly = false;
        Result<Mapping> kept = std::make_shared<const ProviderMapping>();
        Answer<const Result<Mapping>&> fetched;
        std::stop_token stop;
        int asked = 0;
        std::vector<std::vector<SymbolChange>> saved;
        Result<QString> file = u"/home/me/exchanges/gauge.yaml"_s;
    };
    explicit FakePort(Seen& seen)
        : m_seen(seen)
    {
    }
    bool isReadOnly() const override { return m_seen.isReadOnly; }
    void stored(const std::string&, QObject*, Answer<const Result<Mapping>&> answer) override { answer(m_seen.kept); }
    void fetch(const std::string&, QObject*, std::stop_token stop, Answer<const Result<Mapping>&> answer) override
    {
        ++m_seen.asked;
        m_seen.stop = std::move(stop);
        m_seen.fetched = std::move(answer);
    }
    void save(const std::string&, std::vector<SymbolChange> changes, QObject*, Answer<const Result<QString>&> answer) override
    {
        m_seen.saved.push_back(std::move(changes));
        answer(m_seen.file);
    }

private:
    Seen& m_seen;
};

struct Fixture {
    FakePort::Seen seen;
    std::unique_ptr<SymbolsDialog> dialog;

    explicit Fixture(bool isKept = true)
    {
        if (isKept)
            seen.kept = SymbolsPort::Mapping(mapping());
    }
    bool open()
    {
        dialog = std::make_unique<SymbolsDialog>(std::make_unique<FakePort>(seen), "gauge", u"Gauge"_s);
        dialog->show();
        return QTest::qWaitForWindowActive(dialog.get());
    }
    QTableView* table() const { return dialog->table(); }
    QModelIndex cell(const char* exchange, const char* symbol, int column = SymbolsModel::ProviderSymbol) const
    {
        const auto* shown = table()->model();
        for (int i = 0; i < shown->rowCount(); ++i)
            if (shown->index(i, SymbolsModel::Exchange).data().toString() == QLatin1StringView(exchange)
                && shown->index(i, SymbolsModel::Symbol).data().toString() == QLatin1StringView(symbol))
                return shown->index(i, column);
        return {};
    }
    QString text(const char* exchange, const char* symbol, int column = SymbolsModel::ProviderSymbol) const { return cell(exchange, symbol, column).data().toString(); }
    /// As somebody does: Enter on the row, the symbol, Enter.
    void type(const char* exchange, const char* symbol, const QString& id)
    {
        table()->setFocus();
        table()->setCurrentIndex(cell(exchange, symbol, SymbolsModel::Symbol));
        QTest::keyClick(table(), Qt::Key_Return);
        auto* editor = table()->findChild<QLineEdit*>();
        QVERIFY(editor);
        QTest::keyClick(editor, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClick(editor, Qt::Key_Delete);
        QTest::keyClicks(editor, id);
        QTest::keyClick(editor, Qt::Key_Return);
        QTRY_VERIFY(!table()->findChild<QLineEdit*>()); // it goes in its own time
    }
    QAbstractButton* button(const QString& text) const
    {
        for (auto* each : dialog->findChildren<QAbstractButton*>())
            if (each->text() == text)
                return each;
        return nullptr;
    }
    void click(const QString& text) const
    {
        QAbstractButton* const found = button(text);
        QVERIFY2(found && found->isVisible() && found->isEnabled(), qPrintable(text));
        QTest::mouseClick(found, Qt::LeftButton);
    }
    std::vector<SymbolChange> changes() const { return dialog->model()->changes(); }
};

using Wish = SymbolWish::Kind;

} // namespace

class tst_Symbols : public QObject {
    Q_OBJECT
private slots:
    void init() { QTest::failOnWarning(QRegularExpression(u"^Q[A-Z]"_s)); } // of Qt's classes; the plugin without a display warns too
    void everythingIsShown();
    void sortsAndFilters();
    void aSymbolIsCorrected();
    void completesFromTheList();
    void anEmptyCellMeansNone();
    void unknownIdsNeedAUnit();
    void resetAndUndo();
    void savesAndKeepsOn();
    void failuresToSaveAreTold();
    void closingAsks();
    void changesOutliveANewList();
    void aLongListIsCheap();
    void theListIsAskedFor();
    void failuresSayWhatToDo();
    void readOnlyOnlyShows();
    void lettersLeadToOnePlace();
    void everythingHasAName();
    void writesTheFile_data();
    void writesTheFile();
};

void tst_Symbols::everythingIsShown()
{
    Fixture f;
    QVERIFY(f.open());
    const QAbstractItemModelTester guard(f.dialog->model());
    const QAbstractItemModelTester shown(f.table()->model());
    QVERIFY(f.table()->isVisible());
    QCOMPARE(f.table()->model()->rowCount(), 6);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"BTCUSDT_PERP.A"_s);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::Unit), u"BTC (base)"_s);
    QCOMPARE(f.text("binance", "BTC/USD:BTC", SymbolsModel::Unit), u"USD (quote)"_s);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::From), u"\u2713 its list"_s);
    QCOMPARE(f.text("okx", "SOL/USDT:USDT"), u"none"_s);
    QCOMPARE(f.text("okx", "SOL/USDT:USDT", SymbolsModel::From), u"\u2013 not mapped"_s);
    QCOMPARE(f.text("Vertex", "BTC/USDT:USDT", SymbolsModel::From), u"\u2013 unknown exchange name"_s);
    const QModelIndex unknown = f.cell("Vertex", "BTC/USDT:USDT");
    QVERIFY(!(unknown.flags() & Qt::ItemIsEditable));
    QVERIFY(unknown.data(Qt::ToolTipRole).toString().contains(u"provider: { Vertex: ID }"_s));
    QCOMPARE(f.dialog->status(), u"6 markets, 6 shown \u00B7 corrected 0 \u00B7 not mapped 1 \u00B7 unknown exchange name 1"_s);
    QVERIFY(!f.button(u"&Save"_s)->isEnabled());
}

void tst_Symbols::sortsAndFilters()
{
    Fixture f;
    QVERIFY(f.open());
    const auto* shown = f.table()->model();
    f.table()->sortByColumn(SymbolsModel::ProviderSymbol, Qt::DescendingOrder);
    QCOMPARE(shown->index(0, SymbolsModel::ProviderSymbol).data().toString(), u"none"_s);
    QCOMPARE(shown->index(1, SymbolsModel::ProviderSymbol).data().toString(), u"ETHUSDT_PERP.H"_s);
    f.table()->setFocus();
    QTest::keyClick(f.table(), Qt::Key_Slash);
    QVERIFY(f.dialog->filterEdit()->hasFocus());
    QTest::keyClicks(f.dialog->filterEdit(), u"eth bin"_s);
    QTRY_COMPARE(shown->rowCount(), 1);
    QCOMPARE(shown->index(0, SymbolsModel::ProviderSymbol).data().toString(), u"ETHUSDT_PERP.A"_s);
    QTest::keyClick(f.dialog->filterEdit(), Qt::Key_Down);
    QVERIFY(f.table()->hasFocus());
    QTest::keyClick(f.table(), Qt::Key_F2); // at once
    QVERIFY(f.table()->findChild<QLineEdit*>());
    QTest::keyClick(f.table()->findChild<QLineEdit*>(), Qt::Key_Escape);
    QTRY_VERIFY(!f.table()->findChild<QLineEdit*>());
    QTest::keyClick(f.table(), Qt::Key_Slash);
    QTest::keyClick(f.dialog->filterEdit(), Qt::Key_End);
    QTest::keyClicks(f.dialog->filterEdit(), u" perp.z"_s);
    QTRY_VERIFY(f.dialog->message()->isVisible());
    QCOMPARE(f.dialog->message()->title(), u"No market is like that"_s);
    f.click(u"Show &all"_s);
    QTRY_COMPARE(shown->rowCount(), 6);
    QTest::keyClick(f.dialog.get(), Qt::Key_M, Qt::AltModifier);
    QTRY_COMPARE(shown->rowCount(), 2); // not mapped, and an exchange that nobody knows
    f.click(u"Only &corrected"_s);
    QCOMPARE(shown->rowCount(), 2); // and those corrected, of which there are none
    f.click(u"Only not &mapped"_s);
    QCOMPARE(shown->rowCount(), 0);
}

void tst_Symbols::aSymbolIsCorrected()
{
    Fixture f;
    QVERIFY(f.open());
    f.type("htx", "ETH/USDT:USDT", u"BTCUSD_PERP.A"_s);
    QCOMPARE(f.text("htx", "ETH/USDT:USDT"), u"BTCUSD_PERP.A"_s);
    QCOMPARE(f.text("htx", "ETH/USDT:USDT", SymbolsModel::Unit), u"USDT (quote)"_s); // as the list says of that id
    QCOMPARE(f.text("htx", "ETH/USDT:USDT", SymbolsModel::From), u"\u270E corrected by you (not saved)"_s);
    QVERIFY(f.cell("htx", "ETH/USDT:USDT").data(Qt::ToolTipRole).toString().contains(u"Gauge lists it as ETHUSDT_PERP.H."_s));
    QVERIFY(f.button(u"&Save"_s)->isEnabled());
    f.type("htx", "ETH/USDT:USDT", u"ETHUSDT_PERP.H"_s); // what the list has is no correction
    QVERIFY(f.changes().empty());
    f.type("okx", "SOL/USDT:USDT", u"SOLUSDT_PERP.3"_s);
    QCOMPARE(f.changes(), (std::vector<SymbolChange> {{"okx", "SOL/USDT:USDT", {Wish::Given, "SOLUSDT_PERP.3"}}}));
}

void tst_Symbols::completesFromTheList()
{
    Fixture f;
    QVERIFY(f.open());
    f.table()->setFocus();
    f.table()->setCurrentIndex(f.cell("okx", "SOL/USDT:USDT"));
    QTest::keyClick(f.table(), Qt::Key_F2);
    auto* editor = f.table()->findChild<QLineEdit*>();
    QVERIFY(editor && editor->completer());
    QTest::keyClicks(editor, u"usd_"_s); // in the middle, in any case
    QCOMPARE(editor->completer()->completionCount(), 1);
    QCOMPARE(editor->completer()->currentCompletion(), u"BTCUSD_PERP.A"_s);
    if (editor->completer()->popup()->isVisible())
        QTest::keyClick(editor->completer()->popup(), Qt::Key_Escape);
    QTest::keyClick(editor, Qt::Key_Escape);
    QTRY_VERIFY(!f.table()->findChild<QLineEdit*>());
    QVERIFY(f.dialog->isVisible());
    QVERIFY(f.changes().empty());
}

void tst_Symbols::anEmptyCellMeansNone()
{
    Fixture f;
    QVERIFY(f.open());
    f.type("binance", "BTC/USDT:USDT", {});
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"none"_s);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::From), u"\u270E corrected by you: none (not saved)"_s);
    QCOMPARE(f.changes(), (std::vector<SymbolChange> {{"binance", "BTC/USDT:USDT", {Wish::None, ""}}}));
    f.type("okx", "SOL/USDT:USDT", {}); // of which the list has none
    QCOMPARE(f.changes().size(), std::size_t {1});
}

void tst_Symbols::unknownIdsNeedAUnit()
{
    Fixture f;
    QVERIFY(f.open());
    QVERIFY(!(f.cell("okx", "SOL/USDT:USDT", SymbolsModel::Unit).flags() & Qt::ItemIsEditable));
    f.type("okx", "SOL/USDT:USDT", u"NEW.1"_s);
    QCOMPARE(f.text("okx", "SOL/USDT:USDT", SymbolsModel::From), u"\u26A0 corrected by you, not in its list (not saved)"_s);
    QCOMPARE(f.text("okx", "SOL/USDT:USDT", SymbolsModel::Unit), u"not stated"_s);
    QVERIFY(f.cell("okx", "SOL/USDT:USDT").data(Qt::ToolTipRole).toString().contains(u"Choose the unit"_s));
    f.table()->setCurrentIndex(f.cell("okx", "SOL/USDT:USDT", SymbolsModel::Unit));
    QTest::keyClick(f.table(), Qt::Key_F2);
    auto* choice = f.table()->findChild<QComboBox*>();
    QVERIFY(choice);
    QTest::keyClick(choice, Qt::Key_Down);
    QTest::keyClick(choice, Qt::Key_Down);
    QTest::keyClick(choice, Qt::Key_Return);
    QTRY_COMPARE(f.text("okx", "SOL/USDT:USDT", SymbolsModel::Unit), u"USDT (quote)"_s);
    QCOMPARE(f.changes(), (std::vector<SymbolChange> {{"okx", "SOL/USDT:USDT", {Wish::Given, "NEW.1", "quote"}}}));
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(f.text("okx", "SOL/USDT:USDT", SymbolsModel::Unit), u"not stated"_s);
}

void tst_Symbols::resetAndUndo()
{
    Fixture f;
    QVERIFY(f.open());
    f.type("binance", "BTC/USDT:USDT", u"ETHUSDT_PERP.A"_s);
    f.type("binance", "ETH/USDT:USDT", {});
    QCOMPARE(f.changes().size(), std::size_t {2});
    f.table()->clearSelection();
    QVERIFY(!f.button(u"Reset to the list's"_s)->isEnabled());
    f.table()->selectAll();
    f.click(u"Reset to the list's"_s);
    QVERIFY(f.changes().empty());
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"BTCUSDT_PERP.A"_s);
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier); // both at once
    QCOMPARE(f.changes().size(), std::size_t {2});
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(f.text("binance", "ETH/USDT:USDT"), u"ETHUSDT_PERP.A"_s);
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(f.changes().empty());
    QVERIFY(!f.button(u"Undo"_s)->isEnabled());
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"ETHUSDT_PERP.A"_s);
    f.table()->setFocus();
    f.table()->selectRow(f.cell("binance", "BTC/USDT:USDT").row());
    QTest::keyClick(f.table(), Qt::Key_Delete);
    QVERIFY(f.changes().empty());
}

void tst_Symbols::savesAndKeepsOn()
{
    Fixture f;
    QVERIFY(f.open());
    f.seen.fetched(SymbolsPort::Mapping(mapping()));
    f.type("binance", "BTC/USDT:USDT", u"ETHUSDT_PERP.A"_s);
    QTest::keyClick(f.dialog.get(), Qt::Key_S, Qt::AltModifier);
    QTRY_COMPARE(f.seen.saved, (std::vector<std::vector<SymbolChange>> {{{"binance", "BTC/USDT:USDT", {Wish::Given, "ETHUSDT_PERP.A"}}}}));
    QVERIFY(f.changes().empty());
    QVERIFY(f.dialog->note().startsWith(u"\u2713 Saved to /home/me/exchanges/gauge.yaml."_s));
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::From), u"\u270E corrected by you"_s);
    // The settings are read again: the place is known now, and what was saved can be undone.
    auto now = mapping();
    now->rows[1] = {"binance", MarketType::Linear, "BTC/USDT:USDT", "ETHUSDT_PERP.A", "BTCUSDT_PERP.A", "base", MappingOrigin::Corrected, true, "gauge.yaml:3:5"};
    f.seen.kept = SymbolsPort::Mapping(now);
    f.dialog->settingsChanged();
    QVERIFY(f.cell("binance", "BTC/USDT:USDT").data(Qt::ToolTipRole).toString().contains(u"Written in gauge.yaml:3:5"_s));
    QVERIFY(f.dialog->note().startsWith(u"\u2713 Saved"_s));
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(f.changes(), (std::vector<SymbolChange> {{"binance", "BTC/USDT:USDT", {}}}));
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::From), u"\u2713 its list (not saved)"_s);
}

void tst_Symbols::failuresToSaveAreTold()
{
    Fixture f;
    QVERIFY(f.open());
    f.seen.file = fail(ErrorCode::Config, "gauge.yaml: write symbols.binance into it by hand");
    f.type("binance", "BTC/USDT:USDT", {});
    QTest::keyClick(f.dialog.get(), Qt::Key_S, Qt::ControlModifier);
    QVERIFY2(f.dialog->note().contains(u"by hand"_s), qPrintable(f.dialog->note()));
    QCOMPARE(f.changes().size(), std::size_t {1});
    QVERIFY(f.button(u"&Save"_s)->isEnabled());
}

void tst_Symbols::closingAsks()
{
    Fixture f;
    QVERIFY(f.open());
    f.type("binance", "BTC/USDT:USDT", {});
    const auto answer = [&](const QString& text) {
        QString asked;
        QTimer::singleShot(0, f.dialog.get(), [&] {
            auto* box = f.dialog->findChild<QMessageBox*>();
            asked = box->text();
            for (auto* button : box->buttons())
                if (button->text() == text)
                    QTest::mouseClick(button, Qt::LeftButton);
        });
        QTest::keyClick(f.dialog.get(), Qt::Key_Escape);
        return asked;
    };
    QVERIFY(!answer(u"&Back to the symbols"_s).isEmpty());
    QVERIFY(f.dialog->isVisible());
    QVERIFY(!answer(u"&Save"_s).isEmpty());
    QVERIFY(!f.dialog->isVisible());
    QCOMPARE(f.seen.saved.size(), std::size_t {1});
    QVERIFY(f.open());
    f.click(u"Cl&ose"_s); // nothing was changed: nothing is asked
    QVERIFY(!f.dialog->isVisible());
    QVERIFY(f.open());
    f.type("binance", "BTC/USDT:USDT", {});
    QVERIFY(!answer(u"&Discard"_s).isEmpty());
    QVERIFY(!f.dialog->isVisible());
    QCOMPARE(f.seen.saved.size(), std::size_t {1});
}

void tst_Symbols::changesOutliveANewList()
{
    Fixture f;
    QVERIFY(f.open());
    f.type("binance", "BTC/USDT:USDT", u"NEW.A"_s);
    f.table()->setCurrentIndex(f.cell("htx", "ETH/USDT:USDT"));
    auto now = mapping();
    now->units["NEW.A"] = "quote";
    now->rows.insert(now->rows.begin(), row("bybit", "NEW/USDT:USDT", "NEW.6", MappingOrigin::Listed));
    f.seen.fetched(SymbolsPort::Mapping(now));
    QCOMPARE(f.table()->model()->rowCount(), 7);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"NEW.A"_s);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT", SymbolsModel::From), u"\u270E corrected by you (not saved)"_s); // it is in the list now
    QCOMPARE(f.table()->currentIndex(), f.cell("htx", "ETH/USDT:USDT"));
    QTest::keyClick(f.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(f.text("binance", "BTC/USDT:USDT"), u"BTCUSDT_PERP.A"_s);
    // The same list again disturbs nobody.
    QSignalSpy reset(f.dialog->model(), &QAbstractItemModel::modelReset);
    f.click(u"&Load its list"_s);
    f.seen.fetched(SymbolsPort::Mapping(now));
    QCOMPARE(reset.count(), 0);
}

void tst_Symbols::aLongListIsCheap()
{
    Fixture f;
    auto many = std::make_shared<ProviderMapping>();
    many->provider = "gauge";
    many->name = "Gauge";
    many->hasList = true;
    for (int i = 0; i < 10'000; ++i) {
        const std::string coin = (i % 3 == 0 ? "BTC" : "C") + std::to_string(i);
        many->rows.push_back(row(i % 2 == 0 ? "binance" : "bybit", (coin + "/USDT:USDT").c_str(), (coin + "USDT_PERP.A").c_str(), MappingOrigin::Listed));
        many->units.emplace(coin + "USDT_PERP.A", "base");
    }
    f.seen.kept = SymbolsPort::Mapping(many);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(f.open());
    const qint64 opened = timer.restart();
    f.dialog->filterEdit()->setText(u"btc"_s);
    QTRY_COMPARE(f.table()->model()->rowCount(), 3334);
    QTRY_VERIFY(f.dialog->status().contains(u"3,334 shown"_s));
    const qint64 filtered = timer.restart();
    f.dialog->filterEdit()->clear();
    QTRY_COMPARE(f.table()->model()->rowCount(), 10'000);
    qInfo("10,000 markets: open in %lld ms, filtered in %lld, all again in %lld", opened, filtered, timer.elapsed());
    QVERIFY(filtered < 3'000 && timer.elapsed() < 3'000); // each stretch by itself would take minutes
}

void tst_Symbols::theListIsAskedFor()
{
    Fixture f(false);
    QVERIFY(f.open());
    QCOMPARE(f.seen.asked, 1);
    QVERIFY(f.dialog->message()->isVisible());
    QCOMPARE(f.dialog->message()->title(), u"Asking Gauge for its market list\u2026"_s);
    f.click(u"Stop &loading"_s);
    QVERIFY(f.seen.stop.stop_requested());
    QCOMPARE(f.dialog->message()->title(), u"The market list of Gauge is not known yet"_s);
    f.seen.fetched(fail(ErrorCode::Cancelled, "stopped")); // comes late, and is no failure
    QCOMPARE(f.dialog->message()->title(), u"The market list of Gauge is not known yet"_s);
    f.click(u"Load it &now"_s);
    QCOMPARE(f.seen.asked, 2);
    f.seen.fetched(SymbolsPort::Mapping(mapping()));
    QVERIFY(f.table()->isVisible());
    QVERIFY(f.dialog->note().isEmpty());
    f.click(u"&Load its list"_s);
    const auto stop = f.seen.stop;
    QVERIFY(f.dialog->note().contains(u"What is shown is as last saved"_s));
    f.dialog.reset(); // in the middle
    QVERIFY(stop.stop_requested());
}

void tst_Symbols::failuresSayWhatToDo()
{
    Fixture f(false);
    QVERIFY(f.open());
    f.seen.fetched(fail(ErrorCode::Config, "gauge answers only who sends a key of their own: put yours into the environment variable K"));
    QCOMPARE(f.dialog->message()->title(), u"The market list of Gauge could not be had"_s);
    QVERIFY(f.dialog->message()->text().contains(u"put yours into the environment variable K"_s));
    f.click(u"Try &again"_s);
    QCOMPARE(f.seen.asked, 2);
    f.seen.fetched(fail(ErrorCode::Network, "no route"));
    QVERIFY(f.dialog->message()->text().contains(u"check the network"_s));
    f.seen.kept = SymbolsPort::Mapping(mapping());
    f.dialog->settingsChanged();
    QVERIFY(f.table()->isVisible()); // what is known is shown all the same
    QVERIFY(f.dialog->note().contains(u"no route"_s));
    f.dialog->filterEdit()->setText(u"nothing like it"_s);
    QTRY_VERIFY(f.dialog->message()->isVisible());
    f.click(u"Show &all"_s);
    QTRY_VERIFY(f.dialog->findChild<QTableView*>()->isVisible());
    QVERIFY(f.dialog->noteLabel()->isVisible());
}

void tst_Symbols::readOnlyOnlyShows()
{
    Fixture f;
    f.seen.isReadOnly = true;
    QVERIFY(f.open());
    QCOMPARE(f.seen.asked, 0);
    QCOMPARE(f.table()->model()->rowCount(), 6);
    QVERIFY(!(f.cell("binance", "BTC/USDT:USDT").flags() & Qt::ItemIsEditable));
    QVERIFY(!f.button(u"&Save"_s)->isEnabled());
    QVERIFY(!f.button(u"&Load its list"_s)->isEnabled());
    f.click(u"Cl&ose"_s);
    QVERIFY(!f.dialog->isVisible());
}

void tst_Symbols::lettersLeadToOnePlace()
{
    Fixture f(false);
    QVERIFY(f.open());
    QMap<QString, QString> taken;
    const auto hear = [&](const QString& text) {
        const QString key = QKeySequence::mnemonic(text).toString();
        if (key.isEmpty() || text == taken.value(key))
            return;
        QVERIFY2(!taken.contains(key), qPrintable(u"%1: %2, %3"_s.arg(key, taken.value(key), text)));
        taken[key] = text;
    };
    for (const auto* label : f.dialog->findChildren<QLabel*>())
        if (label->buddy())
            hear(label->text());
    for (const auto* button : f.dialog->findChildren<QAbstractButton*>())
        hear(button->text());
    for (const char* later : {"Load it &now", "Try &again", "Show &all"}) // one after the other on the same button
        QVERIFY2(!taken.contains(QKeySequence::mnemonic(QString::fromLatin1(later)).toString()), later);
    QVERIFY(taken.size() >= 6);
}

void tst_Symbols::everythingHasAName()
{
    Fixture f;
    QVERIFY(f.open());
    for (auto* widget : f.dialog->findChildren<QWidget*>()) {
        const bool isField = qobject_cast<QLineEdit*>(widget) || qobject_cast<QTableView*>(widget);
        const auto* button = qobject_cast<QAbstractButton*>(widget);
        if (isField && widget->isVisible())
            QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
        if (button && button->isVisible() && button->focusPolicy() != Qt::NoFocus)
            QVERIFY(!button->text().isEmpty() || !button->accessibleName().isEmpty());
    }
    QWidget* const first = f.dialog->focusWidget();
    bool reached = false;
    for (int i = 0; i < 12 && !reached; ++i) {
        QTest::keyClick(f.dialog->focusWidget(), Qt::Key_Tab);
        reached = f.dialog->focusWidget() == f.table();
    }
    QVERIFY(reached && first == f.dialog->filterEdit());
}

void tst_Symbols::writesTheFile_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("no file yet") << QByteArray()
                                 << QByteArray("symbols:\n  okx:\n    SOL/USDT:USDT: {id: NEW.1, interest_unit: quote}\n  binance:\n    BTC/USDT:USDT: ETHUSDT_PERP.A\n    LUNA/USDT:USDT: null\n");
    QTest::newRow("comments stay") << QByteArray("# mine\nneeds_key: true # as asked\nsymbols:\n  # htx was taken for another\n  htx:\n    ETH/USDT:USDT: X # wrong\n")
                                   << QByteArray("# mine\nneeds_key: true # as asked\nsymbols:\n  okx:\n    SOL/USDT:USDT: {id: NEW.1, interest_unit: quote}\n  binance:\n"
                                                 "    BTC/USDT:USDT: ETHUSDT_PERP.A\n    LUNA/USDT:USDT: null\n  # htx was taken for another\n  htx:\n");
    QTest::newRow("a map becomes a word") << QByteArray("symbols:\n  binance:\n    BTC/USDT:USDT:\n      id: X\n      interest_unit: base\n    LUNA/USDT:USDT: L\n  okx:\n    SOL/USDT:USDT: {id: NEW.1, interest_unit: quote}\n")
                                          << QByteArray("symbols:\n  binance:\n    BTC/USDT:USDT: ETHUSDT_PERP.A\n    LUNA/USDT:USDT: null\n  okx:\n    SOL/USDT:USDT: {id: NEW.1, interest_unit: quote}\n");
}

void tst_Symbols::writesTheFile()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const std::vector<SymbolChange> changes {{"binance", "LUNA/USDT:USDT", {Wish::None, ""}}, {"binance", "BTC/USDT:USDT", {Wish::Given, "ETHUSDT_PERP.A"}},
        {"okx", "SOL/USDT:USDT", {Wish::Given, "NEW.1", "quote"}}, {"htx", "ETH/USDT:USDT", {}}};
    const auto text = withSymbolChanges(before.toStdString(), changes);
    QVERIFY2(text.has_value(), text ? "" : text.error().detail.c_str());
    QCOMPARE(QByteArray::fromStdString(*text), after);
}

QTEST_MAIN(tst_Symbols)
#include "tst_symbols.moc"
