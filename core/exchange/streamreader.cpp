#include <algorithm>
#include <charconv>

#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

constexpr std::array topicNames {"symbol", "base", "quote", "settle", "base_id", "quote_id", "settle_id", "frame"};

bool isTopicName(std::string_view name)
{
    return std::ranges::find(topicNames, name.substr(0, name.find('.'))) != topicNames.end();
}

bool namesTopic(const Template& text)
{
    const auto names = text.placeholders();
    return std::ranges::any_of(names, isTopicName);
}

/// @param inLists what stands in lists, else what does not
bool namesTopic(const BodyTemplate& body, bool inLists, bool isInList = false)
{
    if (isInList == inLists && namesTopic(body.text))
        return true;
    const bool isList = body.kind == BodyTemplate::Kind::List;
    return std::ranges::any_of(
        body.members, [&](const BodyTemplate& member) { return namesTopic(member, inLists, isInList || isList); });
}

class StreamReader {
public:
    StreamReader(std::string path, const Tables& tables, const StreamOrigins& origins, Problems& problems)
        : m_path(std::move(path))
        , m_tables(tables)
        , m_origins(origins)
        , m_problems(problems)
    {
    }

    StreamForm read(const Node& node, const Block* candles)
    {
        StreamForm form;
        MapReader reader(&node, m_path, m_problems);
        for (const char* key : {"rows", "fields", "scale"})
            reader.node(key);
        readHandshake(reader, form);
        readAddress(reader, form);
        readFrames(reader, form, candles);
        readConnection(reader, form);
        readMessages(reader, form);
        reader.readEnum("tells", form.rules.tells, {{"candles", StreamTells::Bars}, {"trades", StreamTells::Trades}});
        readMatch(reader, form);
        const bool isTrades = form.rules.tells == StreamTells::Trades;
        form.rows = readRowsForm(node, m_path, isTrades ? Kind::Trades : Kind::Candles, m_tables, m_problems);
        form.rows.isStream = true;
        readNamed(reader, form);
        if (!isTrades) {
            if (form.rows.fields[static_cast<std::size_t>(Role::Closed)].isSet())
                form.rules.closes = StreamClose::Told;
            reader.readEnum("volume_unit", form.volumeUnit,
                {{"base", VolumeUnit::Base}, {"quote", VolumeUnit::Quote}, {"contracts", VolumeUnit::Contracts}});
        }
        readSent(reader, form);
        reader.finish();
        checkBatch(node, form);
        return form;
    }

private:
    std::string at(std::string_view key) const { return m_path + '.' + std::string(key); }

    void readHandshake(MapReader& reader, StreamForm& form)
    {
        const Node* node = reader.node("handshake");
        if (!isMap(node))
            return;
        HandshakeForm& handshake = form.handshake.emplace();
        form.rules.hasHandshake = true;
        MapReader call(node, at("handshake"), m_problems);
        handshake.request = RequestReader(m_tables, m_origins.rest, m_problems).readCall(call);
        for (const auto& [key, path] : {std::pair("address", &handshake.url), std::pair("token", &handshake.token),
                 std::pair("ping_every", &handshake.pingEvery)})
            if (const Node* value = call.node(key); value != nullptr && !value->isNull())
                *path = readStreamPath(*value, at("handshake") + '.' + key, false);
        call.finish();
    }

    /// The address of the handshake's answer may stand for scheme and host.
    void readAddress(MapReader& reader, StreamForm& form)
    {
        std::string url;
        reader.read("url", url);
        const auto scheme = url.find("://");
        const auto slash = scheme == std::string::npos ? url.find('/') : url.find('/', scheme + 3);
        form.origin = url.substr(0, slash);
        const bool isStream = url.starts_with("ws://") || url.starts_with("wss://");
        if (!isStream && (!form.handshake || !url.starts_with('/')))
            return reader.problem("url",
                "an address like wss://host/path is expected, or after a `handshake` that tells the host a path");
        auto parsed = Template::parse(slash == std::string::npos ? "/" : url.substr(slash), m_tables);
        if (!parsed)
            return reader.problem("url", parsed.error().detail);
        form.path = std::move(*parsed);
        if (!m_origins.stream.empty())
            form.origin = m_origins.stream;
        form.rules.url = form.origin + url.substr(std::min(slash, url.size()));
    }

    void readFrames(MapReader& reader, StreamForm& form, const Block* candles)
    {
        const Node* frames = reader.node("frames");
        if (!isMap(frames)) {
            if (candles != nullptr)
                form.frames = candles->frames;
            if (form.frames.empty())
                reader.problem("frames", "`frames` is missing: a map of our timeframes to the venue's words");
            return;
        }
        for (const auto& [name, value] : frames->map) {
            const auto frame = readTimeframe(name, value.mark, at("frames"), m_problems);
            if (value.type != Node::Type::Scalar && !value.isNull())
                addProblem(m_problems, value, at("frames." + name), "the venue's word for this timeframe is expected");
            else if (frame && !value.isNull())
                form.frames[*frame].text = value.scalar;
        }
        if (form.frames.empty())
            addProblem(m_problems, *frames, at("frames"), "at least one timeframe is needed");
    }

    void readConnection(MapReader& reader, StreamForm& form)
    {
        using std::chrono::hours;
        StreamRules& rules = form.rules;
        reader.read("topics", rules.topics, 1, 10'000);
        reader.read("batch", rules.batch, 1, 1'000);
        reader.read("silence", rules.silence, milliseconds {1'000}, milliseconds {hours {1}});
        reader.read("lifetime", rules.lifetime, milliseconds {60'000}, milliseconds {hours {24 * 30}});
        reader.readMap("sends", [&](MapReader& sends) {
            sends.read("limit", rules.sends, 1, 10'000);
            sends.read("per", rules.sendsPer, milliseconds {1}, milliseconds {hours {24}});
            sends.finish();
        });
        std::string packed;
        reader.readEnum<std::string>("packed", packed, {{"gzip", "gzip"}});
        form.isPacked = !packed.empty();
        if (const Node* fields = reader.node("protobuf"); fields != nullptr && !fields->isNull())
            form.protobuf = readProtobuf(*fields, at("protobuf"));
    }

    /// { 1: name, 308: { name: { 1: name } } }
    std::vector<ProtobufField> readProtobuf(const Node& node, const std::string& where)
    {
        std::vector<ProtobufField> fields;
        if (!isMap(&node) || node.map.empty())
            addProblem(m_problems, node, where, "a map of field numbers to names is expected");
        for (const auto& [key, value] : node.map) {
            if (value.isNull())
                continue;
            ProtobufField field;
            const char* end = key.data() + key.size();
            const auto [last, error] = std::from_chars(key.data(), end, field.number);
            if (error != std::errc {} || last != end || field.number < 1 || field.number >= 1U << 29U)
                addProblem(m_problems, value, where + '.' + key, "the number of a field is expected, 1 to 536870911");
            if (value.type == Node::Type::Scalar) {
                field.name = value.scalar;
            } else if (isMap(&value) && value.map.size() == 1) {
                field.name = value.map.front().first;
                field.fields = readProtobuf(value.map.front().second, where + '.' + key + '.' + field.name);
            } else {
                addProblem(m_problems, value, where + '.' + key, "a name is expected, or { name: fields } of a message");
            }
            fields.push_back(std::move(field));
        }
        return fields;
    }

    std::optional<BodyTemplate> readBody(MapReader& reader, std::string_view key)
    {
        const Node* node = reader.node(key);
        if (node == nullptr || node->isNull())
            return std::nullopt;
        return RequestReader(m_tables, {}, m_problems).readBody(*node, reader.path() + '.' + std::string(key));
    }

    std::vector<Test> readWhen(MapReader& reader)
    {
        const Node* when = reader.node("when");
        if (when == nullptr)
            return {};
        auto tests = readTests(*when, reader.path() + ".when", m_tables, m_problems);
        for (const Test& test : tests)
            checkSteps(test.path, *when, reader.path() + ".when", false);
        return tests;
    }

    void readMessages(MapReader& reader, StreamForm& form)
    {
        form.subscribe = readBody(reader, "subscribe");
        form.unsubscribe = readBody(reader, "unsubscribe");
        if (!form.subscribe)
            reader.problem("subscribe", "`subscribe` is missing: the message that asks for a topic");
        reader.readMap("ping", [&](MapReader& ping) {
            form.ping = readBody(ping, "send");
            ping.read("every", form.rules.pingEvery, milliseconds {1'000}, milliseconds {3'600'000});
            if (form.ping && form.rules.pingEvery.count() == 0 && !form.handshake)
                ping.problem("every", "`every` is missing: how often `send` is sent");
            ping.finish();
        });
        reader.readMap("pong", [&](MapReader& pong) {
            form.pong = readBody(pong, "send");
            if (const Node* node = pong.node("at"); node != nullptr && !node->isNull())
                form.pingAt = readStreamPath(*node, pong.path() + ".at", false);
            form.pingWhen = readWhen(pong);
            if (form.pong && form.pingAt.empty() && form.pingWhen.empty())
                pong.problem("at", "`at` or `when` is missing: what the venue's question looks like");
            pong.finish();
        });
        reader.readMap("refused", [&](MapReader& refused) {
            form.refusedWhen = readWhen(refused);
            if (const Node* text = refused.node("text"))
                form.refusedText = readPaths(*text, refused.path() + ".text", m_tables, m_problems);
            refused.finish();
        });
    }

    /// Keys and indexes alone; "*" where @p mayBeEach.
    Path readStreamPath(const Node& node, const std::string& where, bool mayBeEach)
    {
        Path path = readPath(node, where, m_tables, m_problems);
        checkSteps(path, node, where, mayBeEach);
        return path;
    }

    void checkSteps(const Path& path, const Node& node, const std::string& where, bool mayBeEach)
    {
        for (const PathStep& step : path)
            if (step.kind == PathStep::Kind::Template || step.kind == PathStep::Kind::Select
                || (step.kind == PathStep::Kind::Any && !mayBeEach))
                addProblem(m_problems, node, where,
                    mayBeEach ? "keys, indexes and * of a list are expected" : "keys and indexes are expected");
    }

    void readMatch(MapReader& reader, StreamForm& form)
    {
        bool namesFrame = false, namesInstrument = false;
        reader.readEach("match", [&](const std::string& key, const Node& value, const std::string& where) {
            if (value.isNull())
                return;
            Node path;
            path.type = Node::Type::Scalar;
            path.scalar = key;
            path.mark = value.mark;
            StreamMatch match {
                readStreamPath(path, where, true), readTemplate(value, where, m_tables, m_problems)};
            for (const std::string_view name : match.text.placeholders()) {
                const bool isFrame = name.starts_with("frame");
                (isFrame ? namesFrame : namesInstrument) |= isTopicName(name) || name == "channel";
            }
            form.match.push_back(std::move(match));
        });
        reader.readMap("bound", [&](MapReader& bound) { readBound(bound, form); });
        if (!form.boundWhen.empty())
            return;
        if (!namesInstrument)
            reader.problem("match", "nothing in `match` names the instrument: use {symbol}, or {base} and {quote}");
        if (!namesFrame && form.frames.size() > 1 && form.rules.tells == StreamTells::Bars)
            reader.problem("match", "nothing in `match` names the timeframe: use {frame}");
    }

    /// A message that says by which number a topic will go.
    void readBound(MapReader& bound, StreamForm& form)
    {
        form.boundWhen = readWhen(bound);
        for (const auto& [key, path] : {std::pair("key", &form.boundKey), std::pair("channel", &form.boundChannel)}) {
            if (const Node* node = bound.node(key); node != nullptr && !node->isNull())
                *path = readStreamPath(*node, bound.path() + '.' + key, false);
            else if (!form.boundWhen.empty())
                bound.problem(key, "`key`, `is` and `channel` are needed beside `when`");
        }
        if (const Node* is = bound.node("is"); is != nullptr && !is->isNull())
            form.boundText = readTemplate(*is, bound.path() + ".is", m_tables, m_problems);
        else if (!form.boundWhen.empty())
            bound.problem("is", "`key`, `is` and `channel` are needed beside `when`");
        bound.finish();
    }

    /// {at: symbol, is: "{symbol}"}: rows of several topics in one message.
    void readNamed(MapReader& reader, StreamForm& form)
    {
        reader.readMap("named", [&](MapReader& named) {
            std::string key;
            named.read("at", key);
            if (const Node* is = named.node("is"); is != nullptr && !is->isNull())
                form.rowNameText = readTemplate(*is, named.path() + ".is", m_tables, m_problems);
            else if (!key.empty())
                named.problem("is", "`is` is missing: what the key says of a topic's rows");
            if (!key.empty())
                form.rows.fields[static_cast<std::size_t>(Role::Name)].key = key;
            if (!key.empty() && form.rows.kind != RowsKind::Objects)
                named.problem("at", "rows that name their topic are maps: `rows.kind: objects`");
            named.finish();
        });
    }

    /// [E, ms]
    void readSent(MapReader& reader, StreamForm& form)
    {
        const Node* node = reader.node("sent");
        if (node == nullptr || node->isNull())
            return;
        if (node->type != Node::Type::List || node->list.size() != 2)
            return addProblem(m_problems, *node, at("sent"), "[path, unit] is expected, as in [E, ms]");
        form.sentAt = readStreamPath(node->list[0], at("sent"), false);
        form.sentUnit = readUnit(node->list[1], at("sent"), m_problems).value_or(TimeUnit::Milliseconds);
    }

    void checkBatch(const Node& node, const StreamForm& form)
    {
        for (const auto& [name, message] : {std::pair("subscribe", &form.subscribe), std::pair("unsubscribe", &form.unsubscribe)}) {
            const auto& body = *message;
            if (!body)
                continue;
            const Node* where = node.find(name);
            const Node& place = where != nullptr ? *where : node;
            const bool inLists = namesTopic(*body, true), outside = namesTopic(*body, false);
            if (!inLists && !outside)
                addProblem(m_problems, place, m_path, "nothing in the message names the topic: use {symbol} and {frame}");
            if (form.rules.batch > 1 && (!inLists || outside))
                addProblem(m_problems, place, m_path,
                    "a message for several topics (`batch`) names them in a list, once for each, and nowhere else");
        }
    }

    std::string m_path;
    const Tables& m_tables;
    const StreamOrigins& m_origins;
    Problems& m_problems;
};

} // namespace

StreamForm readStreams(const Node& node, const std::string& path, const Block* candles, const Tables& tables,
    const StreamOrigins& origins, Problems& problems)
{
    return StreamReader(path, tables, origins, problems).read(node, candles);
}

} // namespace mnemo::description
