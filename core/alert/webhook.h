#pragma once

#include "core/alert/alertmessage.h"
#include "core/alert/alertsettings.h"
#include "core/net/http.h"

namespace mnemo {

/// The request that carries @p message to a channel of one of the types Webhook, Slack, Discord, Telegram. Sources of the
/// shapes: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, docs.discord.com/developers/resources/webhook
/// ("Execute Webhook"), core.telegram.org/bots/api#sendmessage; read 2026-11.
/// @param url of the channel, or its secret. @param token Telegram: the bot's; Webhook: sent as a bearer token where not empty
HttpRequest webhookRequest(
    const AlertChannel& channel, const AlertMessage& message, const std::string& url, const std::string& token);

/// Nothing where the service took the message. Errors: RateLimited with its wait (Retry-After, or retry_after in the body),
/// ServerError, Rejected with the first words of the answer.
Result<void> judgeWebhookAnswer(const HttpResponse& response, UtcMs now);

} // namespace mnemo
