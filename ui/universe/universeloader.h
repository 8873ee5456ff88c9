#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "ui/bridge/enginebridge.h"
#include "ui/universe/universeindex.h"

namespace mnemo {

/// Keeps the index of the universe up to date: reads the saved market lists and sorts them on a worker thread, again
/// when a series is new, a list was fetched or the settings changed, at most every two seconds. Lives on the UI thread.
class UniverseLoader : public QObject {
    Q_OBJECT
public:
    explicit UniverseLoader(EngineBridge& bridge, QObject* parent = nullptr);

    void seriesChanged(const std::shared_ptr<const StoredSeriesList>& list);
    void reload(); ///< the lists too
    void fetch(const std::string& venue); ///< its market list, from the network

signals:
    void indexChanged(const std::shared_ptr<const mnemo::UniverseIndex>& index,
        const std::shared_ptr<const mnemo::StoredSeriesList>& stored);
    void numbersChanged(const std::shared_ptr<const mnemo::StoredSeriesList>& stored); ///< the tree is the same
    void fetching(const std::string& venue, bool isOn);
    void fetched(const std::string& venue, int instruments);
    void fetchFailed(const std::string& venue, const mnemo::Error& error);

private:
    using Lists = std::shared_ptr<const UniverseIndex::Lists>;
    struct Built {
        Lists lists;
        std::shared_ptr<const UniverseIndex> index;
        std::shared_ptr<const StoredSeriesList> stored;
    };
    void schedule();
    void build();
    void arrived(const Built& built);

    EngineBridge& m_bridge;
    Lists m_lists; ///< null: to be read
    std::shared_ptr<const UniverseIndex> m_index;
    std::shared_ptr<const StoredSeriesList> m_stored;
    QTimer m_timer;
    bool m_isBuilding = false;
    bool m_isStale = false; ///< something came while it was being built
};

} // namespace mnemo
