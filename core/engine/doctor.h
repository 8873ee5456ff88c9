#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/archive/archive.h"
#include "core/base/clock.h"
#include "core/config/secrets.h"
#include "core/config/settings.h"
#include "core/exchange/catalogue.h"
#include "core/storage/store.h"

namespace mnemo {

/// One thing that was looked at.
struct DoctorLine {
    std::string area;   ///< config, catalogue, store, archive, disk, key, venue, clock
    std::string status; ///< ok, warn, error
    std::string text;   ///< what was found, and what to do where it is not ok
    bool operator==(const DoctorLine&) const = default;
};

struct Patient {
    const LoadedSettings& settings;
    const Catalogue& catalogue;
    Store& store;
    Archive* archive; ///< may be null
    const Clock& clock;
    std::filesystem::path dataDir;
    const SecretSource& secrets;
};

/// Looks at everything that collecting rests on. Asks each venue and provider of stored series and of the universe for one bar, so it
/// waits for the network (at most the connect timeout for all venues together).
std::vector<DoctorLine> examine(const Patient& patient);

} // namespace mnemo
