// One value set in a file that people write: everything else stays as it is, to the byte.
#include <QTest>

#include "core/config/node.h"
#include "core/config/yamledit.h"

using namespace mnemo;

class tst_YamlEdit : public QObject {
    Q_OBJECT
private slots:
    void sets_data();
    void sets();
    void refuses_data();
    void refuses();
    void setsAnyKey_data();
    void setsAnyKey();
    void takesOut_data();
    void takesOut();
    void takesOutByHand();
    void writesWords_data();
    void writesWords();
};

void tst_YamlEdit::sets_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char* name, const char* before, const char* after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after);
    };
    row("no file yet", "", "rules:\n  price_jump:\n    z: 25\n");
    row("comments alone", "# mine\n", "# mine\nrules:\n  price_jump:\n    z: 25\n");
    row("other key, no line end", "compare:\n  window: 90",
        "compare:\n  window: 90\nrules:\n  price_jump:\n    z: 25\n");
    row("value there", "rules:\n  price_jump:\n    z: 40 # as before\n    on: true\n",
        "rules:\n  price_jump:\n    z: 25 # as before\n    on: true\n");
    row("value quoted", "rules: {price_jump: {z: \"40\"}}\n", "rules: {price_jump: {z: 25}}\n");
    row("rule there", "rules:\n  # calm\n  price_jump:\n    on: true\n",
        "rules:\n  # calm\n  price_jump:\n    z: 25\n    on: true\n");
    row("rules there", "rules:\n    flat_run:\n        bars: 9\nx: 1\n",
        "rules:\n    price_jump:\n      z: 25\n    flat_run:\n        bars: 9\nx: 1\n");
    row("rules empty", "rules: # none yet\nx: 1\n", "rules: # none yet\n  price_jump:\n    z: 25\nx: 1\n");
    row("rule empty, end of file", "rules:\n  price_jump:", "rules:\n  price_jump:\n    z: 25\n");
    row("key empty", "rules:\n  price_jump:\n    z:\n", "rules:\n  price_jump:\n    z: 25\n");
    row("flow", "rules: {flat_run: {bars: 9}}\n", "rules: {price_jump: {z: 25}, flat_run: {bars: 9}}\n");
    row("empty flow", "rules: {}\n", "rules: {price_jump: {z: 25}}\n");
    row("windows line ends in a comment", "# a\r\nrules:\n  price_jump:\n    z: 40\n",
        "# a\r\nrules:\n  price_jump:\n    z: 25\n");
}

void tst_YamlEdit::sets()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const auto text = withYamlValue(before.toStdString(), {"rules", "price_jump", "z"}, "25");
    QVERIFY2(text.has_value(), text ? "" : text.error().detail.c_str());
    QCOMPARE(QByteArray::fromStdString(*text), after);
    const auto again = withYamlValue(*text, {"rules", "price_jump", "z"}, "25");
    QVERIFY(again.has_value());
    QCOMPARE(QByteArray::fromStdString(*again), after);
}

void tst_YamlEdit::refuses_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("word"); // of the sentence
    QTest::newRow("no YAML") << QByteArray("rules: [1\n") << QByteArray("the file");
    QTest::newRow("a list") << QByteArray("- a\n") << QByteArray("by hand");
    QTest::newRow("a map stands there") << QByteArray("rules:\n  price_jump:\n    z: {a: 1}\n")
                                        << QByteArray("by hand");
    QTest::newRow("a scalar on the way") << QByteArray("rules: none\n") << QByteArray("rules.price_jump.z: 25");
    QTest::newRow("shared by an alias") << QByteArray("a: &x\n  price_jump: {z: 40}\nrules: *x\n")
                                        << QByteArray("by hand");
}

void tst_YamlEdit::refuses()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, word);
    const auto text = withYamlValue(before.toStdString(), {"rules", "price_jump", "z"}, "25");
    QVERIFY(!text.has_value());
    QCOMPARE(text.error().code, ErrorCode::Config);
    QVERIFY2(text.error().detail.find(word.toStdString()) != std::string::npos, text.error().detail.c_str());
}

namespace {

const std::vector<std::string> symbolPath {"symbols", "binance", "BTC/USDT:USDT"};

} // namespace

void tst_YamlEdit::setsAnyKey_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char* name, const char* before, const char* value, const char* after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(value) << QByteArray(after);
    };
    row("no file yet", "", "B.A", "symbols:\n  binance:\n    BTC/USDT:USDT: B.A\n");
    row("nothing", "", "null", "symbols:\n  binance:\n    BTC/USDT:USDT: null\n");
    row("value there", "symbols:\n  binance:\n    BTC/USDT:USDT: X # old\n", "B.A", "symbols:\n  binance:\n    BTC/USDT:USDT: B.A # old\n");
    row("key quoted", "symbols: { binance: { \"BTC/USDT:USDT\": X } }\n", "B.A", "symbols: { binance: { \"BTC/USDT:USDT\": B.A } }\n");
    row("beside another", "symbols:\n  binance:\n    # mine\n    ETH/USDT:USDT: E.A\n", "B.A",
        "symbols:\n  binance:\n    BTC/USDT:USDT: B.A\n    # mine\n    ETH/USDT:USDT: E.A\n");
    row("beside another in flow", "symbols: { binance: { E: E.A } }\n", "B.A", "symbols: { binance: {\"BTC/USDT:USDT\": B.A,  E: E.A } }\n");
    row("nothing became something", "symbols:\n  binance:\n    BTC/USDT:USDT: null # gone\n", "B.A",
        "symbols:\n  binance:\n    BTC/USDT:USDT: B.A # gone\n");
    row("nothing became something in flow", "symbols: {binance: {\"BTC/USDT:USDT\": ~}}\n", "B.A", "symbols: {binance: {\"BTC/USDT:USDT\": B.A}}\n");
    row("something became nothing", "symbols:\n  binance:\n    BTC/USDT:USDT: X\n", "null", "symbols:\n  binance:\n    BTC/USDT:USDT: null\n");
    row("with its unit", "symbols:\n  okx: {}\n", "{id: B.A, interest_unit: base}",
        "symbols:\n  binance:\n    BTC/USDT:USDT: {id: B.A, interest_unit: base}\n  okx: {}\n");
    row("an exchange is empty", "symbols:\n  binance: # none yet\n", "B.A", "symbols:\n  binance: # none yet\n    BTC/USDT:USDT: B.A\n");
    row("an exchange is null", "symbols:\n  binance: null\n", "B.A", "symbols:\n  binance: {\"BTC/USDT:USDT\": B.A}\n");
}

void tst_YamlEdit::setsAnyKey()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, after);
    const auto text = withYamlValue(before.toStdString(), symbolPath, value.toStdString());
    QVERIFY2(text.has_value(), text ? "" : text.error().detail.c_str());
    QCOMPARE(QByteArray::fromStdString(*text), after);
}

void tst_YamlEdit::takesOut_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    const auto row = [](const char* name, const char* before, const char* after) {
        QTest::newRow(name) << QByteArray(before) << QByteArray(after);
    };
    row("no file", "", "");
    row("another", "symbols:\n  okx:\n    BTC/USDT:USDT: X\n", "symbols:\n  okx:\n    BTC/USDT:USDT: X\n");
    row("the only one", "symbols:\n  binance:\n    BTC/USDT:USDT: X\n", "symbols:\n  binance:\n");
    row("between others", "symbols:\n  binance:\n    A/B: X\n    BTC/USDT:USDT: X # this\n    # of C\n    C/D: X\nx: 1\n",
        "symbols:\n  binance:\n    A/B: X\n    # of C\n    C/D: X\nx: 1\n");
    row("nothing", "symbols:\n  binance:\n    BTC/USDT:USDT: null\n    C/D: X\n", "symbols:\n  binance:\n    C/D: X\n");
    row("a map", "symbols:\n  binance:\n    BTC/USDT:USDT:\n      # that one\n\n      id: X\n      interest_unit: base\n\n    C/D: X\n",
        "symbols:\n  binance:\n\n    C/D: X\n");
    row("a map in flow", "symbols:\n  binance:\n    BTC/USDT:USDT: {id: X,\n      interest_unit: base}\n    C/D: X\n", "symbols:\n  binance:\n    C/D: X\n");
    row("at the end, without line end", "symbols:\n  binance:\n    C/D: X\n    BTC/USDT:USDT: X", "symbols:\n  binance:\n    C/D: X\n");
    row("first in flow", "symbols: {binance: {\"BTC/USDT:USDT\": X, C/D: X}}\n", "symbols: {binance: {C/D: X}}\n");
    row("last in flow", "symbols: { binance: { C/D: X, \"BTC/USDT:USDT\": \"X\" } }\n", "symbols: { binance: { C/D: X } }\n");
    row("alone in flow", "symbols: {binance: {\"BTC/USDT:USDT\": null}} # none\n", "symbols: {binance: {}} # none\n");
}

void tst_YamlEdit::takesOut()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    const auto text = withoutYamlValue(before.toStdString(), symbolPath);
    QVERIFY2(text.has_value(), text ? "" : text.error().detail.c_str());
    QCOMPARE(QByteArray::fromStdString(*text), after);
}

void tst_YamlEdit::takesOutByHand()
{
    for (const char* before : {"a: &x {BTC/USDT:USDT: X}\nsymbols: {binance: *x}\n", "symbols: {binance: {BTC/USDT:USDT: {id: X}}}\n"}) {
        const auto text = withoutYamlValue(before, symbolPath);
        QVERIFY2(!text.has_value(), before);
        QVERIFY2(text.error().detail.find("take symbols.binance.BTC/USDT:USDT out of it by hand") != std::string::npos, text.error().detail.c_str());
    }
}

void tst_YamlEdit::writesWords_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("a symbol") << QByteArray("BTCUSDT_PERP.A") << QByteArray("BTCUSDT_PERP.A");
    QTest::newRow("a colon") << QByteArray("a: b") << QByteArray("\"a: b\"");
    QTest::newRow("nothing") << QByteArray("null") << QByteArray("\"null\"");
    QTest::newRow("a number") << QByteArray("12") << QByteArray("\"12\"");
    QTest::newRow("empty") << QByteArray("") << QByteArray("\"\"");
    QTest::newRow("a comment") << QByteArray("a #b") << QByteArray("\"a #b\"");
}

void tst_YamlEdit::writesWords()
{
    QFETCH(QByteArray, word);
    QFETCH(QByteArray, written);
    const std::string text = yamlWord(word.toStdString());
    QCOMPARE(QByteArray::fromStdString(text), written);
    const auto read = parseYaml("a: " + text, "word");
    QVERIFY(read.has_value() && read->find("a")->type == Node::Type::Scalar);
    QCOMPARE(QByteArray::fromStdString(read->find("a")->scalar), word);
}

QTEST_APPLESS_MAIN(tst_YamlEdit)
#include "tst_yamledit.moc"
