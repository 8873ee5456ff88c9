/// A venue that costs nothing: candles of one minute in the shape of Binance's klines, all text made before the first
/// request, answers written from there without a copy. One thread, HTTP/1.1 with keep-alive, loopback alone.
///
/// klineserver ROWS [REQUESTS_A_SECOND]     rows begin at 2023-01-01 00:00 UTC; first line of output: the port
///
/// With a rate it keeps a sliding window of one second and refuses with 429 and Retry-After: 1 what goes beyond. GET /stats
/// tells {"served":n,"refused":n}: requests for klines alone.
///
/// Prices are a random walk with 2 decimals, volumes have 5 (zeros to 8, as the venue writes), about 170 bytes a row.

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

constexpr std::int64_t firstOpen = 1'672'531'200'000; // 2023-01-01, ms
constexpr std::int64_t minute = 60'000;
constexpr std::int64_t mostRows = 1000;
constexpr std::size_t mostRequest = 64 * 1024;

[[noreturn]] void stop(const char* what)
{
    std::perror(what);
    std::exit(1);
}

/// All rows as text, "[...],[...],"; row i begins at offsets[i].
struct Rows {
    std::string text;
    std::vector<std::size_t> offsets;
};

Rows makeRows(std::int64_t count)
{
    Rows rows;
    rows.text.reserve(static_cast<std::size_t>(count) * 180);
    std::uint32_t state = 12345;
    const auto random = [&state](std::uint32_t below) {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::int64_t>((state >> 8U) % below);
    };
    std::int64_t close = 4'000'000;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t open = close;
        close = std::max<std::int64_t>(100'000, close + random(4001) - 2000);
        const std::int64_t high = std::max(open, close) + random(500);
        const std::int64_t low = std::min(open, close) - random(500);
        const std::int64_t volume = random(10'000'000) + 1, quote = volume * close / 10'000'000;
        const std::int64_t time = firstOpen + i * minute;
        char line[320];
        const int size = std::snprintf(line, sizeof line,
            "[%" PRId64 ",\"%" PRId64 ".%02d000000\",\"%" PRId64 ".%02d000000\",\"%" PRId64 ".%02d000000\",\"%" PRId64 ".%02d000000\",\"%" PRId64
            ".%05d000\",%" PRId64 ",\"%" PRId64 ".%05d000\",%" PRId64 ",\"%" PRId64 ".%05d000\",\"%" PRId64 ".%05d000\",\"0\"],",
            time, open / 100, static_cast<int>(open % 100), high / 100, static_cast<int>(high % 100), low / 100, static_cast<int>(low % 100), close / 100,
            static_cast<int>(close % 100), volume / 100'000, static_cast<int>(volume % 100'000), time + minute - 1, quote, static_cast<int>(random(100'000)),
            random(5000), volume / 200'000, static_cast<int>(volume / 2 % 100'000), quote / 2, static_cast<int>(random(100'000)));
        rows.offsets.push_back(rows.text.size());
        rows.text.append(line, static_cast<std::size_t>(size));
    }
    rows.offsets.push_back(rows.text.size());
    return rows;
}

/// A number among the parameters of a request line.
std::int64_t parameter(std::string_view target, std::string_view name, std::int64_t otherwise)
{
    for (std::size_t at = target.find('?'); at != target.npos; at = target.find('&', at + 1)) {
        std::string_view rest = target.substr(at + 1);
        if (!rest.starts_with(name) || rest.substr(name.size(), 1) != "=")
            continue;
        rest.remove_prefix(name.size() + 1);
        std::int64_t value = otherwise;
        std::from_chars(rest.data(), rest.data() + rest.size(), value);
        return value;
    }
    return otherwise;
}

/// What is still to be sent of one answer: own text, a view into the rows, own text.
struct Answer {
    std::string head;
    std::string_view rows;
    std::string tail;
};

struct Client {
    std::string input;
    std::deque<Answer> output;
};

class Server {
public:
    Server(Rows rows, std::int64_t perSecond)
        : m_rows(std::move(rows))
        , m_perSecond(perSecond)
    {
    }

    Answer answer(std::string_view target)
    {
        if (target.starts_with("/api/v3/klines"))
            return klines(target);
        if (target.starts_with("/api/v3/exchangeInfo"))
            return text("200 OK",
                R"({"timezone":"UTC","symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","baseAssetPrecision":8,"quoteAsset":"USDT",)"
                R"("quotePrecision":8,"isSpotTradingAllowed":true,"isMarginTradingAllowed":false,"permissions":["SPOT"],"permissionSets":[["SPOT"]],)"
                R"("orderTypes":["LIMIT"],"filters":[{"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01"}]}]})");
        if (target == "/stats")
            return text("200 OK", "{\"served\":" + std::to_string(m_served) + ",\"refused\":" + std::to_string(m_refused) + "}");
        return text("404 Not Found", R"({"code":-1121,"msg":"no such path"})");
    }

private:
    static std::string head(std::string_view status, std::size_t length)
    {
        char date[64];
        const std::time_t now = std::time(nullptr);
        std::tm utc {};
        gmtime_r(&now, &utc);
        std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
        return "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json;charset=UTF-8\r\nDate: " + date
            + "\r\nContent-Length: " + std::to_string(length) + "\r\n";
    }

    static Answer text(std::string_view status, std::string body, std::string_view header = {})
    {
        return {head(status, body.size()) + std::string(header) + "\r\n", {}, std::move(body)};
    }

    bool permits()
    {
        if (m_perSecond <= 0)
            return true;
        const auto now = std::chrono::steady_clock::now();
        while (!m_times.empty() && m_times.front() + std::chrono::seconds {1} <= now)
            m_times.pop_front();
        if (static_cast<std::int64_t>(m_times.size()) >= m_perSecond)
            return false;
        m_times.push_back(now);
        return true;
    }

    Answer klines(std::string_view target)
    {
        if (!permits()) {
            ++m_refused;
            return text("429 Too Many Requests", R"({"code":-1003,"msg":"Too many requests."})", "Retry-After: 1\r\n");
        }
        ++m_served;
        const auto count = static_cast<std::int64_t>(m_rows.offsets.size()) - 1;
        const auto rowAt = [](std::int64_t time) { return (time - firstOpen + minute - 1) / minute; };
        const std::int64_t limit = std::clamp<std::int64_t>(parameter(target, "limit", 500), 1, mostRows);
        const std::int64_t start = parameter(target, "startTime", -1);
        const std::int64_t end = parameter(target, "endTime", -1);
        std::int64_t to = end < 0 ? count : std::clamp<std::int64_t>(end < firstOpen ? 0 : (end - firstOpen) / minute + 1, 0, count);
        std::int64_t from = start < 0 ? std::max<std::int64_t>(0, to - limit) : std::clamp<std::int64_t>(start <= firstOpen ? 0 : rowAt(start), 0, count);
        to = std::clamp(to, from, from + limit);
        if (from == to)
            return text("200 OK", "[]");
        const std::size_t first = m_rows.offsets[static_cast<std::size_t>(from)];
        const std::size_t last = m_rows.offsets[static_cast<std::size_t>(to)] - 1; // without the comma
        const std::string_view rows = std::string_view(m_rows.text).substr(first, last - first);
        return {head("200 OK", rows.size() + 2) + "\r\n[", rows, "]"};
    }

    Rows m_rows;
    std::int64_t m_perSecond;
    std::deque<std::chrono::steady_clock::time_point> m_times;
    std::int64_t m_served = 0, m_refused = 0;
};

/// False where the client has gone.
bool receive(int socket, Client& client, Server& server)
{
    char buffer[16 * 1024];
    const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0 || client.input.size() > mostRequest)
        return false;
    client.input.append(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = client.input.find("\r\n\r\n"); end != client.input.npos; end = client.input.find("\r\n\r\n")) {
        const std::string_view line = std::string_view(client.input).substr(0, client.input.find('\r'));
        const std::size_t from = line.find(' ') + 1;
        client.output.push_back(server.answer(line.substr(from, line.find(' ', from) - from)));
        client.input.erase(0, end + 4);
    }
    return true;
}

void drop(std::string& text, std::size_t& count)
{
    const std::size_t part = std::min(count, text.size());
    text.erase(0, part);
    count -= part;
}

bool send(int socket, Client& client)
{
    while (!client.output.empty()) {
        Answer& answer = client.output.front();
        iovec parts[] = {{answer.head.data(), answer.head.size()}, {const_cast<char*>(answer.rows.data()), answer.rows.size()},
            {answer.tail.data(), answer.tail.size()}};
        const ssize_t written = writev(socket, parts, 3);
        if (written < 0)
            return errno == EAGAIN || errno == EINTR;
        auto count = static_cast<std::size_t>(written);
        drop(answer.head, count);
        const std::size_t ofRows = std::min(count, answer.rows.size());
        answer.rows.remove_prefix(ofRows);
        count -= ofRows;
        drop(answer.tail, count);
        if (!answer.head.empty() || !answer.rows.empty() || !answer.tail.empty())
            return true;
        client.output.pop_front();
    }
    return true;
}

int listenOnLoopback()
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (listener < 0 || bind(listener, any, size) != 0 || listen(listener, 64) != 0 || getsockname(listener, any, &size) != 0)
        stop("klineserver: no port to listen on");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

[[noreturn]] void serve(int listener, Server& server)
{
    std::map<int, Client> clients;
    for (;;) {
        std::vector<pollfd> polled {{listener, POLLIN, 0}};
        for (const auto& [socket, client] : clients)
            polled.push_back({socket, static_cast<short>(client.output.empty() ? POLLIN : POLLIN | POLLOUT), 0});
        if (poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR)
            stop("klineserver: poll");
        if (polled[0].revents != 0) {
            const int socket = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            const int on = 1;
            if (socket >= 0 && setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
                clients.try_emplace(socket);
        }
        for (const pollfd& entry : polled) {
            if (entry.fd == listener || entry.revents == 0)
                continue;
            Client& client = clients[entry.fd];
            const bool isThere = (entry.revents & (POLLIN | POLLHUP | POLLERR)) == 0 || receive(entry.fd, client, server);
            if (isThere && send(entry.fd, client))
                continue;
            close(entry.fd);
            clients.erase(entry.fd);
        }
    }
}

} // namespace

int main(int argc, char** argv)
{
    const std::int64_t rows = argc > 1 ? std::atoll(argv[1]) : 0;
    if (rows <= 0 || rows > 20'000'000) {
        std::fprintf(stderr, "klineserver ROWS [REQUESTS_A_SECOND]   (rows up to 20000000)\n");
        return 2;
    }
    Server server(makeRows(rows), argc > 2 ? std::atoll(argv[2]) : 0);
    serve(listenOnLoopback(), server);
}
