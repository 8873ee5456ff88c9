#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/archive/archive.h"
#include "core/exchange/stream.h"
#include "core/ingest/writer.h"

namespace mnemo {

/// What a stream's closed bar belongs to.
struct StreamOrigin {
    SeriesRecord series;
    int descriptionVersion = 0;
    std::string url; ///< of the connection
};

/// Stores bars that a stream told as closed, each as a page of its own: the message goes to the archive, the bar through
/// the rules of a page to the writer, with its coverage and route `stream`. The bar stands as the venue's last word until
/// the next incremental run asks REST for it too; a difference is a revision then, as of any two answers.
/// Of one thread, which waits while the writer's queue is full.
class StreamStore {
public:
    /// Called from the writer's thread; the commit's rows are gone.
    using Done = std::function<void(
        const PageCommit&, const Result<CommitOutcome::Page>&, std::span<const Finding>)>;

    /// @param archive may be null; all outlive it
    StreamStore(Writer& writer, Archive* archive, const Clock& clock)
        : m_writer(writer)
        , m_archive(archive)
        , m_clock(clock)
    {
    }

    /// Errors: BadAnswer where the rules of a page leave nothing of the bar; as the archive. False when stopped first.
    Result<bool> store(const StreamOrigin& origin, const Candle& bar, std::string_view text, Done done, std::stop_token stop);

private:
    Result<void> archive(const StreamOrigin& origin, PageCommit& commit, std::string_view text);

    Writer& m_writer;
    Archive* const m_archive;
    const Clock& m_clock;
    std::map<std::string, std::unique_ptr<ArchiveWriter>> m_writers; ///< by source
};

} // namespace mnemo
