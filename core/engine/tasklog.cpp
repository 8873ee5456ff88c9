#include "core/engine/tasklog.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <deque>
#include <fstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace mnemo {

namespace {

using nlohmann::json;

std::string textOf(const TaskLogLine& line)
{
    return json {{"at", toMs(line.at)}, {"task", line.task}, {"attempt", line.attempt}, {"level", log::toText(line.level)}, {"text", line.text}}
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<TaskLogLine> lineOf(const std::string& text)
{
    const json read = json::parse(text, nullptr, false);
    if (!read.is_object())
        return std::nullopt;
    try {
        return TaskLogLine {fromMs(read.at("at").get<std::int64_t>()), read.at("task").get<int>(), read.at("attempt").get<int>(),
            log::levelFromText(read.at("level").get<std::string>()).value_or(log::Level::Info), read.at("text").get<std::string>()};
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

} // namespace

TaskLog::TaskLog(const std::filesystem::path& dataDir)
    : m_folder(dataDir / "runs")
{
}

std::filesystem::path TaskLog::fileOf(RunId run) const
{
    return m_folder / (std::to_string(run) + ".jsonl");
}

void TaskLog::add(RunId run, const TaskLogLine& line) const
{
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    const std::string text = textOf(line) + '\n';
    const int file = ::open(fileOf(run).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    const bool isWritten = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (!isWritten)
        log::warning("engine", "a line of a task could not be kept: " + std::string(std::strerror(errno)), {{"run", run}, {"task", line.task}});
    if (file >= 0)
        ::close(file);
}

std::vector<RunId> TaskLog::runs() const
{
    std::vector<RunId> all;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(m_folder, error), end; !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().stem().string();
        RunId run = 0;
        const auto [last, ec] = std::from_chars(name.data(), name.data() + name.size(), run);
        if (ec == std::errc {} && last == name.data() + name.size() && entry->path().extension() == ".jsonl")
            all.push_back(run);
    }
    return all;
}

void TaskLog::remove(RunId run) const
{
    std::error_code error;
    std::filesystem::remove(fileOf(run), error);
    if (error)
        log::warning("engine", "the log of an old run could not be removed: " + error.message(), {{"run", run}});
}

Result<std::vector<TaskLogLine>> TaskLog::read(RunId run, std::optional<int> task, std::size_t most) const
{
    std::deque<TaskLogLine> kept;
    std::error_code error;
    if (!std::filesystem::exists(fileOf(run), error))
        return std::vector<TaskLogLine> {};
    std::ifstream file(fileOf(run));
    if (!file)
        return fail(ErrorCode::StorageFailed, "cannot read " + fileOf(run).string() + ": " + std::strerror(errno));
    for (std::string text; std::getline(file, text);) {
        auto line = lineOf(text);
        if (!line || (task && line->task != *task))
            continue;
        kept.push_back(std::move(*line));
        if (kept.size() > most)
            kept.pop_front();
    }
    return std::vector(std::make_move_iterator(kept.begin()), std::make_move_iterator(kept.end()));
}

} // namespace mnemo
