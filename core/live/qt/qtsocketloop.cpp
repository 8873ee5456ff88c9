#include "core/live/qt/qtsocketloop.h"

#include <utility>

#include <QCoreApplication>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>

namespace mnemo {

namespace {

/// Larger messages end the connection: none of candles is.
constexpr quint64 largestMessage = 16U << 20U;

class QtSocket final : public Socket {
public:
    QtSocket(const std::string& url, SocketHandlers handlers)
        : m_socket(new QWebSocket)
        , m_handlers(std::make_shared<const SocketHandlers>(std::move(handlers)))
    {
        m_socket->setMaxAllowedIncomingMessageSize(largestMessage);
        // Who destroys this object is told nothing more, also not what is on its way; a call may be what destroys it.
        const std::weak_ptr<const SocketHandlers> known = m_handlers;
        QObject::connect(m_socket, &QWebSocket::connected, m_socket, [known] {
            if (const auto told = known.lock())
                told->opened();
        });
        QObject::connect(m_socket, &QWebSocket::textMessageReceived, m_socket,
            [known](const QString& message) { tell(known, message.toUtf8()); });
        QObject::connect(m_socket, &QWebSocket::binaryMessageReceived, m_socket,
            [known](const QByteArray& bytes) { tell(known, bytes); });
        QObject::connect(m_socket, &QWebSocket::pong, m_socket, [known] {
            if (const auto told = known.lock())
                told->ponged();
        });
        QObject::connect(m_socket, &QWebSocket::disconnected, m_socket, [this] { tellEnd(); });
        QObject::connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), m_socket,
            [this] { tellEnd(); }); // errorOccurred came with Qt 6.5
        m_socket->open(QUrl(QString::fromStdString(url)));
    }

    ~QtSocket() override
    {
        m_socket->disconnect();
        m_socket->abort();
        m_socket->deleteLater(); // it may be in a signal of its own
    }
    QtSocket(const QtSocket&) = delete;
    QtSocket& operator=(const QtSocket&) = delete;

    void send(const std::string& text) override
    {
        m_socket->sendTextMessage(QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())));
    }
    void ping() override { m_socket->ping(); }

private:
    static void tell(const std::weak_ptr<const SocketHandlers>& known, const QByteArray& bytes)
    {
        if (const auto told = known.lock())
            told->received({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    }

    /// Once, after the signals: the connection that broke is told by an end and an error, in either order. Qt says 1000 (normal)
    /// also where no close frame came.
    void tellEnd()
    {
        if (std::exchange(m_hasEnded, true))
            return;
        QTimer::singleShot(0, m_socket, [known = std::weak_ptr(m_handlers), socket = m_socket] {
            const bool isBroken = socket->error() != QAbstractSocket::UnknownSocketError
                && socket->error() != QAbstractSocket::RemoteHostClosedError;
            const int code = isBroken ? 0 : static_cast<int>(socket->closeCode());
            const QString reason = socket->closeReason().isEmpty() ? socket->errorString() : socket->closeReason();
            if (const auto told = known.lock())
                told->closed(code, reason.toStdString());
        });
    }

    QWebSocket* const m_socket; ///< deletes itself
    const std::shared_ptr<const SocketHandlers> m_handlers;
    bool m_hasEnded = false;
};

} // namespace

/// Where the thread is woken. What it is to do is handed over under a lock of ours: Qt's own is none that ThreadSanitizer
/// sees, and a race in a task would be lost among its reports.
class QtSocketLoop::Place final : public QObject {
public:
    explicit Place(QtSocketLoop& loop)
        : m_loop(loop)
    {
    }
    bool event(QEvent* event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        m_loop.runWaiting();
        return true;
    }

private:
    QtSocketLoop& m_loop;
};

QtSocketLoop::QtSocketLoop()
    : m_place(std::make_unique<Place>(*this))
{
    m_thread.setObjectName(QStringLiteral("live"));
    m_place->moveToThread(&m_thread);
}

QtSocketLoop::~QtSocketLoop()
{
    m_thread.quit();
    m_thread.wait();
}

void QtSocketLoop::run(std::function<void()> task)
{
    std::call_once(m_begun, [this] { m_thread.start(); });
    bool isFirst = false;
    {
        const std::lock_guard lock(m_mutex);
        isFirst = m_tasks.empty();
        m_tasks.push_back(std::move(task));
    }
    if (isFirst)
        QCoreApplication::postEvent(m_place.get(), new QEvent(QEvent::User));
}

void QtSocketLoop::runWaiting()
{
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock(m_mutex);
        tasks.swap(m_tasks);
    }
    for (std::function<void()>& task : tasks) {
        task();
        task = nullptr; // what it holds goes before the next begins
    }
}

bool QtSocketLoop::isOwnThread() const
{
    return QThread::currentThread() == &m_thread;
}

std::unique_ptr<Socket> QtSocketLoop::connect(const std::string& url, SocketHandlers handlers)
{
    return std::make_unique<QtSocket>(url, std::move(handlers));
}

std::shared_ptr<void> QtSocketLoop::every(milliseconds interval, std::function<void()> beat)
{
    auto timer = std::make_shared<QTimer>();
    QObject::connect(timer.get(), &QTimer::timeout, timer.get(), std::move(beat));
    timer->start(interval);
    return timer;
}

} // namespace mnemo
