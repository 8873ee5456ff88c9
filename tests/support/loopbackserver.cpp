#include "tests/support/loopbackserver.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <list>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

namespace mnemo::test {

namespace {

/// Owns a file descriptor. close() and shutDown() may come from different threads.
class Socket {
public:
    explicit Socket(int fd)
        : m_fd(fd)
    {
    }
    ~Socket() { close(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    int fd() const { return m_fd; }
    void close()
    {
        const std::lock_guard lock(m_mutex);
        if (m_fd >= 0)
            ::close(m_fd.exchange(-1));
    }
    void shutDown() ///< wakes a thread that reads or writes
    {
        const std::lock_guard lock(m_mutex);
        if (m_fd >= 0)
            ::shutdown(m_fd, SHUT_RDWR);
    }

private:
    std::mutex m_mutex;
    std::atomic<int> m_fd;
};

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslDeleter>;
using Ssl = std::unique_ptr<SSL, SslDeleter>;

SslContext makeContext(const TlsIdentity& identity)
{
    SslContext context(SSL_CTX_new(TLS_server_method()));
    const std::unique_ptr<BIO, SslDeleter> certificateText(
        BIO_new_mem_buf(identity.certificatePem.data(), static_cast<int>(identity.certificatePem.size())));
    const std::unique_ptr<BIO, SslDeleter> keyText(
        BIO_new_mem_buf(identity.keyPem.data(), static_cast<int>(identity.keyPem.size())));
    const std::unique_ptr<X509, SslDeleter> certificate(
        PEM_read_bio_X509(certificateText.get(), nullptr, nullptr, nullptr));
    const std::unique_ptr<EVP_PKEY, SslDeleter> key(PEM_read_bio_PrivateKey(keyText.get(), nullptr, nullptr, nullptr));
    if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1
        || SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        throw std::runtime_error("the server's certificate is unusable");
    return context;
}

sockaddr* asAddress(sockaddr_in& address)
{
    return static_cast<sockaddr*>(static_cast<void*>(&address));
}

/// A listening socket on a free port; returns it with the port.
std::pair<int, int> listenOnLoopback()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, asAddress(address), size) != 0 || ::listen(fd, 128) != 0
        || ::getsockname(fd, asAddress(address), &size) != 0)
        throw std::runtime_error("cannot listen on 127.0.0.1");
    return {fd, ntohs(address.sin_port)};
}

std::string lowered(std::string text)
{
    std::ranges::transform(
        text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string gzip(std::string_view body, std::uint64_t blanks)
{
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib");
    std::string out;
    std::string buffer(65'536, '\0');
    const auto feed = [&](std::string_view text, int flush) {
        std::string copy(text);
        stream.next_in = static_cast<Bytef*>(static_cast<void*>(copy.data()));
        stream.avail_in = static_cast<uInt>(copy.size());
        do {
            stream.next_out = static_cast<Bytef*>(static_cast<void*>(buffer.data()));
            stream.avail_out = static_cast<uInt>(buffer.size());
            deflate(&stream, flush);
            out.append(buffer.data(), buffer.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    };
    feed(body, Z_NO_FLUSH);
    const std::string some(65'536, ' ');
    for (std::uint64_t left = blanks; left > 0; left -= std::min<std::uint64_t>(left, some.size()))
        feed(std::string_view(some).substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left, some.size()))),
            Z_NO_FLUSH);
    feed({}, Z_FINISH);
    deflateEnd(&stream);
    return out;
}

/// Takes "GET /x HTTP/1.1\r\nName: value\r\n...\r\n" apart.
ReceivedRequest parseHead(std::string_view head)
{
    ReceivedRequest request;
    std::size_t end = head.find("\r\n");
    const std::string_view first = head.substr(0, end);
    const std::size_t blank = first.find(' ');
    const std::size_t lastBlank = first.rfind(' ');
    request.method = first.substr(0, blank);
    if (blank != first.npos && lastBlank > blank)
        request.target = first.substr(blank + 1, lastBlank - blank - 1);
    while (end + 2 < head.size()) {
        const std::size_t next = std::min(head.find("\r\n", end + 2), head.size());
        const std::string_view line = head.substr(end + 2, next - end - 2);
        end = next;
        const std::size_t colon = line.find(':');
        if (colon == line.npos)
            continue;
        std::string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        request.headers[lowered(std::string(line.substr(0, colon)))] = value;
    }
    return request;
}

/// One client: reads and writes plain or through TLS.
class Channel {
public:
    Channel(Socket& socket, SSL_CTX* context)
        : m_socket(socket)
    {
        if (!context)
            return;
        m_ssl.reset(SSL_new(context));
        SSL_set_fd(m_ssl.get(), socket.fd());
        m_isOpen = SSL_accept(m_ssl.get()) == 1;
        ERR_clear_error();
    }
    bool isOpen() const { return m_isOpen; }

    bool write(std::string_view bytes)
    {
        while (!bytes.empty() && m_isOpen) {
            const auto sent = m_ssl
                ? SSL_write(m_ssl.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)))
                : ::send(m_socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                ERR_clear_error();
                return m_isOpen = false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return m_isOpen;
    }

    /// The next request; nothing when the client has gone.
    std::optional<ReceivedRequest> read()
    {
        std::size_t headEnd = 0;
        while ((headEnd = m_input.find("\r\n\r\n")) == m_input.npos) {
            if (!fill())
                return std::nullopt;
            if (m_input.front() < 'A' || m_input.front() > 'Z') { // somebody speaks TLS here
                write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                return std::nullopt;
            }
        }
        ReceivedRequest request = parseHead(std::string_view(m_input).substr(0, headEnd));
        m_input.erase(0, headEnd + 4);
        const std::string length = request.header("content-length");
        const std::size_t bodyBytes = length.empty() ? 0 : std::stoul(length);
        while (m_input.size() < bodyBytes) {
            if (!fill())
                return std::nullopt;
        }
        request.body = m_input.substr(0, bodyBytes);
        m_input.erase(0, bodyBytes);
        return request;
    }

    void waitForEnd()
    {
        while (fill())
            m_input.clear();
    }

    void reset()
    {
        const linger now{1, 0};
        ::setsockopt(m_socket.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        m_isOpen = false;
    }

private:
    bool fill()
    {
        char buffer[16'384];
        const auto got =
            m_ssl ? SSL_read(m_ssl.get(), buffer, sizeof buffer) : ::recv(m_socket.fd(), buffer, sizeof buffer, 0);
        if (got <= 0) {
            ERR_clear_error();
            return m_isOpen = false;
        }
        m_input.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

    Socket& m_socket;
    Ssl m_ssl;
    std::string m_input;
    bool m_isOpen = true;
};

std::string headOf(const Reply& reply, std::uint64_t bodyBytes)
{
    std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\n";
    for (const auto& [name, value] : reply.headers)
        head += name + ": " + value + "\r\n";
    if (reply.isGzip)
        head += "Content-Encoding: gzip\r\n";
    if (reply.isChunked)
        head += "Transfer-Encoding: chunked\r\n";
    else if (reply.status != 204 && reply.status != 304)
        head += "Content-Length: " + std::to_string(bodyBytes) + "\r\n";
    if (reply.end == Reply::End::Close)
        head += "Connection: close\r\n";
    return head + "\r\n";
}

std::string chunkHead(std::size_t size)
{
    char text[32];
    std::snprintf(text, sizeof text, "%zx\r\n", size);
    return text;
}

} // namespace

std::string ReceivedRequest::header(const std::string& lowerCaseName) const
{
    const auto it = headers.find(lowerCaseName);
    return it == headers.end() ? std::string() : it->second;
}

struct LoopbackServer::Private {
    struct Connection {
        explicit Connection(int fd)
            : socket(fd)
        {
        }
        Socket socket;
        std::atomic<bool> isDone = false;
        std::jthread thread;
    };

    void acceptAll(const std::stop_token& stop);
    void serve(Connection& connection, int number, const std::stop_token& stop);
    bool answer(Channel& channel, const Reply& reply, const std::stop_token& stop);
    bool sendBody(
        Channel& channel, const Reply& reply, std::string_view body, std::uint64_t blanks, const std::stop_token& stop);
    bool sendPiece(Channel& channel, const Reply& reply, std::string_view piece, const std::stop_token& stop);
    void pause(milliseconds time, const std::stop_token& stop);

    Handler handler;
    SslContext context;
    std::unique_ptr<Socket> listener;
    int port = 0;
    std::atomic<int> accepted = 0;
    mutable std::mutex mutex;
    std::condition_variable_any sleep;
    std::vector<ReceivedRequest> received;
    std::list<Connection> connections;
    std::jthread acceptor;
};

void LoopbackServer::Private::pause(milliseconds time, const std::stop_token& stop)
{
    if (time <= milliseconds{0})
        return;
    std::unique_lock lock(mutex);
    sleep.wait_for(lock, stop, time, [] { return false; });
}

void LoopbackServer::Private::acceptAll(const std::stop_token& stop)
{
    for (;;) {
        const int fd = ::accept4(listener->fd(), nullptr, nullptr, SOCK_CLOEXEC);
        if (stop.stop_requested() || fd < 0) {
            if (fd >= 0)
                ::close(fd);
            return;
        }
        const int one = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        const int number = ++accepted;
        const std::lock_guard lock(mutex);
        connections.remove_if([](const Connection& connection) { return connection.isDone.load(); });
        Connection& connection = connections.emplace_back(fd);
        connection.thread =
            std::jthread([this, &connection, number](const std::stop_token& own) { serve(connection, number, own); });
    }
}

void LoopbackServer::Private::serve(Connection& connection, int number, const std::stop_token& stop)
{
    {
        Channel channel(connection.socket, context.get());
        while (channel.isOpen() && !stop.stop_requested()) {
            auto request = channel.read();
            if (!request)
                break;
            request->connection = number;
            {
                const std::lock_guard lock(mutex);
                request->number = static_cast<int>(received.size()) + 1;
                received.push_back(*request);
            }
            Reply reply = handler(*request);
            if (request->method == "HEAD")
                reply.cutAfter = 0;
            if (!answer(channel, reply, stop))
                break;
        }
    }
    connection.socket.close();
    connection.isDone = true;
}

/// False when the connection ends with this reply.
bool LoopbackServer::Private::answer(Channel& channel, const Reply& reply, const std::stop_token& stop)
{
    pause(reply.delay, stop);
    const std::string packed = reply.isGzip ? gzip(reply.body, reply.blanks) : std::string();
    const std::string_view body = reply.isGzip ? std::string_view(packed) : std::string_view(reply.body);
    const std::uint64_t blanks = reply.isGzip ? 0 : reply.blanks;
    if (reply.raw)
        channel.write(*reply.raw);
    else if (channel.write(headOf(reply, body.size() + blanks)))
        sendBody(channel, reply, body, blanks, stop);
    switch (reply.end) {
    case Reply::End::KeepOpen:
        return channel.isOpen();
    case Reply::End::Close:
        return false;
    case Reply::End::Reset:
        channel.reset();
        return false;
    case Reply::End::Stall:
        channel.waitForEnd();
        return false;
    }
    return false;
}

bool LoopbackServer::Private::sendBody(
    Channel& channel, const Reply& reply, std::string_view body, std::uint64_t blanks, const std::stop_token& stop)
{
    std::uint64_t left = reply.cutAfter.value_or(body.size() + blanks);
    const std::string some(static_cast<std::size_t>(std::min<std::uint64_t>(blanks, 65'536)), ' ');
    std::string_view rest = body;
    bool isFine = true;
    while (isFine && left > 0 && (!rest.empty() || blanks > 0)) {
        if (rest.empty()) {
            rest = std::string_view(some).substr(
                0, static_cast<std::size_t>(std::min<std::uint64_t>(blanks, some.size())));
            blanks -= rest.size();
        }
        std::size_t size = reply.piece > 0 ? std::min(reply.piece, rest.size()) : rest.size();
        size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
        isFine = sendPiece(channel, reply, rest.substr(0, size), stop);
        rest.remove_prefix(size);
        left -= size;
    }
    return isFine && (!reply.isChunked || reply.cutAfter || channel.write("0\r\n\r\n"));
}

bool LoopbackServer::Private::sendPiece(
    Channel& channel, const Reply& reply, std::string_view piece, const std::stop_token& stop)
{
    const bool isSent = reply.isChunked
        ? channel.write(chunkHead(piece.size())) && channel.write(piece) && channel.write("\r\n")
        : channel.write(piece);
    if (isSent)
        pause(reply.pause, stop);
    return isSent && !stop.stop_requested();
}

LoopbackServer::LoopbackServer(Handler handler, std::optional<TlsIdentity> tls)
    : d(std::make_unique<Private>())
{
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
    d->handler = std::move(handler);
    if (tls)
        d->context = makeContext(*tls);
    const auto [fd, port] = listenOnLoopback();
    d->listener = std::make_unique<Socket>(fd);
    d->port = port;
    d->acceptor = std::jthread([this](const std::stop_token& stop) { d->acceptAll(stop); });
}

LoopbackServer::~LoopbackServer()
{
    d->acceptor.request_stop();
    d->listener->shutDown();
    d->acceptor.join();
    for (Private::Connection& connection : d->connections) {
        connection.thread.request_stop();
        connection.socket.shutDown();
    }
    for (Private::Connection& connection : d->connections)
        connection.thread.join();
}

int LoopbackServer::port() const
{
    return d->port;
}

std::string LoopbackServer::url(std::string_view path, std::string_view host) const
{
    return (d->context ? "https://" : "http://") + std::string(host) + ":" + std::to_string(d->port)
        + std::string(path);
}

int LoopbackServer::connections() const
{
    return d->accepted;
}

int LoopbackServer::openConnections() const
{
    const std::lock_guard lock(d->mutex);
    return static_cast<int>(
        std::ranges::count_if(d->connections, [](const auto& connection) { return !connection.isDone; }));
}

std::vector<ReceivedRequest> LoopbackServer::received() const
{
    const std::lock_guard lock(d->mutex);
    return d->received;
}

int unusedPort()
{
    const auto [fd, port] = listenOnLoopback();
    ::close(fd);
    return port;
}

} // namespace mnemo::test
