#pragma once

#include <QAbstractTableModel>
#include <QUndoStack>
#include <map>
#include <tuple>
#include <vector>

#include "ui/sources/symbolsport.h"

namespace mnemo {

/// What a provider calls each market, with what somebody is changing about it. Every change can be undone; nothing is saved here.
class SymbolsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Exchange, Market, Symbol, ProviderSymbol, Unit, From, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole, ///< text
        CorrectedRole,           ///< bool
        NotMappedRole,           ///< bool: nothing is asked of it
        ChangedRole,             ///< bool: not saved yet
    };
    struct Counts {
        int all = 0, corrected = 0, notMapped = 0, unknown = 0;
        bool operator==(const Counts&) const = default;
    };

    using Key = std::tuple<std::string, MarketType, std::string>; ///< exchange, market, symbol

    explicit SymbolsModel(QObject* parent = nullptr);
    /// Changes that are not saved yet stay.
    void setMapping(SymbolsPort::Mapping mapping);
    bool isShowing(const ProviderMapping& mapping) const; ///< the same list and corrections
    Key marketAt(int row) const;                          ///< of nothing where there is no such row
    int rowOf(const Key& market) const;                   ///< -1 where there is none
    void setReadOnly(bool isReadOnly);
    const QStringList& ids() const { return m_ids; } ///< of the provider's list, sorted
    std::vector<SymbolChange> changes() const;
    void markSaved(const std::vector<SymbolChange>& saved);
    Counts counts() const;
    QUndoStack* undoStack() { return &m_undo; }
    bool canReset(int row) const;
    void reset(const std::vector<int>& rows); ///< to what the list says

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        MappedSymbol told; ///< as configured; its list says the rest
        SymbolWish saved, wish;
        bool isChanged() const { return wish != saved; }
    };
    struct Change;
    class Command;

    MappedSymbol shown(const Row& row) const; ///< with the wish fulfilled
    SymbolWish wishOf(const MappedSymbol& told) const;
    SymbolWish wishFor(const Row& row, const QString& text) const;
    std::string unitOf(const std::string& id) const;
    QString unitText(const MappedSymbol& shown) const;
    QString fromText(const Row& row, const MappedSymbol& shown) const;
    QString tip(const Row& row, const MappedSymbol& shown) const;
    QVariant display(const Row& row, Column column) const;
    void wish(std::vector<Change> changes, const QString& text);
    void apply(const std::vector<Change>& changes, bool isBack);

    SymbolsPort::Mapping m_mapping;
    std::vector<Row> m_rows;
    std::map<Key, int> m_places;
    QStringList m_ids;
    bool m_isReadOnly = false;
    QUndoStack m_undo;
};

} // namespace mnemo
