#include "app/cli/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/decimal.h"

namespace mnemo::cli {

namespace {

constexpr std::size_t bufferSize = 64 * 1024;

ErrorCode codeOf(int error)
{
    if (error == ENOSPC || error == EDQUOT)
        return ErrorCode::StorageFull;
    if (error == EACCES || error == EROFS || error == EPERM)
        return ErrorCode::StorageReadOnly;
    return ErrorCode::StorageFailed;
}

std::size_t widthOf(std::string_view text) ///< characters of UTF-8, each one column wide
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// What a person can do, for the codes whose text seldom says it.
std::string_view advice(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Network:
    case ErrorCode::Timeout:
        return "Run the same command again then; what is stored stays.";
    case ErrorCode::Tls:
        return "Check this computer's clock and certificates; a private certificate authority goes into http.ca_file.";
    case ErrorCode::StorageFull:
        return "Free space or choose another folder with --data-dir; what was reported as stored is intact.";
    case ErrorCode::StorageReadOnly:
        return "Another folder is chosen with --data-dir.";
    case ErrorCode::StorageTooNew:
        return "Use the newer program, or another folder with --data-dir.";
    case ErrorCode::Internal:
        return "This is a bug; please report it with the command and the log.";
    case ErrorCode::InvalidArgument:
    case ErrorCode::Config:
    case ErrorCode::NotFound:
    case ErrorCode::Cancelled:
    case ErrorCode::TooLarge:
    case ErrorCode::ServerError:
    case ErrorCode::RateLimited:
    case ErrorCode::Banned:
    case ErrorCode::CircuitOpen:
    case ErrorCode::Rejected:
    case ErrorCode::UnknownSymbol:
    case ErrorCode::Unsupported:
    case ErrorCode::Maintenance:
    case ErrorCode::BadAnswer:
    case ErrorCode::StorageFailed:
    case ErrorCode::StorageLocked:
    case ErrorCode::Corrupt:
        return {};
    }
    return {};
}

void toStderr(std::string text)
{
    text += '\n';
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace

Output::Output(int fd, std::filesystem::path path)
    : m_fd(fd)
    , m_path(std::move(path))
{
    m_buffer.reserve(bufferSize + 1024);
}

Output::Output(Output&& other) noexcept
    : m_fd(std::exchange(other.m_fd, -1))
    , m_path(std::move(other.m_path))
    , m_buffer(std::move(other.m_buffer))
    , m_error(other.m_error)
    , m_finished(std::exchange(other.m_finished, true))
    , m_isReplacing(other.m_isReplacing)
{
}

Output Output::toStdout()
{
    return {STDOUT_FILENO, {}};
}

Result<Output> Output::toFile(const std::filesystem::path& path)
{
    Output output(-1, path);
    // Renaming over a device or a pipe would take its name away from all others; over a link, the link.
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    output.m_isReplacing = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
    if (output.m_isReplacing && std::filesystem::is_symlink(path, ignored))
        output.m_path = std::filesystem::weakly_canonical(path, ignored);
    output.m_fd = ::open(output.partPath().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (output.m_fd < 0) {
        const int error = errno;
        output.m_finished = true;
        return fail(codeOf(error), "Cannot write " + path.string() + ": " + std::strerror(error) + ".");
    }
    return output;
}

Output::~Output()
{
    if (m_path.empty()) {
        if (!m_finished && m_fd >= 0)
            flush();
        return;
    }
    if (m_fd >= 0)
        ::close(m_fd);
    if (!m_finished && m_isReplacing)
        ::unlink(partPath().c_str());
}

std::filesystem::path Output::partPath() const
{
    return m_isReplacing ? std::filesystem::path(m_path.string() + ".part") : m_path;
}

bool Output::write(std::string_view bytes)
{
    m_buffer += bytes;
    return m_buffer.size() < bufferSize ? m_error == 0 : flush();
}

bool Output::flush()
{
    std::string_view rest = m_buffer;
    while (!rest.empty() && m_error == 0) {
        const auto written = ::write(m_fd, rest.data(), rest.size());
        if (written >= 0)
            rest.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            m_error = errno;
    }
    m_buffer.clear();
    return m_error == 0;
}

Result<void> Output::finish()
{
    flush();
    m_finished = true;
    const std::string name = m_path.empty() ? "standard output" : m_path.string();
    if (!m_path.empty() && m_isReplacing) {
        if (m_error == 0 && (::fsync(m_fd) != 0 || ::rename(partPath().c_str(), m_path.c_str()) != 0))
            m_error = errno;
        if (m_error != 0)
            ::unlink(partPath().c_str());
    }
    if (m_error != 0 && m_error != EPIPE)
        return fail(codeOf(m_error), "Cannot write " + name + ": " + std::strerror(m_error) + ".");
    return {};
}

bool isStdoutAbandoned()
{
    pollfd stdoutEnd {STDOUT_FILENO, 0, 0};
    return ::poll(&stdoutEnd, 1, 0) == 1 && (stdoutEnd.revents & POLLERR) != 0;
}

ExitStatus printJson(const Json& json)
{
    auto output = Output::toStdout();
    output.write(json.dump(-1, ' ', false, Json::error_handler_t::replace));
    output.write("\n");
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

Table::Table(std::vector<std::string> header)
    : m_isRight(header.size(), false)
{
    m_rows.push_back(std::move(header));
}

void Table::alignRight(std::size_t column)
{
    m_isRight[column] = true;
}

void Table::add(std::vector<std::string> row)
{
    row.resize(m_isRight.size());
    m_rows.push_back(std::move(row));
}

ExitStatus Table::print() const
{
    std::vector<std::size_t> widths(m_isRight.size(), 0);
    for (const auto& row : m_rows) {
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(row[i]));
    }
    auto output = Output::toStdout();
    std::string line;
    for (const auto& row : m_rows) {
        line.clear();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - widthOf(row[i]), ' ');
            line += (i == 0 ? "" : "  ");
            line += m_isRight[i] ? padding + row[i] : row[i] + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        line += '\n';
        if (!output.write(line))
            break;
    }
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

void complain(std::string_view sentence)
{
    toStderr("mnemo-quant-cli: " + std::string(sentence));
}

void note(std::string_view line)
{
    toStderr(std::string(line));
}

ExitStatus report(const Error& error)
{
    std::string text = error.detail.empty() ? "Failed: " + std::string(toText(error.code)) : error.detail;
    if (text.back() != '.' && text.back() != '?' && text.back() != '!')
        text += '.';
    if (const auto todo = advice(error.code); !todo.empty())
        text.append(" ").append(todo);
    complain(text);
    return exitStatusOf(error.code);
}

std::string withThousands(std::int64_t number)
{
    std::string text = std::to_string(number);
    const std::size_t start = number < 0 ? 1 : 0;
    for (std::size_t i = text.size(); i > start + 3; i -= 3)
        text.insert(i - 3, ",");
    return text;
}

std::string bytesText(std::int64_t bytes)
{
    constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit)
        value /= 1024;
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text.data();
}

std::string durationText(milliseconds length)
{
    const auto seconds = (length.count() + 999) / 1000;
    std::array<char, 48> text {};
    if (seconds >= 3600)
        std::snprintf(text.data(), text.size(), "%lld h %02lld min", static_cast<long long>(seconds / 3600), static_cast<long long>(seconds / 60 % 60));
    else if (seconds >= 60)
        std::snprintf(text.data(), text.size(), "%lld min %02lld s", static_cast<long long>(seconds / 60), static_cast<long long>(seconds % 60));
    else
        std::snprintf(text.data(), text.size(), "%lld s", static_cast<long long>(seconds));
    return text.data();
}

std::string csvField(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos)
        return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

Json toJson(const SeriesKey& key)
{
    return {{"exchange", key.exchange}, {"source", key.source}, {"market", toText(key.market)}, {"symbol", key.symbol},
        {"kind", toText(key.kind)}, {"timeframe", key.timeframe.name()}};
}

Json toJson(const Gap& gap)
{
    return {{"from", toMs(gap.range.from)}, {"to", toMs(gap.range.to)}, {"bars", gap.bars}, {"class", toText(gap.gapClass)},
        {"evidence", gap.evidence}};
}

CandleWriter::CandleWriter(Output& output, RowFormat format)
    : m_output(output)
    , m_format(format)
{
}

bool CandleWriter::begin()
{
    return m_output.write(rowsBegin(m_format, Kind::Candles));
}

bool CandleWriter::add(const Candle& candle, std::string_view madeOf)
{
    m_line.clear();
    appendRow(m_line, m_format, candle, m_isFirst, madeOf);
    m_isFirst = false;
    return m_output.write(m_line);
}

bool CandleWriter::end()
{
    return m_output.write(rowsEnd(m_format, m_isFirst));
}

} // namespace mnemo::cli
