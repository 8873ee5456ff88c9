#pragma once

#include <QObject>
#include <QTimer>
#include <optional>

#include "ui/bridge/enginebridge.h"

namespace mnemo {

/// What is known about store and archive: for lights and for "Settings & doctor".
struct StorageState {
    std::optional<StoreInfo> store;
    std::optional<Error> storeError;
    bool hasArchive = false; ///< false: bronze.keep is off
    std::optional<std::int64_t> archiveBytes;
    std::optional<Error> archiveError;
};

/// Reads sizes at the start, three seconds after rows were stored, and at once after the store failed; never on the UI
/// thread. While nothing happens nothing runs.
class StorageWatch : public QObject {
    Q_OBJECT
public:
    explicit StorageWatch(EngineBridge& bridge, QObject* parent = nullptr);
    void read();
    const StorageState& state() const { return m_state; }

signals:
    void changed(const mnemo::StorageState& state);

private:
    void arrived(StorageState state);

    EngineBridge& m_bridge;
    StorageState m_state;
    QTimer m_timer;
    bool m_isReading = false;
};

} // namespace mnemo
