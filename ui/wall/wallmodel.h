#pragma once

#include <QAbstractListModel>
#include <set>

#include "core/engine/events.h"
#include "ui/wall/walltile.h"

namespace mnemo {

/// The tiles of the live wall, one a row. Changes are told for single tiles.
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

    std::vector<WallTile> m_tiles; ///< by key
};

} // namespace mnemo
