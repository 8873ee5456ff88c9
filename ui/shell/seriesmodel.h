#pragma once

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>
#include <memory>
#include <optional>
#include <vector>

#include "ui/bridge/storedseries.h"

namespace mnemo {

/// Stored series as a tree: exchange, market, symbol, timeframe. Only leaves carry numbers. Says the least that
/// changed.
class SeriesModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, Rows, First, Last, Coverage, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole,
        TitleRole, ///< of a leaf: everything that names it, for the filter
    };

    explicit SeriesModel(QObject* parent = nullptr);
    ~SeriesModel() override;

    void apply(const StoredSeriesList& list);
    /// The series of a leaf; null for what groups.
    const StoredSeries* seriesAt(const QModelIndex& index) const;
    QModelIndex find(const SeriesKey& key) const;
    int seriesCount() const { return m_count; }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node {
        QString name;
        int order = 0; ///< among siblings, before the name
        Node* above = nullptr;
        std::vector<std::unique_ptr<Node>> children;
        std::optional<StoredSeries> series;
        bool isKept = false;
    };
    struct Step {
        QString name;
        int order;
    };
    static std::vector<Step> pathOf(const SeriesKey& key);
    Node* nodeOf(const QModelIndex& index) const;
    QModelIndex indexOf(const Node* node, int column = 0) const;
    Node* childAt(Node* above, const Step& step); ///< made where it is not there
    void removeForgotten(Node* node);
    QString text(const StoredSeries& series, Column column) const;
    QVariant sortValue(const StoredSeries& series, Column column) const;

    std::unique_ptr<Node> m_root;
    int m_count = 0;
};

/// Shows the leaves whose title has every word of the filter, with what is above them.
class SeriesFilterModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit SeriesFilterModel(QObject* parent = nullptr);
    void setWords(const QString& text);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

} // namespace mnemo
