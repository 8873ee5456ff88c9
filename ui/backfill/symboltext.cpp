#include "ui/backfill/symboltext.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QSet>
#include <algorithm>

#include "core/config/node.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

struct Symbols {
    Q_DECLARE_TR_FUNCTIONS(Symbols)
};

/// Nobody reads more suggestions, and each looks through all symbols.
constexpr std::size_t mostNearest = 20;

/// "btc-usdt" and "BTCUSDT" and "BTC/USDT" are the same letters.
std::string lettersOf(std::string_view text)
{
    std::string letters;
    for (const char c : text) {
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            letters += c;
        else if (c >= 'a' && c <= 'z')
            letters += static_cast<char>(c - 'a' + 'A');
    }
    return letters;
}

void addOnce(std::vector<std::string>& list, const std::string& value)
{
    if (std::find(list.begin(), list.end(), value) == list.end())
        list.push_back(value);
}

} // namespace

void SymbolBook::add(const std::vector<Instrument>& instruments)
{
    for (const Instrument& instrument : instruments) {
        m_exchanges[instrument.exchange] = true;
        auto& exchanges = m_listedAt[instrument.symbol];
        addOnce(exchanges, instrument.exchange);
        addOnce(m_written[lettersOf(instrument.symbol)], instrument.symbol);
        addOnce(m_written[lettersOf(instrument.id)], instrument.symbol);
    }
    m_symbols.clear();
    for (const auto& [symbol, exchanges] : m_listedAt)
        m_symbols.push_back(symbol);
}

int SymbolBook::exchangesOf(const std::string& symbol) const
{
    const auto found = m_listedAt.find(symbol);
    return found == m_listedAt.end() ? 0 : static_cast<int>(found->second.size());
}

bool SymbolBook::isListed(const std::string& exchange, const std::string& symbol) const
{
    const auto found = m_listedAt.find(symbol);
    return found != m_listedAt.end() && std::find(found->second.begin(), found->second.end(), exchange) != found->second.end();
}

MarketType SymbolBook::marketOf(const std::string& symbol) const
{
    const auto parts = parseSymbol(symbol);
    return parts ? parts->market() : MarketType::Spot;
}

std::vector<std::string> SymbolBook::find(const QString& written) const
{
    const std::string upper = written.toUpper().toStdString();
    if (m_listedAt.contains(upper))
        return {upper};
    const auto found = m_written.find(lettersOf(upper));
    if (found == m_written.end())
        return {};
    std::vector<std::string> symbols = found->second;
    std::stable_sort(symbols.begin(), symbols.end(),
        [this](const std::string& a, const std::string& b) { return marketOf(a) < marketOf(b); });
    return symbols;
}

std::string SymbolBook::nearest(const QString& written) const
{
    const std::string upper = written.toUpper().toStdString();
    if (std::string near = nearestOf(upper, m_symbols); !near.empty())
        return near;
    std::vector<std::string> letters;
    letters.reserve(m_written.size());
    for (const auto& [writing, symbols] : m_written)
        letters.push_back(writing);
    const auto found = m_written.find(nearestOf(lettersOf(upper), letters));
    return found == m_written.end() ? std::string() : found->second.front();
}

PastedSymbols readPasted(const QString& text, const SymbolBook& book)
{
    static const QRegularExpression separators(u"[\\s,;|\"'`()\\[\\]{}<>=]+"_s);
    PastedSymbols pasted;
    QSet<QString> seen;
    for (const QString& word : text.split(separators, Qt::SkipEmptyParts)) {
        if (seen.contains(word.toUpper()))
            continue;
        seen << word.toUpper();
        if (const auto symbols = book.find(word); !symbols.empty())
            addOnce(pasted.found, symbols.front());
        else if (book.isEmpty() && parseSymbol(word.toUpper().toStdString()))
            addOnce(pasted.found, word.toUpper().toStdString());
        else
            pasted.unknown.push_back({word, pasted.unknown.size() < mostNearest ? book.nearest(word) : std::string()});
    }
    return pasted;
}

std::vector<std::string> matching(const QString& expression, const std::vector<std::string>& symbols, QString& problem)
{
    problem.clear();
    if (expression.isEmpty())
        return {};
    const QRegularExpression pattern(expression, QRegularExpression::CaseInsensitiveOption);
    if (!pattern.isValid()) {
        problem = Symbols::tr("The expression cannot be read: %1, at character %2.")
                      .arg(pattern.errorString())
                      .arg(pattern.patternErrorOffset() + 1);
        return {};
    }
    std::vector<std::string> found;
    for (const std::string& symbol : symbols) {
        if (pattern.match(toQString(symbol)).hasMatch())
            found.push_back(symbol);
    }
    return found;
}

} // namespace mnemo
