// Code knows no exchange: no id or name of the catalogue stands in C++ outside of tests and the simulator.

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include "core/config/node.h"
#include "places.h"

namespace {

/// Ids and names of the catalogue that are English words; they may stand in code as such.
const QSet<QString>& englishWords()
{
    static const QSet<QString> words {
        QStringLiteral("gate"), // a barrier
        QStringLiteral("extended"), // made longer
        QStringLiteral("bullish"), // rising
        QStringLiteral("delta"), // a difference
        QStringLiteral("apex"), // the top
        QStringLiteral("lighter"), // less heavy, less dark
        QStringLiteral("backpack"),
        QStringLiteral("woo"),
    };
    return words;
}

/// Lower case.
QStringList catalogueWords()
{
    QSet<QString> words;
    const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
    for (const QString& file : folder.entryList({QStringLiteral("*.yaml")}, QDir::Files)) {
        words.insert(file.chopped(5).toLower());
        const auto node = mnemo::readYamlFile(folder.filePath(file).toStdString());
        if (const mnemo::Node* name = node ? node->find("name") : nullptr)
            words.insert(QString::fromStdString(name->scalar).toLower());
    }
    words -= englishWords();
    return words.values();
}

QRegularExpression anyOf(const QStringList& words)
{
    QStringList escaped;
    for (const QString& word : words)
        escaped << QRegularExpression::escape(word);
    return QRegularExpression(QStringLiteral("(?<![A-Za-z0-9])(%1)(?![A-Za-z0-9])").arg(escaped.join(u'|')), QRegularExpression::CaseInsensitiveOption);
}

/// "file:line: word" for each line that names one.
QStringList namesIn(const QString& file, const QByteArray& text, const QRegularExpression& pattern)
{
    QStringList found;
    const QList<QByteArray> lines = text.split('\n');
    for (int i = 0; i < lines.size(); ++i) {
        const auto match = pattern.match(QString::fromUtf8(lines[i]));
        if (match.hasMatch())
            found << QStringLiteral("%1:%2: %3").arg(file).arg(i + 1).arg(match.captured(1));
    }
    return found;
}

} // namespace

class TestVenueNames : public QObject {
    Q_OBJECT

private slots:
    void codeNamesNoExchange();
    void patternFindsWords_data();
    void patternFindsWords();
    void allowedWordsAreNeeded();
};

void TestVenueNames::codeNamesNoExchange()
{
    const QStringList words = catalogueWords();
    QVERIFY(words.size() > 50);
    const QRegularExpression pattern = anyOf(words);
    const QDir root(QStringLiteral(MNEMO_SOURCE_DIR));
    QStringList found;
    int files = 0;
    for (const char* top : {"core", "ui", "app"}) {
        QDirIterator each(root.filePath(QString::fromLatin1(top)), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
        while (each.hasNext()) {
            const QString path = root.relativeFilePath(each.next());
            if (path.startsWith(QStringLiteral("app/simulator/")))
                continue;
            QFile file(root.filePath(path));
            QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
            found += namesIn(path, file.readAll(), pattern);
            ++files;
        }
    }
    QVERIFY2(files > 100, "the sources were not found");
    QVERIFY2(found.isEmpty(), qPrintable(found.join(u'\n')));
}

void TestVenueNames::patternFindsWords_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isFound");
    QTest::newRow("id in quotes") << QByteArray("if (id == \"binance\")") << true;
    QTest::newRow("name in a comment") << QByteArray("// as Coinbase Exchange does") << true;
    QTest::newRow("capitals") << QByteArray("constexpr int KRAKEN_LIMIT = 1;") << true;
    QTest::newRow("in an address") << QByteArray("\"https://api.kraken.com/0\"") << true;
    QTest::newRow("with a blank") << QByteArray("Bybit EU") << true;
    QTest::newRow("part of a word") << QByteArray("int token = 1; // lookxt") << false;
    QTest::newRow("an English word") << QByteArray("the gate is open") << false;
}

void TestVenueNames::patternFindsWords()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, isFound);
    QCOMPARE(!namesIn(QStringLiteral("f"), line, anyOf(catalogueWords())).isEmpty(), isFound);
}

void TestVenueNames::allowedWordsAreNeeded()
{
    const QDir folder(QStringLiteral(MNEMO_SOURCE_DIR "/config/exchanges"));
    for (const QString& word : englishWords())
        QVERIFY2(folder.exists(word + QStringLiteral(".yaml")), qPrintable(word + QStringLiteral(" is no exchange of the catalogue; take it off the list")));
}

QTEST_APPLESS_MAIN(TestVenueNames)
#include "tst_venuenames.moc"
