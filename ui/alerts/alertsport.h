#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/engine/alerts.h"

class QObject;

namespace mnemo {

/// What the alert centre may ask of the program. UI thread only; every call returns at once, and the answer comes later on
/// the UI thread, or never where @p context is gone by then. What changed shows in the next snapshot.
class AlertsPort {
public:
    using Done = std::function<void(const Result<void>&)>;
    using HistoryAnswer = std::function<void(const Result<std::shared_ptr<const AlertHistory>>&)>;
    using TestAnswer = std::function<void(const Result<AlertDelivery>&)>;

    virtual ~AlertsPort() = default;
    virtual bool isReadOnly() const = 0;
    virtual UtcMs now() const = 0;
    virtual std::shared_ptr<const AlertSnapshot> snapshot() const = 0; ///< never null
    virtual void check(QObject* context, Done done) = 0;
    virtual void silence(QObject* context, const Silence& silence, Done done) = 0;
    virtual void unsilence(QObject* context, SilenceId id, Done done) = 0;
    virtual void acknowledge(QObject* context, AlertId id, Done done) = 0;
    virtual void test(QObject* context, const std::string& channel, TestAnswer answer) = 0;
    virtual void history(QObject* context, HistoryAnswer answer) = 0; ///< the newest few hundred
};

} // namespace mnemo
