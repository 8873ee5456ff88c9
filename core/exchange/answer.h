#pragma once

#include <string>
#include <string_view>

#include "core/exchange/description.h"

/// Reading of answers. Pure but for a parser and a buffer per thread; any thread.
namespace mnemo::description {

/// What an answer is read for: names in messages, keys in paths, the grid for times that are not opens.
struct AnswerContext {
    const VenueDescription& venue;
    const Instrument& instrument;
    Grid grid;
    std::string request; ///< "GET /api/v3/klines"
    std::string rowName {}; ///< rows that name something else are left out; empty: none are

    /// "ID: answer to GET /path WHAT"
    std::string sentence(std::string_view what) const;
};

/// Errors: BadAnswer; InvalidArgument where a scale of the market is needed and not known.
Result<DecodedCandles> readCandles(const RowsForm& form, const AnswerContext& context, std::string_view body);
Result<DecodedTrades> readTrades(const RowsForm& form, const AnswerContext& context, std::string_view body);
Result<std::vector<Metric>> readMetrics(
    const RowsForm& form, const AnswerContext& context, std::string_view body);

/// A row of a stream's message, in the message's order.
struct StreamRow {
    Candle candle; ///< volume as stated
    bool isClosed = false; ///< the row says so
};
/// Errors: BadAnswer.
Result<std::vector<StreamRow>> readStreamRows(
    const RowsForm& form, const AnswerContext& context, std::string_view body);

/// @param now the time of the reading where the answer does not tell it
/// Errors: BadAnswer.
Result<Metric> readSnapshotAnswer(
    const Snapshot& snapshot, const AnswerContext& context, std::string_view body, UtcMs now);

/// The first bytes of a body for a message: printable, in quotes, at most 40.
std::string beginning(std::string_view body);
std::string_view trimmed(std::string_view body); ///< without blanks and byte order mark in front

/// What an answer says went wrong; for a market list's call @p instrument is empty.
struct BodyVerdict {
    std::optional<Error> error;
    bool isNoData = false; ///< the venue's way to say "no rows"
};
BodyVerdict judgeBody(const VenueDescription& venue, int status, std::string_view body, const std::string& request);

/// The value at a path; null where there is none.
const nlohmann::json* find(const nlohmann::json& root, const Path& path, const TemplateValues& values = {});
/// Text of strings, numbers and booleans; nothing for null, lists and maps.
std::optional<std::string> scalarText(const nlohmann::json& value);
/// @p word "~text" matches where @p text contains it, else where it is equal.
bool matches(std::string_view text, const std::vector<std::string>& words);

Result<std::vector<Instrument>> readMarkets(const VenueDescription& venue, std::span<const MarketAnswer> answers);
/// What the page after @p body is asked with; empty where it was the last.
std::string marketCursor(const MarketCall& call, std::string_view body);

} // namespace mnemo::description
