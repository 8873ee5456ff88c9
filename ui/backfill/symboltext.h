#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <string>
#include <vector>

#include "core/market/instrument.h"

namespace mnemo {

/// The symbols that exchanges list, to be found by what people write. A value; built once for thousands of symbols.
class SymbolBook {
public:
    void add(const std::vector<Instrument>& instruments);
    bool isEmpty() const { return m_exchanges.empty(); }
    /// Unified symbols in alphabetical order.
    const std::vector<std::string>& symbols() const { return m_symbols; }
    /// How many of the exchanges list it.
    int exchangesOf(const std::string& symbol) const;
    bool isListed(const std::string& exchange, const std::string& symbol) const;
    bool knows(const std::string& exchange) const { return m_exchanges.contains(exchange); }
    MarketType marketOf(const std::string& symbol) const;
    /// By its unified name, by an exchange's own ("BTCUSDT"), or written with another separator ("btc-usdt", "BTC_USDT").
    /// Several where markets share the writing: the spot one first. Empty where there is none.
    std::vector<std::string> find(const QString& written) const;
    std::string nearest(const QString& written) const; ///< empty where nothing is alike

private:
    std::vector<std::string> m_symbols;
    std::map<std::string, std::vector<std::string>> m_listedAt;         ///< exchanges by symbol
    std::map<std::string, std::vector<std::string>> m_written;          ///< symbols by letters and digits alone
    std::map<std::string, bool> m_exchanges;
};

/// What was pasted, read against the book.
struct PastedSymbols {
    struct Unknown {
        QString written;
        std::string nearest; ///< empty where nothing is alike
        bool operator==(const Unknown&) const = default;
    };
    std::vector<std::string> found; ///< in their order, each once
    std::vector<Unknown> unknown;
};
/// Any separators: blanks, commas, semicolons, bars, quotes, brackets, new lines. Where @p book is empty, whatever is
/// written as BASE/QUOTE counts as found.
PastedSymbols readPasted(const QString& text, const SymbolBook& book);

/// The symbols that the expression fits, case ignored, anywhere in the name. @p problem says what is wrong with it.
std::vector<std::string> matching(const QString& expression, const std::vector<std::string>& symbols, QString& problem);

} // namespace mnemo
