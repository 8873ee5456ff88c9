#include "core/exchange/describedstream.h"

#include <algorithm>
#include <array>

#include <simdjson.h>
#include <zlib.h>

#include "core/exchange/requestbuilder.h"

namespace mnemo::description {

namespace {

namespace dom = simdjson::dom;

constexpr std::size_t largestMessage = 64U << 20U; ///< unpacked

/// Strings, numbers and booleans as text; nothing for the rest.
std::optional<std::string> scalarOf(const dom::element& value)
{
    switch (value.type()) {
    case dom::element_type::STRING:
        return std::string(value.get_string().value_unsafe());
    case dom::element_type::INT64:
        return std::to_string(value.get_int64().value_unsafe());
    case dom::element_type::UINT64:
        return std::to_string(value.get_uint64().value_unsafe());
    case dom::element_type::BOOL:
        return value.get_bool().value_unsafe() ? "true" : "false";
    case dom::element_type::DOUBLE:
        return nlohmann::json(value.get_double().value_unsafe()).dump();
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
    case dom::element_type::NULL_VALUE:
        break;
    }
    return std::nullopt;
}

/// @param each the element of a list that "*" stands for
std::optional<dom::element> at(dom::element value, const Path& path, std::size_t each = 0)
{
    for (const PathStep& step : path) {
        const bool isIndex = step.kind == PathStep::Kind::Index || step.kind == PathStep::Kind::Any;
        dom::array list;
        dom::object map;
        if (isIndex && value.get(list) == simdjson::SUCCESS) {
            if (list.at(step.kind == PathStep::Kind::Any ? each : step.index).get(value) != simdjson::SUCCESS)
                return std::nullopt;
        } else if (value.get(map) != simdjson::SUCCESS || map.at_key(step.key).get(value) != simdjson::SUCCESS) {
            return std::nullopt;
        }
    }
    return value;
}

std::optional<std::string> textAt(const dom::element& root, const Path& path, std::size_t each = 0)
{
    const auto found = at(root, path, each);
    return found ? scalarOf(*found) : std::nullopt;
}

bool anyHolds(const dom::element& root, const std::vector<Test>& tests)
{
    return std::ranges::any_of(tests, [&](const Test& test) {
        const auto text = textAt(root, test.path);
        return text && matches(*text, test.words);
    });
}

bool hasEach(const Path& path)
{
    return std::ranges::any_of(path, [](const PathStep& step) { return step.kind == PathStep::Kind::Any; });
}

/// Of the topics that a message names: each once, in its order. Empty where it names none.
std::vector<std::string> keysOf(const dom::element& root, const std::vector<StreamMatch>& match)
{
    std::vector<std::string> keys;
    const bool isMany = std::ranges::any_of(match, [](const StreamMatch& each) { return hasEach(each.path); });
    for (std::size_t i = 0; i == 0 || isMany; ++i) {
        std::string key;
        for (const StreamMatch& each : match) {
            const auto text = textAt(root, each.path, i);
            if (!text)
                return keys;
            key += (key.empty() ? "" : "|") + *text;
        }
        if (std::ranges::find(keys, key) == keys.end())
            keys.push_back(std::move(key));
    }
    return keys;
}

bool hasRows(const dom::element& root, const Path& path)
{
    const auto rows = at(root, path);
    return rows && (rows->is_array() || rows->is_object());
}

/// A thread reads one message at a time.
Result<dom::element> parsed(std::string_view text)
{
    static thread_local dom::parser parser;
    dom::element root;
    if (const auto error = parser.parse(text.data(), text.size()).get(root))
        return fail(ErrorCode::BadAnswer, simdjson::error_message(error));
    return root;
}

} // namespace

DescribedStream::DescribedStream(std::shared_ptr<const VenueDescription> venue, MarketType market)
    : m_venue(std::move(venue))
    , m_form(m_venue->streams.at(market))
    , m_market(market)
{
}

TemplateValues DescribedStream::valuesOf(const Instrument& instrument, Timeframe frame) const
{
    TemplateValues values = instrumentValues(*m_venue, instrument);
    const FrameWord& word = m_form.frames.at(frame);
    values.frame = word.text;
    values.frameParts = &word.parts;
    return values;
}

Result<StreamTopic> DescribedStream::topic(const Instrument& instrument, Timeframe frame) const
{
    if (!has(frame))
        return fail(ErrorCode::Unsupported,
            m_venue->id + " " + std::string(toText(m_market)) + " has no stream of " + std::string(frame.name()));
    const auto block = m_venue->blocks.find({m_market, Kind::Candles});
    const TemplateValues values = valuesOf(instrument, frame);
    StreamTopic topic {instrument, frame,
        block == m_venue->blocks.end() ? Grid(frame) : gridOf(block->second, frame), {}, {}};
    if (m_form.boundWhen.empty()) {
        for (const StreamMatch& each : m_form.match) {
            const auto text = each.text.text(values);
            if (!text || instrument.id.empty())
                return fail(ErrorCode::InvalidArgument,
                    "the exchange's own name of " + instrument.symbol + " is not known: load the market list");
            topic.key += (topic.key.empty() ? "" : "|") + *text;
        }
    } else {
        topic.key = m_form.boundText.text(values).value_or(std::string());
    }
    if (m_form.rows.fields[static_cast<std::size_t>(Role::Name)].isSet())
        topic.rowName = m_form.rowNameText.text(values).value_or(std::string());
    return topic;
}

std::optional<VenueRequest> DescribedStream::handshake(UtcMs now) const
{
    return m_form.handshake ? std::optional(buildCall(m_form.handshake->request, now)) : std::nullopt;
}

Result<StreamAddress> DescribedStream::address(std::string_view answer) const
{
    StreamAddress address;
    TemplateValues values;
    std::string origin = m_form.origin;
    if (m_form.handshake) {
        const auto root = parsed(answer);
        if (!root)
            return fail(unreadable("is not valid JSON", answer));
        values.token = textAt(*root, m_form.handshake->token);
        if (const auto url = textAt(*root, m_form.handshake->url); url && origin.empty())
            origin = *url;
        if (const auto every = textAt(*root, m_form.handshake->pingEvery))
            address.pingEvery = milliseconds {std::atoll(every->c_str())};
    }
    const auto path = m_form.path.text(values, percentEncoded);
    if (!path || origin.empty())
        return fail(unreadable("does not tell where the streams are", answer));
    while (origin.ends_with('/') && path->starts_with('/'))
        origin.pop_back();
    address.url = origin + *path;
    return address;
}

std::vector<std::string> DescribedStream::requests(const std::optional<BodyTemplate>& form,
    std::span<const StreamTopic* const> topics, int id, UtcMs now) const
{
    std::vector<std::string> texts;
    if (!form)
        return texts;
    const auto batch = static_cast<std::size_t>(m_form.rules.batch);
    for (std::size_t i = 0; i < topics.size(); i += batch, ++id) {
        std::vector<TemplateValues> values;
        for (const StreamTopic* topic : topics.subspan(i, std::min(batch, topics.size() - i))) {
            values.push_back(valuesOf(topic->instrument, topic->timeframe));
            values.back().id = std::to_string(id);
            values.back().now = std::to_string(toMs(now));
        }
        texts.push_back(bodyText(*form, values, values.front()));
    }
    return texts;
}

std::vector<std::string> DescribedStream::subscribe(
    std::span<const StreamTopic* const> topics, int id, UtcMs now) const
{
    return requests(m_form.subscribe, topics, id, now);
}

std::vector<std::string> DescribedStream::unsubscribe(
    std::span<const StreamTopic* const> topics, int id, UtcMs now) const
{
    return requests(m_form.unsubscribe, topics, id, now);
}

std::string DescribedStream::ping(int id, UtcMs now) const
{
    if (!m_form.ping)
        return {};
    TemplateValues values;
    values.id = std::to_string(id);
    values.now = std::to_string(toMs(now));
    return bodyText(*m_form.ping, {}, values);
}

Error DescribedStream::unreadable(std::string_view why, std::string_view text) const
{
    return {ErrorCode::BadAnswer,
        m_venue->id + ": a message of the " + std::string(toText(m_market)) + " stream " + std::string(why) + ": "
            + beginning(text)};
}

/// JSON's first byte is none of protobuf's: it would be a group, which the third version has not.
Result<std::string> DescribedStream::unpacked(std::string_view bytes) const
{
    if (!m_form.protobuf.empty() && !bytes.starts_with('{') && !bytes.starts_with('[')) {
        auto text = protobufAsJson(bytes, m_form.protobuf);
        return text ? text : fail(unreadable(text.error().detail, bytes));
    }
    if (!m_form.isPacked || !bytes.starts_with("\x1f\x8b"))
        return std::string(bytes);
    z_stream stream {};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        return fail(unreadable("cannot be unpacked", {}));
    std::string text;
    std::array<char, 16384> buffer;
    // zlib reads through a pointer that is not const
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    int status = Z_OK;
    while (status == Z_OK && text.size() < largestMessage) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        status = inflate(&stream, Z_NO_FLUSH);
        text.append(buffer.data(), buffer.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END)
        return fail(unreadable("is broken gzip", {}));
    return text;
}

Result<StreamMessage> DescribedStream::read(std::string_view text) const
{
    text = trimmed(text);
    StreamMessage message;
    const bool isPlain = text.empty() || (text.front() != '{' && text.front() != '[');
    if (isPlain) { // "pong", "Ping"
        const bool isQuestion = std::ranges::any_of(m_form.pingWhen,
            [&](const Test& test) { return test.path.empty() && matches(text, test.words); });
        if (isQuestion && m_form.pong) {
            message.kind = StreamMessage::Kind::Ping;
            message.reply = bodyText(*m_form.pong, {}, {});
        }
        return message;
    }
    const auto root = parsed(text);
    if (!root)
        return fail(unreadable("is not valid JSON", text));
    if (hasRows(*root, m_form.rows.path))
        message.keys = keysOf(*root, m_form.match);
    if (!message.keys.empty()) {
        message.kind = StreamMessage::Kind::Rows;
        if (const auto sent = m_form.sentAt.empty() ? std::nullopt : textAt(*root, m_form.sentAt))
            if (const auto time = readTime(*sent, m_form.sentUnit))
                message.sentAt = fromMs(*time);
        return message;
    }
    const auto asked = m_form.pingAt.empty() ? std::nullopt : textAt(*root, m_form.pingAt);
    const bool isQuestion = m_form.pingWhen.empty() ? asked.has_value() : anyHolds(*root, m_form.pingWhen);
    if (m_form.pong && isQuestion) {
        TemplateValues values;
        values.ping = asked;
        message.kind = StreamMessage::Kind::Ping;
        message.reply = bodyText(*m_form.pong, {}, values);
    } else if (anyHolds(*root, m_form.boundWhen)) {
        const auto key = textAt(*root, m_form.boundKey), channel = textAt(*root, m_form.boundChannel);
        if (!key || !channel)
            return fail(unreadable("binds nothing", text));
        message.kind = StreamMessage::Kind::Bound;
        message.keys = {*key};
        message.channel = *channel;
    } else if (anyHolds(*root, m_form.refusedWhen)) {
        message.kind = StreamMessage::Kind::Refused;
        for (const Path& path : m_form.refusedText)
            if (const auto said = textAt(*root, path); said && message.text.empty())
                message.text = *said;
        if (message.text.empty())
            message.text = beginning(text);
    }
    return message;
}

Result<std::vector<StreamBar>> DescribedStream::bars(const StreamTopic& topic, std::string_view text) const
{
    const AnswerContext context {*m_venue, topic.instrument, topic.grid, "a stream", topic.rowName};
    auto rows = readStreamRows(m_form.rows, context, text);
    if (!rows)
        return fail(rows.error());
    std::vector<StreamBar> bars;
    bars.reserve(rows->size());
    for (StreamRow& row : *rows) {
        if (!topic.grid.isOpen(row.candle.openTime))
            return fail(unreadable("has a bar off the grid of " + std::string(topic.timeframe.name()), text));
        bars.push_back({row.candle, row.isClosed && m_form.rules.closes == StreamClose::Told});
        description::toBaseVolume({&bars.back().bar, 1}, topic.instrument, m_form.volumeUnit);
    }
    std::ranges::stable_sort(bars, {}, [](const StreamBar& bar) { return bar.bar.openTime; });
    return bars;
}

Result<std::vector<Trade>> DescribedStream::trades(const StreamTopic& topic, std::string_view text) const
{
    const AnswerContext context {*m_venue, topic.instrument, topic.grid, "a stream", topic.rowName};
    auto rows = readTrades(m_form.rows, context, text);
    if (!rows)
        return fail(rows.error());
    return std::move(rows->rows);
}

} // namespace mnemo::description
