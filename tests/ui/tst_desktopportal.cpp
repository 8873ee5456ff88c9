// The theme as the desktop wants it, over a real message bus of the test's own.
#include <QApplication>
#include <QDBusConnection>
#include <QDBusVariant>
#include <QMenu>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "messagebus.h"
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
    void nobodyThereChangesNothing();
    void followsThePortal();

private:
    static bool isDark() { return Theme::of(QApplication::palette()).isDark; }
    static bool isHigh() { return Theme::of(QApplication::palette()).isHighContrast; }

    QTemporaryDir m_folder;
    MessageBus m_bus;
};

void tst_DesktopPortal::initTestCase()
{
    if (!MessageBus::isInstalled())
        QSKIP("dbus-daemon is not installed");
    QVERIFY(m_bus.start());
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
    auto bus = QDBusConnection::connectToBus(m_bus.address(), u"portal"_s);
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
