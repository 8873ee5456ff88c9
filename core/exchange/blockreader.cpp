#include <algorithm>

#include "core/base/timetext.h"
#include "core/exchange/nodereading.h"

namespace mnemo::description {

namespace {

constexpr int mostRows = 1'000'000;

enum class Style { Window, FromStart, BeforeEnd, CalendarBucket, RecentOnly, Cursor };

const std::vector<std::pair<std::string, Style>>& styleWords()
{
    static const std::vector<std::pair<std::string, Style>> words{{"window", Style::Window},
        {"from-start", Style::FromStart}, {"before-end", Style::BeforeEnd}, {"calendar-bucket", Style::CalendarBucket},
        {"recent-only", Style::RecentOnly}, {"cursor", Style::Cursor}};
    return words;
}

std::vector<std::pair<std::string, Role>> roleWords(Kind kind)
{
    static const std::vector<std::pair<std::string, Role>> candles{{"open", Role::Open}, {"high", Role::High},
        {"low", Role::Low}, {"close", Role::Close}, {"volume", Role::Volume}, {"quote_volume", Role::QuoteVolume},
        {"trades", Role::Trades}};
    static const std::vector<std::pair<std::string, Role>> trades{
        {"price", Role::Close}, {"amount", Role::Volume}, {"id", Role::Id}};
    if (!isMetric(kind))
        return kind == Kind::Candles ? candles : trades;
    std::vector<std::pair<std::string, Role>> words;
    const auto columns = factsOf(kind).columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].isTold)
            words.emplace_back(columns[i].name, numberRole(i));
    return words;
}

/// The key in `fields`.
std::string roleName(Kind kind, Role role)
{
    for (const auto& [name, each] : roleWords(kind))
        if (each == role)
            return name;
    return role == Role::Time ? "time" : role == Role::CloseTime ? "close_time" : "closed";
}

/// Keys of a block that are not part of one request.
const std::vector<std::string_view> blockKeys {"frames", "anchors", "rows", "fields", "scale", "volume_unit",
    "endpoints", "page", "oldest", "snapshot", "amount_unit", "value_unit", "sides", "percent", "absent"};

class BlockReader {
public:
    BlockReader(Kind kind, const Tables& tables, const std::string& baseUrl, Problems& problems)
        : m_kind(kind)
        , m_tables(tables)
        , m_baseUrl(baseUrl)
        , m_problems(problems)
    {
    }

    RowsForm readForm(const Node& node, const std::string& path)
    {
        m_path = path;
        return readRows(node);
    }

    Block read(const Node& node, const std::string& path)
    {
        m_path = path;
        Block block;
        block.isTrades = m_kind == Kind::Trades;
        checkVariants(node);
        readFrames(node, block);
        block.rows = readRows(node);
        Block asked; // where pages are asked for in another way, this way's words are checked all the same
        readRange(node, asked);
        readRange(pageNode(node), block);
        readPageSize(node, pageNode(node), block);
        if (block.isTrades && block.walk == Walk::Cursor
            && !block.rows.fields[static_cast<std::size_t>(Role::Id)].isSet())
            addProblem(m_problems, node, m_path + ".fields", "a walk by `cursor` goes on at a trade's `id`, which is missing");
        block.asked = readForms(node, Form::Asked, block);
        block.page = readForms(pageNode(node), Form::Page, block);
        checkRange(pageNode(node), block);
        if (const Node* oldest = node.find("oldest"); isMap(oldest))
            block.oldest = readForms(readdressed(node, *oldest), Form::Asked, block);
        const Node* page = node.find("page");
        if (isMap(page) && (page->find("rows") != nullptr || page->find("fields") != nullptr || page->find("scale") != nullptr))
            block.pageRows = readRows(pageNode(node));
        return block;
    }

private:
    enum class Form { Asked, Page };

    /// `page` and `oldest` say what differs of the block; what cannot differ must not stand there unnoticed.
    void checkVariants(const Node& node)
    {
        for (const std::string_view key : {"page", "oldest"}) {
            const Node* variant = node.find(key);
            const std::string at = m_path + "." + std::string(key);
            if (variant == nullptr || variant->isNull())
                continue;
            if (!isMap(variant))
                addProblem(m_problems, *variant, at, "a map with what differs is expected");
            refuseKeys(*variant,
                {"frames", "anchors", "volume_unit", "page", "oldest", "snapshot", "amount_unit", "value_unit",
                    "sides", "percent", "absent"},
                at, "it holds for the whole block", m_problems);
            if (key == "oldest")
                refuseKeys(*variant, {"rows", "fields", "scale"}, at, "the oldest bar is read as all others", m_problems);
        }
    }

    /// An address of its own replaces the endpoints.
    static Node readdressed(const Node& node, const Node& over)
    {
        Node base = without(node, {"page", "oldest"});
        if (over.find("url") != nullptr || over.find("path") != nullptr)
            base = without(base, {"endpoints", over.find("url") != nullptr ? "path" : "url"});
        return overlaid(std::move(base), over);
    }

    static Node pageNode(const Node& node)
    {
        const Node* page = node.find("page");
        return isMap(page) ? readdressed(node, *page) : without(node, {"page", "oldest"});
    }

    std::vector<RequestForm> readForms(const Node& node, Form kind, const Block& block)
    {
        std::vector<RequestForm> forms;
        const Node base = without(node, {"page", "oldest", "endpoints"});
        MapReader whole(&node, m_path, m_problems);
        const std::vector<Node>& endpoints = whole.readList("endpoints", "a list of maps with what differs");
        if (endpoints.empty()) {
            forms.push_back(readForm(base, kind, block));
            return forms;
        }
        for (const Node& endpoint : endpoints) {
            if (isMap(&endpoint))
                forms.push_back(readForm(overlaid(base, endpoint), kind, block));
            else
                addProblem(m_problems, endpoint, m_path + ".endpoints", "a map with what differs is expected");
            refuseKeys(endpoint, blockKeys, m_path + ".endpoints", "endpoints differ in their request alone", m_problems);
        }
        return forms;
    }

    RequestForm readForm(const Node& node, Form kind, const Block& block)
    {
        MapReader reader(&node, m_path, m_problems);
        for (const auto key : blockKeys)
            if (isKeyOf(m_kind, key))
                reader.node(key);
        RequestReader requests(m_tables, m_baseUrl, m_problems);
        requests.setFrameParts(frameParts(block));
        RequestForm form = requests.read(reader, kind == Form::Page);
        reader.finish();
        checkNamed(node, form, block);
        return form;
    }

    static bool isKeyOf(Kind kind, std::string_view key)
    {
        if (key == "snapshot" || key == "value_unit" || key == "sides")
            return kind == Kind::OpenInterest;
        if (key == "amount_unit")
            return factsOf(kind).hasUnit;
        return (key != "percent" && key != "absent") || isMetric(kind);
    }

    static std::vector<std::string> frameParts(const Block& block)
    {
        std::vector<std::string> names;
        for (const auto& [frame, word] : block.frames)
            for (const auto& [name, text] : word.parts)
                if (std::find(names.begin(), names.end(), name) == names.end())
                    names.push_back(name);
        return names;
    }

    /// Different words for the timeframes that the request serves.
    static std::size_t wordCount(const RequestForm& form, const Block& block)
    {
        std::vector<std::string> words;
        for (const auto& [frame, word] : block.frames) {
            const auto& served = form.when.frames;
            const bool isServed = served.empty() || std::find(served.begin(), served.end(), frame) != served.end();
            const std::string text = word.parts.empty() ? word.text : word.parts.front().second;
            if (isServed && std::find(words.begin(), words.end(), text) == words.end())
                words.push_back(text);
        }
        return words.size();
    }

    using Names = std::initializer_list<std::string_view>;

    static bool namesAny(const RequestForm& form, Names wanted)
    {
        const auto names = placeholdersOf(form);
        return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
            return std::find(wanted.begin(), wanted.end(), name.substr(0, name.find('.'))) != wanted.end();
        });
    }

    void sayUnnamed(const Node& node, const std::string& what)
    {
        const Node* body = node.find("body");
        const Node* params = body != nullptr && !body->isNull() ? body : node.find("params");
        addProblem(m_problems, params != nullptr && !params->isNull() ? *params : node, m_path + ".params", "nothing in the request names " + what);
    }

    /// A request that does not say what it asks for would bring the same rows for everything.
    void checkNamed(const Node& node, const RequestForm& form, const Block& block)
    {
        if (form.pathText.empty()) // there is no address; that was said
            return;
        if (!namesAny(form, {"symbol", "base", "quote", "settle", "base_id", "quote_id", "settle_id"}))
            sayUnnamed(node, "the instrument: use {symbol}, or {base} and {quote}");
        if (wordCount(form, block) > 1 && !namesAny(form, {"frame"}))
            sayUnnamed(node, "the timeframe: use {frame}");
    }

    /// At least one address: others may serve the newest rows alone.
    void checkRange(const Node& node, const Block& block)
    {
        const auto someName = [&](Names wanted) {
            return std::any_of(block.page.begin(), block.page.end(),
                [&](const RequestForm& form) { return form.pathText.empty() || namesAny(form, wanted); });
        };
        if (block.walk == Walk::Pages && !someName({"start", "end"}))
            sayUnnamed(node, "the range of a page: use {start} or {end}, or `style: recent-only`");
        if (block.walk == Walk::Cursor && !someName({"cursor"}))
            sayUnnamed(node, "the next page: use {cursor}");
        if (block.walk == Walk::Cursor && !block.isTrades && block.rows.cursor.empty() && (!block.pageRows || block.pageRows->cursor.empty()))
            addProblem(m_problems, node, m_path + ".rows.cursor", "`rows.cursor` is missing: where the answer names the next page");
    }

    void readFrames(const Node& node, Block& block)
    {
        const Node* frames = node.find("frames");
        if (block.isTrades && frames == nullptr) {
            for (const Timeframe frame : Timeframe::all())
                if (frame.length() <= std::chrono::days{1})
                    block.frames[frame]; // longer bars take more trades than anybody wants to walk
            return;
        }
        if (!isMap(frames))
            return addProblem(m_problems, frames != nullptr ? *frames : node, m_path + ".frames",
                "`frames` is missing: a map of our timeframes to the venue's words");
        for (const auto& [name, value] : frames->map) {
            const std::string at = m_path + ".frames";
            const auto frame = readTimeframe(name, value.mark, at, m_problems);
            if (value.isNull())
                continue;
            FrameWord word;
            if (value.type == Node::Type::Map)
                for (const auto& [part, text] : readTable(value, at + "." + name, m_problems))
                    word.parts.emplace_back(part, text);
            else if (value.type == Node::Type::Scalar) // may be "": the venue has no word for it
                word.text = value.scalar;
            else
                addProblem(m_problems, value, at + "." + name, "the venue's word for this timeframe is expected");
            if (frame)
                block.frames[*frame] = std::move(word);
        }
        checkParts(*frames, block);
        if (block.frames.empty())
            addProblem(m_problems, *frames, m_path + ".frames", "at least one timeframe is needed");
        MapReader(&node, m_path, m_problems).readEach("anchors", [&](const std::string& name, const Node& value, const std::string& at) {
            if (value.isNull())
                return;
            if (const auto frame = readTimeframe(name, value.mark, at, m_problems))
                block.anchors[*frame] = readAnchor(value);
        });
    }

    /// A timeframe that lacks a part would be asked for without it.
    void checkParts(const Node& frames, const Block& block)
    {
        const std::vector<std::string> wanted = frameParts(block);
        for (const auto& [name, value] : frames.map)
            for (const std::string& part : value.isNull() ? std::vector<std::string>{} : wanted)
                if (value.find(part) == nullptr)
                    addProblem(m_problems, value, m_path + ".frames." + name, "the part `" + part + "` of the other timeframes is missing");
    }

    milliseconds readAnchor(const Node& value)
    {
        // 1970-01-01 was a Thursday.
        static const std::vector<std::string> words{
            "thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday"};
        const auto day = std::find(words.begin(), words.end(), value.scalar);
        if (day != words.end())
            return std::chrono::days{day - words.begin()};
        if (value.scalar == "epoch")
            return milliseconds{0};
        const bool negative = value.scalar.starts_with('-');
        if (const auto length = parseDuration(std::string_view(value.scalar).substr(negative ? 1 : 0)))
            return negative ? -*length : *length;
        addProblem(m_problems, value, m_path + ".anchors", "a weekday, epoch, or a length of time like -8h is expected",
            nearestOf(value.scalar, words));
        return milliseconds{0};
    }

    void readPageSize(const Node& whole, const Node& node, Block& block)
    {
        int limitMax = 0;
        Problems again; // readForm reports what is wrong with this map
        MapReader reader(&node, m_path, again);
        reader.readMap("limit", [&](MapReader& limit) { limit.read("max", limitMax, 1, mostRows); });
        if (block.maxRows == 0)
            block.maxRows = limitMax;
        if (block.maxRows == 0)
            addProblem(m_problems, whole, m_path + ".limit",
                "`limit.max` or `range.max_rows` is needed to cut a range into pages");
        if (const Node* range = node.find("range"); range == nullptr || range->isNull())
            addProblem(m_problems, whole, m_path + ".range", "`range` is missing: how a range of time is asked for");
        MapReader unit(&node, m_path, m_problems);
        if (factsOf(m_kind).hasUnit)
            block.interest = readInterestUnits(unit, m_kind);
        if (isMetric(m_kind)) {
            block.fullAnswer = limitMax;
            unit.readEnum("absent", block.isAbsenceTold, {{"none", true}, {"unknown", false}});
        }
        unit.readEnum("volume_unit", block.volumeUnit,
            {{"base", VolumeUnit::Base}, {"quote", VolumeUnit::Quote}, {"contracts", VolumeUnit::Contracts}});
    }

    void readRange(const Node& node, Block& block)
    {
        Style style = Style::Window;
        MapReader own(node.find("range"), m_path + ".range", m_problems);
        own.readEnum("style", style, styleWords());
        std::string keeps = style == Style::BeforeEnd ? "newest" : "oldest";
        own.readEnum<std::string>("keeps", keeps, {{"newest", "newest"}, {"oldest", "oldest"}});
        own.read("max_rows", block.maxRows, 1, mostRows);
        block.maxSpan = readLength(own, "max_span");
        readRetention(own, block);
        readRetentionRows(own, block);
        own.read("includes_open_candle", block.includesOpenCandle);
        own.read("counting_ids", block.hasCountingIds);
        block.delay = readLength(own, "delay").value_or(milliseconds{0});
        if (isMetric(m_kind))
            block.longestPause = readLength(own, "events").value_or(milliseconds{0});
        else if (own.has("events"))
            own.problem("events", "candles and trades are no such events");
        block.keepsNewest = keeps == "newest";
        block.isBucketed = style == Style::CalendarBucket;
        block.walk = style == Style::RecentOnly ? Walk::Recent : style == Style::Cursor ? Walk::Cursor : Walk::Pages;
    }

    /// 1440, or {1m: 1500} where it differs by frame.
    void readRetentionRows(MapReader& range, Block& block)
    {
        const Node* node = range.node("retention_rows");
        if (!isMap(node)) {
            if (range.has("retention_rows"))
                range.read("retention_rows", block.retentionRows.emplace(0), 1, mostRows);
            return;
        }
        range.readMap("retention_rows", [&](MapReader& rows) {
            for (const auto& [name, value] : node->map) {
                const auto frame = readTimeframe(name, value.mark, rows.path(), m_problems);
                if (frame && !value.isNull())
                    rows.read(name, block.retentionRowsOf[*frame], 1, mostRows);
            }
            rows.finish();
        });
    }

    /// 30d, or {1m: 365d} where it differs by frame.
    void readRetention(MapReader& range, Block& block)
    {
        const Node* node = range.node("retention_age");
        if (!isMap(node)) {
            block.retentionAge = readLength(range, "retention_age");
            return;
        }
        range.readMap("retention_age", [&](MapReader& ages) {
            for (const auto& [name, value] : node->map)
                if (const auto frame = readTimeframe(name, value.mark, ages.path(), m_problems))
                    if (const auto age = readLength(ages, name))
                        block.retentionAges[*frame] = *age;
            ages.finish();
        });
    }

    std::optional<milliseconds> readLength(MapReader& reader, std::string_view key)
    {
        if (!reader.has(key))
            return std::nullopt;
        milliseconds length{0};
        reader.read(key, length, milliseconds{1000}, milliseconds{std::chrono::hours{24 * 36'500}});
        return length.count() > 0 ? std::optional(length) : std::nullopt;
    }

    RowsForm readRows(const Node& node)
    {
        RowsForm form;
        form.tells = m_kind;
        MapReader rows(node.find("rows"), m_path + ".rows", m_problems);
        if (const Node* path = rows.node("path")) {
            form.path = readPath(*path, m_path + ".rows.path", m_tables, m_problems);
            checkChoices(form.path, *path);
        }
        rows.readEnum("kind", form.kind,
            {{"arrays", RowsKind::Arrays}, {"objects", RowsKind::Objects}, {"columns", RowsKind::Columns}});
        rows.read("width", form.width, 1, 100);
        std::string order; // said for readers of the description; rows are sorted whatever it says
        rows.readEnum<std::string>("order", order, {{"asc", "asc"}, {"desc", "desc"}});
        form.isNewestFirst = order == "desc";
        rows.read("text", form.isText);
        if (const Node* empty = rows.node("empty"))
            readEmpty(*empty, form);
        if (const Node* cursor = rows.node("cursor"))
            form.cursor = readPath(*cursor, m_path + ".rows.cursor", m_tables, m_problems);
        rows.finish();
        readFields(node, form);
        readPercents(node, form);
        readScales(node, form);
        return form;
    }

    /// A row is read once: what is looked for in the chosen element must be told with the choice.
    void checkChoices(const Path& path, const Node& node)
    {
        for (std::size_t i = 0; i < path.size(); ++i)
            if (path[i].kind == PathStep::Kind::Select && (i + 1 == path.size() || path[i + 1].kind != PathStep::Kind::Key))
                addProblem(m_problems, node, m_path + ".rows.path", "after `name=word` the key of the rows is expected");
    }

    void readEmpty(const Node& node, RowsForm& form)
    {
        for (const std::string& word : readWords(node, m_path + ".rows.empty", m_problems)) {
            if (word == "body")
                form.emptyBody = true;
            else if (word == "null")
                form.nullRows = true;
            else if (word == "missing")
                form.missingRows = true;
            else if (word == "row")
                form.emptyRows = true;
            else
                addProblem(m_problems, node, m_path + ".rows.empty", "'" + word + "' is none of body, null, missing, row",
                    nearestOf(word, {"body", "null", "missing", "row"}));
        }
    }

    void readFields(const Node& node, RowsForm& form)
    {
        if (const Node* said = node.find("fields"); said == nullptr || said->isNull())
            return addProblem(m_problems, node, m_path + ".fields", "`fields` is missing: which column or key is what");
        MapReader fields(node.find("fields"), m_path + ".fields", m_problems);
        if (const Node* time = fields.node("time"); time != nullptr && !time->isNull())
            readTimeField(*time, form);
        else
            fields.problem("time", "`time` is missing");
        for (const auto& [name, role] : roleWords(m_kind)) {
            const Node* field = fields.node(name);
            if (field != nullptr && !field->isNull())
                form.fields[static_cast<std::size_t>(role)] = readField(*field, form, name);
        }
        if (const Node* closed = fields.node("closed"); closed != nullptr && !closed->isNull())
            readClosed(*closed, form);
        if (const Node* end = m_kind == Kind::Candles ? fields.node("close_time") : nullptr; end != nullptr && !end->isNull())
            readCloseTime(*end, form);
        const auto has = [&](Role role) { return form.fields[static_cast<std::size_t>(role)].isSet(); };
        if (m_kind == Kind::Candles) {
            for (const auto& [name, role] : roleWords(m_kind))
                if (!has(role) && role != Role::QuoteVolume && role != Role::Trades)
                    fields.problem(name, "`" + name + "` is missing");
        } else if (m_kind == Kind::Trades) {
            for (const auto& [name, role] : roleWords(m_kind))
                if (!has(role) && role != Role::Id)
                    fields.problem(name, "`" + name + "` is missing");
        } else {
            checkNumbers(fields, form);
        }
        for (std::size_t a = 0; a < roleCount; ++a)
            for (std::size_t b = 0; b < a; ++b)
                if (form.fields[a].isSet() && form.fields[a] == form.fields[b])
                    fields.problem(roleName(m_kind, static_cast<Role>(a)),
                        "two fields are read from "
                            + (form.fields[a].key.empty() ? "column " + std::to_string(form.fields[a].column)
                                                          : "'" + form.fields[a].key + "'"));
        fields.finish();
    }

    void checkNumbers(MapReader& fields, const RowsForm& form)
    {
        const auto words = roleWords(m_kind);
        if (std::ranges::any_of(words, [&](const auto& word) { return form.fields[static_cast<std::size_t>(word.second)].isSet(); }))
            return;
        std::string names;
        for (const auto& [name, role] : words)
            names += (names.empty() ? "`" : name == words.back().first ? " or `" : ", `") + name + "`";
        fields.problem(words.front().first, names + " is missing");
    }

    /// The fields that are told in percent.
    void readPercents(const Node& node, RowsForm& form)
    {
        const Node* said = isMetric(m_kind) ? node.find("percent") : nullptr;
        if (said == nullptr || said->isNull())
            return;
        const auto words = roleWords(m_kind);
        for (const std::string& name : readWords(*said, m_path + ".percent", m_problems)) {
            const auto word = std::ranges::find(words, name, &std::pair<std::string, Role>::first);
            if (word != words.end())
                form.percents |= 1U << static_cast<unsigned>(word->second);
            else
                addProblem(m_problems, *said, m_path + ".percent", "'" + name + "' is none of its fields");
        }
    }

    /// 5 (a column) or "volume" (a key); of columns also "data.3" (an element of each of its lists).
    FieldRef readField(const Node& node, const RowsForm& form, const std::string& name)
    {
        FieldRef field;
        const std::string at = m_path + ".fields." + name;
        if (node.type != Node::Type::Scalar || node.scalar.empty() || node.scalar.size() > 60) {
            addProblem(m_problems, node, at, "a column's number or a key is expected");
        } else if (form.kind == RowsKind::Arrays) {
            if (std::all_of(node.scalar.begin(), node.scalar.end(), [](char c) { return c >= '0' && c <= '9'; })
                && node.scalar.size() < 3)
                field.column = std::stoi(node.scalar);
            else
                addProblem(m_problems, node, at,
                    "rows are arrays unless `rows.kind` says objects or columns: a column's number from 0 to 99 is expected");
        } else {
            field.key = node.scalar;
            if (form.kind == RowsKind::Columns)
                splitElement(field);
        }
        return field;
    }

    static void splitElement(FieldRef& field)
    {
        const std::size_t dot = field.key.rfind('.');
        const std::string number = dot == std::string::npos ? std::string() : field.key.substr(dot + 1);
        if (dot == 0 || number.empty() || number.size() > 2 || number.find_first_not_of("0123456789") != std::string::npos)
            return;
        field.element = std::stoi(number);
        field.key.resize(dot);
    }

    /// [0, ms] or {at: 0, unit: ms, of: close, floor: true}.
    void readTimeField(const Node& node, RowsForm& form)
    {
        FieldRef& field = form.fields[static_cast<std::size_t>(Role::Time)];
        if (node.type == Node::Type::List && node.list.size() == 2) {
            field = readField(node.list[0], form, "time");
            form.timeUnit =
                readUnit(node.list[1], m_path + ".fields.time", m_problems).value_or(TimeUnit::Milliseconds);
            return;
        }
        if (node.type != Node::Type::Map)
            return addProblem(m_problems, node, m_path + ".fields.time", "[column or key, unit] is expected, as in [0, ms]");
        MapReader time(&node, m_path + ".fields.time", m_problems);
        if (const Node* at = time.node("at"))
            field = readField(*at, form, "time");
        else
            time.problem("at", "`at` is missing: the column or key of the time");
        if (const Node* unit = time.node("unit"))
            form.timeUnit = readUnit(*unit, m_path + ".fields.time.unit", m_problems).value_or(TimeUnit::Milliseconds);
        std::string of = "open";
        time.readEnum<std::string>("of", of, {{"open", "open"}, {"close", "close"}});
        form.isCloseTime = of == "close";
        time.read("floor", form.isFloored);
        time.finish();
    }

    /// [6, ms]
    void readCloseTime(const Node& node, RowsForm& form)
    {
        if (node.type != Node::Type::List || node.list.size() != 2)
            return addProblem(
                m_problems, node, m_path + ".fields.close_time", "[column or key, unit] is expected, as in [6, ms]");
        form.fields[static_cast<std::size_t>(Role::CloseTime)] = readField(node.list[0], form, "close_time");
        form.closeUnit =
            readUnit(node.list[1], m_path + ".fields.close_time", m_problems).value_or(TimeUnit::Milliseconds);
    }

    /// {at: 8, is: "1"}.
    void readClosed(const Node& node, RowsForm& form)
    {
        MapReader closed(&node, m_path + ".fields.closed", m_problems);
        if (const Node* at = closed.node("at"))
            form.fields[static_cast<std::size_t>(Role::Closed)] = readField(*at, form, "closed");
        else
            closed.problem("at", "`at` (column or key) and `is` (the word of a closed bar) are needed");
        closed.read("is", form.closedWords);
        if (form.closedWords.empty())
            closed.problem("is", "`is` is missing: what the field says of a closed bar");
        closed.finish();
    }

    void readScales(const Node& node, RowsForm& form)
    {
        MapReader scales(node.find("scale"), m_path + ".scale", m_problems);
        const auto read = [&](std::string_view key, Scale& scale) {
            const Node* value = scales.node(key);
            if (value == nullptr || value->isNull())
                return;
            if (value->scalar == "price_scale") {
                scale.from = Scale::From::PriceScale;
            } else if (value->scalar == "value_scale") {
                scale.from = Scale::From::ValueScale;
            } else if (value->type == Node::Type::Scalar && value->scalar.find_first_not_of("0123456789-") != std::string::npos) {
                scales.problem(key, "expected price_scale, value_scale or a number of digits, found '" + value->scalar + "'",
                    nearestOf(value->scalar, {"price_scale", "value_scale"}));
            } else {
                scale.from = Scale::From::Fixed;
                scales.read(key, scale.digits, 1, 40);
            }
        };
        read("price", form.priceScale);
        read("volume", form.volumeScale);
        scales.finish();
    }

    Kind m_kind;
    const Tables& m_tables;
    const std::string& m_baseUrl;
    Problems& m_problems;
    std::string m_path;
};

} // namespace

Block readBlock(const Node& node, const std::string& path, Kind kind, const Tables& tables, const std::string& baseUrl,
    Problems& problems)
{
    return BlockReader(kind, tables, baseUrl, problems).read(node, path);
}

RowsForm readRowsForm(
    const Node& node, const std::string& path, Kind kind, const Tables& tables, Problems& problems)
{
    return BlockReader(kind, tables, {}, problems).readForm(node, path);
}

} // namespace mnemo::description
