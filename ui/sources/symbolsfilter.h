#pragma once

#include <QSortFilterProxyModel>

namespace mnemo {

/// Markets whose exchange, symbol or provider's symbol contains each word of a text; of them the corrected ones alone, those of which
/// nothing is asked, or both.
class SymbolsFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit SymbolsFilter(QObject* parent = nullptr);
    void setText(const QString& text);
    void setOnlyCorrected(bool isOnly);
    void setOnlyNotMapped(bool isOnly);
    bool isNarrow() const { return !m_words.isEmpty() || m_isOnlyCorrected || m_isOnlyNotMapped; }

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
    bool m_isOnlyCorrected = false;
    bool m_isOnlyNotMapped = false;
};

} // namespace mnemo
