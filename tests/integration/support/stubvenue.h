#pragma once

#include <functional>

#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QUrlQuery>

/// A server on this machine that answers each request with what a function says. Lives in the test's thread.
class StubVenue : public QTcpServer {
public:
    struct Reply {
        int status = 200;
        QByteArray body;
        QByteArray type = "application/json";
        bool isSilent = false; ///< never answers
    };
    using Answer = std::function<Reply(const QString& path, const QUrlQuery& query)>;

    explicit StubVenue(Answer answer)
        : m_answer(std::move(answer))
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket* socket = nextPendingConnection())
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        });
    }
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(serverPort()); }
    int requests() const { return m_requests; }

private:
    void read(QTcpSocket* socket)
    {
        QByteArray head = socket->property("head").toByteArray() + socket->readAll();
        for (qsizetype end = head.indexOf("\r\n\r\n"); end >= 0; end = head.indexOf("\r\n\r\n")) {
            reply(socket, head.left(end));
            head.remove(0, end + 4);
        }
        socket->setProperty("head", head);
    }

    void reply(QTcpSocket* socket, const QByteArray& head)
    {
        ++m_requests;
        const QUrl url(QString::fromLatin1(head.split(' ').value(1)));
        const Reply reply = m_answer(url.path(), QUrlQuery(url));
        if (reply.isSilent)
            return;
        socket->write("HTTP/1.1 " + QByteArray::number(reply.status) + " Stub\r\nContent-Type: " + reply.type
            + "\r\nContent-Length: " + QByteArray::number(reply.body.size()) + "\r\n\r\n" + reply.body);
    }

    Answer m_answer;
    int m_requests = 0;
};
