#include "core/engine/httpcall.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "core/net/httpclient.h"
#include "core/net/retry.h"
#include "core/net/url.h"

namespace mnemo {

Result<HttpResponse> callHttp(HttpRequest request, const HttpSettings& settings, const std::stop_token& stop)
{
    const auto url = splitUrl(request.url);
    const std::string where = url ? url->origin() : "the address";
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

Result<HttpResponse> callHttp(const HttpRequest& request, const HttpSettings& settings, const RetrySettings& retry, const std::stop_token& stop)
{
    using SteadyClock = std::chrono::steady_clock;
    RetryPolicy policy(retry, std::hash<std::string> {}(request.url));
    std::mutex mutex;
    std::condition_variable_any never;
    const auto began = SteadyClock::now();
    for (int attempt = 1;; ++attempt) {
        auto answer = callHttp(request, settings, stop);
        if (answer)
            return answer;
        const auto wait = policy.delay(answer.error(), attempt, std::chrono::duration_cast<milliseconds>(SteadyClock::now() - began));
        if (!wait || stop.stop_requested())
            return answer;
        std::unique_lock lock(mutex);
        never.wait_for(lock, stop, *wait, [] { return false; });
    }
}

} // namespace mnemo
