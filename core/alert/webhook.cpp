#include "core/alert/webhook.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/base/timetext.h"

namespace mnemo {

namespace {

using Json = nlohmann::ordered_json;

// the services refuse longer ones
constexpr std::size_t mostSlack = 3000; // docs: a section's text
constexpr std::size_t mostDiscordTitle = 256, mostDiscordValue = 1024, mostDiscordText = 4096;
constexpr std::size_t mostTelegram = 4096; // UTF-16 units; bytes are never fewer

/// At most @p most bytes, cut between two characters.
std::string clipped(std::string text, std::size_t most)
{
    constexpr std::string_view ellipsis = "\u2026";
    if (text.size() <= most)
        return text;
    std::size_t end = most - ellipsis.size();
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    text.resize(end);
    return text.append(ellipsis);
}

/// Slack reads &, < and > as markup.
std::string slackText(const std::string& text)
{
    std::string out;
    for (const char c : text)
        out += c == '&' ? std::string("&amp;") : c == '<' ? std::string("&lt;") : c == '>' ? std::string("&gt;") : std::string(1, c);
    return out;
}

/// Okabe-Ito, as in the window.
std::uint32_t colourOf(const AlertMessage& message)
{
    if (message.isEnd() || message.isTest())
        return 0x009E73;
    return message.alert.severity == Severity::Error ? 0xD55E00 : message.alert.severity == Severity::Warn ? 0xE69F00 : 0x56B4E9;
}

std::string hexColour(std::uint32_t colour)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = "#";
    for (int shift = 20; shift >= 0; shift -= 4)
        text += digits[(colour >> shift) & 0xF];
    return text;
}

std::string factLines(const AlertMessage& message)
{
    std::string lines;
    for (const auto& [name, value] : factsOf(message))
        lines += name + ": " + value + '\n';
    return lines;
}

std::string helpOf(const AlertMessage& message)
{
    return message.isTest() || message.isEnd() ? std::string() : helpFor(message.alert.kind);
}

Json slackBody(const AlertMessage& message)
{
    const std::string text = clipped(slackText(factLines(message) + helpOf(message)), mostSlack);
    Json body = {{"text", slackText(subjectOf(message))}};
    if (!text.empty())
        body["attachments"] = Json::array({{{"color", hexColour(colourOf(message))}, {"text", text}}});
    return body;
}

Json discordBody(const AlertMessage& message)
{
    Json fields = Json::array();
    for (const auto& [name, value] : factsOf(message))
        fields.push_back({{"name", name}, {"value", clipped(value, mostDiscordValue)}, {"inline", value.size() < 40}});
    Json embed = {{"title", clipped(subjectOf(message), mostDiscordTitle)}, {"color", colourOf(message)},
        {"timestamp", formatIso(message.at)}, {"fields", std::move(fields)}};
    if (const std::string help = helpOf(message); !help.empty())
        embed["description"] = clipped(help, mostDiscordText);
    return {{"username", "mnemo-quant"}, {"embeds", Json::array({std::move(embed)})},
        {"allowed_mentions", {{"parse", Json::array()}}}}; // an error's text must not call everybody
}

Json telegramBody(const AlertChannel& channel, const AlertMessage& message)
{
    return {{"chat_id", channel.chat}, {"text", clipped(plainText(message), mostTelegram)},
        {"disable_web_page_preview", true}};
}

Json timeOrNull(const std::optional<UtcMs>& time)
{
    return time ? Json(toMs(*time)) : Json();
}

Json alertJson(const Alert& alert)
{
    return {{"id", alert.id}, {"rule", alert.rule}, {"group", alert.group}, {"kind", toText(alert.kind)},
        {"where", alert.where}, {"what", alert.what}, {"severity", toText(alert.severity)}, {"state", toText(alert.state)},
        {"since", toMs(alert.since)}, {"firedAt", timeOrNull(alert.firedAt)}, {"resolvedAt", timeOrNull(alert.resolvedAt)},
        {"until", timeOrNull(alert.until)}, {"causes", alert.causes}, {"series", alert.series}, {"count", alert.count},
        {"cause", alert.cause}, {"detail", alert.detail}, {"why", alert.why}};
}

Json plainBody(const AlertMessage& message)
{
    return {{"version", 1}, {"event", message.event}, {"delivery", message.delivery}, {"at", toMs(message.at)},
        {"title", subjectOf(message)}, {"text", plainText(message)},
        {"alert", message.isTest() ? Json() : alertJson(message.alert)}};
}

Json bodyOf(const AlertChannel& channel, const AlertMessage& message)
{
    switch (channel.type) {
    case ChannelType::Slack: return slackBody(message);
    case ChannelType::Discord: return discordBody(message);
    case ChannelType::Telegram: return telegramBody(channel, message);
    case ChannelType::Webhook:
    case ChannelType::App:
    case ChannelType::Desktop:
    case ChannelType::Email: break;
    }
    return plainBody(message);
}

/// Discord states it in seconds with a fraction, Telegram in whole ones inside "parameters".
std::optional<milliseconds> waitInBody(const std::string& body)
{
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    const auto inner = json.find("parameters");
    const Json& holder = inner != json.end() && inner->is_object() ? *inner : json;
    const auto wait = holder.find("retry_after");
    if (wait == holder.end() || !wait->is_number())
        return std::nullopt;
    const double seconds = std::clamp(wait->get<double>(), 0.0, 86'400.0);
    return milliseconds {static_cast<std::int64_t>(std::ceil(seconds * 1000))};
}

} // namespace

HttpRequest webhookRequest(
    const AlertChannel& channel, const AlertMessage& message, const std::string& url, const std::string& token)
{
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    if (channel.type == ChannelType::Telegram)
        request.url += "/bot" + token + "/sendMessage";
    request.headers = {{"Content-Type", "application/json"}};
    if (channel.type == ChannelType::Webhook && !token.empty())
        request.headers.emplace_back("Authorization", "Bearer " + token);
    request.body = bodyOf(channel, message).dump(-1, ' ', false, Json::error_handler_t::replace);
    return request;
}

Result<void> judgeWebhookAnswer(const HttpResponse& response, UtcMs now)
{
    if (response.status >= 200 && response.status < 300)
        return {};
    std::string words = response.body.substr(0, 200);
    std::ranges::replace_if(words, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    const std::string said = "HTTP " + std::to_string(response.status) + (words.empty() ? "" : ": " + words);
    if (response.status == 429) {
        auto wait = response.retryAfter(now);
        if (!wait)
            wait = waitInBody(response.body);
        return fail(ErrorCode::RateLimited, said, wait);
    }
    if (response.status == 408 || response.status >= 500)
        return fail(ErrorCode::ServerError, said, response.retryAfter(now));
    return fail(ErrorCode::Rejected, said);
}

} // namespace mnemo
