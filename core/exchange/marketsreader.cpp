#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "core/base/decimal.h"
#include "core/base/plainname.h"
#include "core/base/timetext.h"
#include "core/exchange/answer.h"
#include "core/exchange/requestbuilder.h"

namespace mnemo::description {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t never = 4'102'444'800'000; // 2100: venues write the far future for "no end"

/// What fields look up in lists. Each list is read once: it may be long, and every row asks.
class Lookups {
public:
    /// An answer to a call that lists no markets.
    void add(const std::string& call, Json top) { m_named[call].push_back(std::move(top)); }
    bool has(const std::string& call) const { return m_named.count(call) > 0; }

    /// @param top the answer that the rows asked for from now on are in; outlives them
    void begin(const Json& top)
    {
        m_own = &top;
        m_ownTables.clear();
    }

    std::optional<std::string> find(const MarketField& field, const std::string& key)
    {
        const bool isOwn = field.lookupCall.empty();
        const auto [table, isNew] = (isOwn ? m_ownTables : m_namedTables).try_emplace(&field);
        if (isNew && isOwn)
            read(field, *m_own, table->second);
        else if (isNew)
            for (const Json& top : m_named[field.lookupCall])
                read(field, top, table->second);
        const auto found = table->second.find(key);
        return found == table->second.end() ? std::nullopt : std::optional(found->second);
    }

private:
    using Table = std::unordered_map<std::string, std::string>;

    /// Of two elements with one key the first counts.
    static void read(const MarketField& field, const Json& top, Table& table)
    {
        const Json* list = description::find(top, field.lookupList);
        if (list == nullptr || !list->is_array())
            return;
        for (const Json& element : *list) {
            const auto key = element.find(field.lookupKey);
            const auto value = element.find(field.lookupValue);
            if (!element.is_object() || key == element.end() || value == element.end())
                continue;
            const auto name = scalarText(*key), text = scalarText(*value);
            if (name && text)
                table.emplace(*name, *text);
        }
    }

    std::map<std::string, std::vector<Json>> m_named;
    const Json* m_own = nullptr;
    std::map<const MarketField*, Table> m_ownTables, m_namedTables;
};

struct Row {
    Lookups& lookups;
    const Json& value;
    std::string key;
    std::size_t index;
};

std::optional<std::string> foundText(const MarketField& field, const Row& row)
{
    if (field.isKey)
        return row.key;
    if (field.isIndex)
        return std::to_string(row.index);
    for (const Path& path : field.paths)
        if (const Json* value = find(row.value, path))
            if (auto text = scalarText(*value))
                return text;
    return std::nullopt;
}

std::string piece(const MarketField& field, const std::string& text)
{
    std::size_t begin = 0;
    auto end = text.find(field.separator);
    if (end == std::string::npos)
        return field.slice
            ? text.substr(std::min<std::size_t>(text.size(), static_cast<std::size_t>(field.slice->first)),
                static_cast<std::size_t>(field.slice->second - field.slice->first))
            : field.part == 0 ? text
                              : std::string();
    for (int part = 0; part < field.part; ++part) {
        if (end == std::string::npos)
            return {};
        begin = end + field.separator.size();
        end = text.find(field.separator, begin);
    }
    return text.substr(begin, end == std::string::npos ? end : end - begin);
}

/// What stands before the first of the endings that fits, or that ending; nothing where none fits.
std::optional<std::string> ended(const MarketField& field, const std::string& text)
{
    for (const std::string& ending : field.endings)
        if (text.ends_with(ending) && text.size() > ending.size())
            return field.part == 0 ? text.substr(0, text.size() - ending.size()) : ending;
    return std::nullopt;
}

bool holds(const Test& test, const Row& row)
{
    const Json* value = find(row.value, test.path);
    const auto said = value == nullptr ? std::nullopt : scalarText(*value);
    return said && matches(*said, test.words);
}

/// Nothing where the row does not say it.
std::optional<std::string> text(const MarketField& field, const Row& row)
{
    if (!field.isSet)
        return std::nullopt;
    if (!field.all.empty())
        return std::all_of(field.all.begin(), field.all.end(), [&](const Test& test) { return holds(test, row); })
            ? "true"
            : "false";
    auto found = field.constant.empty() ? foundText(field, row) : std::optional(field.constant);
    if (!field.is.empty())
        return found && matches(*found, field.is) ? "true" : "false";
    if (!field.isNot.empty())
        return found && matches(*found, field.isNot) ? "false" : "true";
    if (!found)
        return std::nullopt;
    if (!field.separator.empty())
        found = piece(field, *found);
    for (const std::string& ending : field.strip)
        if (found->ends_with(ending) && found->size() > ending.size())
            found->resize(found->size() - ending.size());
    if (!field.endings.empty() && !(found = ended(field, *found)))
        return std::nullopt;
    if (!field.lookupKey.empty() && !(found = row.lookups.find(field, *found)))
        return std::nullopt;
    if (const auto word = field.words.find(*found); word != field.words.end())
        found = word->second;
    return field.prefix + *found;
}

std::optional<double> number(const MarketField& field, const Row& row)
{
    const auto found = text(field, row);
    const auto number = found ? parseDecimal(*found) : std::nullopt;
    if (!number || !field.isReciprocal)
        return number;
    return *number == 0 ? std::nullopt : std::optional(1 / *number);
}

std::optional<int> digits(const MarketField& field, const Row& row)
{
    const auto found = number(field, row);
    return found && *found >= 0 && *found <= 40 ? std::optional(static_cast<int>(*found)) : std::nullopt;
}

std::optional<UtcMs> time(const MarketField& field, const Row& row, TimeUnit unit)
{
    const auto found = text(field, row);
    const auto ms = found ? readTime(*found, field.unit.value_or(unit)) : std::nullopt;
    return ms && *ms > 0 && *ms < never ? std::optional(fromMs(*ms)) : std::nullopt;
}

std::string unified(const VenueDescription& venue, std::string code)
{
    std::erase(code, ' '); // "1000 SHIB"
    if (const auto own = venue.currencies.find(code); own != venue.currencies.end())
        return own->second;
    for (char& c : code)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    if (const auto own = venue.currencies.find(code); own != venue.currencies.end())
        return own->second;
    return std::string(commonCurrency(code));
}

bool isWanted(const MarketList& list, const Row& row)
{
    return std::all_of(list.only.begin(), list.only.end(), [&](const Test& test) { return holds(test, row); })
        && std::none_of(list.skip.begin(), list.skip.end(), [&](const Test& test) { return holds(test, row); });
}

/// "by_settle": no settlement currency is spot, base is inverse, else linear.
std::optional<MarketType> marketOf(const std::string& word, const Instrument& instrument)
{
    if (word != "by_settle")
        return marketTypeFromText(word);
    if (instrument.settle.empty())
        return MarketType::Spot;
    return instrument.settle == instrument.base && instrument.settle != instrument.quote ? MarketType::Inverse
                                                                                         : MarketType::Linear;
}

std::string yymmdd(UtcMs at)
{
    const std::string date = formatDate(at);
    return date.substr(2, 2) + date.substr(5, 2) + date.substr(8, 2);
}

/// Nothing where the row is no market of ours.
std::optional<Instrument> instrumentOf(const VenueDescription& venue, const MarketList& list, const Row& row)
{
    const auto id = text(list.id, row);
    const auto base = text(list.base, row);
    const auto quote = text(list.quote, row);
    const auto word = text(list.market, row);
    if ((list.id.isSet && (!id || id->empty())) || !base || base->empty() || !quote || quote->empty() || !word)
        return std::nullopt;
    Instrument instrument;
    instrument.exchange = venue.id;
    if (venue.isProvider) {
        const auto name = text(list.exchange, row);
        if (!name || name->empty())
            return std::nullopt;
        const auto known = venue.provided.find(plainName(*name));
        instrument.exchange = known == venue.provided.end() ? *name : known->second;
    }
    instrument.id = id.value_or(std::string());
    instrument.base = unified(venue, *base);
    instrument.quote = unified(venue, *quote);
    instrument.settle = unified(venue, text(list.settle, row).value_or(std::string()));
    if (instrument.base.find_first_of("/:") != std::string::npos || instrument.quote.find_first_of("/:") != std::string::npos)
        return std::nullopt; // a pair where a code belongs: no unified symbol could be told apart again
    const auto market = marketOf(*word, instrument);
    if (!market || (*market != MarketType::Spot && instrument.settle.empty()))
        return std::nullopt;
    instrument.market = *market;
    if (instrument.market == MarketType::Spot)
        instrument.settle.clear();
    SymbolParts parts{instrument.base, instrument.quote, instrument.settle, {}};
    instrument.delisted = time(list.delisted, row, list.timeUnit);
    const auto perpetual = text(list.perpetual, row);
    const bool isDated = instrument.market != MarketType::Spot && list.expiry.isSet && perpetual != "true";
    if (const auto expiry = isDated ? time(list.expiry, row, list.timeUnit) : std::nullopt) {
        parts.suffix = yymmdd(*expiry);
        instrument.delisted = *expiry;
    } else if (isDated && list.perpetual.is.empty() && perpetual == "false") {
        return std::nullopt; // it ends, and when is not said: it would have the name of the one that does not
    }
    instrument.symbol = parts.text();
    if (!list.id.isSet)
        instrument.id = idByTemplate(venue, instrument);
    if (instrument.id.empty())
        return std::nullopt;
    instrument.contractSize = instrument.market == MarketType::Spot ? 1 : number(list.contractSize, row).value_or(1);
    if (instrument.contractSize <= 0)
        instrument.contractSize = 1;
    instrument.tickSize = number(list.tickSize, row);
    instrument.priceScale = digits(list.priceScale, row);
    instrument.valueScale = digits(list.valueScale, row);
    instrument.listed = time(list.listed, row, list.timeUnit);
    instrument.active = text(list.active, row).value_or("true") == "true";
    instrument.interestUnit = text(list.interestUnit, row).value_or(std::string());
    return instrument;
}

class MarketsReader {
public:
    explicit MarketsReader(const VenueDescription& venue)
        : m_venue(venue)
        , m_markets(venue.fixedMarkets)
    {
        for (const Instrument& fixed : m_markets)
            m_places.emplace(nameOf(fixed), m_places.size());
    }

    Result<std::vector<Instrument>> run(std::span<const MarketAnswer> answers)
    {
        const auto call = [&](const MarketAnswer& answer) -> const MarketCall& { return m_venue.marketCalls.at(answer.call); };
        if (!answers.empty()
            && std::ranges::none_of(answers, [&](const MarketAnswer& answer) { return call(answer).name.empty(); }))
            return fail(bad(call(answers.front()), "lists no markets by itself"));
        for (const bool isNamed : {true, false}) // what others look up in first
            for (const MarketAnswer& answer : answers)
                if (call(answer).name.empty() != isNamed)
                    if (auto error = isNamed ? keep(call(answer), answer.body) : read(call(answer), answer.body))
                        return fail(std::move(*error));
        completeFixed();
        return std::move(m_markets);
    }

private:
    static std::string nameOf(const Instrument& market)
    {
        return market.exchange + " " + std::string(toText(market.market)) + " " + market.symbol;
    }
    static std::string nameOf(const MarketCall& call) { return call.request.method + " " + call.request.pathText; }

    Error bad(const MarketCall& call, const std::string& what) const
    {
        return {ErrorCode::BadAnswer, m_venue.id + ": answer to " + nameOf(call) + " " + what};
    }

    std::optional<Error> said(const MarketCall& call, std::string_view body) const
    {
        return judgeBody(m_venue, 200, body, nameOf(call)).error;
    }

    std::optional<Error> parse(const MarketCall& call, std::string_view body, Json& top) const
    {
        if (body.empty() || body.front() == '<')
            return bad(call, body.empty() ? "is empty" : "is HTML, not JSON (starts with " + beginning(body) + ")");
        top = Json::parse(body, nullptr, false);
        if (top.is_discarded())
            return bad(call, "is not valid JSON (starts with " + beginning(body) + ")");
        return std::nullopt;
    }

    std::optional<Error> keep(const MarketCall& call, std::string_view body)
    {
        Json top;
        if (auto error = parse(call, trimmed(body), top))
            return error;
        if (auto error = said(call, body))
            return error;
        m_lookups.add(call.name, std::move(top));
        return std::nullopt;
    }

    /// Without what it looks up in, a list would be read as empty.
    std::optional<Error> missing(const MarketCall& call) const
    {
        for (const MarketCall& other : m_venue.marketCalls)
            if (!other.name.empty() && !m_lookups.has(other.name))
                return bad(call, "cannot be read without the answer to " + nameOf(other));
        return std::nullopt;
    }

    std::optional<Error> read(const MarketCall& call, std::string_view body)
    {
        if (auto error = missing(call))
            return error;
        body = trimmed(body);
        Json top;
        if (auto error = parse(call, body, top))
            return error;
        m_lookups.begin(top);
        const std::size_t before = m_markets.size();
        for (const MarketList& list : call.lists) {
            const Json* rows = find(top, list.rows);
            if (rows == nullptr || !rows->is_structured()) {
                auto error = said(call, body);
                return error ? std::move(*error) : bad(call, "has no list of markets");
            }
            readRows(list, *rows);
        }
        return m_markets.size() == before ? said(call, body) : std::nullopt;
    }

    void readRows(const MarketList& list, const Json& rows)
    {
        std::size_t index = 0;
        for (auto row = rows.begin(); row != rows.end(); ++row, ++index) {
            const Row each {m_lookups, *row, rows.is_object() ? row.key() : std::string(), index};
            if (!isWanted(list, each))
                continue;
            if (auto market = instrumentOf(m_venue, list, each))
                add(std::move(*market));
        }
    }

    /// Who fixes which id a symbol has need not know what its open interest is told in.
    void completeFixed()
    {
        for (std::size_t i = 0; i < m_venue.fixedMarkets.size(); ++i)
            if (const auto unit = m_units.find(m_markets[i].id); m_markets[i].interestUnit.empty() && unit != m_units.end())
                m_markets[i].interestUnit = unit->second;
    }

    /// Of two markets with one name the active one stays, else the first.
    void add(Instrument market)
    {
        m_units.emplace(market.id, market.interestUnit);
        const auto [place, isNew] = m_places.emplace(nameOf(market), m_markets.size());
        if (isNew)
            m_markets.push_back(std::move(market));
        else if (market.active && !m_markets[place->second].active)
            m_markets[place->second] = std::move(market);
    }

    const VenueDescription& m_venue;
    Lookups m_lookups;
    std::vector<Instrument> m_markets;
    std::map<std::string, std::size_t> m_places;
    std::map<std::string, std::string> m_units; ///< of open interest, by id
};

} // namespace

std::string marketCursor(const MarketCall& call, std::string_view body)
{
    if (call.cursor.empty())
        return {};
    const Json top = Json::parse(body, nullptr, false);
    const Json* cursor = find(top, call.cursor);
    return cursor == nullptr ? std::string() : scalarText(*cursor).value_or(std::string());
}

Result<std::vector<Instrument>> readMarkets(const VenueDescription& venue, std::span<const MarketAnswer> answers)
{
    return MarketsReader(venue).run(answers);
}

} // namespace mnemo::description
