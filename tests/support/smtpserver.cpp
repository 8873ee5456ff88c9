#include "tests/support/smtpserver.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mnemo::test {

namespace {

struct OpenSslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template<class T>
using Owned = std::unique_ptr<T, OpenSslDeleter>;

Owned<SSL_CTX> makeContext(const TlsIdentity& identity)
{
    Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
    const auto reading = [](const std::string& pem) {
        return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    };
    const Owned<X509> certificate(PEM_read_bio_X509(reading(identity.certificatePem).get(), nullptr, nullptr, nullptr));
    const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reading(identity.keyPem).get(), nullptr, nullptr, nullptr));
    if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 || SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        throw std::runtime_error("the server's certificate is unusable");
    return context;
}

std::string decoded(std::string text)
{
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    std::vector<unsigned char> bytes(text.size() + 4);
    const auto* in = static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
    const int size = EVP_DecodeBlock(bytes.data(), in, static_cast<int>(text.size()));
    std::string out(bytes.begin(), bytes.begin() + std::max(size, 0));
    out.resize(out.size() - static_cast<std::size_t>(std::ranges::count(text, '=')));
    return out;
}

/// A client: lines in, lines out, plain or through TLS.
class Client {
public:
    explicit Client(int fd)
        : m_fd(fd)
    {
    }
    ~Client()
    {
        m_ssl.reset();
        ::close(m_fd);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool secure(SSL_CTX* context)
    {
        m_ssl.reset(SSL_new(context));
        SSL_set_fd(m_ssl.get(), m_fd);
        const bool isDone = SSL_accept(m_ssl.get()) == 1;
        ERR_clear_error();
        return isDone;
    }
    bool isSecure() const { return m_ssl != nullptr; }

    bool say(const std::string& text)
    {
        const std::string line = text + "\r\n";
        const auto sent = m_ssl ? SSL_write(m_ssl.get(), line.data(), static_cast<int>(line.size()))
                                : static_cast<int>(::send(m_fd, line.data(), line.size(), MSG_NOSIGNAL));
        ERR_clear_error();
        return sent == static_cast<int>(line.size());
    }

    std::optional<std::string> line() { return until("\r\n"); }

    std::optional<std::string> until(std::string_view end)
    {
        for (;;) {
            if (const auto at = m_input.find(end); at != std::string::npos) {
                std::string text = m_input.substr(0, at);
                m_input.erase(0, at + end.size());
                return text;
            }
            char buffer[4096];
            const auto got = m_ssl ? SSL_read(m_ssl.get(), buffer, sizeof buffer)
                                   : static_cast<int>(::recv(m_fd, buffer, sizeof buffer, 0));
            ERR_clear_error();
            if (got <= 0)
                return std::nullopt;
            m_input.append(buffer, static_cast<std::size_t>(got));
        }
    }

private:
    int m_fd;
    Owned<SSL> m_ssl;
    std::string m_input;
};

std::string betweenBrackets(const std::string& line)
{
    const auto open = line.find('<');
    return open == std::string::npos ? std::string() : line.substr(open + 1, line.find('>') - open - 1);
}

void unstuff(std::string& data)
{
    for (auto at = data.find("\r\n.."); at != std::string::npos; at = data.find("\r\n..", at + 3))
        data.erase(at + 2, 1);
}

} // namespace

std::string ReceivedMail::header(const std::string& name) const
{
    const auto at = ("\r\n" + data).find("\r\n" + name + ": ");
    if (at == std::string::npos)
        return {};
    std::string value = data.substr(at + name.size() + 2);
    auto end = value.find("\r\n");
    while (end != std::string::npos && end + 2 < value.size() && value[end + 2] == ' ')
        end = value.find("\r\n", end + 2);
    value.resize(std::min(end, value.size()));
    for (auto fold = value.find("\r\n"); fold != std::string::npos; fold = value.find("\r\n"))
        value.erase(fold, 2);
    return value;
}

std::string ReceivedMail::text() const
{
    const auto at = data.find("\r\n\r\n");
    return at == std::string::npos ? std::string() : decoded(data.substr(at + 4));
}

struct SmtpServerFake::Private {
    SmtpBehaviour behaviour;
    Owned<SSL_CTX> context;
    int listener = -1, port = 0;
    std::atomic<int> client = -1; ///< being served
    std::atomic<int> accepted = 0;
    mutable std::mutex mutex;
    std::vector<ReceivedMail> received;
    std::size_t answered = 0;
    std::jthread thread; // last

    void listen()
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = static_cast<sockaddr*>(static_cast<void*>(&address));
        listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (listener < 0 || ::bind(listener, plain, size) != 0 || ::listen(listener, 16) != 0
            || ::getsockname(listener, plain, &size) != 0)
            throw std::runtime_error("cannot listen on 127.0.0.1");
        port = ntohs(address.sin_port);
    }

    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            const int fd = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0)
                return;
            ++accepted;
            client = fd;
            Client one(fd);
            if (behaviour.isSilent)
                (void)one.line(); // until it goes away
            else if (behaviour.tls != SmtpBehaviour::Tls::Implicit || one.secure(context.get()))
                serve(one);
            client = -1;
        }
    }

    std::string capabilities(const Client& one) const
    {
        std::string text = "250-fake";
        if (behaviour.tls == SmtpBehaviour::Tls::StartTls && !one.isSecure())
            text += "\r\n250-STARTTLS";
        if (!behaviour.user.empty())
            text += "\r\n250-AUTH PLAIN";
        return text + "\r\n250 8BITMIME";
    }

    bool logIn(Client& one, ReceivedMail& mail, std::string given)
    {
        if (given.empty()) {
            one.say("334 ");
            given = one.line().value_or(std::string());
        }
        const std::string plain = decoded(given); // \0 user \0 password
        const auto second = plain.find('\0', 1);
        if (second == std::string::npos)
            return one.say("501 not understood");
        mail.user = plain.substr(1, second - 1);
        mail.password = plain.substr(second + 1);
        const bool isKnown = mail.user == behaviour.user && mail.password == behaviour.password;
        if (!isKnown)
            mail.user.clear();
        return one.say(isKnown ? "235 welcome" : "535 5.7.8 wrong user or password");
    }

    void take(Client& one, ReceivedMail& mail)
    {
        one.say("354 go on");
        auto data = one.until("\r\n.\r\n");
        if (!data)
            return;
        unstuff(*data);
        mail.data = std::move(*data);
        mail.isSecure = one.isSecure();
        std::string answer = "250 taken";
        {
            const std::lock_guard lock(mutex);
            if (answered < behaviour.answers.size())
                answer = behaviour.answers[answered++];
            if (answer.starts_with("250"))
                received.push_back(mail);
        }
        one.say(answer);
    }

    void serve(Client& one)
    {
        ReceivedMail mail;
        one.say("220 fake ESMTP");
        while (const auto line = one.line()) {
            const std::string verb = line->substr(0, 4);
            if (verb == "EHLO" || verb == "HELO") {
                one.say(capabilities(one));
            } else if (*line == "STARTTLS") {
                one.say("220 go on");
                if (!one.secure(context.get()))
                    return;
            } else if (line->starts_with("AUTH PLAIN")) {
                if (!logIn(one, mail, line->size() > 11 ? line->substr(11) : std::string()))
                    return;
            } else if (verb == "MAIL") {
                mail.from = betweenBrackets(*line);
                one.say(behaviour.user.empty() || !mail.user.empty() ? "250 ok" : "530 log in first");
            } else if (verb == "RCPT") {
                mail.to.push_back(betweenBrackets(*line));
                one.say("250 ok");
            } else if (verb == "DATA") {
                take(one, mail);
            } else if (verb == "QUIT") {
                one.say("221 bye");
                return;
            } else {
                one.say("502 not known here");
            }
        }
    }
};

SmtpServerFake::SmtpServerFake(SmtpBehaviour behaviour)
    : d(std::make_unique<Private>())
{
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
    d->behaviour = std::move(behaviour);
    if (d->behaviour.identity)
        d->context = makeContext(*d->behaviour.identity);
    d->listen();
    d->thread = std::jthread([raw = d.get()](const std::stop_token& stop) { raw->run(stop); });
}

SmtpServerFake::~SmtpServerFake()
{
    d->thread.request_stop();
    ::shutdown(d->listener, SHUT_RDWR);
    if (const int fd = d->client; fd >= 0)
        ::shutdown(fd, SHUT_RDWR);
    d->thread.join();
    ::close(d->listener);
}

int SmtpServerFake::port() const
{
    return d->port;
}

std::vector<ReceivedMail> SmtpServerFake::received() const
{
    const std::lock_guard lock(d->mutex);
    return d->received;
}

int SmtpServerFake::connections() const
{
    return d->accepted;
}

} // namespace mnemo::test
