#include "app/simulator/server.h"

#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <zlib.h>

namespace mnemo::sim {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t maxRequestBody = 1 << 20;

std::string httpDate(UtcMs time)
{
    static constexpr std::array<const char*, 7> dayNames {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> monthNames {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using namespace std::chrono;
    const sys_days day = floor<days>(time);
    const year_month_day date {day};
    const hh_mm_ss clock {floor<seconds>(time - day)};
    std::array<char, 40> buffer;
    const int length = std::snprintf(buffer.data(), buffer.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
        dayNames[weekday {day}.c_encoding()], static_cast<unsigned>(date.day()),
        monthNames[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
        static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()));
    return {buffer.data(), static_cast<std::size_t>(length)};
}

std::optional<std::string> gzipped(const std::string& text)
{
    z_stream stream {};
    if (deflateInit2(&stream, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return std::nullopt;
    std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    std::string in = text; // zlib's interface is not const
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return code == Z_STREAM_END ? std::optional {std::move(out)} : std::nullopt;
}

/// One WebSocket connection: what is due at each beat. All handlers run on the socket's strand.
class StreamSession : public std::enable_shared_from_this<StreamSession> {
public:
    StreamSession(tcp::socket socket, std::unique_ptr<Streams> streams, std::chrono::milliseconds beat, StreamFaultDice& dice)
        : m_socket(std::move(socket))
        , m_timer(m_socket.get_executor())
        , m_streams(std::move(streams))
        , m_interval(beat)
        , m_dice(dice)
    {
    }

    void accept(const http::request<http::string_body>& request)
    {
        m_socket.set_option(websocket::stream_base::timeout::suggested(boost::beast::role_type::server)); // pings, too
        m_socket.async_accept(request, [self = shared_from_this()](error_code error) {
            if (error)
                return;
            for (std::string& message : self->m_streams->greeting())
                self->send(std::move(message));
            self->read();
            self->tick();
        });
    }

private:
    void read()
    {
        m_socket.async_read(m_buffer, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) {
                self->m_timer.cancel();
                return;
            }
            const auto bytes = self->m_buffer.data();
            for (std::string& answer : self->m_streams->control({static_cast<const char*>(bytes.data()), bytes.size()}))
                self->send(std::move(answer));
            self->m_buffer.consume(self->m_buffer.size());
            if (!self->m_isStalled) // who does not read answers no ping
                self->read();
        });
    }

    void tick()
    {
        if (m_outbox.size() < maxWaiting) { // a client that does not read misses updates
            for (std::string& message : m_streams->due()) {
                if (!m_isStalled && m_socket.is_open())
                    sendOrSpoil(std::move(message));
            }
        }
        m_due = std::max(m_due + m_interval, std::chrono::steady_clock::now() - mostBehind);
        m_timer.expires_at(m_due);
        m_timer.async_wait([self = shared_from_this()](error_code error) {
            if (!error && self->m_socket.is_open())
                self->tick();
        });
    }

    void sendOrSpoil(std::string message)
    {
        const auto fault = m_dice.next();
        std::string late = fault == StreamFault::Late ? std::string() : std::exchange(m_late, {});
        if (!fault)
            send(std::move(message));
        else if (!spoil(*fault, std::move(message)))
            return;
        if (!late.empty())
            send(std::move(late));
    }

    /// False where what was late before stays so, or nothing more is sent.
    bool spoil(StreamFault fault, std::string message)
    {
        switch (fault) {
        case StreamFault::Drop:
            reset();
            return false;
        case StreamFault::Close:
            m_isStalled = true; // until the client has answered
            m_socket.async_close(websocket::close_code::going_away, [self = shared_from_this()](error_code) {});
            return false;
        case StreamFault::Stall:
            m_isStalled = true;
            return false;
        case StreamFault::Lost:
            return true;
        case StreamFault::Late:
            m_late.swap(message);
            if (!message.empty()) // that was late before
                send(std::move(message));
            return false;
        case StreamFault::Garbage:
            send(message.substr(0, message.size() / 2));
            return true;
        case StreamFault::Twice:
            send(message);
            send(std::move(message));
            return true;
        }
        return true;
    }

    void reset()
    {
        error_code ignored;
        auto& socket = boost::beast::get_lowest_layer(m_socket);
        socket.set_option(asio::socket_base::linger(true, 0), ignored); // close() then sends RST
        socket.close(ignored);
    }

    void send(std::string message)
    {
        m_outbox.push_back(std::move(message));
        if (m_outbox.size() == 1)
            write();
    }

    void write()
    {
        m_socket.async_write(asio::buffer(m_outbox.front()), [self = shared_from_this()](error_code error, std::size_t) {
            if (error) {
                self->m_timer.cancel();
                return;
            }
            self->m_outbox.pop_front();
            if (!self->m_outbox.empty())
                self->write();
        });
    }

    static constexpr std::size_t maxWaiting = 1000;
    static constexpr std::chrono::seconds mostBehind {1}; ///< beats of a longer pause are left out
    websocket::stream<tcp::socket> m_socket;
    asio::steady_timer m_timer;
    const std::unique_ptr<Streams> m_streams;
    const std::chrono::milliseconds m_interval;
    std::chrono::steady_clock::time_point m_due = std::chrono::steady_clock::now(); ///< the beat that was waited for last
    StreamFaultDice& m_dice;
    boost::beast::flat_buffer m_buffer;
    std::deque<std::string> m_outbox;
    std::string m_late;
    bool m_isStalled = false;
};

/// One connection; one operation is under way at any time, so nothing needs a lock.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, Simulator& simulator, const ServerSettings& settings, StreamFaultDice& dice)
        : m_socket(std::move(socket))
        , m_timer(m_socket.get_executor())
        , m_simulator(simulator)
        , m_settings(settings)
        , m_dice(dice)
    {
    }

    void read()
    {
        m_parser.emplace();
        m_parser->body_limit(maxRequestBody);
        http::async_read(m_socket, m_buffer, *m_parser, [self = shared_from_this()](error_code error, std::size_t) {
            if (!error)
                self->answer();
            else
                self->close();
        });
    }

private:
    void answer()
    {
        const auto& message = m_parser->get();
        if (websocket::is_upgrade(message)) {
            const auto path = message.target();
            if (auto streams = m_simulator.streams({path.data(), path.size()})) {
                std::make_shared<StreamSession>(std::move(m_socket), std::move(streams), m_settings.beat, m_dice)
                    ->accept(message);
                return;
            }
        }
        std::vector<std::pair<std::string, std::string>> headers;
        for (const auto& field : message) {
            std::string name(field.name_string());
            for (char& c : name)
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            headers.emplace_back(std::move(name), std::string(field.value()));
        }
        const auto method = message.method_string();
        const auto target = message.target();
        try {
            m_reply = m_simulator.reply({method.data(), method.size()}, {target.data(), target.size()}, std::move(headers));
        } catch (const std::exception& bug) {
            std::fprintf(stderr, "mnemo-exchange-sim: a request failed: %s\n", bug.what());
            m_reply = {};
            m_reply.answer.status = 500;
        }
        if (m_reply.delay.count() == 0)
            return transmit();
        m_timer.expires_after(m_reply.delay);
        m_timer.async_wait([self = shared_from_this()](error_code error) {
            if (!error)
                self->transmit();
        });
    }

    void transmit()
    {
        switch (m_reply.transport) {
        case Reply::Transport::Reset:
            return reset();
        case Reply::Transport::Stall:
            return waitForEnd();
        case Reply::Transport::Whole:
        case Reply::Transport::Cut:
            return write();
        }
    }

    void reset()
    {
        error_code ignored;
        m_socket.set_option(asio::socket_base::linger(true, 0), ignored); // close() then sends RST
        m_socket.close(ignored);
    }

    /// Never answers; notices when the client gives up.
    void waitForEnd()
    {
        m_socket.async_read_some(asio::buffer(m_rest), [self = shared_from_this()](error_code error, std::size_t) {
            if (!error)
                self->waitForEnd();
        });
    }

    void write()
    {
        const bool isCut = m_reply.transport == Reply::Transport::Cut;
        const bool keepsAlive = m_parser->get().keep_alive() && !isCut;
        const bool isHead = m_parser->get().method() == http::verb::head;
        Answer& answer = m_reply.answer;
        bool isPacked = false;
        if (m_settings.usesGzip && !isCut
            && m_parser->get()[http::field::accept_encoding].find("gzip") != boost::beast::string_view::npos) {
            if (auto packed = gzipped(answer.body)) {
                answer.body = *std::move(packed);
                isPacked = true;
            }
        }
        makeHead(keepsAlive, isPacked);
        const std::size_t size = isHead ? 0 : isCut ? m_reply.sent : answer.body.size();
        const std::array<asio::const_buffer, 2> parts {asio::buffer(m_head), asio::buffer(answer.body.data(), size)};
        asio::async_write(m_socket, parts, [self = shared_from_this(), keepsAlive](error_code error, std::size_t) {
            if (!error && keepsAlive)
                self->read();
            else
                self->close();
        });
    }

    void makeHead(bool keepsAlive, bool isPacked)
    {
        const Answer& answer = m_reply.answer;
        const auto reason = http::obsolete_reason(static_cast<http::status>(answer.status));
        m_head = "HTTP/1.1 " + std::to_string(answer.status) + ' ';
        m_head.append(reason.data(), reason.size());
        m_head += "\r\nDate: " + httpDate(m_simulator.now()) + "\r\nContent-Type: " + answer.contentType;
        if (isPacked)
            m_head += "\r\nContent-Encoding: gzip";
        m_head += "\r\nContent-Length: " + std::to_string(answer.body.size());
        m_head += keepsAlive ? "\r\nConnection: keep-alive" : "\r\nConnection: close";
        for (const auto& [name, value] : answer.headers)
            m_head += "\r\n" + name + ": " + value;
        m_head += "\r\n\r\n";
    }

    void close()
    {
        error_code ignored;
        m_socket.shutdown(tcp::socket::shutdown_both, ignored);
        m_socket.close(ignored);
    }

    tcp::socket m_socket;
    asio::steady_timer m_timer;
    Simulator& m_simulator;
    const ServerSettings& m_settings;
    StreamFaultDice& m_dice;
    boost::beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::string_body>> m_parser;
    Reply m_reply;
    std::string m_head;
    std::array<char, 512> m_rest {};
};

} // namespace

struct Server::Private {
    Private(Simulator& s, const ServerSettings& given)
        : simulator(s)
        , settings(given)
        , dice(given.streamFaults, given.seed)
        , context(static_cast<int>(given.threads))
        , acceptor(context)
        , signals(context, SIGINT, SIGTERM)
    {
    }

    void accept()
    {
        acceptor.async_accept(asio::make_strand(context), [this](error_code error, tcp::socket socket) {
            if (error == asio::error::operation_aborted)
                return;
            if (!error) {
                error_code ignored;
                socket.set_option(tcp::no_delay(true), ignored);
                std::make_shared<Session>(std::move(socket), simulator, settings, dice)->read();
            }
            accept();
        });
    }

    Simulator& simulator;
    const ServerSettings settings;
    StreamFaultDice dice;
    asio::io_context context; // its handlers use what stands above
    tcp::acceptor acceptor;
    asio::signal_set signals;
};

Server::Server(Simulator& simulator, const ServerSettings& settings)
    : m_d(std::make_unique<Private>(simulator, settings))
{
}

Server::~Server() = default;

Result<std::uint16_t> Server::listen()
{
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), m_d->settings.port);
    error_code error;
    m_d->acceptor.open(endpoint.protocol(), error);
    if (!error)
        m_d->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error)
        m_d->acceptor.bind(endpoint, error);
    if (!error)
        m_d->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fail(ErrorCode::Network,
            "cannot listen on 127.0.0.1:" + std::to_string(m_d->settings.port) + ": " + error.message());
    m_d->accept();
    return m_d->acceptor.local_endpoint().port();
}

void Server::run()
{
    m_d->signals.async_wait([this](error_code error, int) {
        if (!error)
            m_d->context.stop();
    });
    std::vector<std::jthread> helpers;
    for (unsigned i = 1; i < m_d->settings.threads; ++i)
        helpers.emplace_back([this] { m_d->context.run(); });
    m_d->context.run();
}

void Server::stop()
{
    m_d->context.stop();
}

} // namespace mnemo::sim
