#include "ui/shell/desktoplook.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <utility>

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

const QString service = u"org.freedesktop.portal.Desktop"_s;
const QString path = u"/org/freedesktop/portal/desktop"_s;
const QString interface = u"org.freedesktop.portal.Settings"_s;
const QString area = u"org.freedesktop.appearance"_s;
const QString scheme = u"color-scheme"_s; // 0 no preference, 1 dark, 2 light
const QString contrastKey = u"contrast"_s; // 1 higher

/// Without this look Qt would try to start a bus.
bool hasSessionBus()
{
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s);
}

} // namespace

DesktopLook::DesktopLook(SystemLook fallback, QObject* parent)
    : QObject(parent)
    , m_fallback(fallback)
{
}

void DesktopLook::start()
{
    if (!hasSessionBus())
        return;
    QDBusConnection::sessionBus().connect(service, path, interface, u"SettingChanged"_s, this,
        SLOT(settingChanged(QString, QString, QDBusVariant)));
    ask(scheme);
    ask(contrastKey);
}

void DesktopLook::ask(const QString& key)
{
    QDBusMessage question = QDBusMessage::createMethodCall(service, path, interface, u"Read"_s);
    question << area << key;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, key](QDBusPendingCallWatcher* answered) {
        const QDBusPendingReply<QDBusVariant> reply = *answered;
        if (!reply.isError()) // a desktop without the portal has no preference
            take(key, reply.value().variant());
        answered->deleteLater();
    });
}

SystemLook DesktopLook::look() const
{
    if (m_contrast == 1U)
        return SystemLook::HighContrast;
    if (m_scheme == 1U)
        return SystemLook::Dark;
    return m_scheme == 2U ? SystemLook::Light : m_fallback;
}

void DesktopLook::settingChanged(const QString& changedArea, const QString& key, const QDBusVariant& value)
{
    if (changedArea == area)
        take(key, value.variant());
}

void DesktopLook::take(const QString& key, QVariant value)
{
    if (value.metaType() == QMetaType::fromType<QDBusVariant>()) // Read wraps it twice
        value = value.value<QDBusVariant>().variant();
    bool isNumber = false;
    const uint number = value.toUInt(&isNumber);
    if (!isNumber)
        return;
    const SystemLook before = look();
    if (key == scheme)
        m_scheme = number;
    else if (key == contrastKey)
        m_contrast = number;
    if (look() != before)
        emit changed(look());
}

} // namespace mnemo
