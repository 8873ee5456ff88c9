#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/clock.h"
#include "core/exchange/venue.h"
#include "core/ingest/answerarchive.h"
#include "core/ingest/lane.h"
#include "core/ingest/pagewalk.h"
#include "core/ingest/writer.h"

namespace mnemo {

/// One question about the newest bars of a stored series.
struct NewestQuestion {
    SeriesRecord series;
    std::shared_ptr<const Venue> venue;
    PageRules rules; ///< of bars, not of trades
    TimeRange range; ///< on the grid, one page at most; may reach over the running bar
};

/// The page that asks for the bars from @p from (on the grid) to the running one at @p now: less where one page does
/// not hold them all.
TimeRange newestRange(const PageRules& rules, UtcMs from, UtcMs now);

/// Asks one question, once: whoever follows a series asks again anyway. Closed bars go the ordinary way to archive,
/// store and coverage; the running one is told and kept nowhere. An answer without a closed bar leaves no trace, so
/// that looking at a chart does not fill the archive.
class NewestPage final : public LaneClient, public std::enable_shared_from_this<NewestPage> {
public:
    struct Handlers { ///< called from the lane's or the writer's thread; must be quick
        /// Once, with the running bar where the answer has one.
        std::function<void(Result<std::optional<Candle>>)> ended;
        /// The page's range is that of its rows; the rows themselves are gone.
        std::function<void(const PageCommit&, const CommitOutcome::Page&, std::span<const Finding>)> stored;
    };

    /// @param writer and @p clock outlive it
    NewestPage(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers);

    Priority priority() const override { return Priority::Incremental; }
    std::string_view series() const override { return m_seriesText; }
    std::optional<LaneRequest> next() override;
    Result<void> accept(std::uint64_t tag, const HttpResponse& response, LaneServices& services) override;
    void gaveUp(std::uint64_t tag, const Error& error) override;
    void retried(std::uint64_t tag, const Error& error) override;
    void sent(std::uint64_t) override { }
    void waits(const std::string&) override { }
    bool isFinished() const override { return m_hasEnded; }
    void letGo() override;

private:
    FetchArgs args() const;
    Result<void> store(const Page& page, PageCommit commit, const HttpResponse& response, LaneServices& services);
    void end(Result<std::optional<Candle>> running);

    const NewestQuestion m_question;
    Writer& m_writer;
    const Clock& m_clock;
    const std::string m_seriesText;
    Handlers m_handlers;
    Question m_asked; // what follows is the lane's thread's alone
    bool m_isAsked = false;
    bool m_hasEnded = false;
};

} // namespace mnemo
