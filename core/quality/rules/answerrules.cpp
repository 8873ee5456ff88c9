#include "core/quality/rules/list.h"

namespace mnemo::rules {

// Judged when an answer or a file comes; the rows that are stored do not show them any more.

Rule duplicate()
{
    Rule rule;
    rule.info = {"duplicate", "One bar, two values", Severity::Warn, RuleScope::Answer, Kind::Candles,
        "An answer or a file has two rows of one bar, and they differ. The later one is stored, since collectors that "
        "append while "
        "a bar is open leave the final row last. Ask the source again to be sure."};
    return rule;
}

Rule repeatedRow()
{
    Rule rule;
    rule.info = {"repeated_row", "Row twice", Severity::Info, RuleScope::Answer, Kind::Candles,
        "An answer or a file holds the same row more than once. Nothing is lost; in a file it shows where the collector that "
        "wrote it overlapped."};
    return rule;
}

Rule truncated()
{
    Rule rule;
    rule.info = {"truncated", "Cut short", Severity::Warn, RuleScope::Answer, Kind::Candles,
        "The source states when the bar closed, and that is not the end of its time: trading stopped within it, mostly "
        "by an outage "
        "or a halt of the exchange. Its prices are right, its volume and range are those of a part of its time."};
    return rule;
}

Rule ignoredRange()
{
    Rule rule;
    rule.info = {"ignored_range", "Answer of another time", Severity::Warn, RuleScope::Answer, Kind::Candles,
        "Rows came, but none of them is from the time that was asked for. The source does not keep that time any more, "
        "or it does "
        "not heed the range in the request. Nothing was stored of it."};
    return rule;
}

Rule revision()
{
    Rule rule;
    rule.info = {"revision", "The source changed its mind", Severity::Warn, RuleScope::Answer, Kind::Candles,
        "A bar was fetched again and had other values than before. The new ones are stored, the old ones are kept "
        "beside them. A "
        "bar that was fetched in its last moments settles like this; older bars that change are a sign of corrections "
        "at the "
        "source, and whatever was computed with them is of the old values."};
    return rule;
}

} // namespace mnemo::rules
