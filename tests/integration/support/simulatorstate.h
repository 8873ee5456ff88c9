#pragma once

#include <QNetworkAccessManager>
#include <QNetworkReply>

#include "programs.h"

/// The body that is served there.
inline QByteArray get(const QString& url)
{
    QNetworkAccessManager manager;
    QNetworkReply* reply = manager.get(QNetworkRequest(QUrl(url)));
    QEventLoop loop;
    QObject::connect(reply, &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    return reply->readAll();
}

/// Requests that one of its venues has had.
inline int askedOf(const Sim& sim, const char* venue)
{
    return QJsonDocument::fromJson(get(sim.url() + QStringLiteral("/_sim/stats")))[u"requests"][QString::fromLatin1(venue)].toInt();
}
