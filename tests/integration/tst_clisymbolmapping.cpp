// What a provider calls a market, corrected in the user's own file, from the command line: the simulated provider is asked by that symbol.

#include "support/simulatorstate.h"

namespace {

const QString file = QStringLiteral("config/exchanges/coinalyze.yaml");

QString backfill(const char* rest)
{
    return QStringLiteral("backfill --exchange binance --source coinalyze --kind open_interest --timeframe 1h ") + QString::fromLatin1(rest);
}

} // namespace

class TestCliSymbolMapping : public QObject {
    Q_OBJECT

private slots:
    void init();
    void theCorrectedSymbolIsAskedFor();
    void noneIsNotAskedFor();
    void storedRowsAreVerifiedByTheNewSymbol();
    void symbolsThatAreNotListed();
    void marketsTellWhatWasCorrected();
    void aWrongCorrectionSaysWhere();

private:
    Outcome run(const QString& line) const { return m_cli->run(words(line)); }
    int asked() const { return askedOf(*m_sim, "coinalyze"); }
    /// time and amount of each row
    QByteArrayList rows(const char* symbol) const
    {
        QByteArrayList found;
        for (const QByteArray& line : run(QStringLiteral("open-interest --source coinalyze --symbol ") + QString::fromLatin1(symbol)).out.trimmed().split('\n').mid(1))
            found << line.split(',').mid(0, 2).join(',');
        return found;
    }
    QByteArray query(const char* sql) const { return m_cli->run({QStringLiteral("query"), QString::fromLatin1(sql), QStringLiteral("--format"), QStringLiteral("csv")}).out; }

    std::unique_ptr<Sim> m_sim;
    std::unique_ptr<Cli> m_cli;
};

void TestCliSymbolMapping::init()
{
    m_cli = std::make_unique<Cli>();
    m_cli->set(QStringLiteral("rate.share=1"));
    m_sim = std::make_unique<Sim>(words(QStringLiteral("--synthetic 5 --exchange binance,coinalyze")));
    QVERIFY(m_sim->isUp());
    for (const char* id : {"binance", "coinalyze"})
        m_cli->set(QStringLiteral("exchanges.%1.base_url=%2/%1").arg(QString::fromLatin1(id), m_sim->url()));
    m_cli->setVariable("MNEMO_SECRET_COINALYZE_API_KEY", "simulated-key");
}

/// What is stored as BTC's is told as ETH's: by a backfill, by an incremental run, and as its plan says.
void TestCliSymbolMapping::theCorrectedSymbolIsAskedFor()
{
    m_cli->writeFile(file, "symbols: { binance: { \"BTC/USDT:USDT\": ETHUSDT_PERP.A } }\n");
    QCOMPARE(run(QStringLiteral("markets coinalyze")).status, 0);
    const Outcome plan = run(backfill("--symbol BTC/USDT:USDT --last 3d --plan --json"));
    QVERIFY2(plan.out.contains("symbols=ETHUSDT_PERP.A&"), plan.out.constData());
    const Outcome filled = run(backfill("--symbol BTC/USDT:USDT,ETH/USDT:USDT --last 3d"));
    QVERIFY2(filled.status == 0, filled.err.constData());
    QVERIFY(rows("BTC/USDT:USDT").size() >= 71);
    QCOMPARE(rows("BTC/USDT:USDT"), rows("ETH/USDT:USDT"));
    QVERIFY(query("SELECT symbol, exchange_symbol FROM series").contains("BTC/USDT:USDT,ETHUSDT_PERP.A"));
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\"], timeframes: [4h], kinds: [open_interest] }\n");
    const Outcome cycle = run(QStringLiteral("incremental"));
    QVERIFY2(cycle.status == 0, cycle.err.constData());
    QVERIFY(query("SELECT timeframe, exchange_symbol FROM series").contains("4h,ETHUSDT_PERP.A"));
    // Who names an id means that one.
    const Outcome named = run(backfill("--symbol BTC/USDT:USDT --exchange-symbol BTCUSDT_PERP.A --last 5d --plan --json"));
    QVERIFY2(named.out.contains("symbols=BTCUSDT_PERP.A&"), named.out.constData());
}

void TestCliSymbolMapping::noneIsNotAskedFor()
{
    m_cli->writeFile(file, "symbols:\n  binance:\n    BTC/USDT:USDT: null # they mix it up\n");
    const char* const said = "exchanges/coinalyze.yaml:3:5 says so (`symbols`), and nothing is asked";
    for (const char* more : {"--symbol BTC/USDT:USDT --last 3d", "--symbol BTC/USDT:USDT --last 3d --plan"}) {
        const Outcome refused = run(backfill(more));
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains("coinalyze has no linear BTC/USDT:USDT of binance: ") && refused.err.contains(said), refused.err.constData());
    }
    m_cli->writeFile(QStringLiteral("config/assets.yaml"),
        "universe:\n  - { exchanges: [binance], sources: [coinalyze], symbols: [\"BTC/USDT:USDT\", \"ETH/USDT:USDT\"], timeframes: [4h], kinds: [open_interest] }\n");
    const Outcome cycle = run(QStringLiteral("incremental"));
    QVERIFY2(cycle.err.contains(said), cycle.err.constData()); // left out, and the other not
    QCOMPARE(query("SELECT symbol FROM series").trimmed().split('\n').mid(1), QByteArrayList {"ETH/USDT:USDT"});
    QCOMPARE(asked(), 3); // two lists, and ETH
}

/// A repair asks by what holds now, also where something else was stored, and where a correction was taken back.
void TestCliSymbolMapping::storedRowsAreVerifiedByTheNewSymbol()
{
    QCOMPARE(run(backfill("--symbol BTC/USDT:USDT,ETH/USDT:USDT --last 3d")).status, 0);
    const QByteArrayList own = rows("BTC/USDT:USDT"), others = rows("ETH/USDT:USDT");
    QVERIFY(own != others);
    m_cli->writeFile(file, "symbols: { binance: { \"BTC/USDT:USDT\": ETHUSDT_PERP.A } }\n");
    const Outcome again = run(backfill("--symbol BTC/USDT:USDT --last 3d"));
    QCOMPARE(again.status, 0);
    QVERIFY2(again.err.contains("was told as BTCUSDT_PERP.A and is not asked for again: `repair --verify` does that, as ETHUSDT_PERP.A"), again.err.constData());
    QCOMPARE(rows("BTC/USDT:USDT"), own);
    const QString repair = QStringLiteral("repair --source coinalyze --symbol BTC/USDT:USDT --verify --last 3d");
    const Outcome repaired = run(repair);
    QVERIFY2(repaired.status == 0, repaired.err.constData());
    QCOMPARE(rows("BTC/USDT:USDT"), others);
    m_cli->writeFile(file, "symbols: {}\n");
    QCOMPARE(run(repair).status, 0);
    QCOMPARE(rows("BTC/USDT:USDT"), own);
}

void TestCliSymbolMapping::symbolsThatAreNotListed()
{
    m_cli->writeFile(file, "symbols: { binance: { \"BTC/USDT:USDT\": { id: OTHER.A, interest_unit: base }, \"ETH/USDT:USDT\": OTHER.A } }\n");
    const char* const warning = "has no OTHER.A";
    const Outcome markets = run(QStringLiteral("markets coinalyze"));
    QCOMPARE(markets.status, 0);
    QVERIFY2(markets.err.contains(warning), markets.err.constData());
    const Outcome plan = run(backfill("--symbol BTC/USDT:USDT --last 3d --plan"));
    QVERIFY2(plan.out.contains(warning), plan.out.constData());
    const int before = asked();
    const Outcome filled = run(backfill("--symbol BTC/USDT:USDT --last 3d"));
    QVERIFY2(filled.err.contains(warning), filled.err.constData());
    QVERIFY(asked() > before); // for all that
    const Outcome unknown = run(backfill("--symbol ETH/USDT:USDT --last 3d"));
    QVERIFY(unknown.status != 0);
    QVERIFY2(unknown.err.contains("does not say whether it tells the open_interest of OTHER.A in base or in quote currency; `symbols` in exchanges/coinalyze.yaml can"),
        unknown.err.constData());
}

void TestCliSymbolMapping::marketsTellWhatWasCorrected()
{
    m_cli->writeFile(file, "symbols:\n  binance:\n    BTC/USDT:USDT: ETHUSDT_PERP.A\n    ETH/USDT:USDT: null\n    NEW/USDT:USDT: BTCUSD_PERP.A\n");
    const QByteArrayList lines = run(QStringLiteral("markets coinalyze")).out.split('\n');
    const auto lineOf = [&](const char* symbol) {
        for (const QByteArray& line : lines)
            if (line.contains(QByteArray(" ") + symbol + " "))
                return line.simplified();
        return QByteArray();
    };
    QVERIFY2(lineOf("BTC/USDT:USDT").startsWith("binance BTC/USDT:USDT linear ETHUSDT_PERP.A BTC corrected: "), lineOf("BTC/USDT:USDT").constData());
    QVERIFY2(lineOf("BTC/USDT:USDT").endsWith("exchanges/coinalyze.yaml:3:5; it lists BTCUSDT_PERP.A"), lineOf("BTC/USDT:USDT").constData());
    QVERIFY2(lineOf("ETH/USDT:USDT").startsWith("binance ETH/USDT:USDT linear corrected to none: "), lineOf("ETH/USDT:USDT").constData());
    QVERIFY2(lineOf("NEW/USDT:USDT").contains("BTCUSD_PERP.A USDT corrected: ") && lineOf("NEW/USDT:USDT").endsWith("it lists none"), lineOf("NEW/USDT:USDT").constData());
    QMap<QString, QJsonObject> json;
    for (const auto& market : run(QStringLiteral("markets coinalyze --market linear --json")).json().array())
        json[market[u"symbol"].toString()] = market.toObject();
    const QJsonObject one = json[QStringLiteral("BTC/USDT:USDT")];
    QCOMPARE(one[u"id"].toString(), QStringLiteral("ETHUSDT_PERP.A"));
    QCOMPARE(one[u"corrected"].toBool(), true);
    QCOMPARE(one[u"listedId"].toString(), QStringLiteral("BTCUSDT_PERP.A"));
    QCOMPARE(one[u"base"].toString(), QStringLiteral("BTC"));
    QCOMPARE(json[QStringLiteral("ETH/USDT:USDT")][u"id"].toString(), QString());
    QCOMPARE(json[QStringLiteral("NEW/USDT:USDT")][u"listedId"].isNull(), true);
    QCOMPARE(json[QStringLiteral("NEW/USDT:USDT")][u"interestUnit"].toString(), QStringLiteral("quote"));
    QCOMPARE(json[QStringLiteral("SOL/USDT:USDT")][u"corrected"].toBool(true), false);
    QVERIFY(!json[QStringLiteral("SOL/USDT:USDT")].contains(u"listedId"));
}

void TestCliSymbolMapping::aWrongCorrectionSaysWhere()
{
    m_cli->writeFile(file, "symbols:\n  binanse:\n    BTC/USDT:USDT: X\n");
    const Outcome refused = run(backfill("--symbol BTC/USDT:USDT --last 3d"));
    QCOMPARE(refused.status, 2);
    const Outcome checked = run(QStringLiteral("catalogue check"));
    QVERIFY(checked.status != 0);
    const QByteArray all = checked.out + checked.err;
    QVERIFY2(all.contains("coinalyze.yaml:2:3: exchanges.coinalyze.symbols.binanse: `provider` names no exchange 'binanse' (did you mean binance?)"), all.constData());
    QCOMPARE(asked(), 0);
}

QTEST_GUILESS_MAIN(TestCliSymbolMapping)
#include "tst_clisymbolmapping.moc"
