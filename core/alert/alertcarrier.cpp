#include "core/alert/alertcarrier.h"

#include "core/alert/webhook.h"
#include "core/net/httpclient.h"

namespace mnemo {

namespace {

constexpr milliseconds lookAgain {250};

/// One request, until it is answered or stopped.
Result<HttpResponse> send(const HttpSettings& settings, HttpRequest request, const std::stop_token& stop)
{
    HttpClient client(settings);
    const std::stop_callback wake(stop, [&client] { client.wakeUp(); });
    client.start(1, std::move(request));
    while (!stop.stop_requested()) {
        for (Completion& done : client.wait(lookAgain))
            return std::move(done.response);
    }
    return fail(ErrorCode::Cancelled, "stopped before the answer");
}

} // namespace

NetworkCarrier::NetworkCarrier(
    HttpSettings http, std::shared_ptr<const SecretSource> secrets, std::shared_ptr<const Clock> clock, Show show)
    : m_http(std::move(http))
    , m_secrets(std::move(secrets))
    , m_clock(std::move(clock))
    , m_show(std::move(show))
{
}

void NetworkCarrier::apply(HttpSettings http)
{
    const std::lock_guard lock(m_mutex);
    m_http = std::move(http);
}

HttpSettings NetworkCarrier::http() const
{
    const std::lock_guard lock(m_mutex);
    return m_http;
}

Result<void> NetworkCarrier::carry(const AlertChannel& channel, const AlertMessage& message, std::stop_token stop)
{
    switch (channel.type) {
    case ChannelType::App:
    case ChannelType::Desktop: return m_show(channel, message);
    case ChannelType::Email: return mail(channel, message, stop);
    case ChannelType::Webhook:
    case ChannelType::Slack:
    case ChannelType::Discord:
    case ChannelType::Telegram: break;
    }
    return post(channel, message, stop);
}

Result<void> NetworkCarrier::post(
    const AlertChannel& channel, const AlertMessage& message, const std::stop_token& stop) const
{
    const auto missing = [this](const std::string& name, const char* what) {
        return fail(ErrorCode::Config, std::string(what) + " is not known: put it into " + m_secrets->place(name));
    };
    std::string url = channel.url;
    const std::string tokenName = channel.secretName("token");
    const std::string token = m_secrets->secret(tokenName).value_or(std::string());
    if (channel.type == ChannelType::Telegram) {
        if (token.empty())
            return missing(tokenName, "the bot's token");
        if (url.empty())
            url = "https://api.telegram.org";
    }
    if (url.empty()) {
        const std::string name = channel.secretName("url");
        const auto secret = m_secrets->secret(name);
        if (!secret)
            return missing(name, "the address of the webhook");
        url = *secret;
    }
    const auto response = send(http(), webhookRequest(channel, message, url, token), stop);
    return response ? judgeWebhookAnswer(*response, m_clock->now()) : fail(response.error());
}

Result<void> NetworkCarrier::mail(
    const AlertChannel& channel, const AlertMessage& message, const std::stop_token& stop) const
{
    SmtpServer server = channel.server;
    if (!server.user.empty()) {
        const std::string name = channel.secretName("password");
        const auto password = m_secrets->secret(name);
        if (!password)
            return fail(ErrorCode::Config, "the password of " + server.user + " is not known: put it into " + m_secrets->place(name));
        server.password = *password;
    }
    return sendMail(server, {channel.from, channel.to, subjectOf(message), plainText(message), message.at}, http(), stop);
}

} // namespace mnemo
