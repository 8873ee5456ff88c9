#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/engine/provenance.h"
#include "core/market/coverage.h"
#include "ui/chart/chartlevel.h"

namespace mnemo {

/// The bar of a finding as another series of the same instrument tells it.
struct OtherValue {
    SeriesRecord series;
    std::optional<ChartBar> bar; ///< nothing: the series holds no such bar
};

/// Everything that an inspector shows about one finding.
struct FindingEvidence {
    Provenance provenance;
    TimeRange shown; ///< the first bars of the finding with ten on either side; on the grid
    std::vector<ChartBar> bars; ///< stored ones of it; of open interest all four prices are the amount
    std::vector<Gap> gaps; ///< within it
    std::vector<OtherValue> others; ///< same symbol, market, kind and timeframe from elsewhere; by key
};

/// The stretch around a finding: at most @p most of its bars, and @p around on either side.
TimeRange neighbourhood(const Finding& finding, const Grid& grid, int around = 10, int most = 41);

/// Reads what stands around a finding. Waits for the store. Errors: those of the store.
Result<FindingEvidence> readEvidence(StoreReader& reader, Provenance provenance);

/// The bars that @p from holds of the finding's range, to be put in its place. Errors: NotFound (it holds none of them,
/// or the finding is gone), Unsupported (open interest), those of the store.
Result<std::vector<Candle>> readReplacement(StoreReader& reader, FindingId finding, SeriesId from);

} // namespace mnemo
