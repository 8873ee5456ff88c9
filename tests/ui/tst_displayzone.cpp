#include <QSignalSpy>
#include <QTest>

#include "core/base/timetext.h"
#include "ui/widgets/displayzone.h"

using namespace mnemo;

class tst_DisplayZone : public QObject {
    Q_OBJECT
private slots:
    void timesInAZone_data();
    void timesInAZone();
    void changesAreTold();
    void garbageIsUtc();
};

void tst_DisplayZone::timesInAZone_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("label");
    const auto row = [](const char* name, const char* id, qint64 ms, const char* text, const char* label) {
        QTest::newRow(name) << QString::fromLatin1(id) << ms << QString::fromLatin1(text) << QString::fromLatin1(label);
    };
    row("utc", "UTC", 1'700'000'000'000, "2023-11-14 22:13:20", "UTC");
    row("winter", "Europe/Berlin", 1'704'067'200'000, "2024-01-01 01:00", "CET");
    row("summer", "Europe/Berlin", 1'719'792'000'000, "2024-07-01 02:00", "CEST");
    row("no letters", "Asia/Dubai", 1'704'067'200'000, "2024-01-01 04:00", "UTC+04");
}

void tst_DisplayZone::timesInAZone()
{
    QFETCH(QString, id);
    QFETCH(qint64, ms);
    DisplayZone zone;
    if (!zone.setId(id))
        QSKIP("this system has no zone information");
    QTEST(zone.timeText(fromMs(ms)), "text");
    QTEST(zone.label(fromMs(ms)), "label");
}

void tst_DisplayZone::changesAreTold()
{
    DisplayZone zone;
    QSignalSpy changed(&zone, &DisplayZone::changed);
    QVERIFY(zone.setId(QStringLiteral("UTC")));
    QCOMPARE(changed.count(), 0);
    QVERIFY(zone.setId(QStringLiteral("local")));
    QCOMPARE(changed.count(), 1);
    QCOMPARE(zone.zone().id(), QTimeZone::systemTimeZoneId());
}

void tst_DisplayZone::garbageIsUtc()
{
    DisplayZone zone;
    zone.setId(QStringLiteral("local"));
    QVERIFY(!zone.setId(QStringLiteral("Nowhere/At_All")));
    QCOMPARE(zone.id(), QStringLiteral("UTC"));
    QVERIFY(!zone.setId({}));
    QVERIFY(DisplayZone::names().contains(QStringLiteral("Europe/Berlin")));
}

QTEST_MAIN(tst_DisplayZone)
#include "tst_displayzone.moc"
