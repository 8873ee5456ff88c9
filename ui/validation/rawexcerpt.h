#pragma once

#include <QString>
#include <vector>

#include "core/engine/provenance.h"

namespace mnemo {

/// A part of a raw answer around one row, as text with marks. Positions count UTF-16 units.
struct RawExcerpt {
    struct Mark {
        int from = 0, length = 0;
        QString name; ///< of the field; empty for the whole row
        bool isAtFault = false; ///< the rule speaks of it
        bool operator==(const Mark&) const = default;
    };
    QString text;
    std::vector<Mark> marks; ///< the row first
    bool isCut = false; ///< the answer is longer
};

/// @param why the rule's arithmetic: the fields that it names are at fault
/// @param around bytes on either side of the row
/// Pure. O(around), whatever the length of the answer.
RawExcerpt excerptOf(const RawAnswer& answer, const QString& why, std::size_t around = 2'000);

} // namespace mnemo
