#include "core/net/httpclient.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <limits>
#include <new>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include <curl/curl.h>

#include "core/net/transfererror.h"
#include "core/net/url.h"

namespace mnemo {

namespace {

constexpr int mostRedirects = 5;
constexpr long bufferBytes = 128 * 1024;
constexpr std::size_t mostReserved = 8 * 1024 * 1024; // a server may announce anything

struct CurlGlobal {
    CurlGlobal() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using Multi = std::unique_ptr<CURLM, MultiDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

/// One request on its way. Kept and reused for later ones.
struct Transfer {
    Easy easy{curl_easy_init()};
    Ticket ticket = 0;
    HttpRequest request;
    Url url;
    HeaderList headerList;
    HttpResponse response;
    std::size_t mostBytes = 0;
    int redirects = 0;
    bool isTooLarge = false;
    std::chrono::steady_clock::time_point started;
    std::array<char, CURL_ERROR_SIZE> message{};
};

std::string hostOf(const Url& url)
{
    return url.host + (url.port != 0 ? ":" + std::to_string(url.port) : std::string());
}

bool isLoopback(std::string_view host)
{
    return host == "localhost" || host.starts_with("127.") || host == "[::1]";
}

/// Sizes and counts of the settings as libcurl takes them.
template <class T>
long toLong(T value, long least)
{
    return static_cast<long>(std::clamp<std::int64_t>(value, least, std::numeric_limits<long>::max()));
}

bool isHeaderText(std::string_view text)
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

/// Nothing where @p request can be sent.
std::optional<Error> problemOf(const HttpRequest& request, const Result<Url>& url)
{
    if (!url)
        return url.error();
    if (url->scheme != "http" && url->scheme != "https")
        return Error{ErrorCode::InvalidArgument,
            "URL \"" + redactedUrl(request.url) + "\" has the scheme " + url->scheme
                + ": only http and https can be asked"};
    const bool isMethod =
        !request.method.empty() && std::ranges::all_of(request.method, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!isMethod)
        return Error{ErrorCode::InvalidArgument,
            "the request to " + hostOf(*url) + " has no HTTP method: GET, POST and others, in capitals"};
    for (const auto& [name, value] : request.headers) {
        if (name.empty() || name.find_first_of(": \t") != name.npos || !isHeaderText(name) || !isHeaderText(value))
            return Error{ErrorCode::InvalidArgument,
                "a header of the request to " + hostOf(*url)
                    + " is malformed: blanks or ':' in its name, or a line break"};
    }
    return std::nullopt;
}

HeaderList headerListOf(const HttpRequest& request)
{
    HeaderList list;
    const auto append = [&list](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer)
            throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    };
    bool hasType = false;
    for (const auto& [name, value] : request.headers) {
        append(value.empty() ? name + ";" : name + ": " + value); // "name;" is how libcurl wants a header without value
        hasType = hasType || curl_strequal(name.c_str(), "content-type") != 0;
    }
    if (!request.body.empty()) {
        append("Expect:"); // no round trip before the body
        if (!hasType)
            append("Content-Type:"); // libcurl would call it a form
    }
    return list;
}

void addHeader(HttpResponse& response, std::string_view line)
{
    const std::size_t colon = line.find(':');
    if (colon == line.npos)
        return;
    std::string name(line.substr(0, colon));
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    const auto [it, isNew] = response.headers.try_emplace(std::move(name), value);
    if (!isNew)
        it->second.append(", ").append(value);
}

/// At the end of the headers: refuses what will not fit, makes room for what will.
bool prepareBody(Transfer& transfer)
{
    const std::string_view text = transfer.response.header("content-length");
    std::uint64_t length = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (text.empty() || ec != std::errc{} || end != text.data() + text.size() || transfer.request.method == "HEAD")
        return true;
    if (length > transfer.mostBytes) {
        transfer.isTooLarge = true;
        return false;
    }
    transfer.response.body.reserve(std::min<std::size_t>(length, mostReserved));
    return true;
}

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    const std::string_view line(data, size * count);
    try {
        if (line.starts_with("HTTP/"))
            transfer.response.headers.clear(); // after 100 Continue comes the real answer
        else if (line == "\r\n" || line == "\n")
            return prepareBody(transfer) ? line.size() : 0;
        else
            addHeader(transfer.response, line);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return line.size();
}

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    const std::size_t bytes = size * count;
    if (bytes > transfer.mostBytes - transfer.response.body.size()) {
        transfer.isTooLarge = true;
        return 0;
    }
    try {
        transfer.response.body.append(data, bytes);
    } catch (const std::bad_alloc&) {
        return 0;
    }
    return bytes;
}

/// libcurl copies strings; failing to set a known option means exhaustion or a libcurl that lacks what we rely on.
template <class T>
void set(Transfer& transfer, CURLoption option, T value)
{
    const CURLcode code = curl_easy_setopt(transfer.easy.get(), option, value);
    if (code != CURLE_OK)
        throw std::runtime_error(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
}

void setMethodAndBody(Transfer& transfer)
{
    const HttpRequest& request = transfer.request;
    if (request.method == "HEAD") {
        set(transfer, CURLOPT_NOBODY, 1L);
        return;
    }
    if (!request.body.empty() || request.method == "POST") {
        set(transfer, CURLOPT_POSTFIELDS, request.body.c_str()); // kept by the transfer, not copied
        set(transfer, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (request.method != "GET" || !request.body.empty())
        set(transfer, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Same origin, or the same host's secure side.
bool isSameHost(const Url& from, const Url& to)
{
    if (from.host != to.host)
        return false;
    return (from.scheme == to.scheme && from.effectivePort() == to.effectivePort())
        || (from.scheme == "http" && to.scheme == "https" && from.effectivePort() == 80 && to.effectivePort() == 443);
}

template <class T>
T info(const Transfer& transfer, CURLINFO what)
{
    T value{};
    curl_easy_getinfo(transfer.easy.get(), what, &value);
    return value;
}

} // namespace

struct HttpClient::Private {
    explicit Private(const HttpSettings& httpSettings);
    ~Private();

    void launch(std::unique_ptr<Transfer> transfer);
    void configure(Transfer& transfer) const;
    void configureNetwork(Transfer& transfer) const;
    void collect();
    void finish(std::unique_ptr<Transfer> transfer, CURLcode code);
    bool follow(std::unique_ptr<Transfer>& transfer);
    Error failureOf(const Transfer& transfer, CURLcode code) const;
    void failAll(CURLMcode code);
    std::unique_ptr<Transfer> takeTransfer();
    std::unique_ptr<Transfer> detach(Ticket ticket);
    void recycle(std::unique_ptr<Transfer> transfer);
    void complete(Ticket ticket, Result<HttpResponse> response) { ready.push_back({ticket, std::move(response)}); }

    HttpSettings settings;
    Multi multi;
    std::unordered_map<Ticket, std::unique_ptr<Transfer>> active;
    std::vector<std::unique_ptr<Transfer>> idle;
    std::vector<Completion> ready;
    std::atomic<bool> isWoken = false;
};

HttpClient::Private::Private(const HttpSettings& httpSettings)
    : settings(httpSettings)
{
    static const CurlGlobal global;
    multi.reset(curl_multi_init());
    if (!multi)
        throw std::bad_alloc();
    const long connections = toLong(settings.connectionsPerHost, 1);
    curl_multi_setopt(multi.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi.get(), CURLMOPT_MAX_HOST_CONNECTIONS, connections);
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, connections * 4); // idle ones kept, of a lane's few hosts
}

HttpClient::Private::~Private()
{
    for (auto& [ticket, transfer] : active)
        curl_multi_remove_handle(multi.get(), transfer->easy.get());
}

void HttpClient::Private::configureNetwork(Transfer& transfer) const
{
    set(transfer, CURLOPT_NOSIGNAL, 1L); // signals and threads do not mix
    set(transfer, CURLOPT_QUICK_EXIT, 1L); // cancelling does not wait for a name server
    set(transfer, CURLOPT_TCP_KEEPALIVE, 1L);
    set(transfer, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
    if (transfer.url.scheme == "https")
        set(transfer, CURLOPT_PIPEWAIT, 1L); // rather share a connection than open another
    set(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
    set(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
    set(transfer, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!settings.caFile.empty())
        set(transfer, CURLOPT_CAINFO, settings.caFile.c_str());
    if (!settings.proxy.empty())
        set(transfer, CURLOPT_PROXY, settings.proxy.c_str());
    else if (isLoopback(transfer.url.host))
        set(transfer, CURLOPT_PROXY, ""); // a proxy elsewhere cannot reach this machine's simulator
    set(transfer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(transfer, CURLOPT_CONNECTTIMEOUT_MS, toLong(settings.connectTimeout.count(), 1));
    set(transfer, CURLOPT_TIMEOUT_MS, toLong(settings.totalTimeout.count(), 1));
    set(transfer, CURLOPT_LOW_SPEED_LIMIT, toLong(settings.lowSpeedBytes, 0));
    set(transfer, CURLOPT_LOW_SPEED_TIME,
        toLong(std::chrono::ceil<std::chrono::seconds>(settings.lowSpeedTime).count(), 1));
}

void HttpClient::Private::configure(Transfer& transfer) const
{
    curl_easy_reset(transfer.easy.get()); // keeps connections and caches
    configureNetwork(transfer);
    set(transfer, CURLOPT_PROTOCOLS_STR, "http,https");
    set(transfer, CURLOPT_URL, transfer.request.url.c_str());
    set(transfer, CURLOPT_PATH_AS_IS, 1L);
    set(transfer, CURLOPT_ACCEPT_ENCODING, "");
    set(transfer, CURLOPT_USERAGENT, settings.userAgent.c_str());
    set(transfer, CURLOPT_BUFFERSIZE, bufferBytes);
    set(transfer, CURLOPT_HTTPHEADER, transfer.headerList.get());
    set(transfer, CURLOPT_HEADERFUNCTION, &onHeader);
    set(transfer, CURLOPT_HEADERDATA, &transfer);
    set(transfer, CURLOPT_WRITEFUNCTION, &onBody);
    set(transfer, CURLOPT_WRITEDATA, &transfer);
    set(transfer, CURLOPT_ERRORBUFFER, transfer.message.data());
    set(transfer, CURLOPT_PRIVATE, &transfer);
    setMethodAndBody(transfer);
}

void HttpClient::Private::launch(std::unique_ptr<Transfer> transfer)
{
    transfer->response = {};
    transfer->message[0] = '\0';
    configure(*transfer);
    const CURLMcode code = curl_multi_add_handle(multi.get(), transfer->easy.get());
    if (code != CURLM_OK) {
        complete(transfer->ticket, fail(ErrorCode::Internal, std::string("libcurl: ") + curl_multi_strerror(code)));
        return;
    }
    const Ticket ticket = transfer->ticket;
    active.emplace(ticket, std::move(transfer));
}

std::unique_ptr<Transfer> HttpClient::Private::takeTransfer()
{
    if (!idle.empty()) {
        auto transfer = std::move(idle.back());
        idle.pop_back();
        return transfer;
    }
    auto transfer = std::make_unique<Transfer>();
    if (!transfer->easy)
        throw std::bad_alloc();
    return transfer;
}

std::unique_ptr<Transfer> HttpClient::Private::detach(Ticket ticket)
{
    const auto it = active.find(ticket);
    if (it == active.end())
        return nullptr;
    auto transfer = std::move(it->second);
    active.erase(it);
    curl_multi_remove_handle(multi.get(), transfer->easy.get());
    return transfer;
}

void HttpClient::Private::recycle(std::unique_ptr<Transfer> transfer)
{
    if (idle.size() >= static_cast<std::size_t>(std::max(settings.connectionsPerHost, 1)) * 2)
        return;
    transfer->request = {};
    transfer->response = {};
    transfer->headerList.reset();
    idle.push_back(std::move(transfer));
}

void HttpClient::Private::collect()
{
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode code = message->data.result; // the message dies with its handle
        char* user = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
        const auto* transfer = static_cast<const Transfer*>(static_cast<void*>(user));
        finish(detach(transfer->ticket), code);
    }
}

void HttpClient::Private::finish(std::unique_ptr<Transfer> transfer, CURLcode code)
{
    HttpResponse& response = transfer->response;
    response.status = static_cast<int>(info<long>(*transfer, CURLINFO_RESPONSE_CODE));
    if (code != CURLE_OK || transfer->isTooLarge) {
        complete(transfer->ticket, fail(failureOf(*transfer, code)));
        return; // a handle that failed early keeps its buffer, and libcurl then refuses to set CURLOPT_BUFFERSIZE again
    }
    if (!isRedirect(response.status) || response.header("location").empty()) {
        response.wireBytes = static_cast<std::uint64_t>(
            info<curl_off_t>(*transfer, CURLINFO_SIZE_DOWNLOAD_T) + info<long>(*transfer, CURLINFO_HEADER_SIZE));
        response.elapsed =
            std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - transfer->started);
        complete(transfer->ticket, std::move(response));
    } else if (follow(transfer)) {
        return;
    }
    recycle(std::move(transfer));
}

/// True where the request is on its way again; else it is completed.
bool HttpClient::Private::follow(std::unique_ptr<Transfer>& transfer)
{
    const char* target = info<const char*>(*transfer, CURLINFO_REDIRECT_URL);
    const auto url = splitUrl(target ? target : "");
    const std::string host = hostOf(transfer->url);
    if (!url || !isSameHost(transfer->url, *url)) {
        complete(transfer->ticket,
            fail(ErrorCode::Rejected,
                host + " redirects to "
                    + (url ? url->origin() : "\"" + redactedUrl(transfer->response.header("location")) + "\"")
                    + ", which is not followed: if that is the venue's new address, set it as its base URL"));
        return false;
    }
    if (++transfer->redirects > mostRedirects) {
        complete(transfer->ticket, fail(ErrorCode::Rejected, host + " redirects in circles: check the URL"));
        return false;
    }
    transfer->request.url = target;
    transfer->url = *url;
    if (transfer->response.status == 303 && transfer->request.method != "HEAD") {
        transfer->request.method = "GET";
        transfer->request.body.clear();
    }
    launch(std::move(transfer));
    return true;
}

Error HttpClient::Private::failureOf(const Transfer& transfer, CURLcode code) const
{
    TransferFailure failure;
    failure.code = code;
    failure.host = hostOf(transfer.url);
    failure.message = transfer.message.data();
    failure.osError = info<long>(transfer, CURLINFO_OS_ERRNO);
    failure.verifyResult = info<long>(transfer, CURLINFO_SSL_VERIFYRESULT);
    failure.isTooLarge = transfer.isTooLarge;
    failure.caFile = settings.caFile;
    failure.proxy = redactedUrl(settings.proxy);
    failure.maxBodyMiB = settings.maxBodyMiB;
    return toError(failure);
}

void HttpClient::Private::failAll(CURLMcode code)
{
    while (!active.empty()) {
        auto transfer = detach(active.begin()->first);
        complete(transfer->ticket, fail(ErrorCode::Internal, std::string("libcurl: ") + curl_multi_strerror(code)));
    }
}

HttpClient::HttpClient(const HttpSettings& settings)
    : d(std::make_unique<Private>(settings))
{
}

HttpClient::~HttpClient() = default;

void HttpClient::start(Ticket ticket, HttpRequest request)
{
    auto url = splitUrl(request.url);
    if (auto problem = problemOf(request, url)) {
        d->complete(ticket, fail(std::move(*problem)));
        return;
    }
    if (d->active.contains(ticket)) {
        d->complete(ticket, fail(ErrorCode::Internal, "two requests with the ticket " + std::to_string(ticket)));
        return;
    }
    auto transfer = d->takeTransfer();
    transfer->ticket = ticket;
    transfer->headerList = headerListOf(request);
    transfer->request = std::move(request);
    transfer->url = std::move(*url);
    transfer->mostBytes = static_cast<std::size_t>(std::max<std::int64_t>(d->settings.maxBodyMiB, 1)) * 1024 * 1024;
    transfer->redirects = 0;
    transfer->isTooLarge = false;
    transfer->started = std::chrono::steady_clock::now();
    d->launch(std::move(transfer));
}

void HttpClient::cancel(Ticket ticket)
{
    d->detach(ticket); // not recycled: see finish()
    std::erase_if(d->ready, [ticket](const Completion& completion) { return completion.ticket == ticket; });
}

std::vector<Completion> HttpClient::wait(milliseconds timeout)
{
    static constexpr milliseconds longest = std::chrono::hours{24}; // later deadlines could overflow
    const auto deadline = std::chrono::steady_clock::now() + std::clamp(timeout, milliseconds{0}, longest);
    for (;;) {
        int running = 0;
        CURLMcode code = curl_multi_perform(d->multi.get(), &running);
        d->collect();
        const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
        if (d->isWoken.exchange(false) || !d->ready.empty() || left <= milliseconds{0})
            return std::exchange(d->ready, {});
        if (code == CURLM_OK)
            code = curl_multi_poll(d->multi.get(), nullptr, 0, static_cast<int>(left.count()), nullptr);
        if (code != CURLM_OK) {
            d->failAll(code);
            return std::exchange(d->ready, {});
        }
    }
}

void HttpClient::wakeUp()
{
    d->isWoken = true;
    curl_multi_wakeup(d->multi.get());
}

} // namespace mnemo
