// The bar of the scope, and findings that follow it.
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QSignalSpy>
#include <QTest>

#include "scopefixture.h"
#include "ui/shell/scopebar.h"
#include "ui/validation/findingfilterbar.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;
using namespace mnemo::test;
using namespace Qt::StringLiterals;

class tst_ScopeBar : public QObject {
    Q_OBJECT
private slots:
    void barSetsTheScope();
    void barSaysWhatIsNoTime();
    void escapeClearsThenLeaves();
    void closingTheBarEndsTheScope();
    void aSetScopeIsNeverHidden();
    void findingsAreThoseInside();

private:
    DisplayZone m_zone;
};

namespace {

struct BarFixture {
    DisplayZone zone;
    DisplayScope scope {zone};
    QMainWindow window;
    ScopeBar* bar = new ScopeBar(scope, &window);
    QLineEdit* other = new QLineEdit;

    BarFixture()
    {
        window.addToolBar(bar);
        window.setCentralWidget(other);
        bar->setSeriesList(listOf({key("alpha", "BTC/USDT"), key("alpha", "ETH/USDT", "1h"), key("beta", "BTC/USDT")}));
        window.resize(1100, 200);
        window.show();
        window.activateWindow();
        [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(&window);
        other->setFocus();
    }
};

} // namespace

void tst_ScopeBar::barSetsTheScope()
{
    BarFixture f;
    QVERIFY(f.bar->isHidden());
    f.bar->edit();
    QVERIFY(f.bar->isVisible());
    QCOMPARE(QApplication::focusWidget(), f.bar->exchange());
    QCOMPARE(f.bar->exchange()->count(), 3);
    QTest::keyClick(f.bar->exchange(), Qt::Key_Down);
    QCOMPARE(f.scope.scope().exchange, std::string("alpha"));
    QCOMPARE(f.bar->count()->text(), u"2 of 3 series"_s);
    f.bar->symbols()->setFocus();
    QTest::keyClicks(f.bar->symbols(), u"eth, sol"_s);
    QTest::keyClick(f.bar->symbols(), Qt::Key_Return);
    QCOMPARE(f.scope.scope().symbols, (QStringList {u"eth"_s, u"sol"_s}));
    f.bar->timeframe()->setCurrentIndex(f.bar->timeframe()->findText(u"1m"_s));
    QCOMPARE(f.scope.scope().timeframe, Timeframe::fromName("1m"));
    QVERIFY(f.bar->count()->text().contains(u"nothing"_s));
    f.bar->time()->setFocus();
    f.bar->time()->lineEdit()->selectAll();
    QTest::keyClicks(f.bar->time(), u"2024-03"_s);
    QTest::keyClick(f.bar->time(), Qt::Key_Return);
    QCOMPARE(f.scope.scope().time.fixed, (TimeRange {at("2024-03-01"), at("2024-04-01")}));
    f.scope.set(scopeOf("gamma")); // from elsewhere: nothing stored, still shown
    QCOMPARE(f.bar->exchange()->currentText(), u"gamma"_s);
    QVERIFY(f.bar->symbols()->text().isEmpty());
    QCOMPARE(f.bar->timeframe()->currentIndex(), 0);
}

void tst_ScopeBar::barSaysWhatIsNoTime()
{
    BarFixture f;
    f.bar->edit();
    QSignalSpy told(f.bar, &ScopeBar::told);
    f.bar->time()->setFocus();
    QTest::keyClicks(f.bar->time(), u"next week"_s);
    QTest::keyClick(f.bar->time(), Qt::Key_Return);
    QVERIFY(told.count() >= 1);
    QVERIFY(told.at(0).at(0).toString().contains(u"next week"_s));
    QVERIFY(f.scope.scope().isAny());
    f.bar->time()->setCurrentIndex(3);
    emit f.bar->time()->activated(3);
    QCOMPARE(f.scope.scope().time.last.count(), 24 * 30);
    f.bar->time()->setCurrentIndex(0);
    emit f.bar->time()->activated(0);
    QVERIFY(f.scope.scope().isAny());
}

void tst_ScopeBar::escapeClearsThenLeaves()
{
    BarFixture f;
    f.bar->edit();
    f.scope.set(scopeOf("beta"));
    QTest::keyClick(f.bar->exchange(), Qt::Key_Escape);
    QVERIFY(f.scope.scope().isAny());
    QVERIFY(f.bar->isVisible());
    QTest::keyClick(f.bar->exchange(), Qt::Key_Escape);
    QVERIFY(!f.bar->isVisible());
    QCOMPARE(QApplication::focusWidget(), f.other);
}

void tst_ScopeBar::closingTheBarEndsTheScope()
{
    BarFixture f;
    f.bar->toggleViewAction()->trigger();
    QVERIFY(f.bar->isVisible());
    f.scope.set(scopeOf("beta"));
    f.bar->toggleViewAction()->trigger();
    QVERIFY(!f.bar->isVisible());
    QVERIFY(f.scope.scope().isAny());
}

void tst_ScopeBar::aSetScopeIsNeverHidden()
{
    BarFixture f;
    const QByteArray hidden = f.window.saveState();
    f.scope.set(scopeOf("beta"));
    QVERIFY(f.bar->isVisible());
    f.window.restoreState(hidden);
    f.scope.applyState(f.scope.state()); // as a layout does
    QVERIFY(f.bar->isVisible());
}

void tst_ScopeBar::findingsAreThoseInside()
{
    DisplayScope scope(m_zone);
    DisplayZone zone;
    FindingFilterBar bar(zone);
    bar.setSeriesList(listOf({key("alpha", "BTC/USDT"), key("alpha", "ETH/USDT", "1h"), key("beta", "BTC/USDT")}));
    bar.followScope(scope);
    QVERIFY(!bar.isNarrow());
    QSignalSpy changed(&bar, &FindingFilterBar::changed);
    Scope wanted = scopeOf("alpha");
    wanted.time.fixed = {at("2024-01-01"), at("2024-02-01")};
    scope.set(wanted);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(bar.filter().series, (std::vector<SeriesId> {1, 2}));
    QCOMPARE(bar.filter().within, wanted.time.fixed);
    bar.text()->setText(u"btc"_s);
    QCOMPARE(bar.filter().series, std::vector<SeriesId> {1});
    bar.from()->setText(u"2024-01-10"_s);
    QCOMPARE(bar.filter().within.from, at("2024-01-10"));
    QCOMPARE(bar.filter().within.to, at("2024-02-01"));
    bar.text()->clear();
    scope.set(scopeOf("gamma"));
    QCOMPARE(bar.filter().series, std::vector<SeriesId> {-1}); // none, not any
    bar.clear();
    QVERIFY(!bar.isNarrow());
    QVERIFY(!scope.isLinked(ScopePanel::Validation));
}

QTEST_MAIN(tst_ScopeBar)
#include "tst_scopebar.moc"
