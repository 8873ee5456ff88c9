#include "core/archive/archive.h"

#include <charconv>

#include <nlohmann/json.hpp>

#include "core/base/decimal.h"

namespace mnemo {

namespace {

/// Length of the UTF-8 sequence at the front; 0 where it is none (overlong, surrogate, cut, above U+10FFFF).
std::size_t sequenceLength(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto isTail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    const unsigned char lead = byte(0);
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead < 0xE0)
        return isTail(1) ? 2 : 0;
    if ((lead & 0xF0U) == 0xE0U && isTail(1) && isTail(2)) {
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4 && isTail(1) && isTail(2) && isTail(3)) {
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool beyond = lead == 0xF4 && byte(1) >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

void appendText(std::string& json, std::string_view text)
{
    static constexpr char hex[] = "0123456789abcdef";
    json += '"';
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        const unsigned char c = static_cast<unsigned char>(text.front());
        if (length == 0) {
            json += "\\ufffd";
        } else if (c == '"' || c == '\\') {
            json += '\\';
            json += text.front();
        } else if (c < 0x20) {
            json += "\\u00";
            json += hex[c >> 4U];
            json += hex[c & 15U];
        } else {
            json.append(text.substr(0, length));
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    json += '"';
}

/// Writes `"name":` and a value; the first one without a comma.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& json)
        : m_json(json)
    {
        m_json += '{';
    }
    void add(const char* name, std::string_view text)
    {
        key(name);
        appendText(m_json, text);
    }
    void add(const char* name, std::int64_t number)
    {
        key(name);
        char buffer[24];
        const auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, number);
        m_json.append(buffer, ec == std::errc{} ? end : buffer);
    }
    void addDecimal(const char* name, double number)
    {
        key(name);
        appendDecimal(m_json, number);
    }
    void addTrue(const char* name)
    {
        key(name);
        m_json += "true";
    }
    void finish() { m_json += '}'; }

private:
    void key(const char* name)
    {
        if (m_json.back() != '{')
            m_json += ',';
        m_json += '"';
        m_json += name;
        m_json += "\":";
    }
    std::string& m_json;
};

template <class T>
T value(const nlohmann::json& object, const char* key, T fallback)
{
    const auto found = object.find(key);
    return found == object.end() ? std::move(fallback) : found->get<T>();
}

/// Throws nlohmann::json::exception for values of another type, std::invalid_argument for unknown words.
Manifest read(const nlohmann::json& object)
{
    Manifest manifest;
    const auto market = marketTypeFromText(value<std::string>(object, "market", "spot"));
    const auto kind = kindFromText(value<std::string>(object, "kind", "candles"));
    const auto timeframe = Timeframe::fromName(value<std::string>(object, "timeframe", "1m"));
    if (!market || !kind || !timeframe)
        throw std::invalid_argument("unknown market, kind or timeframe");
    manifest.series = {object.at("source").get<std::string>(), object.at("exchange").get<std::string>(), *market,
        object.at("symbol").get<std::string>(), *kind, *timeframe};
    manifest.exchangeSymbol = value<std::string>(object, "exchange_symbol", {});
    manifest.contractSize = value<double>(object, "contract_size", 1);
    manifest.unit = value<std::string>(object, "unit", "base");
    manifest.anchor = milliseconds{value<std::int64_t>(object, "anchor_ms", 0)};
    manifest.range = {fromMs(value<std::int64_t>(object, "from", 0)), fromMs(value<std::int64_t>(object, "to", 0))};
    manifest.method = value<std::string>(object, "method", "GET");
    manifest.url = value<std::string>(object, "url", {});
    manifest.requestBody = value<std::string>(object, "request_body", {});
    manifest.status = value<int>(object, "status", 0);
    manifest.date = value<std::string>(object, "date", {});
    manifest.sha256 = object.at("sha256").get<std::string>();
    manifest.fetchedAt = fromMs(object.at("fetched_at").get<std::int64_t>());
    manifest.descriptionVersion = value<int>(object, "description_version", 0);
    manifest.route = value<std::string>(object, "route", "rest");
    manifest.cursor = value<std::string>(object, "cursor", {});
    manifest.walk = fromMs(value<std::int64_t>(object, "walk", 0));
    manifest.isConfirmation = value<bool>(object, "confirmation", false);
    return manifest;
}

} // namespace

std::string toJson(const Manifest& manifest)
{
    std::string json;
    json.reserve(600 + manifest.url.size() + manifest.requestBody.size());
    ObjectWriter writer(json);
    writer.add("source", manifest.series.source);
    writer.add("exchange", manifest.series.exchange);
    writer.add("market", toText(manifest.series.market));
    writer.add("symbol", manifest.series.symbol);
    writer.add("kind", toText(manifest.series.kind));
    writer.add("timeframe", manifest.series.timeframe.name());
    writer.add("exchange_symbol", manifest.exchangeSymbol);
    writer.addDecimal("contract_size", manifest.contractSize);
    if (manifest.unit != "base")
        writer.add("unit", manifest.unit);
    writer.add("anchor_ms", manifest.anchor.count());
    writer.add("from", toMs(manifest.range.from));
    writer.add("to", toMs(manifest.range.to));
    writer.add("method", manifest.method);
    writer.add("url", manifest.url);
    if (!manifest.requestBody.empty())
        writer.add("request_body", manifest.requestBody);
    writer.add("status", std::int64_t{manifest.status});
    writer.add("date", manifest.date);
    writer.add("sha256", manifest.sha256);
    writer.add("fetched_at", toMs(manifest.fetchedAt));
    writer.add("description_version", std::int64_t{manifest.descriptionVersion});
    writer.add("route", manifest.route);
    if (!manifest.cursor.empty())
        writer.add("cursor", manifest.cursor);
    if (manifest.walk != UtcMs {})
        writer.add("walk", toMs(manifest.walk));
    if (manifest.isConfirmation)
        writer.addTrue("confirmation");
    writer.finish();
    return json;
}

Result<Manifest> manifestFromJson(std::string_view json)
{
    try {
        return read(nlohmann::json::parse(json));
    } catch (const std::exception& error) {
        return fail(
            ErrorCode::Corrupt, std::string("the manifest of an archived answer does not read: ") + error.what());
    }
}

} // namespace mnemo
