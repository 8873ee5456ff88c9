#include "ui/bridge/storagewatch.h"

namespace mnemo {

namespace {

constexpr int readEvery = 3'000; // ms

StorageState examined(Engine& engine, const Result<StoreReader*>& reader)
{
    StorageState state;
    if (!reader)
        state.storeError = reader.error();
    if (auto info = engine.store().info())
        state.store = std::move(*info);
    else
        state.storeError = info.error();
    if (Archive* archive = engine.archive()) {
        state.hasArchive = true;
        if (auto bytes = archive->bytes())
            state.archiveBytes = *bytes;
        else
            state.archiveError = bytes.error();
    }
    return state;
}

} // namespace

StorageWatch::StorageWatch(EngineBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(readEvery);
    connect(&m_timer, &QTimer::timeout, this, &StorageWatch::read);
    connect(&bridge, &EngineBridge::rowsChanged, this, [this] {
        if (!m_timer.isActive())
            m_timer.start();
    });
    connect(&bridge, &EngineBridge::failed, this, &StorageWatch::read);
}

void StorageWatch::read()
{
    if (m_isReading)
        return;
    m_isReading = true;
    m_bridge.run(EngineBridge::Channel::Lists, this,
        [this, &engine = m_bridge.engine()](const Result<StoreReader*>& reader, const std::stop_token&) {
            return [this, state = examined(engine, reader)] { arrived(state); };
        });
}

void StorageWatch::arrived(StorageState state)
{
    m_isReading = false;
    m_state = std::move(state);
    emit changed(m_state);
}

} // namespace mnemo
