#pragma once

#include "core/storage/alerts.h"
#include "core/storage/sqlite/connection.h"

namespace mnemo {

/// The tables `alerts`, `alert_events`, `alert_deliveries` and `silences`. Errors: those of the store.
Result<void> saveAlerts(Connection& connection, const AlertChanges& changes); ///< in one transaction
Result<std::vector<Alert>> readAlerts(Connection& connection, const AlertFilter& filter);           ///< newest first
Result<std::vector<AlertEvent>> readAlertEvents(Connection& connection, const AlertFilter& filter); ///< newest first
Result<std::vector<AlertDelivery>> readAlertDeliveries(Connection& connection, std::int64_t limit); ///< newest first
Result<std::vector<Silence>> readSilences(Connection& connection);                                  ///< by id

} // namespace mnemo
