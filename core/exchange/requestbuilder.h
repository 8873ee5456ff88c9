#pragma once

#include "core/exchange/description.h"

/// From a description and arguments to requests. Pure; any thread.
namespace mnemo::description {

/// As CCXT asks. Errors: InvalidArgument, Unsupported.
Result<VenueRequest> buildAsked(const VenueDescription& venue, const Block& block, const FetchArgs& args);
/// For the bars that open in @p range. Errors: InvalidArgument (off the grid, empty, too long).
Result<VenueRequest> buildPage(const VenueDescription& venue, const Block& block, const FetchArgs& args,
    const Grid& grid, TimeRange range, std::string_view cursor);
/// For the trades of @p range; for Walk::Cursor those older than @p cursor. Errors: InvalidArgument.
Result<VenueRequest> buildTrades(const VenueDescription& venue, const Block& block, const FetchArgs& args, TimeRange range,
    std::string_view cursor);
/// The oldest bar first. Errors: Unsupported.
Result<VenueRequest> buildOldest(const VenueDescription& venue, const Block& block, const FetchArgs& args);
/// How things are now. Errors: InvalidArgument where the venue's own name of the instrument is needed and not known.
Result<VenueRequest> buildSnapshot(const VenueDescription& venue, const Snapshot& snapshot, const FetchArgs& args);
/// A call of the market list. @param cursor of a further page
VenueRequest buildCall(const RequestForm& form, UtcMs now, std::string_view cursor = {});

/// Where the files of one series are; nothing where there are none of the timeframe, or the instrument's own name is not known.
std::optional<VenueFiles> filesOf(
    const VenueDescription& venue, const FilesForm& form, const Instrument& instrument, Timeframe frame);

Grid gridOf(const Block& block, Timeframe frame);
Bucket bucketOf(const Block& block, Timeframe frame);
/// Most bars of one page, with max_span and buckets taken into account.
int pageRows(const Block& block, Timeframe frame);
/// True where a page's request holds both ends of its range, whichever endpoint is taken.
/// So many of the newest bars of the frame exist at the source; nothing where all do.
std::optional<int> retentionRows(const Block& block, Timeframe frame);
bool statesBothEnds(const Block& block);
/// Length of a bar as CCXT counts: 30 days for a month.
std::int64_t askedStep(Timeframe frame);

/// A body without a range; list members that name a topic come once for each of @p topics. A scalar is its text.
std::string bodyText(const BodyTemplate& body, std::span<const TemplateValues> topics, const TemplateValues& common);
/// As Venue::toBaseVolume().
void toBaseVolume(std::span<Candle> rows, const Instrument& instrument, VolumeUnit unit);

/// Values of symbol and codes of an instrument.
TemplateValues instrumentValues(const VenueDescription& venue, const Instrument& instrument);
/// The id by the symbol templates; empty where none has a value.
std::string idByTemplate(const VenueDescription& venue, const Instrument& instrument);

} // namespace mnemo::description
