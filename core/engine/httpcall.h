#pragma once

#include <stop_token>

#include "core/config/settings.h"
#include "core/net/http.h"

namespace mnemo {

/// One request to somebody's own service, and its answer; nothing is tried again. Waits for the network. Errors: as
/// HttpTransport; Cancelled; Rejected and ServerError for statuses of 400 and above.
/// What errors say has only the host of the address: path and query may be secrets.
Result<HttpResponse> callHttp(HttpRequest request, const HttpSettings& settings, const std::stop_token& stop);
/// The same, again as @p retry has it: for what has no retries of its own.
Result<HttpResponse> callHttp(const HttpRequest& request, const HttpSettings& settings, const RetrySettings& retry, const std::stop_token& stop);

} // namespace mnemo
