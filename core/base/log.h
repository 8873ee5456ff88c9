#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/clock.h"

/// The log: JSON lines to a rotating file, readable lines to the terminal, the newest lines in memory for the window.
/// All functions are thread-safe and cheap where the level is off. Nothing here looks for secrets: callers hand in
/// redacted text (redactedUrl() for addresses).
namespace mnemo::log {

enum class Level { Trace, Debug, Info, Warning, Error, Critical, Off };
std::string_view toText(Level level); ///< "trace", "debug", "info", "warning", "error", "critical", "off"
std::optional<Level> levelFromText(std::string_view text);

/// One named value of a line. Usual keys: run, task, series, request, exchange, lane, code. Refers to the caller's text,
/// which must live until the call returns.
class Field {
public:
    Field(std::string_view key, std::string_view value)
        : m_key(key)
        , m_text(value)
    {
    }
    Field(std::string_view key, const std::string& value)
        : Field(key, std::string_view(value))
    {
    }
    Field(std::string_view key, const char* value)
        : Field(key, std::string_view(value))
    {
    }
    Field(std::string_view key, std::integral auto value)
        : m_key(key)
        , m_number(static_cast<std::int64_t>(value))
    {
    }
    std::string_view key() const { return m_key; }
    bool isNumber() const { return m_number.has_value(); }
    std::string text() const { return m_number ? std::to_string(*m_number) : std::string(m_text); }

private:
    std::string_view m_key;
    std::string_view m_text;
    std::optional<std::int64_t> m_number;
};
using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view area, std::string_view text, Fields fields = {});
/// `log::info("lane", "page stored", {{"series", key.text()}, {"rows", 1000}});` @p area is the folder of core.
inline void trace(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Trace, area, text, fields); }
inline void debug(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Debug, area, text, fields); }
inline void info(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Info, area, text, fields); }
inline void warning(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Warning, area, text, fields); }
inline void error(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Error, area, text, fields); }
inline void critical(std::string_view area, std::string_view text, Fields fields = {}) { write(Level::Critical, area, text, fields); }
bool isOn(Level level); ///< for lines that are dear to make

/// Adds fields to every line that this thread writes while it lives; nests, the innermost key wins.
class Scope {
public:
    explicit Scope(Fields fields);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    std::size_t m_size; ///< of the thread's list before
};

struct Options {
    Level level = Level::Info;             ///< of file and memory
    Level terminalLevel = Level::Warning;  ///< of the terminal, where it is higher than level
    std::filesystem::path file;            ///< empty: none. One process per file: rotation renames it
    std::int64_t fileMiB = 10;             ///< then the file is renamed to name.1.log, .1 to .2 ...
    int files = 5;                         ///< kept beside the current one
    std::size_t memoryLines = 2000;
};

std::filesystem::path defaultFile(const std::filesystem::path& dataDir); ///< <dataDir>/logs/mnemo-quant.log

/// Opens the outputs, making the file's folder. Before it lines of Warning and above go to the terminal. May be called
/// again with other options; lines in memory stay. False where the file cannot be opened: that is said as a warning, and
/// terminal and memory work.
bool start(const Options& options);
void setLevel(Level level); ///< while running, after the settings changed
void flush();
void stop(); ///< closes the file; back to how it was before start()

/// One line as the window shows it.
struct Line {
    std::uint64_t sequence = 0; ///< counts from 1 since the program began, without holes
    UtcMs time {};
    Level level = Level::Info;
    std::string area;
    std::string text;
    std::vector<std::pair<std::string, std::string>> fields;
};
/// The lines in memory after @p sequence, oldest first; a first sequence above @p sequence + 1 means that some were
/// dropped. Copies: call it at frame rate, not for each line.
std::vector<Line> linesAfter(std::uint64_t sequence);
std::uint64_t lastSequence();

} // namespace mnemo::log
