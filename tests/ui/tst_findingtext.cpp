// What comparisons of open interest left, in words.
#include <QTest>

#include "core/quality/compare.h"
#include "ui/widgets/findingtext.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

class TestFindingText : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void interest_data();
    void interest();
};

void TestFindingText::interest_data()
{
    QTest::addColumn<QByteArray>("rule");
    QTest::addColumn<QByteArray>("details"); // of the worst row
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("why");
    QTest::newRow("too far") << QByteArray(rule::crossInterest)
                             << QByteArray(R"("ours":1002,"theirs":1518.03,"unit":"base","against":"okx","off_percent":33.99,"limit_percent":5)")
                             << u"Open interest unlike another venue's"_s << u"1002 here, 1518.03 at okx. 33.99 % off, limit 5 %."_s;
    QTest::newRow("both sides") << QByteArray(rule::crossInterestUnit)
                                << QByteArray(R"("ours":2000,"theirs":1000,"unit":"base","against":"okx","ratio":2,"near":2,"means":"both sides of each position")")
                                << u"Open interest in another unit than elsewhere"_s
                                << u"2000 here, 1000 at okx. 2 times as much: it seems to count both sides of each position."_s;
    QTest::newRow("contracts") << QByteArray(rule::crossInterestUnit)
                               << QByteArray(R"("ours":900,"theirs":9,"unit":"USD","against":"okx","ratio":100,"near":100,"means":"contracts of 0.01")")
                               << u"Open interest in another unit than elsewhere"_s
                               << u"900 USD here, 9 USD at okx. 100 times as much: it seems to count contracts of 0.01."_s;
}

void TestFindingText::interest()
{
    QFETCH(QByteArray, rule);
    QFETCH(QByteArray, details);
    Finding finding;
    finding.rule = rule.toStdString();
    finding.details = "{\"others\":[\"okx\"],\"interest\":{\"time\":0," + details.toStdString() + "}}";
    QTEST(ruleTitle(finding.rule), "title");
    QTEST(whyOf(finding), "why");
}

QTEST_APPLESS_MAIN(TestFindingText)
#include "tst_findingtext.moc"
