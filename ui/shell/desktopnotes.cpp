#include "ui/shell/desktopnotes.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QSystemTrayIcon>
#include <algorithm>

#include "ui/alerts/alerttext.h"
#include "ui/widgets/glyphicon.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

const QString service = u"org.freedesktop.Notifications"_s;
const QString path = u"/org/freedesktop/Notifications"_s;

/// Without this look Qt would try to start a bus.
bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s);
}

} // namespace

DesktopNotes::DesktopNotes(QObject* parent)
    : QObject(parent)
{
}

DesktopNotes::~DesktopNotes() = default;

void DesktopNotes::show(const AlertMessage& message)
{
    const QString title = message.isTest() ? tr("A test: notifications reach you here")
        : message.isEnd() ? tr("Resolved: %1").arg(alertTitle(message.alert))
                          : alertTitle(message.alert);
    const QString text = message.isTest() || message.isEnd() ? QString() : alertHelp(message.alert.kind);
    const bool isUrgent = !message.isTest() && !message.isEnd() && message.alert.severity == Severity::Error;
    if (!hasSessionBus())
        return showInTray(title, text, isUrgent);
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!m_isConnected)
        m_isConnected = bus.connect(service, path, service, u"ActionInvoked"_s, this, SLOT(actionInvoked(uint, QString)));
    QDBusMessage call = QDBusMessage::createMethodCall(service, path, service, u"Notify"_s);
    const auto earlier = m_notes.find(message.alert.id);
    const QVariantMap hints {{u"urgency"_s, QVariant::fromValue<uchar>(isUrgent ? 2 : 1)}, {u"desktop-entry"_s, u"mnemo-quant"_s}};
    call << u"mnemo-quant"_s << (earlier == m_notes.end() ? 0U : earlier->second) << u"mnemo-quant"_s << title
         << text.toHtmlEscaped() << QStringList {u"default"_s, tr("Open")} << hints << -1;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
        [this, id = message.alert.id, title, text, isUrgent](QDBusPendingCallWatcher* answered) {
            const QDBusPendingReply<uint> reply = *answered;
            if (reply.isError())
                showInTray(title, text, isUrgent); // a desktop without the service
            else
                m_notes[id] = reply.value();
            answered->deleteLater();
        });
}

void DesktopNotes::showInTray(const QString& title, const QString& text, bool isUrgent)
{
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return;
    if (!m_tray) {
        m_tray = std::make_unique<QSystemTrayIcon>(applicationIcon());
        m_tray->setToolTip(tr("mnemo-quant"));
        connect(m_tray.get(), &QSystemTrayIcon::messageClicked, this, [this] { emit opened(0); });
        connect(m_tray.get(), &QSystemTrayIcon::activated, this, [this] { emit opened(0); });
    }
    m_tray->show();
    m_tray->showMessage(title, text, isUrgent ? QSystemTrayIcon::Critical : QSystemTrayIcon::Information);
}

void DesktopNotes::actionInvoked(uint note, const QString& /*action*/)
{
    const auto found = std::ranges::find_if(m_notes, [note](const auto& one) { return one.second == note; });
    if (found != m_notes.end()) // else another program's
        emit opened(found->first);
}

} // namespace mnemo
