#include "core/net/smtp.h"

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <stdexcept>

#include <curl/curl.h>

#include "core/net/transfererror.h"

namespace mnemo {

namespace {

constexpr std::size_t lineBytes = 57; // 76 characters of base64, as RFC 2045 wants
constexpr int pollEvery = 500; // ms; stopping wakes it

struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::string base64(std::string_view bytes)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : alphabet[group >> (18 - 6 * k) & 63];
    }
    return out;
}

std::string oneLine(std::string text)
{
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return text;
}

/// RFC 2047: words of at most 75 characters, each of whole UTF-8 characters; plain ASCII as it is.
std::string headerText(const std::string& raw)
{
    constexpr std::size_t wordBytes = 42;
    const std::string text = oneLine(raw);
    const bool isPlain = std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
    if (isPlain && text.size() < 900 && text.find("=?") == std::string::npos)
        return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + wordBytes, text.size());
        while (end < text.size() && end > at + 1 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            --end;
        out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(std::string_view(text).substr(at, end - at)) + "?=";
        at = end;
    }
    return out;
}

/// "Name <a@b.org>" with the name as a header may have it.
std::string addressText(const std::string& address)
{
    const auto open = address.rfind('<');
    return open == std::string::npos ? oneLine(address)
                                     : headerText(address.substr(0, open)) + oneLine(address.substr(open));
}

/// RFC 5322; libc's names follow the locale.
std::string mailDate(UtcMs time)
{
    constexpr std::array days {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    const auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string(days[std::chrono::weekday(day).c_encoding()]) + ", " + std::to_string(unsigned(date.day())) + ' '
        + months[unsigned(date.month()) - 1] + ' ' + std::to_string(int(date.year())) + ' ' + two(clock.hours().count()) + ':'
        + two(clock.minutes().count()) + ':' + two(clock.seconds().count()) + " +0000";
}

std::string messageId(const MailMessage& message)
{
    std::random_device random;
    const std::string address = mailAddress(message.from).value_or("mnemo-quant@localhost");
    return '<' + std::to_string(toMs(message.date)) + '.' + std::to_string(random()) + std::to_string(random())
        + address.substr(address.find('@')) + '>';
}

struct Upload {
    std::string text;
    std::size_t sent = 0;
};

std::size_t onRead(char* buffer, std::size_t size, std::size_t count, void* user)
{
    auto& upload = *static_cast<Upload*>(user);
    const std::size_t bytes = std::min(size * count, upload.text.size() - upload.sent);
    std::copy_n(upload.text.data() + upload.sent, bytes, buffer);
    upload.sent += bytes;
    return bytes;
}

/// The newest line that the server said, for the reason.
std::size_t onLine(char* data, std::size_t size, std::size_t count, void* user)
{
    std::string line(data, size * count);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.pop_back();
    *static_cast<std::string*>(user) = oneLine(line.substr(0, 200));
    return size * count;
}

template<class T>
void set(CURL* easy, CURLoption option, T value)
{
    if (const CURLcode code = curl_easy_setopt(easy, option, value); code != CURLE_OK)
        throw std::runtime_error(std::string("libcurl refuses an option: ") + curl_easy_strerror(code));
}

std::string hostOf(const SmtpServer& server)
{
    return server.host + ':' + std::to_string(server.effectivePort());
}

/// What the server's own code means where it gave one: 4xx is "later", 5xx is "no" (RFC 5321, 4.2.1).
Error errorOf(CURL* easy, CURLcode code, const SmtpServer& server, const std::string& said, TransferFailure failure)
{
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    const std::string host = hostOf(server);
    if (code == CURLE_LOGIN_DENIED)
        return {ErrorCode::Rejected, host + " does not know the user or the password (" + said + ")"};
    if (code == CURLE_USE_SSL_FAILED)
        return {ErrorCode::Tls, host + " offers no STARTTLS: set tls to implicit, or to none on a network that you trust"};
    if (code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_UPLOAD_FAILED
        || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_FAILED_INIT) {
        if (status >= 400 && status < 500)
            return {ErrorCode::ServerError, host + " says: later (" + said + ")"};
        if (status >= 500)
            return {ErrorCode::Rejected, host + " refuses the message (" + said + ")"};
    }
    if (code == CURLE_WEIRD_SERVER_REPLY)
        return {ErrorCode::BadAnswer, host + " does not answer as a mail server does (" + said + "): check host, port and tls"};
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &failure.osError);
    curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &failure.verifyResult);
    failure.code = code;
    failure.host = host;
    return toError(failure);
}

void configure(CURL* easy, const SmtpServer& server, const HttpSettings& http)
{
    const std::string scheme = server.tls == SmtpTls::Implicit ? "smtps://" : "smtp://";
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_QUICK_EXIT, 1L);
    set(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(easy, CURLOPT_URL, (scheme + hostOf(server) + "/mnemo-quant").c_str()); // the path is what EHLO says
    set(easy, CURLOPT_USE_SSL, long {server.tls == SmtpTls::StartTls ? CURLUSESSL_ALL : CURLUSESSL_NONE});
    set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    set(easy, CURLOPT_SSLVERSION, long {CURL_SSLVERSION_TLSv1_2});
    set(easy, CURLOPT_PROXY, ""); // those of the environment are for the web
    if (!http.caFile.empty())
        set(easy, CURLOPT_CAINFO, http.caFile.c_str());
    if (!server.user.empty()) {
        set(easy, CURLOPT_USERNAME, server.user.c_str());
        set(easy, CURLOPT_PASSWORD, server.password.c_str());
    }
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(http.connectTimeout.count()));
    set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::min<std::int64_t>(http.totalTimeout.count(), 60'000)));
}

/// Nothing where it was stopped first.
std::optional<CURLcode> perform(CURLM* multi, const std::stop_token& stop)
{
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    for (int running = 1; running > 0;) {
        if (stop.stop_requested())
            return std::nullopt;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return CURLE_FAILED_INIT;
        if (running > 0)
            curl_multi_poll(multi, nullptr, 0, pollEvery, nullptr);
    }
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi, &left);
    return message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

} // namespace

std::string_view toText(SmtpTls tls)
{
    switch (tls) {
    case SmtpTls::StartTls: return "starttls";
    case SmtpTls::Implicit: return "implicit";
    case SmtpTls::None: return "none";
    }
    return "starttls";
}

int SmtpServer::effectivePort() const
{
    if (port != 0)
        return port;
    return tls == SmtpTls::StartTls ? 587 : tls == SmtpTls::Implicit ? 465 : 25;
}

std::optional<std::string> mailAddress(std::string_view text)
{
    if (const auto open = text.rfind('<'); open != text.npos) {
        if (text.back() != '>')
            return std::nullopt;
        text = text.substr(open + 1, text.size() - open - 2);
    }
    const auto at = text.find('@');
    const bool isPlain = std::ranges::all_of(
        text, [](char c) { return c > ' ' && c <= '~' && std::string_view("<>,;:\"()[]\\").find(c) == std::string_view::npos; });
    if (!isPlain || at == text.npos || at == 0 || at + 1 == text.size() || text.find('@', at + 1) != text.npos)
        return std::nullopt;
    return std::string(text);
}

std::string mailText(const MailMessage& message)
{
    std::string to;
    for (const std::string& one : message.to)
        to += (to.empty() ? "" : ",\r\n ") + addressText(one);
    std::string text = "Date: " + mailDate(message.date) + "\r\nFrom: " + addressText(message.from) + "\r\nTo: " + to + "\r\nSubject: "
        + headerText(message.subject) + "\r\nMessage-ID: " + messageId(message)
        + "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
          "Content-Transfer-Encoding: base64\r\n\r\n";
    for (std::size_t at = 0; at < message.text.size(); at += lineBytes)
        text += base64(std::string_view(message.text).substr(at, lineBytes)) + "\r\n";
    return text;
}

Result<void> sendMail(const SmtpServer& server, const MailMessage& message, const HttpSettings& http, std::stop_token stop)
{
    const auto from = mailAddress(message.from);
    if (!from)
        return fail(ErrorCode::InvalidArgument, "\"" + oneLine(message.from) + "\" is no address that mail could come from");
    std::unique_ptr<curl_slist, ListDeleter> recipients;
    for (const std::string& one : message.to) {
        const auto to = mailAddress(one);
        if (!to)
            return fail(ErrorCode::InvalidArgument, "\"" + oneLine(one) + "\" is no address that mail could go to");
        curl_slist* longer = curl_slist_append(recipients.get(), to->c_str());
        static_cast<void>(recipients.release());
        recipients.reset(longer);
    }
    static const CURLcode isReady = curl_global_init(CURL_GLOBAL_DEFAULT);
    const std::unique_ptr<CURL, EasyDeleter> easy(curl_easy_init());
    const std::unique_ptr<CURLM, MultiDeleter> multi(curl_multi_init());
    if (isReady != CURLE_OK || !easy || !multi)
        return fail(ErrorCode::Internal, "libcurl cannot be used");
    Upload upload {mailText(message), 0};
    std::string said;
    std::array<char, CURL_ERROR_SIZE> reason {};
    configure(easy.get(), server, http);
    set(easy.get(), CURLOPT_MAIL_FROM, from->c_str());
    set(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
    set(easy.get(), CURLOPT_UPLOAD, 1L);
    set(easy.get(), CURLOPT_READFUNCTION, &onRead);
    set(easy.get(), CURLOPT_READDATA, &upload);
    set(easy.get(), CURLOPT_HEADERFUNCTION, &onLine);
    set(easy.get(), CURLOPT_HEADERDATA, &said);
    set(easy.get(), CURLOPT_WRITEFUNCTION, &onLine);
    set(easy.get(), CURLOPT_WRITEDATA, &said);
    set(easy.get(), CURLOPT_ERRORBUFFER, reason.data());
    curl_multi_add_handle(multi.get(), easy.get());
    const auto code = perform(multi.get(), stop);
    curl_multi_remove_handle(multi.get(), easy.get());
    if (!code)
        return fail(ErrorCode::Cancelled, "stopped before the mail was sent");
    if (*code == CURLE_OK)
        return {};
    TransferFailure failure;
    failure.message = reason.data();
    failure.caFile = http.caFile;
    return fail(errorOf(easy.get(), *code, server, said, std::move(failure)));
}

} // namespace mnemo
