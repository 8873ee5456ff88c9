#pragma once

#include <QString>
#include <optional>
#include <vector>

namespace mnemo {

struct FuzzyHit {
    int score = 0;              ///< higher is better; comparable for one pattern alone
    std::vector<int> positions; ///< of the letters that were found, ascending
};

/// Each word of @p pattern must be in @p text, its letters in order, case ignored; beginnings of words and letters side
/// by side count more. An empty pattern fits everything with score 0. O(words x text); pure.
std::optional<FuzzyHit> fuzzyMatch(const QString& pattern, const QString& text);

} // namespace mnemo
