#pragma once

#include <stop_token>

#include "core/config/settings.h"
#include "core/net/http.h"

namespace mnemo {

/// One request to somebody's own service, and its answer; nothing is tried again. Waits for the network. Errors: as
/// HttpTransport; Cancelled; Rejected and ServerError for statuses of 400 and above.
Result<HttpResponse> callHttp(HttpRequest request, const HttpSettings& settings, const std::stop_token& stop);

} // namespace mnemo
