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

QTEST_APPLESS_MAIN(tst_YamlEdit)
#include "tst_yamledit.moc"
