#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mnemo::cli {

/// One line on the terminal that is painted over, at most ten times a second. Does nothing where standard error is no
/// terminal. One thread.
class ProgressBar {
public:
    ProgressBar();
    ~ProgressBar(); ///< clear()

    bool isShown() const { return m_isTerminal; }
    /// @param done of @p total; total 0: unknown, only the text is shown
    void show(std::int64_t done, std::int64_t total, const std::string& text);
    void clear(); ///< before other lines are written

private:
    bool m_isTerminal;
    bool m_isPainted = false;
    std::chrono::steady_clock::time_point m_last {};
};

/// "[#####.....]  50.0 %  TEXT", cut to @p columns.
std::string progressLine(std::int64_t done, std::int64_t total, const std::string& text, int columns);

} // namespace mnemo::cli
