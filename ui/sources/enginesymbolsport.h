#pragma once

#include "ui/bridge/enginebridge.h"
#include "ui/sources/symbolsport.h"

namespace mnemo {

/// The engine behind the symbols' dialog. UI thread; the bridge outlives it.
class EngineSymbolsPort final : public SymbolsPort {
public:
    /// @param settingsFolder of the user; empty: nothing can be saved
    EngineSymbolsPort(EngineBridge& bridge, QString settingsFolder);

    bool isReadOnly() const override { return m_bridge.isReadOnly(); }
    void stored(const std::string& provider, QObject* context, Answer<const Result<Mapping>&> answer) override;
    void fetch(const std::string& provider, QObject* context, std::stop_token stop, Answer<const Result<Mapping>&> answer) override;
    void save(const std::string& provider, std::vector<SymbolChange> changes, QObject* context, Answer<const Result<QString>&> answer) override;

private:
    EngineBridge& m_bridge;
    QString m_settingsFolder;
};

} // namespace mnemo
