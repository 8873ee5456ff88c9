#include "core/base/log.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <deque>
#include <mutex>

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "core/base/timetext.h"

namespace mnemo::log {

namespace {

constexpr std::array<std::string_view, 7> names {"trace", "debug", "info", "warning", "error", "critical", "off"};

struct OwnField {
    std::string key;
    std::string text;
    bool isNumber = false;
};
thread_local std::vector<OwnField> scopeFields;

spdlog::level::level_enum toSpdlog(Level level)
{
    switch (level) {
    case Level::Trace:
        return spdlog::level::trace;
    case Level::Debug:
        return spdlog::level::debug;
    case Level::Info:
        return spdlog::level::info;
    case Level::Warning:
        return spdlog::level::warn;
    case Level::Error:
        return spdlog::level::err;
    case Level::Critical:
        return spdlog::level::critical;
    case Level::Off:
        return spdlog::level::off;
    }
    return spdlog::level::off;
}

/// A failing disk is said once, not once a line.
void onSinkError(const std::string& message)
{
    static std::atomic<bool> said = false;
    if (!said.exchange(true))
        std::fprintf(stderr, "the log file cannot be written: %s\n", message.c_str());
}

std::shared_ptr<spdlog::logger> makeLogger(const char* name, spdlog::sink_ptr sink)
{
    auto logger = std::make_shared<spdlog::logger>(name, std::move(sink));
    logger->set_level(spdlog::level::trace); // levels are decided before anything is formatted
    logger->set_error_handler(onSinkError);
    return logger;
}

std::shared_ptr<spdlog::logger> makeTerminal()
{
    auto logger = makeLogger("terminal", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger->set_pattern("%^%v%$");
    return logger;
}

void appendHex(std::string& out, unsigned char byte)
{
    static constexpr char hex[] = "0123456789abcdef";
    out += hex[byte >> 4];
    out += hex[byte & 15];
}

bool isContinuation(std::string_view text, std::size_t at)
{
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

/// Length of the UTF-8 character at @p at, 0 where there is none. Overlong forms pass: they do no harm in a log.
std::size_t characterLength(std::string_view text, std::size_t at)
{
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1
        : first >= 0xc2 && first < 0xe0     ? 2
        : (first & 0xf0) == 0xe0            ? 3
        : first >= 0xf0 && first < 0xf5     ? 4
                                            : 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(text, at + i))
            return 0;
    }
    return length;
}

void appendJson(std::string& out, std::string_view text)
{
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const std::size_t length = characterLength(text, i);
        if (length == 0) {
            out += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            appendHex(out, static_cast<unsigned char>(c));
        } else {
            out.append(text, i, length);
        }
        i += std::max<std::size_t>(1, length);
    }
    out += '"';
}

/// Nothing that moves the cursor or starts a line of its own reaches the terminal.
void appendVisible(std::string& out, std::string_view text)
{
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += "\\x";
            appendHex(out, static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
}

bool isReserved(std::string_view key)
{
    return key == "time" || key == "level" || key == "area" || key == "text";
}

std::string jsonLine(const Line& line, const std::vector<OwnField>& fields)
{
    std::string out = R"({"time":")" + formatIso(line.time) + R"(","level":")";
    out += toText(line.level);
    out += R"(","area":)";
    appendJson(out, line.area);
    out += R"(,"text":)";
    appendJson(out, line.text);
    for (const OwnField& field : fields) {
        out += ',';
        appendJson(out, isReserved(field.key) ? field.key + '_' : field.key);
        out += ':';
        if (field.isNumber)
            out += field.text;
        else
            appendJson(out, field.text);
    }
    return out + '}';
}

std::string terminalLine(const Line& line)
{
    std::string out = formatIso(line.time);
    out += ' ';
    out += toText(line.level);
    out += ' ';
    appendVisible(out, line.area);
    out += ": ";
    appendVisible(out, line.text);
    for (const auto& [key, value] : line.fields) {
        out += "  ";
        appendVisible(out, key);
        out += '=';
        appendVisible(out, value);
    }
    return out;
}

std::vector<OwnField> allFields(Fields fields)
{
    std::vector<OwnField> all;
    const auto put = [&](OwnField field) {
        const auto held = std::ranges::find(all, field.key, &OwnField::key);
        if (held == all.end())
            all.push_back(std::move(field));
        else
            *held = std::move(field);
    };
    for (const OwnField& field : scopeFields)
        put(field);
    for (const Field& field : fields)
        put({std::string(field.key()), field.text(), field.isNumber()});
    return all;
}

/// All outputs. One mutex: a line's sequence number and its place in file and memory agree.
class Log {
public:
    bool start(const Options& options);
    void stop();
    void flush();
    void setLevel(Level level);
    bool isOn(Level level) const { return level != Level::Off && level >= m_lowest.load(std::memory_order_relaxed); }
    void write(Level level, std::string_view area, std::string_view text, Fields fields);
    std::vector<Line> linesAfter(std::uint64_t sequence);
    std::uint64_t lastSequence();

private:
    std::string openFile(const Options& options);

    std::mutex m_mutex;
    std::atomic<Level> m_lowest {Level::Warning};
    Level m_terminalLevel = Level::Warning;
    std::size_t m_memoryLines = 2000;
    std::shared_ptr<spdlog::logger> m_file;
    std::shared_ptr<spdlog::logger> m_terminal = makeTerminal();
    std::deque<Line> m_lines;
    std::uint64_t m_sequence = 0;
};

/// Never destroyed: threads may log until the very end.
Log& theLog()
{
    static Log* const log = new Log;
    return *log;
}

/// @return why the file cannot be opened, empty where it is
std::string Log::openFile(const Options& options)
{
    try {
        std::filesystem::create_directories(options.file.parent_path());
        const auto bytes = static_cast<std::size_t>(std::max<std::int64_t>(1, options.fileMiB)) << 20;
        const auto files = static_cast<std::size_t>(std::max(0, options.files));
        m_file = makeLogger(
            "file", std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file.string(), bytes, files));
        m_file->set_pattern("%v");
        m_file->flush_on(spdlog::level::info);
        return {};
    } catch (const std::exception& error) { // spdlog_ex, filesystem_error
        return error.what();
    }
}

bool Log::start(const Options& options)
{
    std::string failure;
    {
        const std::lock_guard lock(m_mutex);
        m_lowest = options.level;
        m_terminalLevel = options.terminalLevel;
        m_memoryLines = std::max<std::size_t>(1, options.memoryLines);
        m_file.reset();
        if (!options.file.empty())
            failure = openFile(options);
    }
    if (!failure.empty())
        write(Level::Warning, "log", "the log file cannot be opened: " + failure + "; the terminal gets the lines",
            {{"file", options.file.string()}});
    return failure.empty();
}

void Log::stop()
{
    const std::lock_guard lock(m_mutex);
    if (m_file)
        m_file->flush();
    m_file.reset();
    m_lowest = Level::Warning;
    m_terminalLevel = Level::Warning;
}

void Log::flush()
{
    const std::lock_guard lock(m_mutex);
    if (m_file)
        m_file->flush();
    m_terminal->flush();
}

void Log::setLevel(Level level)
{
    m_lowest = level;
}

void Log::write(Level level, std::string_view area, std::string_view text, Fields fields)
{
    if (!isOn(level))
        return;
    const std::vector<OwnField> all = allFields(fields);
    Line line {0, SystemClock().now(), level, std::string(area), std::string(text), {}};
    for (const OwnField& field : all)
        line.fields.emplace_back(field.key, field.text);

    const std::lock_guard lock(m_mutex);
    line.sequence = ++m_sequence;
    if (m_file)
        m_file->log(toSpdlog(level), jsonLine(line, all));
    if (level >= m_terminalLevel)
        m_terminal->log(toSpdlog(level), terminalLine(line));
    m_lines.push_back(std::move(line));
    while (m_lines.size() > m_memoryLines)
        m_lines.pop_front();
}

std::vector<Line> Log::linesAfter(std::uint64_t sequence)
{
    const std::lock_guard lock(m_mutex);
    const auto first = std::ranges::upper_bound(m_lines, sequence, {}, &Line::sequence);
    return {first, m_lines.end()};
}

std::uint64_t Log::lastSequence()
{
    const std::lock_guard lock(m_mutex);
    return m_sequence;
}

} // namespace

std::string_view toText(Level level)
{
    return names[static_cast<std::size_t>(level)];
}

std::optional<Level> levelFromText(std::string_view text)
{
    const auto found = std::ranges::find(names, text);
    if (found == names.end())
        return std::nullopt;
    return static_cast<Level>(found - names.begin());
}

void write(Level level, std::string_view area, std::string_view text, Fields fields)
{
    theLog().write(level, area, text, fields);
}

bool isOn(Level level)
{
    return theLog().isOn(level);
}

Scope::Scope(Fields fields)
    : m_size(scopeFields.size())
{
    for (const Field& field : fields)
        scopeFields.push_back({std::string(field.key()), field.text(), field.isNumber()});
}

Scope::~Scope()
{
    scopeFields.resize(m_size);
}

std::filesystem::path defaultFile(const std::filesystem::path& dataDir)
{
    return dataDir / "logs" / "mnemo-quant.log";
}

bool start(const Options& options)
{
    return theLog().start(options);
}

void setLevel(Level level)
{
    theLog().setLevel(level);
}

void flush()
{
    theLog().flush();
}

void stop()
{
    theLog().stop();
}

std::vector<Line> linesAfter(std::uint64_t sequence)
{
    return theLog().linesAfter(sequence);
}

std::uint64_t lastSequence()
{
    return theLog().lastSequence();
}

} // namespace mnemo::log
