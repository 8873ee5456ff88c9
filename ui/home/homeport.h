#pragma once

#include <QString>
#include <functional>
#include <memory>

#include "core/engine/health.h"

class QObject;

namespace mnemo {

/// What Home may ask of the program. UI thread only; every call returns at once, and the answer comes later on the UI
/// thread, or never where @p context is gone by then.
class HomePort {
public:
    using HealthAnswer = std::function<void(const Result<std::shared_ptr<const Health>>&)>;
    using TreatmentAnswer = std::function<void(const Result<Treatment>&)>;

    virtual ~HomePort() = default;
    virtual bool isReadOnly() const = 0;
    virtual void read(QObject* context, HealthAnswer answer) = 0;
    virtual void treat(QObject* context, const HealthIssue& issue, const QString& reason, TreatmentAnswer answer) = 0;
};

} // namespace mnemo
