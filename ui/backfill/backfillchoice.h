#pragma once

#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "ui/backfill/backfillport.h"
#include "ui/backfill/rangepreset.h"
#include "ui/backfill/symboltext.h"

namespace mnemo {

/// What the wizard's fields say. A value: requests are made of it without any widget.
struct BackfillChoice {
    Kind kind = Kind::Candles;
    std::string source; ///< empty: each exchange itself
    std::vector<std::string> exchanges; ///< ids
    std::vector<Timeframe> timeframes;
    std::vector<std::string> symbols; ///< unified
    RangeChoice range;
    WalkOrder order = WalkOrder::OldestFirst;
};

/// One request for each exchange, symbol and timeframe that go together.
struct RequestList {
    std::vector<BackfillRequest> requests;
    QString problem;      ///< one sentence, where nothing can be asked
    enum class Field { None, Exchange, Timeframe, Symbol, Range } field = Field::None; ///< that the problem stands beside
    QStringList leftOut;  ///< combinations that no exchange has, as sentences
};
/// @param book symbols that are listed; an exchange that it does not know is taken to list everything
RequestList requestsOf(const BackfillChoice& choice, const std::vector<VenueOffer>& venues, const SymbolBook& book, UtcMs now);

} // namespace mnemo
