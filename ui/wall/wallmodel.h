#pragma once

#include <QAbstractListModel>
#include <QTimer>
#include <set>

#include "core/engine/events.h"
#include "ui/wall/walltile.h"

namespace mnemo {

/// The tiles of the live wall, one a row. Changes are told for single tiles, so many in the time of a frame that all of them
/// can be drawn in it; the others have the next one.
class WallModel : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr std::size_t mostTiles = 200;
    enum Role { TextRole = Qt::UserRole }; ///< everything about a tile in words

    explicit WallModel(QObject* parent = nullptr);
    /// Those that stay keep what is known of them.
    void setSeries(const std::vector<const StoredSeries*>& series);
    void setBars(const SeriesKey& series, const std::vector<Candle>& bars);
    void setRunning(const BarRunning& bar, UtcMs now);
    void setFeeds(const FeedReport& report, UtcMs now);
    void setNow(UtcMs now); ///< as time goes on

    const WallTile& tile(int row) const { return m_tiles[static_cast<std::size_t>(row)]; }
    int rowOf(const SeriesKey& series) const; ///< -1: none
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void changed(int row);
    void tell();

    std::vector<WallTile> m_tiles; ///< by key
    std::set<int> m_changed; ///< rows that are still to be told
    int m_next = 0; ///< where the next turn begins: each row has its turn
    QTimer m_turn;
};

} // namespace mnemo
