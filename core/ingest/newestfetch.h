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
#include "core/ingest/writer.h"

namespace mnemo {

/// One question about the newest bars of a stored series.
struct NewestQuestion {
    SeriesRecord series;
    std::shared_ptr<const Venue> venue;
    PageRules rules;
    TimeRange range; ///< on the grid; may reach over the running bar
};

/// Asks one question, once: whoever follows a series asks again anyway. Closed bars go the ordinary way to archive,
/// store and coverage; the running one is told and kept nowhere. What has no closed bar leaves no trace, so that looking
/// at a chart does not fill the archive. This is what it has in common whether bars are asked for or trades.
class NewestFetch : public LaneClient, public std::enable_shared_from_this<NewestFetch> {
public:
    struct Handlers { ///< called from the lane's or the writer's thread; must be quick
        /// Once, with the running bar where there is one.
        std::function<void(Result<std::optional<Candle>>)> ended;
        /// The page's range is that of its rows; the rows themselves are gone.
        std::function<void(const PageCommit&, const CommitOutcome::Page&, std::span<const Finding>)> stored;
    };

    /// @param writer and @p clock outlive it
    NewestFetch(NewestQuestion question, Writer& writer, const Clock& clock, Handlers handlers);

    Priority priority() const override { return Priority::Incremental; }
    std::string_view series() const override { return m_seriesText; }
    void gaveUp(std::uint64_t tag, const Error& error) override;
    void retried(std::uint64_t tag, const Error& error) override;
    void sent(std::uint64_t) override { }
    void waits(const std::string&) override { }
    bool isFinished() const override { return m_hasEnded; }
    void letGo() override;

protected: // of the lane's thread alone
    FetchArgs args() const;
    /// Keeps the answer, then what it settles where it settles something. Errors: as archiveAnswer.
    Result<void> keep(Manifest manifest, std::optional<PageCommit> commit, const Question& asked,
        const HttpResponse& response, UtcMs fetchedAt, LaneServices& services);
    void end(Result<std::optional<Candle>> running);

    const NewestQuestion m_question;
    Writer& m_writer;
    const Clock& m_clock;

private:
    const std::string m_seriesText;
    Handlers m_handlers;
    bool m_hasEnded = false;
};

} // namespace mnemo
