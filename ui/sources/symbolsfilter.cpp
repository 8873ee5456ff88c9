#include "ui/sources/symbolsfilter.h"

#include <algorithm>

#include "ui/sources/symbolsmodel.h"

namespace mnemo {

SymbolsFilter::SymbolsFilter(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setSortRole(SymbolsModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
}

void SymbolsFilter::setText(const QString& text)
{
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void SymbolsFilter::setOnlyCorrected(bool isOnly)
{
    m_isOnlyCorrected = isOnly;
    invalidateFilter();
}

void SymbolsFilter::setOnlyNotMapped(bool isOnly)
{
    m_isOnlyNotMapped = isOnly;
    invalidateFilter();
}

bool SymbolsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    const auto cell = [&](int column, int role = Qt::DisplayRole) { return sourceModel()->index(row, column, parent).data(role); };
    if (m_isOnlyCorrected || m_isOnlyNotMapped) {
        const bool isCorrected = m_isOnlyCorrected && cell(0, SymbolsModel::CorrectedRole).toBool();
        const bool isNotMapped = m_isOnlyNotMapped && cell(0, SymbolsModel::NotMappedRole).toBool();
        if (!isCorrected && !isNotMapped)
            return false;
    }
    return std::ranges::all_of(m_words, [&](const QString& word) {
        return std::ranges::any_of(std::initializer_list {SymbolsModel::Exchange, SymbolsModel::Symbol, SymbolsModel::ProviderSymbol},
            [&](int column) { return cell(column).toString().contains(word, Qt::CaseInsensitive); });
    });
}

} // namespace mnemo
