#pragma once

#include <QString>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/exchange/symbolmapping.h"
#include "ui/sources/symbolchange.h"

class QObject;

namespace mnemo {

/// What a provider calls the markets of the exchanges, as known at one moment.
struct ProviderMapping {
    std::string provider, name; ///< id and name for people
    std::vector<MappedSymbol> rows;
    std::map<std::string, std::string> units; ///< of its list: id to what its open interest is told in
    bool hasList = false;                     ///< false: only what was corrected is known
};

/// What the symbols' dialog needs from the program. Nothing here waits: answers come later on the UI thread, as long as @p context
/// lives.
class SymbolsPort {
public:
    using Mapping = std::shared_ptr<const ProviderMapping>;
    template <class T>
    using Answer = std::function<void(T)>;

    virtual ~SymbolsPort() = default;
    virtual bool isReadOnly() const = 0;
    /// By the list as last saved and the corrections in force.
    virtual void stored(const std::string& provider, QObject* context, Answer<const Result<Mapping>&> answer) = 0;
    /// Asks the provider for its list first. Cancelled answers too, with that error.
    virtual void fetch(const std::string& provider, QObject* context, std::stop_token stop, Answer<const Result<Mapping>&> answer) = 0;
    /// @return the file that was written
    virtual void save(const std::string& provider, std::vector<SymbolChange> changes, QObject* context, Answer<const Result<QString>&> answer) = 0;
};

} // namespace mnemo
