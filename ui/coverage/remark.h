#pragma once

#include <QStringList>
#include <variant>
#include <vector>

#include "core/config/outages.h"
#include "ui/coverage/coverageselection.h"

namespace mnemo {

/// What a person adds to what is known: an outage of the exchange, or a note.
using Remark = std::variant<ListedOutage, Annotation>;

/// About what a remark is.
enum class RemarkScope {
    Series, ///< of notes alone: the chosen series
    Symbols, ///< the chosen symbols at all timeframes
    Exchange, ///< every symbol of the market
};
QString textOf(RemarkScope scope, const CoverageSelection& selection);

struct RemarkRequest {
    bool isOutage = false;
    CoverageSelection selection; ///< not empty
    TimeRange range; ///< of the remark
    RemarkScope scope = RemarkScope::Symbols;
    QString text; ///< the reason or the note
    QString source; ///< of an outage: who says so
};
/// One for each exchange and market of the selection; of notes about series one for each timeframe as well.
std::vector<Remark> remarksOf(const RemarkRequest& request);
/// What will happen, a sentence each. @p absent: bars in the range that are absent now; nothing where that is not known.
QStringList whatHappens(const RemarkRequest& request, std::optional<std::int64_t> absent);

/// "an exchange, its market, BTC/USDT and 2 more"
QString placeText(const Annotation& place);
Annotation placeOf(const Remark& remark); ///< of an outage with its reason as text

} // namespace mnemo
