#include "app/cli/progressbar.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace mnemo::cli {

namespace {

int columnsOfTerminal()
{
    winsize size {};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool hasTerminal()
{
    const char* name = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && !(name && std::string_view(name) == "dumb");
}

void put(const std::string& text)
{
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

} // namespace

std::string progressLine(std::int64_t done, std::int64_t total, const std::string& text, int columns)
{
    std::string line;
    if (total > 0) {
        constexpr std::int64_t width = 24;
        const auto part = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
        const auto full = static_cast<std::size_t>(part * width);
        // 100 % only when all is done: rounding must not say so earlier.
        const double percent = done < total ? std::min(part * 100, 99.9) : 100.0;
        std::array<char, 16> number {};
        std::snprintf(number.data(), number.size(), "%5.1f %%  ", percent);
        line = "[" + std::string(full, '#') + std::string(width - full, '.') + "] " + number.data();
    }
    line += text;
    if (line.size() >= static_cast<std::size_t>(columns)) // the last column stays free: writing there wraps on some terminals
        line.resize(static_cast<std::size_t>(std::max(columns - 1, 0)));
    return line;
}

ProgressBar::ProgressBar()
    : m_isTerminal(hasTerminal())
{
}

ProgressBar::~ProgressBar()
{
    clear();
}

void ProgressBar::show(std::int64_t done, std::int64_t total, const std::string& text)
{
    const auto now = std::chrono::steady_clock::now();
    if (!m_isTerminal || (m_isPainted && now - m_last < std::chrono::milliseconds(100)))
        return;
    m_last = now;
    m_isPainted = true;
    put("\r" + progressLine(done, total, text, columnsOfTerminal()) + "\x1b[K");
}

void ProgressBar::clear()
{
    if (m_isPainted)
        put("\r\x1b[K");
    m_isPainted = false;
}

} // namespace mnemo::cli
