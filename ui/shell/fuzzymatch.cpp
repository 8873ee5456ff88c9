#include "ui/shell/fuzzymatch.h"

#include <QStringList>
#include <algorithm>

namespace mnemo {

namespace {

bool isWordStart(const QString& text, qsizetype at)
{
    return at == 0 || (!text[at - 1].isLetterOrNumber() && text[at].isLetterOrNumber())
        || (text[at - 1].isLower() && text[at].isUpper());
}

/// Letters in order from @p begin on; nothing where one is not there.
std::optional<FuzzyHit> matchFrom(const QString& word, const QString& text, qsizetype begin)
{
    FuzzyHit hit;
    qsizetype at = begin;
    qsizetype before = -2;
    for (const QChar letter : word) {
        while (at < text.size() && text[at].toCaseFolded() != letter)
            ++at;
        if (at == text.size())
            return std::nullopt;
        hit.score += at == before + 1 ? 8 : 1;
        if (isWordStart(text, at))
            hit.score += 10;
        hit.score -= before >= 0 ? static_cast<int>(std::min<qsizetype>(at - before - 1, 4)) : 0;
        hit.positions.push_back(static_cast<int>(at));
        before = at++;
    }
    return hit;
}

std::optional<FuzzyHit> bestMatch(const QString& word, const QString& text)
{
    std::optional<FuzzyHit> best;
    for (qsizetype begin = 0; begin < text.size(); ++begin) {
        if (text[begin].toCaseFolded() != word[0])
            continue;
        auto hit = matchFrom(word, text, begin);
        if (!hit)
            break; // further on there is even less
        if (!best || hit->score > best->score)
            best = std::move(hit);
    }
    return best;
}

} // namespace

std::optional<FuzzyHit> fuzzyMatch(const QString& pattern, const QString& text)
{
    FuzzyHit total;
    for (const QString& word : pattern.toCaseFolded().split(u' ', Qt::SkipEmptyParts)) {
        auto hit = bestMatch(word, text);
        if (!hit)
            return std::nullopt;
        total.score += hit->score;
        total.positions.insert(total.positions.end(), hit->positions.begin(), hit->positions.end());
    }
    std::sort(total.positions.begin(), total.positions.end());
    total.positions.erase(std::unique(total.positions.begin(), total.positions.end()), total.positions.end());
    if (!pattern.isEmpty())
        total.score -= static_cast<int>(std::min<qsizetype>(text.size() / 8, 6)); // of two alike the shorter one
    return total;
}

} // namespace mnemo
