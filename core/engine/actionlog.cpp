#include "core/engine/actionlog.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include <fcntl.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace mnemo {

namespace {

using Json = nlohmann::json;

std::string lineOf(const ActionRecord& record)
{
    Json json = {{"at", toMs(record.at)}, {"who", record.who}, {"action", record.action}, {"exchange", record.what.exchange},
        {"from", toMs(record.what.range.from)}, {"to", toMs(record.what.range.to)}};
    if (!record.series.empty())
        json["series"] = record.series;
    if (record.what.market)
        json["market"] = toText(*record.what.market);
    if (!record.what.symbols.empty())
        json["symbols"] = record.what.symbols;
    if (!record.what.timeframes.empty())
        json["timeframes"] = record.what.timeframes;
    if (!record.what.id.empty())
        json["entry"] = record.what.id;
    if (!record.what.text.empty())
        json["text"] = record.what.text;
    if (record.ranges > 0)
        json["ranges"] = record.ranges;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::optional<ActionRecord> recordOf(const std::string& line)
{
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object())
        return std::nullopt;
    try {
        ActionRecord record;
        record.at = fromMs(json.at("at").get<std::int64_t>());
        record.who = json.at("who").get<std::string>();
        record.action = json.at("action").get<std::string>();
        record.series = json.value("series", std::string());
        record.what.exchange = json.at("exchange").get<std::string>();
        record.what.range = {fromMs(json.at("from").get<std::int64_t>()), fromMs(json.at("to").get<std::int64_t>())};
        record.what.market = marketTypeFromText(json.value("market", std::string()));
        record.what.symbols = json.value("symbols", std::vector<std::string>());
        record.what.timeframes = json.value("timeframes", std::vector<std::string>());
        record.what.id = json.value("entry", std::string());
        record.what.text = json.value("text", std::string());
        record.ranges = json.value("ranges", std::int64_t {0});
        return record;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace

bool ActionRecord::concerns(const SeriesKey& key) const
{
    return series.empty() ? what.concerns(key) : series == key.text();
}

ActionLog::ActionLog(std::filesystem::path file)
    : m_file(std::move(file))
{
}

ActionLog::~ActionLog()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<void> ActionLog::add(const ActionRecord& record)
{
    const std::string line = lineOf(record);
    const std::lock_guard lock(m_mutex);
    if (m_descriptor < 0)
        m_descriptor = ::open(m_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (m_descriptor < 0 || ::write(m_descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        return fail(ErrorCode::StorageFailed, m_file.string() + " cannot be added to: " + std::strerror(errno));
    return {};
}

Result<std::vector<ActionRecord>> ActionLog::of(const SeriesKey& key, TimeRange within, std::size_t most) const
{
    std::vector<ActionRecord> found;
    std::error_code ec;
    if (!std::filesystem::exists(m_file, ec))
        return found;
    std::ifstream in(m_file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
        auto record = recordOf(line);
        if (record && record->concerns(key) && !record->what.range.intersected(within).isEmpty())
            found.push_back(std::move(*record));
    }
    if (in.bad())
        return fail(ErrorCode::StorageFailed, m_file.string() + " cannot be read");
    std::ranges::reverse(found);
    if (found.size() > most)
        found.resize(most);
    return found;
}

} // namespace mnemo
