// The theme as the desktop wants it, over a real message bus of the test's own.
#include <QApplication>
#include <QDBusConnection>
#include <QDBusVariant>
#include <QFile>
#include <QMenu>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include "ui/shell/themeswitch.h"
#include "ui/widgets/theme.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

/// What GNOME or KDE would answer.
class Portal : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")
public:
    uint scheme = 1, contrast = 0;
    int asked = 0;

    void set(const QString& key, uint value)
    {
        (key == u"contrast"_s ? contrast : scheme) = value;
        emit SettingChanged(u"org.freedesktop.appearance"_s, key, QDBusVariant(value));
    }

public slots:
    QDBusVariant Read(const QString& area, const QString& key)
    {
        ++asked;
        const uint value = area != u"org.freedesktop.appearance"_s ? 99 : key == u"contrast"_s ? contrast : scheme;
        return QDBusVariant(QVariant::fromValue(QDBusVariant(value))); // twice, as the real one
    }

signals:
    void SettingChanged(const QString& area, const QString& key, const QDBusVariant& value);
};

class tst_DesktopPortal : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void cleanupTestCase();
    void nobodyThereChangesNothing();
    void followsThePortal();

private:
    static bool isDark() { return Theme::of(QApplication::palette()).isDark; }
    static bool isHigh() { return Theme::of(QApplication::palette()).isHighContrast; }

    QTemporaryDir m_folder;
    QProcess m_bus;
    QString m_address;
};

void tst_DesktopPortal::initTestCase()
{
    if (QStandardPaths::findExecutable(u"dbus-daemon"_s).isEmpty())
        QSKIP("dbus-daemon is not installed");
    QFile config(m_folder.filePath(u"bus.conf"_s));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write("<busconfig><type>session</type><listen>unix:path=" + m_folder.filePath(u"bus"_s).toUtf8()
        + "</listen><auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>"
          "<allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>");
    config.close();
    m_bus.start(
        u"dbus-daemon"_s, {u"--nofork"_s, u"--print-address=1"_s, u"--config-file="_s + config.fileName()});
    QVERIFY(m_bus.waitForStarted() && m_bus.waitForReadyRead());
    m_address = QString::fromUtf8(m_bus.readLine()).trimmed();
    qputenv("DBUS_SESSION_BUS_ADDRESS", m_address.toUtf8());
    QVERIFY(QDBusConnection::sessionBus().isConnected());
}

void tst_DesktopPortal::cleanupTestCase()
{
    m_bus.kill();
    m_bus.waitForFinished();
}

void tst_DesktopPortal::nobodyThereChangesNothing()
{
    QSettings settings(m_folder.filePath(u"a.ini"_s), QSettings::IniFormat);
    QMenu menu;
    ThemeSwitch themes(settings, menu);
    const bool before = isDark();
    themes.followDesktop();
    QTest::qWait(300);
    QCOMPARE(isDark(), before);
    QVERIFY(!isHigh());
}

void tst_DesktopPortal::followsThePortal()
{
    Portal portal;
    auto bus = QDBusConnection::connectToBus(m_address, u"portal"_s);
    QVERIFY(bus.registerObject(u"/org/freedesktop/portal/desktop"_s, &portal,
        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(bus.registerService(u"org.freedesktop.portal.Desktop"_s));
    QSettings settings(m_folder.filePath(u"b.ini"_s), QSettings::IniFormat);
    QMenu menu;
    ThemeSwitch themes(settings, menu);
    themes.followDesktop();
    QTRY_VERIFY(isDark()); // as it is at the start
    QVERIFY(portal.asked >= 2);
    portal.set(u"color-scheme"_s, 2);
    QTRY_VERIFY(!isDark());
    portal.set(u"contrast"_s, 1);
    QTRY_VERIFY(isHigh());
    portal.set(u"contrast"_s, 0);
    QTRY_VERIFY(!isHigh());
    themes.choose(ThemeChoice::Light);
    portal.set(u"color-scheme"_s, 1);
    QTest::qWait(200);
    QVERIFY(!isDark()); // somebody has chosen
    themes.choose(ThemeChoice::System);
    QTRY_VERIFY(isDark());
    bus.unregisterService(u"org.freedesktop.portal.Desktop"_s);
    QDBusConnection::disconnectFromBus(u"portal"_s);
}

QTEST_MAIN(tst_DesktopPortal)
#include "tst_desktopportal.moc"
