#include "tests/conformance/comparison.h"

#include <algorithm>
#include <filesystem>

#include <QUrl>
#include <QUrlQuery>

#include "core/base/decimal.h"
#include "core/config/node.h"

namespace mnemo::conformance {

namespace {

bool fits(std::string_view pattern, std::string_view text)
{
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos)
        return pattern == text;
    if (text.substr(0, star) != pattern.substr(0, star))
        return false;
    pattern.remove_prefix(star + 1);
    for (std::size_t at = star; at <= text.size(); ++at)
        if (fits(pattern, text.substr(at)))
            return true;
    return false;
}

Comparable comparable(const std::string& method, const std::string& url, const std::string& body)
{
    const QUrl parsed(QString::fromStdString(url));
    Comparable result;
    result.method = method;
    result.address =
        (parsed.scheme() + QStringLiteral("://") + parsed.authority() + parsed.path(QUrl::FullyDecoded)).toStdString();
    for (const auto& [name, value] : QUrlQuery(parsed).queryItems(QUrl::FullyDecoded))
        result.params[name.toStdString()] = value.toStdString();
    if (!body.empty())
        result.body = Json::parse(body, nullptr, false);
    return result;
}

template<class Row, class TimeOf>
void cut(std::vector<Row>& rows, const FetchArgs& args, TimeOf timeOf)
{
    if (args.since)
        std::erase_if(rows, [&](const Row& row) { return timeOf(row) < *args.since; });
    const std::size_t limit = args.limit ? static_cast<std::size_t>(*args.limit) : rows.size();
    if (rows.size() <= limit)
        return;
    if (args.since)
        rows.resize(limit);
    else
        rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(limit));
}

Result<Json> candleRows(const Venue& venue, const FetchArgs& args, std::string_view body)
{
    auto decoded = venue.decodeCandles(args, body);
    if (!decoded)
        return fail(decoded.error());
    cut(decoded->rows, args, [](const Candle& row) { return row.openTime; });
    Json rows = Json::array();
    for (const Candle& row : decoded->rows)
        rows.push_back({toMs(row.openTime), row.open, row.high, row.low, row.close, row.volume});
    return rows;
}

Result<Json> openInterestRows(const Venue& venue, const FetchArgs& args, std::string_view body)
{
    auto decoded = venue.decodeMetrics(args, body);
    if (!decoded)
        return fail(decoded.error());
    cut(*decoded, args, [](const Metric& row) { return row.time; });
    const auto orNull = [](const std::optional<double>& value) { return value ? Json(*value) : Json(); };
    Json rows = Json::array();
    for (const Metric& row : *decoded)
        rows.push_back({toMs(row.time), orNull(row.numbers[0]), orNull(row.numbers[1])});
    return rows;
}

} // namespace

std::string Comparable::text() const
{
    std::string out = method + " " + address + " ";
    for (const auto& [name, value] : params)
        out += name + "=" + value + " ";
    return body.is_null() ? out : out + body.dump();
}

Comparable comparable(const Json& request)
{
    const Json& body = request.contains("body") ? request["body"] : Json();
    return comparable(request.value("method", "GET"), request.at("url").get<std::string>(),
        body.is_string()     ? body.get<std::string>()
            : body.is_null() ? std::string()
                             : body.dump());
}

Comparable comparable(const VenueRequest& request)
{
    return comparable(request.http.method, request.http.url, request.http.body);
}

Result<Json> rowsOf(const Venue& venue, const FetchArgs& args, std::string_view body)
{
    return args.kind == Kind::Candles ? candleRows(venue, args, body) : openInterestRows(venue, args, body);
}

bool sameRows(const Json& ours, const Json& theirs)
{
    if (ours.size() != theirs.size())
        return false;
    for (std::size_t i = 0; i < ours.size(); ++i)
        for (std::size_t j = 0; j < ours[i].size(); ++j) {
            const Json& a = ours[i][j];
            const Json b = j < theirs[i].size() ? theirs[i][j] : Json();
            if (a.is_null() != b.is_null() || (!a.is_null() && a.get<double>() != b.get<double>()))
                return false;
        }
    return true;
}

std::optional<std::string> marketText(const Json& market)
{
    const std::string type = market.value("type", "");
    const bool isTrue = market.value("linear", Json()) == true || market.value("inverse", Json()) == true;
    if (type == "option" || (type != "spot" && !isTrue))
        return std::nullopt;
    const std::string word = type == "spot" ? "spot" : market["inverse"] == true ? "inverse" : "linear";
    const auto text = [&](const char* key) {
        return market[key].is_string() ? market[key].get<std::string>() : std::string();
    };
    const double size = market["contractSize"].is_number() ? market["contractSize"].get<double>() : 1;
    return word + " " + text("symbol") + " " + text("id") + " " + text("base") + " " + text("quote") + " "
        + (word == "spot" ? "" : text("settle")) + " " + formatDecimal(word == "spot" ? 1 : size)
        + (market["active"] == false ? " inactive" : "");
}

std::string marketText(const Instrument& market)
{
    return std::string(toText(market.market)) + " " + market.symbol + " " + market.id + " " + market.base + " "
        + market.quote + " " + market.settle + " " + formatDecimal(market.contractSize)
        + (market.active ? "" : " inactive");
}

Result<AcceptedDifferences> AcceptedDifferences::read(const std::string& path)
{
    const auto list = readYamlFile(path);
    if (!list)
        return fail(list.error());
    AcceptedDifferences result;
    for (const Node& entry : list->list) {
        const auto text = [&](const char* key) {
            return entry.find(key) == nullptr ? std::string() : entry.find(key)->scalar;
        };
        if (text("case").empty() || text("part").empty() || text("reason").empty())
            return fail(ErrorCode::Config, path + ": an entry needs case, part and reason: " + text("case"));
        result.m_entries.push_back({text("case"), text("part")});
    }
    return result;
}

bool AcceptedDifferences::accepts(std::string_view name, std::string_view part)
{
    bool isAccepted = false;
    for (Entry& entry : m_entries)
        if (entry.part == part && fits(entry.pattern, name))
            isAccepted = entry.isUsed = true;
    return isAccepted;
}

std::vector<std::string> AcceptedDifferences::unused() const
{
    std::vector<std::string> patterns;
    for (const Entry& entry : m_entries)
        if (!entry.isUsed)
            patterns.push_back(entry.pattern + " " + entry.part);
    return patterns;
}

Result<Catalogue> shippedCatalogue(const std::string& sourceFolder)
{
    std::map<std::string, Node> descriptions;
    for (const auto& file : std::filesystem::directory_iterator(sourceFolder + "/config/exchanges")) {
        if (file.path().extension() != ".yaml")
            continue;
        auto node = readYamlFile(file.path().string());
        if (!node)
            return fail(node.error());
        descriptions[file.path().stem().string()] = *node;
    }
    Problems problems;
    Catalogue catalogue = Catalogue::load(descriptions, problems);
    if (!problems.empty())
        return fail(ErrorCode::Config, problems.front().text());
    return catalogue;
}

} // namespace mnemo::conformance
