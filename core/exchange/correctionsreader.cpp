#include <algorithm>

#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

/// { its exchange: { unified symbol: what the provider calls it } }
class CorrectionsReader {
public:
    CorrectionsReader(const std::vector<std::string>& exchanges, Problems& problems)
        : m_exchanges(exchanges)
        , m_problems(problems)
    {
    }

    std::vector<SymbolCorrection> run(const Node& node, const std::string& path)
    {
        if (node.type != Node::Type::Map && !node.isNull())
            addProblem(m_problems, node, path, "a map is expected: an exchange, and below it {unified symbol: the provider's symbol}");
        for (std::size_t i = 0; i < node.map.size(); ++i)
            readExchange(node.map[i], node.keyMarks[i], path);
        return std::move(m_corrections);
    }

private:
    /// What is wrong with a key is shown where the key stands.
    void keyProblem(const Mark& key, const std::string& path, std::string message, std::string nearest = {})
    {
        m_problems.push_back({key, path, std::move(message), std::move(nearest)});
    }

    void readExchange(const Node::Member& member, const Mark& key, const std::string& path)
    {
        const auto& [exchange, symbols] = member;
        const std::string at = path + "." + exchange;
        if (std::ranges::find(m_exchanges, exchange) == m_exchanges.end())
            keyProblem(key, at, "`provider` names no exchange '" + exchange + "'", nearestOf(exchange, m_exchanges));
        else if (symbols.type != Node::Type::Map && !symbols.isNull())
            addProblem(m_problems, symbols, at, "a map is expected: {unified symbol: the provider's symbol}");
        else
            for (std::size_t i = 0; i < symbols.map.size(); ++i)
                readSymbol(exchange, symbols.map[i], symbols.keyMarks[i], at);
    }

    void readSymbol(const std::string& exchange, const Node::Member& member, const Mark& key, const std::string& path)
    {
        const auto& [symbol, value] = member;
        const std::string at = path + "." + symbol;
        const auto parts = parseSymbol(symbol);
        if (!parts) {
            keyProblem(key, at, "'" + symbol + "' is no symbol like BTC/USDT, BTC/USDT:USDT or BTC/USD:BTC");
            return;
        }
        SymbolCorrection correction {exchange, parts->market(), symbol, {}, {}, key.text()};
        if (value.type == Node::Type::Map) {
            MapReader reader(&value, at, m_problems);
            reader.read("id", correction.id);
            reader.readEnum<std::string>("interest_unit", correction.interestUnit, {{"base", "base"}, {"quote", "quote"}});
            if (correction.id.empty())
                reader.problem("id", "`id` is missing: what the provider calls it");
            reader.finish();
        } else if (value.type == Node::Type::List || (value.type == Node::Type::Scalar && value.scalar.empty())) {
            addProblem(m_problems, value, at, "the provider's symbol is expected, {id, interest_unit}, or null where it has none");
        } else {
            correction.id = value.scalar;
        }
        m_corrections.push_back(std::move(correction));
    }

    const std::vector<std::string>& m_exchanges;
    Problems& m_problems;
    std::vector<SymbolCorrection> m_corrections;
};

} // namespace

std::vector<SymbolCorrection> readCorrections(
    const Node& node, const std::string& path, const std::vector<std::string>& exchanges, Problems& problems)
{
    return CorrectionsReader(exchanges, problems).run(node, path);
}

} // namespace mnemo::description
