#include "core/engine/httpcall.h"

#include "core/net/httpclient.h"

namespace mnemo {

Result<HttpResponse> callHttp(HttpRequest request, const HttpSettings& settings, const std::stop_token& stop)
{
    const std::string where = redactedUrl(request.url);
    HttpClient client(settings);
    client.start(1, std::move(request));
    const std::stop_callback onStop(stop, [&client] { client.wakeUp(); });
    while (!stop.stop_requested()) {
        auto done = client.wait(settings.totalTimeout);
        if (done.empty())
            continue;
        auto& response = done.front().response;
        if (response && response->status >= 400)
            return fail(response->status >= 500 || response->status == 429 ? ErrorCode::ServerError : ErrorCode::Rejected,
                where + " answered with status " + std::to_string(response->status));
        return std::move(response);
    }
    return fail(ErrorCode::Cancelled, "stopped");
}

} // namespace mnemo
