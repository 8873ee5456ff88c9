// Alerts as notifications of the desktop, over a real message bus of the test's own.
#include <QApplication>
#include <QDBusConnection>
#include <QSignalSpy>
#include <QTest>

#include "messagebus.h"
#include "ui/shell/desktopnotes.h"

using namespace mnemo;
using namespace Qt::StringLiterals;

/// What a desktop would show.
class NotificationServer : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    struct Note {
        uint replaces = 0;
        QString title, text;
        QStringList actions;
        QVariantMap hints;
    };
    QList<Note> notes;

public slots:
    uint Notify(const QString& /*program*/, uint replaces, const QString& /*icon*/, const QString& title, const QString& text,
        const QStringList& actions, const QVariantMap& hints, int /*timeout*/)
    {
        notes.append({replaces, title, text, actions, hints});
        return replaces > 0 ? replaces : 40 + uint(notes.size());
    }

signals:
    void ActionInvoked(uint note, const QString& action);
};

namespace {

AlertMessage messageOf(AlertId id, const char* event)
{
    AlertMessage message;
    message.event = event;
    message.alert.id = id;
    message.alert.kind = AlertKind::FailedJobs;
    message.alert.where = "<kraken>";
    message.alert.count = 120;
    message.alert.severity = Severity::Error;
    return message;
}

} // namespace

class TestDesktopNotes : public QObject {
    Q_OBJECT
private slots:
    void initTestCase()
    {
        if (!MessageBus::isInstalled())
            QSKIP("dbus-daemon is not installed");
        QVERIFY(m_bus.start());
    }
    void nobodyThereHurtsNobody();
    void isShownReplacedAndClicked();

private:
    MessageBus m_bus;
};

void TestDesktopNotes::nobodyThereHurtsNobody()
{
    DesktopNotes notes;
    notes.show(messageOf(1, "fired"));
    QTest::qWait(200); // the bus says that nobody shows notifications
}

void TestDesktopNotes::isShownReplacedAndClicked()
{
    NotificationServer server;
    auto bus = QDBusConnection::connectToBus(m_bus.address(), u"notes"_s);
    QVERIFY(bus.registerObject(u"/org/freedesktop/Notifications"_s, &server,
        QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(bus.registerService(u"org.freedesktop.Notifications"_s));
    DesktopNotes notes;
    QSignalSpy opened(&notes, &DesktopNotes::opened);
    notes.show(messageOf(1, "fired"));
    QTRY_COMPARE(server.notes.size(), 1);
    QCOMPARE(server.notes[0].title, u"<kraken>: 120 jobs failed"_s);
    QVERIFY(!server.notes[0].text.contains(u'<')); // the body is markup
    QCOMPARE(server.notes[0].replaces, 0U);
    QCOMPARE(server.notes[0].hints[u"urgency"_s].toInt(), 2);
    QVERIFY(server.notes[0].actions.contains(u"default"_s));
    QTest::qWait(100); // the answer with the note's number
    notes.show(messageOf(2, "fired"));
    notes.show(messageOf(1, "resolved"));
    QTRY_COMPARE(server.notes.size(), 3);
    QCOMPARE(server.notes[1].replaces, 0U);
    QCOMPARE(server.notes[2].replaces, 41U); // the first one's
    QVERIFY(server.notes[2].title.startsWith(u"Resolved: "_s));
    QCOMPARE(server.notes[2].hints[u"urgency"_s].toInt(), 1);
    emit server.ActionInvoked(7, u"default"_s); // another program's
    emit server.ActionInvoked(41, u"default"_s);
    QTRY_COMPARE(opened.count(), 1);
    QCOMPARE(opened.at(0).at(0).value<AlertId>(), 1);
    bus.unregisterService(u"org.freedesktop.Notifications"_s);
    QDBusConnection::disconnectFromBus(u"notes"_s);
}

QTEST_MAIN(TestDesktopNotes)
#include "tst_desktopnotes.moc"
