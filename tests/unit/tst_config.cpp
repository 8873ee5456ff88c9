#include <algorithm>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "core/config/mapreader.h"
#include "core/config/ownentries.h"
#include "core/config/secrets.h"
#include "core/config/settings.h"
#include "places.h"

using namespace mnemo;
using namespace std::chrono_literals;

namespace {

void write(const QString& path, const QByteArray& text)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    file.write(text);
}

/// Two folders and an environment of our own; nothing of the machine shows through.
struct Fixture {
    QTemporaryDir dir;
    ConfigSources sources;

    Fixture()
    {
        sources.shipped = path(QStringLiteral("shipped")).toStdString();
        sources.user = path(QStringLiteral("user")).toStdString();
        sources.environment = {"HOME=/nowhere"};
        QDir().mkpath(path(QStringLiteral("shipped")));
    }
    QString path(const QString& name) const { return dir.filePath(name); }
    void add(const char* name, const QByteArray& text) { write(path(QString::fromUtf8(name)), text); }
    LoadedSettings load() const { return loadSettings(sources); }
};

/// All problems, one a line, with the temporary folder's name taken out.
QByteArray textOf(const Problems& problems, const Fixture& fixture)
{
    QByteArray text;
    for (const Problem& problem : problems)
        text += QByteArray::fromStdString(problem.text()) + '\n';
    return text.replace(fixture.dir.path().toUtf8() + '/', "");
}

QByteArray bytes(const std::string& text)
{
    return QByteArray::fromStdString(text);
}

} // namespace

class TestConfig : public QObject {
    Q_OBJECT
private slots:
    void yaml_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("empty") << QByteArray() << QByteArray("null\n");
        QTest::newRow("comment alone") << QByteArray("# nothing\n") << QByteArray("null\n");
        QTest::newRow("kinds of values") << QByteArray("a: 1\nb: [x, \"2\", ~]\nc: {d: e}\n") << QByteArray("a: 1\nb:\n  - x\n  - \"2\"\n  - null\nc:\n  d: e\n");
        QTest::newRow("byte order mark, CRLF") << QByteArray("\xef\xbb\xbf" "a: 1\r\nb: 2\r\n") << QByteArray("a: 1\nb: 2\n");
        QTest::newRow("alias") << QByteArray("a: &x {k: 1}\nb: *x\n") << QByteArray("a:\n  k: 1\nb:\n  k: 1\n");
        QTest::newRow("merge: own keys win") << QByteArray("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\n") << QByteArray("a:\n  k: 1\n  l: 2\nb:\n  k: 3\n  l: 2\n");
        QTest::newRow("merge after own keys") << QByteArray("a: &x {k: 1}\nb:\n  k: 3\n  <<: *x\n") << QByteArray("a:\n  k: 1\nb:\n  k: 3\n");
        QTest::newRow("merge: the earlier of a list wins") << QByteArray("a: &x {k: 1}\nb: &y {k: 2, m: 4}\nc:\n  <<: [*x, *y]\n") << QByteArray("a:\n  k: 1\nb:\n  k: 2\n  m: 4\nc:\n  k: 1\n  m: 4\n");
        QTest::newRow("a quoted << is a key") << QByteArray("\"<<\": 1\n") << QByteArray("\"<<\": 1\n");
        QTest::newRow("text tag") << QByteArray("a: !!str 5\n") << QByteArray("a: \"5\"\n");
        QTest::newRow("block text") << QByteArray("a: |\n  x\n  y\n") << QByteArray("a: \"x\\ny\\n\"\n");
        QTest::newRow("empty containers") << QByteArray("a: []\nb: {}\n") << QByteArray("a: []\nb: {}\n");
        QTest::newRow("keys of a flow map need no value") << QByteArray("a: {b, c: 1}\n") << QByteArray("a:\n  b: null\n  c: 1\n");
        QTest::newRow("kept newlines") << QByteArray("a: |+\n  x\n\n") << QByteArray("a: \"x\\n\\n\"\n");
        QTest::newRow("no newline at the end") << QByteArray("a: |\n  x") << QByteArray("a: \"x\\n\"\n");
        QTest::newRow("end of document") << QByteArray("--- {a: 1}\n...\n") << QByteArray("a: 1\n");
        QTest::newRow("characters that stand only in escapes") << QByteArray("a: \"\\L\\P\\x85\\uFEFF\\N\"\n") << QByteArray("a: \"\\L\\P\\x85\\uFEFF\\x85\"\n");
        QTest::newRow("anchor given again") << QByteArray("- &x 1\n- &x 2\n- *x\n") << QByteArray("- 1\n- 2\n- 2\n");
        QTest::newRow("JSON") << QByteArray("{\"a\":1,\"b\":[{\"c\":null}]}") << QByteArray("a: 1\nb:\n  -\n    c: null\n");
        QTest::newRow("a pair in a list") << QByteArray("[a: 1, b]") << QByteArray("-\n  a: 1\n- b\n");
        QTest::newRow("not ASCII") << QByteArray("a: \xc3\xa9\n") << QByteArray("a: \"\xc3\xa9\"\n");
    }
    void yaml()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto node = parseYaml(text.toStdString(), "f");
        QVERIFY2(node, node ? "" : node.error().detail.c_str());
        QCOMPARE(bytes(toYaml(*node)), expected);
        const auto again = parseYaml(toYaml(*node), "again");
        QVERIFY(again);
        QVERIFY(sameValue(*node, *again));
    }

    void badYaml_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const QByteArray deep = QByteArray("a: ") + QByteArray(70, '[') + QByteArray(70, ']');
        QByteArray laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
        for (int i = 1; i < 12; ++i) {
            const QByteArray last = "*a" + QByteArray::number(i - 1);
            laughs += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + (last + " ,").repeated(9) + last + "]\n";
        }
        QByteArray manyKeys;
        for (int i = 0; i < 40; ++i)
            manyKeys += 'k' + QByteArray::number(i) + ": 0\n";
        QTest::newRow("key twice") << QByteArray("a: 1\nb: 2\na: 3\n") << QByteArray("f:3:1: the key a stands here twice");
        QTest::newRow("key twice, deep") << QByteArray("a:\n  b: 2\n  b: 3\n") << QByteArray("f:3:3: the key b stands here twice");
        QTest::newRow("key twice, flow") << QByteArray("{a: 1, a: 2}") << QByteArray("f:1:8: the key a stands here twice");
        QTest::newRow("open list") << QByteArray("a: [1, 2\n") << QByteArray("f:2:1: expected a comma or ]; the bracket of line 1 is still open here");
        QTest::newRow("open quotes") << QByteArray("a: \"b\n") << QByteArray("f:2:1: the quotes of line 1 are not closed");
        QTest::newRow("key without colon") << QByteArray("a: 1\nb\n") << QByteArray("f:2:1: a colon is expected after b");
        QTest::newRow("open quotes, no newline") << QByteArray("a: 'b") << QByteArray("f:2:1: the quotes of line 1 are not closed");
        QTest::newRow("tab") << QByteArray("a: b\n\tc: d\n") << QByteArray("f:2:1: a tab in the indentation; use blanks");
        QTest::newRow("indentation") << QByteArray("a: 1\n  b: 2\n") << QByteArray("f:2:4: a colon where no value can begin; text with \": \" needs quotes, keys of one map the same indentation");
        QTest::newRow("item further left") << QByteArray("a:\n  - b\n - c\n") << QByteArray("f:3:2: expected a key or the end of the map; is the indentation right?");
        QTest::newRow("map after a list") << QByteArray("- a\nb: 1\n") << QByteArray("f:2:1: expected - or the end of the list; is the indentation right?");
        QTest::newRow("list behind a key") << QByteArray("a: - b\n") << QByteArray("f:1:4: a - where no list can begin");
        QTest::newRow("text after quotes") << QByteArray("a: \"b\" c\n") << QByteArray("f:1:8: nothing can follow the value here; text with quotes or brackets in it needs quotes around all of it");
        QTest::newRow("template without quotes") << QByteArray("- {base}{quote}\n") << QByteArray("f:1:9: nothing can follow the value here; text with quotes or brackets in it needs quotes around all of it");
        QTest::newRow("comma missing") << QByteArray("a: [\n  {x: 1}\n  {x: 2}\n]\n") << QByteArray("f:3:3: expected a comma or ]; the bracket of line 1 is still open here");
        QTest::newRow("wrong bracket") << QByteArray("a: {b: 1]\n") << QByteArray("f:1:9: expected a comma or }; the bracket of line 1 is still open here");
        QTest::newRow("first character") << QByteArray("a: @b\n") << QByteArray("f:1:4: text that begins with this character needs quotes");
        QTest::newRow("star alone") << QByteArray("a: *\n") << QByteArray("f:1:5: a name is expected after & or *; text that begins with this character needs quotes");
        QTest::newRow("path of Windows") << QByteArray("p: \"C:\\Users\"\n") << QByteArray("f:1:9: hexadecimal digits are expected after \\x, \\u and \\U in double quotes; write \\\\ for a plain \\");
        QTest::newRow("escape") << QByteArray("a: \"\\d+\"\n") << QByteArray("f:1:5: this letter after \\ means nothing in double quotes; write \\\\ for a plain \\");
        QTest::newRow("behind the end") << QByteArray("a: 1\n...\nb: 2\n") << QByteArray("f:3:1: the document has ended above; is the indentation right?");
        QTest::newRow("merged twice") << QByteArray("<<: {a: 1}\n<<: {b: 1}\n") << QByteArray("f:2:1: the key << stands here twice");
        QTest::newRow("twice among many keys") << manyKeys + "k7: 1\n" << QByteArray("f:41:1: the key k7 stands here twice");
        QTest::newRow("columns are bytes") << QByteArray("\xc3\xa9: \xc3\xa4 \xc3\xbc: x\n") << QByteArray("f:1:10: a colon where no value can begin; text with \": \" needs quotes, keys of one map the same indentation");
        QTest::newRow("lines of an old Mac") << QByteArray("a: 1\rb: 2\ra: 3\r") << QByteArray("f:3:1: the key a stands here twice");
        QTest::newRow("byte order mark, then a key twice") << QByteArray("\xef\xbb\xbf" "a: 1\na: 2\n") << QByteArray("f:2:1: the key a stands here twice");
        QTest::newRow("byte order mark within") << QByteArray("a: b\n\xef\xbb\xbf" "c: d\n") << QByteArray("f:2:1: a byte order mark stands only at the begin of a file");
        QTest::newRow("line break of Unicode") << QByteArray("a: \xe2\x80\xa8\n") << QByteArray("f:1:4: the line break U+2028 is not allowed; write \\L in double quotes");
        QTest::newRow("next line") << QByteArray("a: \xc2\x85\n") << QByteArray("f:1:4: control character 133 is not allowed");
        QTest::newRow("unknown alias") << QByteArray("a: *b\n") << QByteArray("f:1:4: this alias refers to nothing above");
        QTest::newRow("alias of itself") << QByteArray("a: &a [*a]\n") << QByteArray("f:1:8: this alias stands inside what it refers to");
        QTest::newRow("two documents") << QByteArray("a: 1\n---\nb: 2\n") << QByteArray("f:2:1: one document is expected, a second one starts here");
        QTest::newRow("list as key") << QByteArray("[a]: 1\n") << QByteArray("f:1:1: a key must be text, not a list or a map; is a bracket not closed?");
        QTest::newRow("null as key") << QByteArray("~: 1\n") << QByteArray("f:1:1: a key must be text");
        QTest::newRow("merge of text") << QByteArray("a:\n  <<: b\n") << QByteArray("f:2:3: << needs a map or a list of maps");
        QTest::newRow("unknown tag") << QByteArray("a: !!python/object x\nb: !mine y\n") << QByteArray("f:2:4: the tag !mine is not known");
        QTest::newRow("too deep") << deep << QByteArray("f:1:67: nested deeper than 64 levels");
        QTest::newRow("very deep") << QByteArray(100'000, '[') + QByteArray(100'000, ']') << QByteArray("f:1:65: nested deeper than 64 levels");
        QTest::newRow("very deep map") << QByteArray("{a: ").repeated(100'000) + QByteArray(100'000, '}') << QByteArray("f:1:257: nested deeper than 64 levels");
        QTest::newRow("very deep, never closed") << QByteArray(100'000, '[') << QByteArray("f:1:65: nested deeper than 64 levels");
        QTest::newRow("billion laughs") << laughs << QByteArray("f:6:15: more than 400,000 values, counting aliases");
        QTest::newRow("zero byte") << QByteArray("a: b\nc: \0d", 10) << QByteArray("f:2:4: control character 0 is not allowed");
        QTest::newRow("end of transmission") << QByteArray("a: b\n\x04 c: d") << QByteArray("f:2:1: control character 4 is not allowed");
        QTest::newRow("Latin 1") << QByteArray("a: caf\xe9\n") << QByteArray("f:1:7: not UTF-8 text");
        QTest::newRow("UTF-16") << QByteArray("\xff\xfe" "a\0:\0", 6) << QByteArray("f:1:1: not UTF-8 text");
        QTest::newRow("binary") << QByteArray("\x7f" "ELF\x02\x01\x01") << QByteArray("f:1:1: control character 127 is not allowed");
        QTest::newRow("too large") << QByteArray((16 << 20) + 1, 'a') << QByteArray("f: larger than 16 MiB");
    }
    void badYaml()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto node = parseYaml(text.toStdString(), "f");
        QVERIFY(!node);
        QCOMPARE(node.error().code, ErrorCode::Config);
        QCOMPARE(bytes(node.error().detail), expected);
    }

    void fromText_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("word") << QByteArray("abc") << QByteArray("abc\n");
        QTest::newRow("list") << QByteArray("[a, b]") << QByteArray("- a\n- b\n");
        QTest::newRow("map") << QByteArray("{a: 1}") << QByteArray("a: 1\n");
        QTest::newRow("quoted number") << QByteArray("\"5\"") << QByteArray("\"5\"\n");
        QTest::newRow("template, no YAML") << QByteArray("{base}{quote}") << QByteArray("\"{base}{quote}\"\n");
        QTest::newRow("empty is empty text") << QByteArray() << QByteArray("\"\"\n");
        QTest::newRow("null") << QByteArray("null") << QByteArray("null\n");
        QTest::newRow("address") << QByteArray("http://h:1/p?a=b") << QByteArray("\"http://h:1/p?a=b\"\n");
    }
    void fromText()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(bytes(toYaml(Node::fromText(text.toStdString()))), expected);
    }

    void nearest_data()
    {
        QTest::addColumn<QByteArray>("word");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("one letter") << QByteArray("tmeout") << QByteArray("timeout");
        QTest::newRow("swapped") << QByteArray("ulr") << QByteArray("url");
        QTest::newRow("case") << QByteArray("URL") << QByteArray("url");
        QTest::newRow("too far") << QByteArray("banana") << QByteArray();
        QTest::newRow("one letter long") << QByteArray("x") << QByteArray();
        QTest::newRow("empty") << QByteArray() << QByteArray();
        QTest::newRow("huge") << QByteArray(1'000'000, 'u') << QByteArray();
    }
    void nearest()
    {
        QFETCH(QByteArray, word);
        QFETCH(QByteArray, expected);
        QCOMPARE(bytes(nearestOf(word.toStdString(), {"timeout", "url", "attempts"})), expected);
    }

    void mergedTrees()
    {
        const auto base = parseYaml("a: {x: 1, y: [1, 2]}\nb: 2\nc: {d: 1}\n", "base");
        const auto over = parseYaml("a: {y: [3], z: 4}\nb: {deep: 1}\nc:\n", "over");
        QCOMPARE(bytes(toYaml(merged(*base, *over))), QByteArray("a:\n  x: 1\n  y:\n    - 3\n  z: 4\nb:\n  deep: 1\nc:\n  d: 1\n"));
        const Node both = merged(*base, *over);
        QCOMPARE(bytes(both.at("a.z")->mark.text()), QByteArray("over:1:16"));
        QCOMPARE(bytes(both.at("a.x")->mark.text()), QByteArray("base:1:8"));
        QVERIFY(!both.at("a.x.y"));
    }

    void mapReaderUnknownAndKnown()
    {
        Problems problems;
        const auto node = parseYaml("flag: yes\ncount: 1.5\nnames: [a, [b]]\nratio: nan\nwait: 5 s\ntabel: {}\nwords: {a: 1, b: [2]}\n", "f");
        MapReader reader(&*node, "top", problems);
        bool flag = false;
        int count = 7;
        double ratio = 2;
        milliseconds wait = 3s;
        std::vector<std::string> names {"kept"};
        std::map<std::string, std::string> words;
        reader.read("flag", flag);
        reader.read("count", count, 0, 9);
        reader.read("names", names);
        reader.read("ratio", ratio, 0, 1);
        reader.read("wait", wait, 0ms, 1h);
        reader.read("words", words);
        reader.readMap("table", [](MapReader& table) { table.node("x"); });
        reader.finish();
        reader.finish();
        QByteArray text;
        for (const Problem& problem : problems)
            text += bytes(problem.text()) + '\n';
        QCOMPARE(text, QByteArray("f:1:7: top.flag: expected true or false, found \"yes\"\n"
                                  "f:2:8: top.count: expected a whole number from 0 to 9, found \"1.5\"\n"
                                  "f:3:12: top.names[1]: expected text, found a list\n"
                                  "f:4:8: top.ratio: expected a number from 0 to 1, found \"nan\"\n"
                                  "f:5:7: top.wait: expected a length of time from 0ms to 1h (as 250ms, 30s, 5m, 1h, 2d), found \"5 s\"\n"
                                  "f:7:18: top.words.b: expected text, found a list\n"
                                  "f:6:1: top.tabel: unknown key (did you mean table?)\n"));
        QCOMPARE(count, 7);
        QCOMPARE(wait, milliseconds(3s));
        QCOMPARE(names.size(), std::size_t(1));
    }

    void durations_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("ms");
        QTest::newRow("ms") << QByteArray("250ms") << qint64(250);
        QTest::newRow("s") << QByteArray("30s") << qint64(30'000);
        QTest::newRow("m") << QByteArray("5m") << qint64(300'000);
        QTest::newRow("h") << QByteArray("1h") << qint64(3'600'000);
        QTest::newRow("d") << QByteArray("2d") << qint64(172'800'000);
        QTest::newRow("w") << QByteArray("1w") << qint64(604'800'000);
        QTest::newRow("plain") << QByteArray("17") << qint64(17);
        QTest::newRow("zero") << QByteArray("0") << qint64(0);
        QTest::newRow("quoted with unit") << QByteArray("\"3s\"") << qint64(3000);
        QTest::newRow("quoted number") << QByteArray("\"3\"") << qint64(-1);
        QTest::newRow("negative") << QByteArray("-3s") << qint64(-1);
        QTest::newRow("unknown unit") << QByteArray("3y") << qint64(-1);
        QTest::newRow("too long") << QByteArray("9d") << qint64(-1);
        QTest::newRow("overflow") << QByteArray("9223372036854775807w") << qint64(-1);
        QTest::newRow("fraction") << QByteArray("1.5s") << qint64(-1);
    }
    void durations()
    {
        QFETCH(QByteArray, text);
        QFETCH(qint64, ms);
        Problems problems;
        Node map;
        map.insert("k", Node::fromText(text.toStdString()), {});
        MapReader reader(&map, {}, problems);
        milliseconds value {-1};
        reader.read("k", value, 0ms, 7 * 24h);
        QCOMPARE(qint64(value.count()), ms);
        QCOMPARE(problems.empty(), ms >= 0);
    }

    /// Each bad input: exactly these problems, and what is around it still counts.
    void badSettings_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* file, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(file) << QByteArray(text) << QByteArray(expected);
        };
        row("unknown key", "global.yaml", "http:\n  conect_timeout: 5s\n", "user/global.yaml:2:3: http.conect_timeout: unknown key (did you mean connect_timeout?)\n");
        row("unknown key, nothing near", "global.yaml", "retry: {banana: 1}\n", "user/global.yaml:1:9: retry.banana: unknown key; known here: attempts, base, cap or total\n");
        row("unknown section", "global.yaml", "htp:\n  proxy: x\n", "user/global.yaml:1:1: htp: unknown key (did you mean http?)\n");
        row("section in the wrong place", "database.yaml", "database: {url: x}\n", "user/database.yaml:1:1: database.database: unknown key; known here: url, cache_mib, transaction_rows, transaction_pages, transaction_time or queue_pages\n");
        row("text for a number", "global.yaml", "retry:\n  attempts: many\n", "user/global.yaml:2:13: retry.attempts: expected a whole number from 1 to 100, found \"many\"\n");
        row("quoted number", "global.yaml", "retry:\n  attempts: \"3\"\n", "user/global.yaml:2:13: retry.attempts: expected a whole number from 1 to 100, found the text \"3\"\n");
        row("out of range", "global.yaml", "retry:\n  attempts: 0\n", "user/global.yaml:2:13: retry.attempts: expected a whole number from 1 to 100, found \"0\"\n");
        row("overflow", "global.yaml", "retry:\n  attempts: 99999999999999999999\n", "user/global.yaml:2:13: retry.attempts: expected a whole number from 1 to 100, found \"99999999999999999999\"\n");
        row("number out of range", "global.yaml", "rate: {share: 1.5}\n", "user/global.yaml:1:15: rate.share: expected a number from 0.01 to 1, found \"1.5\"\n");
        row("list for a number", "global.yaml", "retry:\n  attempts: [1]\n", "user/global.yaml:2:13: retry.attempts: expected a whole number from 1 to 100, found a list\n");
        row("map for text", "global.yaml", "http:\n  proxy: {a: b}\n", "user/global.yaml:2:10: http.proxy: expected text, found a map\n");
        row("text for a map", "global.yaml", "http: fast\n", "user/global.yaml:1:7: http: expected a map, found \"fast\"\n");
        row("word", "global.yaml", "logging:\n  level: inof\n", "user/global.yaml:2:10: logging.level: expected trace, debug, info, warning, error, critical or off, found \"inof\" (did you mean info?)\n");
        row("length of time", "global.yaml", "retry:\n  base: 5 minutes\n", "user/global.yaml:2:9: retry.base: expected a length of time from 1ms to 1h (as 250ms, 30s, 5m, 1h, 2d), found \"5 minutes\"\n");
        row("two keys that do not fit", "global.yaml", "retry:\n  base: 1m\n", "user/global.yaml:2:9: retry.base: must not be longer than cap\n");
        row("keep", "global.yaml", "bronze:\n  keep: 3w\n", "user/global.yaml:2:9: bronze.keep: expected all, off or a number of days as in 90d\n");
        row("a list as file", "global.yaml", "- a\n", "user/global.yaml:1:1: expected a map of keys and values\n");
        row("text as file", "database.yaml", "hello\n", "user/database.yaml:1:1: database: expected a map of keys and values\n");
        row("not YAML", "global.yaml", "http:\n  proxy: [\n", "user/global.yaml:3:1: expected a value; the bracket of line 2 is still open here\n");
        row("key twice", "global.yaml", "http: {}\nhttp: {}\n", "user/global.yaml:2:1: the key http stands here twice\n");
        row("unknown file", "datbase.yaml", "url: x\n", "user/datbase.yaml: nothing reads this file (did you mean database.yaml?)\n");
        row("ending", "database.yml", "url: x\n", "user/database.yml: nothing reads this file (did you mean database.yaml?)\n");
        row("no number of slots", "global.yaml", "pipeline: {pools: {archive: 0, net: 3}}\n", "user/global.yaml:1:29: pipeline.pools.archive: expected a whole number from 1 to 1000, found \"0\"\n");
        row("unknown key of pipelines", "global.yaml", "pipeline: {shel: true}\n", "user/global.yaml:1:12: pipeline.shel: unknown key (did you mean shell?)\n");
        row("pipelines that are no map", "dags.yaml", "[]\n", "user/dags.yaml:1:1: dags: expected a map of keys and values\n");
        row("a file of pipelines that cannot be read", "dags/mine.yaml", "a: [\n", "user/dags/mine.yaml:2:1: dags.mine: expected a value; the bracket of line 1 is still open here\n");
        row("unknown folder", "exchange/x.yaml", "a: b\n", "user/exchange/x.yaml: nothing reads this folder (did you mean exchanges?)\n");
        row("unknown environment file", "env/prdo.yaml", "a: b\n", "user/env/prdo.yaml: nothing reads this file; an environment is dev.yaml, staging.yaml or prod.yaml (did you mean prod.yaml?)\n");
        row("unset variable", "global.yaml", "http:\n  proxy: http://${NOWHERE}/\n", "user/global.yaml:2:10: http.proxy: the environment variable NOWHERE is not set\n");
        row("open variable", "global.yaml", "http:\n  proxy: ${NOWHERE\n", "user/global.yaml:2:10: http.proxy: ${ without its }; write $${ for a plain ${\n");
        row("no name", "global.yaml", "http:\n  proxy: ${a b}\n", "user/global.yaml:2:10: http.proxy: ${a b} is no name of an environment variable; write $${ for a plain ${\n");
        row("left-out password", "database.yaml", "url: postgresql://me:***@h/db\n", "user/database.yaml:1:6: database.url: the password was left out when this was written; put it into the environment and write ${NAME} here\n");
        row("universe is a map", "assets.yaml", "universe: {a: b}\n", "user/assets.yaml:1:11: assets.universe: expected a list of entries with exchanges, markets, symbols and timeframes\n");
        row("symbol", "assets.yaml", "universe:\n  - exchanges: [alpha]\n    symbols: [BTC/USDT, BTCUSDT]\n    timeframes: 1h\n", "user/assets.yaml:3:25: assets.universe[0].symbols[1]: expected a symbol as BTC/USDT or BTC/USDT:USDT, found \"BTCUSDT\"\n");
        row("timeframe", "assets.yaml", "universe:\n  - exchanges: [alpha]\n    symbols: BTC/USDT\n    timeframes: [1H]\n", "user/assets.yaml:4:18: assets.universe[0].timeframes[0]: expected one of 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w, 1M, found \"1H\" (did you mean 1h?)\n");
        row("nothing in the list", "assets.yaml", "universe:\n  - exchanges: [alpha]\n    symbols: []\n    timeframes: [1h]\n", "user/assets.yaml:3:14: assets.universe[0].symbols: at least one is needed\n");
        row("unknown source", "assets.yaml", "universe:\n  - exchanges: [alpha]\n    symbols: BTC/USDT\n    timeframes: [1h]\n    sources: bravoo\n", "user/assets.yaml:5:14: assets.universe[0].sources: there is no exchange \"bravoo\" (did you mean bravo?)\n");
        row("unknown exchange", "assets.yaml", "universe:\n  - exchanges: [alpha, bravoo]\n    symbols: BTC/USDT\n    timeframes: [1h]\n", "user/assets.yaml:2:24: assets.universe[0].exchanges[1]: there is no exchange \"bravoo\" (did you mean bravo?)\n");
        row("limits of a comparison", "quality.yaml", "compare:\n  window: 5\n  venus: {}\n  sources: {close_bp: x}\n",
            "user/quality.yaml:2:11: quality.compare.window: expected a whole number from 20 to 10000, found \"5\"\n"
            "user/quality.yaml:4:23: quality.compare.sources.close_bp: expected a number from 0 to 10000, found \"x\"\n"
            "user/quality.yaml:3:3: quality.compare.venus: unknown key (did you mean venues?)\n");
        row("pairs of a comparison", "quality.yaml", "compare:\n  pairs:\n    - alpha\n    - {between: [alpha], markets: [swap], close: 4}\n    - {missing_bars: 0}\n",
            "user/quality.yaml:3:7: quality.compare.pairs[0]: expected a map with between, markets, symbols and limits\n"
            "user/quality.yaml:4:35: quality.compare.pairs[1].markets: expected spot, linear or inverse, found \"swap\"\n"
            "user/quality.yaml:4:43: quality.compare.pairs[1].close: unknown key; known here: between, markets, symbols, close_bp, ohl_bp, range_share, basis_bp, volume_factor, missing_bars or interest_percent\n"
            "user/quality.yaml:5:22: quality.compare.pairs[2].missing_bars: expected a whole number from 1 to 1000000, found \"0\"\n");
        row("shift longer than a window", "quality.yaml", "compare: {window: 40, shift_bars: 60}\n",
            "user/quality.yaml:1:35: quality.compare.shift_bars: must not be longer than window\n");
        row("exchange is a list", "exchanges/alpha.yaml", "[a]\n", "user/exchanges/alpha.yaml:1:1: exchanges.alpha: expected a map of keys and values\n");
        row("broken exchange", "exchanges/alpha.yaml", "name: 'x\n", "user/exchanges/alpha.yaml:2:1: the quotes of line 1 are not closed\n");
        row("id of an exchange", "exchanges/a b.yaml", "name: x\n", "user/exchanges/a b.yaml:1:1: exchanges.a b: the id of an exchange has only letters, digits, _ and -\n");
        row("exchanges is text", "global.yaml", "exchanges: none\n", "user/global.yaml:1:12: exchanges: expected a map of exchanges\n");
    }
    void badSettings()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        Fixture fixture;
        fixture.add("shipped/global.yaml", "retry: {attempts: 5}\nhttp: {proxy: \"http://lower\"}\n");
        fixture.add("shipped/database.yaml", "url: lower\n");
        fixture.add("shipped/exchanges/alpha.yaml", "name: Alpha\n");
        fixture.add("shipped/exchanges/bravo.yaml", "name: Bravo\n");
        fixture.add("user/ingest.yaml", "overlap_bars: 9\n");
        fixture.add(("user/" + file).constData(), text);
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), expected);
        QCOMPARE(loaded.settings.retry.attempts, 5); // the lower layer stays
        QCOMPARE(loaded.settings.retry.base, milliseconds(500ms));
        QCOMPARE(bytes(loaded.settings.http.proxy), QByteArray("http://lower"));
        QCOMPARE(bytes(loaded.settings.database.url), QByteArray("lower"));
        QCOMPARE(loaded.settings.ingest.overlapBars, 9); // the others count
        QCOMPARE(bytes(loaded.settings.exchanges.at("alpha").find("name")->scalar), QByteArray("Alpha"));
        QCOMPARE(bytes(loaded.settings.exchanges.at("bravo").find("name")->scalar), QByteArray("Bravo"));
    }

    void badArguments_data()
    {
        QTest::addColumn<QByteArray>("variable");
        QTest::addColumn<QByteArray>("argument");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* variable, const char* argument, const char* expected) {
            QTest::newRow(name) << QByteArray(variable) << QByteArray(argument) << QByteArray(expected);
        };
        row("no value", "", "http.proxy", "--set http.proxy: expected path.to.key=value\n");
        row("no key", "", "=5", "--set : expected path.to.key=value\n");
        row("empty step", "", "http..proxy=5", "--set http..proxy: expected path.to.key=value\n");
        row("unknown key", "", "http.prxy=5", "--set: http.prxy: unknown key (did you mean proxy?)\n");
        row("wrong type", "", "retry.attempts=x", "--set: retry.attempts: expected a whole number from 1 to 100, found \"x\"\n");
        row("unset variable", "", "http.proxy=${NOWHERE}", "--set: http.proxy: the environment variable NOWHERE is not set\n");
        row("unknown exchange", "", "exchanges.alhpa.base_url=http://h", "--set: exchanges.alhpa: there is no such exchange (did you mean alpha?)\n");
        row("variable: unknown key", "MNEMO__http__prxy=5", "", "MNEMO__http__prxy: http.prxy: unknown key (did you mean proxy?)\n");
        row("variable: the value stays secret", "MNEMO__retry__attempts=hunter2", "", "MNEMO__retry__attempts: retry.attempts: expected a whole number from 1 to 100, found the value of ${MNEMO__retry__attempts}\n");
        row("variable: no path", "MNEMO__=5", "", "MNEMO__: expected MNEMO__section__key\n");
        row("variable: capitals", "MNEMO__HTTP__PROXY=5", "", "MNEMO__HTTP__PROXY: HTTP: unknown key (did you mean http?)\n");
    }
    void badArguments()
    {
        QFETCH(QByteArray, variable);
        QFETCH(QByteArray, argument);
        QFETCH(QByteArray, expected);
        Fixture fixture;
        fixture.add("shipped/exchanges/alpha.yaml", "name: Alpha\n");
        if (!variable.isEmpty())
            fixture.sources.environment.push_back(variable.toStdString());
        if (!argument.isEmpty())
            fixture.sources.sets.push_back(argument.toStdString());
        fixture.sources.sets.push_back("ingest.overlap_bars=9");
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), expected);
        QCOMPARE(loaded.settings.ingest.overlapBars, 9);
        QCOMPARE(loaded.settings.exchanges.size(), std::size_t(1));
    }

    void layersInOrder_data()
    {
        QTest::addColumn<int>("layers");
        for (int layers = 0; layers <= 8; ++layers)
            QTest::addRow("the lowest %d", layers) << layers;
    }
    void layersInOrder()
    {
        QFETCH(int, layers);
        Fixture fixture;
        const auto yaml = [](int value) { return QByteArray("retry: {attempts: " + QByteArray::number(value) + "}\n"); };
        const char* files[] = {"shipped/global.yaml", "shipped/retry.yaml", "shipped/env/staging.yaml", "user/global.yaml", "user/retry.yaml", "user/env/staging.yaml"};
        for (int i = 0; i < std::min(layers, 6); ++i)
            fixture.add(files[i], i == 1 || i == 4 ? QByteArray("attempts: " + QByteArray::number(21 + i)) : yaml(21 + i));
        fixture.add("user/env/prod.yaml", yaml(99)); // another environment
        fixture.sources.env = "staging";
        if (layers >= 7)
            fixture.sources.environment.push_back("MNEMO__retry__attempts=27");
        if (layers >= 8)
            fixture.sources.sets = {"retry.attempts=27", "retry.attempts=28"};
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray());
        QCOMPARE(loaded.settings.retry.attempts, layers == 0 ? 8 : 20 + layers);
        QCOMPARE(loaded.files.size(), std::size_t(std::min(layers, 6)));
    }

    void placeOfAVenue_data()
    {
        QTest::addColumn<QByteArrayList>("sets");
        QTest::addColumn<QByteArray>("expected");
        const QByteArray both = "base_url:\n  all: A\n  linear: B\n";
        QTest::newRow("general first") << QByteArrayList {"exchanges.alpha.base_url=A", "exchanges.alpha.base_url.linear=B"} << both;
        QTest::newRow("special first") << QByteArrayList {"exchanges.alpha.base_url.linear=B", "exchanges.alpha.base_url=A"} << both;
        QTest::newRow("as a map") << QByteArrayList {"exchanges.alpha.base_url={linear: B, all: A}"} << both;
        QTest::newRow("special alone") << QByteArrayList {"exchanges.alpha.base_url.linear=B"} << QByteArray("base_url:\n  all: shipped\n  linear: B\n");
        QTest::newRow("later wins") << QByteArrayList {"exchanges.alpha.base_url=A", "exchanges.alpha.base_url=C"} << QByteArray("base_url:\n  all: C\n");
    }
    void placeOfAVenue()
    {
        QFETCH(QByteArrayList, sets);
        QFETCH(QByteArray, expected);
        Fixture fixture;
        fixture.add("shipped/exchanges/alpha.yaml", "name: Alpha\nbase_url: shipped\nws_url: {all: s}\n");
        for (const QByteArray& set : sets)
            fixture.sources.sets.push_back(set.toStdString());
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray());
        Node root;
        Node address = *loaded.settings.exchanges.at("alpha").find("base_url");
        std::ranges::sort(address.map, {}, &Node::Member::first);
        root.insert("base_url", address, {});
        QCOMPARE(bytes(toYaml(root)), expected);
    }

    void exchangesFromAllLayers()
    {
        Fixture fixture;
        fixture.add("shipped/exchanges/alpha.yaml", "name: Alpha\nws_url: ws://a\nlimits: [1, 2]\n");
        fixture.add("shipped/exchanges/broken.yaml", "name: [\n");
        fixture.add("shipped/env/dev.yaml", "exchanges:\n  alpha: {limits: [3]}\n");
        fixture.add("user/exchanges/charlie.yaml", "like: alpha\nkey: ${KEY}\n");
        fixture.add("user/env/dev.yaml", "exchanges:\n  alpha:\n    ws_url: {linear: ws://l}\n  bravo:\n");
        fixture.sources.environment = {"KEY=secret", "MNEMO__exchanges__alpha__base_url=http://env"};
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray("shipped/exchanges/broken.yaml:2:1: expected a value; the bracket of line 1 is still open here\n"));
        QCOMPARE(loaded.settings.exchanges.size(), std::size_t(2));
        const Node& alpha = loaded.settings.exchanges.at("alpha");
        QCOMPARE(bytes(alpha.at("ws_url.all")->scalar), QByteArray("ws://a"));
        QCOMPARE(bytes(alpha.at("ws_url.linear")->scalar), QByteArray("ws://l"));
        QCOMPARE(bytes(alpha.at("base_url.all")->scalar), QByteArray("http://env"));
        QCOMPARE(alpha.at("limits")->list.size(), std::size_t(1));
        QCOMPARE(bytes(loaded.settings.exchanges.at("charlie").at("key")->scalar), QByteArray("secret"));
        const QByteArray dump = bytes(dumpSettings(loaded.settings));
        QVERIFY2(!dump.contains("secret") && !dump.contains("http://env"), dump.constData());
        QVERIFY(dump.contains("${KEY}") && dump.contains("${MNEMO__exchanges__alpha__base_url}"));
    }

    void references()
    {
        Fixture fixture;
        fixture.add("user/global.yaml", "retry:\n  attempts: ${TRIES}\nhttp:\n  proxy: http://${USER_NAME}:${PW}@h\n  user_agent: \"$${X} ${NONE:-none} $5\"\n");
        fixture.add("user/assets.yaml", "universe:\n  - exchanges: [alpha]\n    symbols: [BTC/USDT]\n    timeframes: [\"${FRAME}\"]\n");
        fixture.sources.environment = {"TRIES=4", "USER_NAME=me", "PW=a:b", "FRAME=1h"};
        LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray());
        QCOMPARE(loaded.settings.retry.attempts, 4);
        QCOMPARE(bytes(loaded.settings.http.proxy), QByteArray("http://me:a:b@h"));
        QCOMPARE(bytes(loaded.settings.http.userAgent), QByteArray("${X} none $5"));
        QCOMPARE(loaded.settings.universe.size(), std::size_t(1));
        // a list with an element that cannot be read counts for nothing: a shorter one would mean something else
        fixture.sources.environment = {"TRIES=4", "USER_NAME=me", "PW=a:b"};
        loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray("user/assets.yaml:4:18: assets.universe[0].timeframes[0]: the environment variable FRAME is not set\n"));
        QVERIFY(loaded.settings.universe.empty());
    }

    void unknownEnvironment()
    {
        Fixture fixture;
        fixture.add("shipped/env/dev.yaml", "retry: {attempts: 3}\n");
        fixture.sources.env = "prdo";
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray("env: the environment \"prdo\" is not dev, staging or prod; dev is used (did you mean prod?)\n"));
        QCOMPARE(loaded.settings.retry.attempts, 3);
    }

    void nothingThere()
    {
        ConfigSources sources;
        sources.shipped = "/nowhere/at/all";
        sources.environment = {"A=b"};
        const LoadedSettings loaded = loadSettings(sources);
        QCOMPARE(loaded.problems.size(), std::size_t(1));
        QCOMPARE(bytes(loaded.problems[0].text()), QByteArray("/nowhere/at/all: the folder of the shipped configuration is not there; MNEMO_SHARE says where it is"));
        QVERIFY(loaded.settings.http == HttpSettings {});
    }

    void unreadableFiles()
    {
        Fixture fixture;
        QDir().mkpath(fixture.path(QStringLiteral("user/global.yaml/x")));
        fixture.add("user/notes.txt", "not ours");
        fixture.add("user/.hidden.yaml", "not: ours");
        fixture.add("user/retry.yaml~", "not: ours");
        QVERIFY(QFile::link(QStringLiteral("/nowhere"), fixture.path(QStringLiteral("user/database.yaml"))));
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray("user/database.yaml: no such file\n"));
    }

    void shippedFilesAreRight()
    {
        ConfigSources sources;
        sources.shipped = MNEMO_SOURCE_DIR "/config";
        sources.environment = {"A=b"};
        for (const char* env : {"dev", "staging", "prod"}) {
            sources.env = env;
            const LoadedSettings loaded = loadSettings(sources);
            QByteArray text;
            for (const Problem& problem : loaded.problems)
                text += bytes(problem.text()) + '\n';
            QCOMPARE(text, QByteArray());
            QVERIFY(!loaded.settings.universe.empty());
            // the comments beside the keys call them the built-in values
            QVERIFY(loaded.settings.http == HttpSettings {});
            QVERIFY(loaded.settings.retry == RetrySettings {});
            QVERIFY(loaded.settings.breaker == BreakerSettings {});
            QVERIFY(loaded.settings.database == DatabaseSettings {});
            QVERIFY(loaded.settings.ingest == IngestSettings {});
            QVERIFY(loaded.settings.files == FilesSettings {});
            QVERIFY(loaded.settings.gaps == GapSettings {});
            QVERIFY(loaded.settings.outages.size() > 30);
            QVERIFY(loaded.settings.compare == CompareSettings {});
        }
        const auto shipped = readYamlFile(MNEMO_SOURCE_DIR "/config/global.yaml");
        QVERIFY(shipped);
        for (const char* section : {"logging", "http", "retry", "breaker", "rate", "bronze", "ingest", "archive", "gaps", "pipeline"})
            QVERIFY2(shipped->find(section), section);
    }

    void roundTrip()
    {
        Settings s;
        s.logging = {"trace", 11, 6};
        s.http = {1234ms, 65, 21s, 121s, 65, 5, "/ca \"x\".pem", "http://proxy:1", "agent ${X} $"};
        s.retry = {9, 501ms, 31s, 601s};
        s.breaker = {9, 16s, 301s};
        s.rate = {11, 1001ms, 0.123456789};
        s.database = {"sqlite:\n\t\x01", 65, 20'001, 65, 51ms, 129};
        s.bronze = {"90d", 65, 4};
        s.ingest = {4, 31 * 24h, 3, false};
        s.files = {"always", 65};
        s.compare = {121, 31, 4, 7, {1, 2, 3, 4, 5, 6, 13}, {7, 8, 9, 10, 11, 12, 14},
            {{{"alpha", "bravo"}, {"linear"}, {"BTC/USDT:USDT"}, 1.5, 2.5, 3.5, 4.5, 5.5, 6, 7.5}, {{}, {"spot"}, {}, {}, {}, {}, {}, {}, {}}}};
        s.pipeline = {true, {{"checks", 3}, {"default", 9}, {"archive: \"x\"", 2}}, std::chrono::hours {36}};
        s.dags = *parseYaml("mine:\n  one: {schedule: every 5m, tasks: [{id: a, type: markets}]}\n", "x");
        s.gaps = {25h, 31 * 24h, 3, 0.7, 8, 0.9};
        s.outages = {{"one", "alpha", MarketType::Linear, {"BTC/USDT:USDT"}, {UtcMs {1h}, UtcMs {2h}}, "why: \"x\"", "who", {}}};
        s.annotations = {{"two", "bravo", std::nullopt, {}, {"1m"}, {UtcMs {1h}, UtcMs {2h + 1ms}}, "text", {}}};
        s.universe = {{{"alpha", "bravo"}, {"spot", "linear"}, {"BTC/USDT", "ETH/USDT:USDT"}, {"1m", "1M"}},
            {{"alpha"}, {}, {"BTC/USD:BTC"}, {"1d"}, {"candles", "open_interest"}, {"bravo"}}};
        s.exchanges["alpha"] = *parseYaml("a: 1\nb: \"1\"\nc: [{d: e, f: []}, [x], ~]\n'g h: ': \"{base}-{quote}\"\n", "x");
        s.exchanges["bravo"] = *parseYaml("{}", "x");
        Fixture fixture;
        fixture.add("user/global.yaml", bytes(dumpSettings(s)));
        const LoadedSettings loaded = fixture.load();
        QCOMPARE(textOf(loaded.problems, fixture), QByteArray());
        const Settings& back = loaded.settings;
        QVERIFY(back.logging == s.logging);
        QVERIFY(back.http == s.http);
        QVERIFY(back.retry == s.retry);
        QVERIFY(back.breaker == s.breaker);
        QVERIFY(back.rate == s.rate);
        QVERIFY(back.database == s.database);
        QVERIFY(back.bronze == s.bronze);
        QVERIFY(back.ingest == s.ingest);
        QVERIFY(back.files == s.files);
        QVERIFY(back.compare == s.compare);
        QVERIFY(back.gaps == s.gaps);
        QVERIFY(back.pipeline == s.pipeline);
        QVERIFY(sameValue(back.dags, s.dags));
        QVERIFY(back.universe == s.universe);
        QCOMPARE(back.outages.size(), std::size_t(1));
        QVERIFY(!back.outages.front().file.empty());
        s.outages.front().file = back.outages.front().file;
        QVERIFY(back.outages == s.outages);
        QCOMPARE(back.annotations.size(), std::size_t(1));
        s.annotations.front().file = back.annotations.front().file;
        QVERIFY(back.annotations == s.annotations);
        QCOMPARE(back.exchanges.size(), std::size_t(2));
        QVERIFY(sameValue(back.exchanges.at("alpha"), s.exchanges.at("alpha")));
        QVERIFY(sameValue(back.exchanges.at("bravo"), s.exchanges.at("bravo")));
        // a field that is in neither list would pass above with its default
        QVERIFY(!(s.logging == LoggingSettings {}) && !(s.http == HttpSettings {}));
        QCOMPARE(QByteArray(bytes(dumpSettings(s))).count("\n  "), 3 + 9 + 4 + 3 + 3 + 6 + 3 + 4 + 2 + 6 + 1 + 4 * 2 + 1 + 8 + 6 + 14 + 22 + 6 + 8);
    }

    void anEntryIsTakenOut_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("after"); // null: refused, and the file stays
        const QByteArray one = "one: # mine\n  exchange: alpha\n  from: 2024-01-01\n  to: 2024-01-02\n  reason: a\n  source: b\n";
        const QByteArray two = "\"two\":\n  {exchange: alpha,\n   from: 2024-01-01, to: 2024-01-02, reason: a, source: b}\n";
        QTest::newRow("alone") << two << QByteArray("");
        QTest::newRow("last") << "# list\n" + one + two << "# list\n" + one;
        QTest::newRow("first, a comment below stays") << two + "# of one\n" + one << "# of one\n" + one;
        QTest::newRow("no line end") << one + two.chopped(1) << one;
        QTest::newRow("not there") << one << QByteArray();
        QTest::newRow("on the line of another") << QByteArray("{one: {exchange: alpha}, two: {exchange: alpha}}\n") << QByteArray();
        QTest::newRow("no YAML") << QByteArray("two: [\n") << QByteArray();
        QTest::newRow("a list") << QByteArray("- two\n") << QByteArray();
    }

    void anEntryIsTakenOut()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, after);
        Fixture fixture;
        fixture.add("user/outages.yaml", before);
        const std::filesystem::path folder = fixture.path(QStringLiteral("user")).toStdString();
        const auto done = removeOutage(folder, "two");
        QCOMPARE(done.has_value(), !after.isNull());
        QFile file(QString::fromStdString((folder / "outages.yaml").string()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), after.isNull() ? before : after);
        QVERIFY(!removeAnnotation(folder, "two")); // there is no such file
    }

    void dumpHidesPasswords()
    {
        Settings s;
        s.database.url = "postgresql://me:hunter2@host:5432/db";
        s.http.proxy = "http://me:p@ss@proxy:1";
        const QByteArray dump = bytes(dumpSettings(s));
        QVERIFY(!dump.contains("hunter2") && !dump.contains("p@ss"));
        QVERIFY(dump.contains("postgresql://me:***@host:5432/db"));
        QVERIFY(dump.contains("http://me:***@proxy:1"));
    }

    void dumpHidesWebhooks()
    {
        Settings s;
        s.alerts = *parseYaml("channels:\n  team: {type: slack, url: 'https://hooks.example/T1/s3cret'}\n  own: {type: webhook, url: 'http://h:1?k=s3cret'}\n"
                              "  bare: {type: webhook, url: 'http://h:2'}\n  mail: {type: email}\n", "x");
        Node given = Node::fromText("https://hooks.example/T2/s3cret");
        given.source = "${HOOK}";
        s.alerts.set("channels.env.url", std::move(given));
        const QByteArray dump = bytes(dumpSettings(s));
        QVERIFY2(!dump.contains("s3cret"), dump.constData());
        for (const char* line : {"\"https://hooks.example/***\"", "\"http://h:1/***\"", "\"http://h:2\"", "${HOOK}"})
            QVERIFY2(dump.contains(line), line);
    }

    void secrets()
    {
        const auto getenv = [](const char* name) -> const char* {
            return QByteArray(name) == "MNEMO_SECRET_COINALYZE_API_KEY" ? "k1" : QByteArray(name) == "MNEMO_SECRET_EMPTY" ? "" : nullptr;
        };
        const auto source = std::make_shared<EnvironmentSecrets>(getenv);
        QCOMPARE(source->secret("coinalyze.api_key"), std::optional<std::string>("k1"));
        QVERIFY(!source->secret("empty"));
        QVERIFY(!source->secret("other"));
        QCOMPARE(bytes(source->place("a-b.c")), QByteArray("the environment variable MNEMO_SECRET_A_B_C"));
        const ChainedSecrets chain({std::make_shared<EnvironmentSecrets>([](const char*) -> const char* { return nullptr; }), source});
        QCOMPARE(chain.secret("coinalyze.api_key"), std::optional<std::string>("k1"));
        QVERIFY(!chain.secret("other"));
    }

    void folders()
    {
        qputenv("MNEMO_SHARE", "/some/where");
        QCOMPARE(bytes(shippedConfigDir().string()), QByteArray("/some/where"));
        qunsetenv("MNEMO_SHARE");
        QCOMPARE(bytes(shippedConfigDir().string()), QByteArray(MNEMO_SOURCE_DIR "/config"));
        qputenv("HOME", "/home/me");
        qputenv("XDG_CONFIG_HOME", "/cfg");
        qputenv("XDG_DATA_HOME", "relative");
        QCOMPARE(bytes(userConfigDir().string()), QByteArray("/cfg/mnemo-quant"));
        QCOMPARE(bytes(userDataDir().string()), QByteArray("/home/me/.local/share/mnemo-quant"));
        qunsetenv("XDG_CONFIG_HOME");
        QCOMPARE(bytes(userConfigDir().string()), QByteArray("/home/me/.config/mnemo-quant"));
        qputenv("MNEMO_ENV", "prod");
        QCOMPARE(bytes(configEnv()), QByteArray("prod"));
        qunsetenv("MNEMO_ENV");
        QCOMPARE(bytes(configEnv()), QByteArray("dev"));
    }
};

QTEST_APPLESS_MAIN(TestConfig)
#include "tst_config.moc"
