// Texts with a number have an English singular and plural in translations/mnemo-quant_en.ts.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

#include "places.h"

using namespace Qt::StringLiterals;

namespace {

const QString root = QStringLiteral(MNEMO_SOURCE_DIR);

struct Forms {
    QString context;
    QStringList all;
};

/// By source text; of several contexts the last.
QMultiMap<QString, Forms> forms()
{
    QFile file(root + u"/translations/mnemo-quant_en.ts"_s);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("there is no %s", qPrintable(file.fileName()));
    QXmlStreamReader xml(&file);
    QMultiMap<QString, Forms> all;
    QString context, source;
    QStringList read;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isStartElement() && xml.name() == u"name")
            context = xml.readElementText();
        else if (xml.isStartElement() && xml.name() == u"source")
            source = xml.readElementText();
        else if (xml.isStartElement() && xml.name() == u"numerusform")
            read << xml.readElementText();
        else if (xml.isEndElement() && xml.name() == u"message")
            all.insert(source, {context, std::exchange(read, {})});
    }
    return all;
}

QString readAll(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

class TestPlurals : public QObject {
    Q_OBJECT

private slots:
    void everyCountHasBothForms();
    void formsAreComplete();
};

void TestPlurals::everyCountHasBothForms()
{
    static const QRegularExpression counted(u"tr\\(\\s*\"((?:[^\"\\\\]|\\\\.)*%L?n(?:[^\"\\\\]|\\\\.)*)\",\\s*nullptr"_s);
    const auto known = forms();
    int found = 0;
    for (QDirIterator files(root + u"/ui"_s, {u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories); files.hasNext();) {
        const QString path = files.next();
        const QString text = readAll(path);
        for (auto match = counted.globalMatch(text); match.hasNext(); ++found) {
            QString source = match.next().captured(1);
            source.replace(u"\\u26A0"_s, u"\u26A0"_s);
            QVERIFY2(known.contains(source), qPrintable(path + u": "_s + source));
        }
    }
    QVERIFY(found > 20);
}

void TestPlurals::formsAreComplete()
{
    const auto known = forms();
    for (auto text = known.begin(); text != known.end(); ++text) {
        const QString where = text->context + u": "_s + text.key();
        QCOMPARE(text->all.size(), 2);
        for (const QString& form : text->all)
            QVERIFY2(!form.isEmpty() && !form.contains(u"(s)"_s), qPrintable(where));
        QVERIFY2(text->all[1].contains(u"%n"_s) || text->all[1].contains(u"%Ln"_s), qPrintable(where));
        QVERIFY2(text->context != u"PipelinesPage"_s, "lupdate lost the namespace: such a text is not found at run time");
    }
}

QTEST_APPLESS_MAIN(TestPlurals)
#include "tst_plurals.moc"
