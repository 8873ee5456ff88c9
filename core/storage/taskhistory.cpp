#include "core/storage/taskhistory.h"

#include <nlohmann/json.hpp>

namespace mnemo {

namespace {

using nlohmann::json;

json timeJson(const std::optional<UtcMs>& time)
{
    return time ? json(toMs(*time)) : json();
}

std::optional<UtcMs> timeOf(const json& read)
{
    return read.is_null() ? std::nullopt : std::optional(fromMs(read.get<std::int64_t>()));
}

json toJson(const TaskTry& one)
{
    json waits = json::array();
    for (const Wait& wait : one.waits)
        waits.push_back({{"from", toMs(wait.from)}, {"to", toMs(wait.to)}, {"why", wait.why}, {"held", wait.held.count()}});
    return {{"attempt", one.attempt}, {"pool", one.pool}, {"scheduled", toMs(one.scheduled)}, {"started", timeJson(one.started)},
        {"finished", timeJson(one.finished)}, {"state", one.state}, {"error", one.error}, {"waits", std::move(waits)}};
}

TaskTry tryOf(const json& read)
{
    TaskTry one;
    one.attempt = read.at("attempt").get<int>();
    one.pool = read.at("pool").get<std::string>();
    one.scheduled = fromMs(read.at("scheduled").get<std::int64_t>());
    one.started = timeOf(read.at("started"));
    one.finished = timeOf(read.at("finished"));
    one.state = read.at("state").get<std::string>();
    one.error = read.at("error").get<std::string>();
    for (const json& wait : read.at("waits"))
        one.waits.push_back({fromMs(wait.at("from").get<std::int64_t>()), fromMs(wait.at("to").get<std::int64_t>()),
            wait.at("why").get<std::string>(), milliseconds {wait.at("held").get<std::int64_t>()}});
    return one;
}

} // namespace

std::string toText(const std::vector<TaskTry>& tries)
{
    json list = json::array();
    for (const TaskTry& one : tries)
        list.push_back(toJson(one));
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<TaskTry> triesFromText(std::string_view text)
{
    try {
        std::vector<TaskTry> tries;
        for (const json& one : json::parse(text))
            tries.push_back(tryOf(one));
        return tries;
    } catch (const json::exception&) {
        return {};
    }
}

} // namespace mnemo
