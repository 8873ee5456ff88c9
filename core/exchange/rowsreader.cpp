#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include <simdjson.h>

#include "core/exchange/answer.h"
#include "core/exchange/numbertext.h"
#include "core/exchange/requestbuilder.h"

namespace mnemo::description {

namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

constexpr std::array<std::string_view, static_cast<std::size_t>(Role::Number)> roleNames{
    "time", "open", "high", "low", "close", "volume", "quote volume", "trades", "closed", "id", "close time", "name"};

constexpr std::size_t at(Role role)
{
    return static_cast<std::size_t>(role);
}

constexpr std::uint32_t bit(std::size_t role)
{
    return 1U << role;
}

constexpr bool isPrice(std::size_t role)
{
    return role >= at(Role::Open) && role <= at(Role::Close);
}

constexpr bool mayBeAbsent(std::size_t role)
{
    return role == at(Role::QuoteVolume) || role == at(Role::Trades) || role >= at(Role::Closed);
}

bool isBlank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// A scalar's text without quotes. Escapes cannot occur in numbers and times, so they need no decoding.
std::string_view unquoted(std::string_view token)
{
    while (!token.empty() && isBlank(token.back()))
        token.remove_suffix(1);
    if (token.size() >= 2 && token.front() == '"' && token.back() == '"')
        return token.substr(1, token.size() - 2);
    return token;
}

bool readMilliseconds(std::string_view text, std::int64_t& value)
{
    const char* last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(text.data(), last, value);
    return ec == std::errc{} && end == last && value >= 0 && value <= 253'402'300'799'999;
}

/// The tokens of one row, by role.
struct RawRow {
    std::int64_t time = 0;
    std::int64_t closeTime = 0; // only where has() says so
    std::array<double, roleCount> values; // only where has() says so
    std::uint32_t given = 0;
    bool isRunning = false;
    bool isEmpty = false; ///< nothing traded
    std::string_view id, name; ///< in the body
    bool has(Role role) const { return (given & bit(at(role))) != 0; }
};

template <class OnRow>
class RowsReader {
public:
    RowsReader(const RowsForm& form, const AnswerContext& context, OnRow& onRow)
        : m_form(form)
        , m_context(context)
        , m_onRow(onRow)
    {
        m_columnRoles.fill(-1);
        for (std::size_t role = 0; role < roleCount; ++role) {
            const FieldRef& field = form.fields[role];
            if (field.column >= 0) {
                m_columnRoles[static_cast<std::size_t>(field.column)] = static_cast<int>(role);
                m_lastColumn = std::max(m_lastColumn, field.column);
            }
            if (!field.key.empty())
                m_keys.push_back({field.key, role, field.element});
            if (field.isSet() && !mayBeAbsent(role))
                m_required |= bit(role);
        }
    }

    /// Empty where all went well.
    std::string run(std::string_view body, std::string& cursor)
    {
        if (auto problem = scaleProblem(); !problem.empty())
            return problem;
        body = trimmed(body);
        if (m_form.isText && body.starts_with('"')) {
            const auto text = nlohmann::json::parse(body, nullptr, false);
            if (!text.is_string())
                return "is not valid JSON: a text does not end";
            m_text = text.get<std::string>();
            body = trimmed(m_text);
        }
        if (body.empty())
            return m_form.emptyBody ? std::string() : "is empty";
        if (body.front() == '<')
            return "is HTML, not JSON (starts with " + beginning(body) + ")";
        if (body == "null" && m_form.nullRows && m_form.path.empty())
            return {};
        if (body.front() != '[' && body.front() != '{')
            return "is not the expected JSON (starts with " + beginning(body) + ")";
        const char end = body.front() == '[' ? ']' : '}';
        if (body.back() != end)
            return std::string("is not valid JSON: it does not end with '") + end + "'";
        return parse(body, cursor);
    }

private:
    struct Key {
        std::string_view name;
        std::size_t role;
        int element; ///< of the lists that a column holds; -1: it holds values
    };

    using Columns = std::array<std::vector<std::string_view>, roleCount>;

    std::string scaleProblem()
    {
        const auto digits = [&](const Scale& scale, int& target) {
            const std::optional<int> given = scale.from == Scale::From::PriceScale ? m_context.instrument.priceScale
                : scale.from == Scale::From::ValueScale                            ? m_context.instrument.valueScale
                                                                                   : std::optional(scale.digits);
            target = given.value_or(0);
            return given.has_value();
        };
        if (digits(m_form.priceScale, m_priceDigits) && digits(m_form.volumeScale, m_volumeDigits))
            return {};
        m_isMissingScale = true;
        return "holds integers that are scaled by the market; the market list is needed to read them";
    }

    std::string parse(std::string_view body, std::string& cursor)
    {
        m_start = body;
        static thread_local ondemand::parser parser;
        static thread_local std::string buffer;
        buffer.assign(body);
        buffer.append(simdjson::SIMDJSON_PADDING, '\0');
        ondemand::document document;
        if (const error_code error =
                parser.iterate(simdjson::padded_string_view(buffer.data(), body.size(), buffer.size())).get(document))
            return broken(error);
        std::string problem = readDocument(document);
        if (problem.empty() && !m_form.cursor.empty())
            cursor = readCursor(document);
        if (buffer.size() > 8'000'000) // one large answer must not keep its memory for good
            std::string().swap(buffer);
        return problem;
    }

    std::string readDocument(ondemand::document& document)
    {
        ondemand::value rows;
        std::size_t steps = 0;
        if (const error_code error = navigate(document, m_form.path, rows, &steps)) {
            if ((error == simdjson::NO_SUCH_FIELD || error == simdjson::INDEX_OUT_OF_BOUNDS) && m_form.missingRows
                && (steps + 1 == m_form.path.size() || m_form.path[steps].kind == PathStep::Kind::Select))
                return {};
            return error == simdjson::NO_SUCH_FIELD || error == simdjson::INDEX_OUT_OF_BOUNDS
                    || error == simdjson::INCORRECT_TYPE
                ? "has no rows at '" + pathText() + "'"
                : broken(error);
        }
        ondemand::json_type type{};
        if (const error_code error = rows.type().get(type))
            return broken(error);
        if (type == ondemand::json_type::null && m_form.nullRows)
            return {};
        if (m_form.isStream && isRow(rows, type))
            return readRow(rows);
        const bool wantsObject = m_form.kind == RowsKind::Columns;
        if (type != (wantsObject ? ondemand::json_type::object : ondemand::json_type::array))
            return "has no " + std::string(wantsObject ? "columns" : "list of rows")
                + (m_form.path.empty() ? std::string(" (starts with ") + beginning(m_start) + ")"
                                       : " at '" + pathText() + "'");
        std::string problem = wantsObject ? readColumns(rows) : readRows(rows);
        const char* place = nullptr; // out of bounds is the end; document.at_end() came with simdjson 3.1
        if (problem.empty() && m_form.path.empty() && document.current_location().get(place) != simdjson::OUT_OF_BOUNDS)
            problem = "is not valid JSON: text follows after its end";
        return problem;
    }

    /// What stands where rows are looked for is one.
    bool isRow(ondemand::value& rows, ondemand::json_type type) const
    {
        if (m_form.kind == RowsKind::Objects)
            return type == ondemand::json_type::object;
        if (m_form.kind != RowsKind::Arrays || type != ondemand::json_type::array)
            return false;
        const std::string_view bracket = rows.raw_json_token(); // with the blanks up to the next token, in one buffer
        return bracket.data()[bracket.size()] != '[' && bracket.data()[bracket.size()] != ']';
    }

    std::string readRow(ondemand::value& value)
    {
        RawRow row;
        std::string problem = m_form.kind == RowsKind::Arrays ? readArray(value, row) : readObject(value, row);
        if (problem.empty())
            finish(row, problem);
        return problem;
    }

    std::string readRows(ondemand::value& rows)
    {
        ondemand::array list;
        if (const error_code error = rows.get_array().get(list))
            return broken(error);
        for (auto element : list) {
            RawRow row;
            ondemand::value value;
            if (const error_code error = std::move(element).get(value))
                return broken(error);
            std::string problem = m_form.kind == RowsKind::Arrays ? readArray(value, row) : readObject(value, row);
            if (!problem.empty() || !finish(row, problem))
                return problem;
            ++m_row;
        }
        return {};
    }

    std::string readArray(ondemand::value& value, RawRow& row)
    {
        ondemand::array cells;
        if (const error_code error = value.get_array().get(cells))
            return error == simdjson::INCORRECT_TYPE ? rowName() + " is no list" : broken(error);
        int column = 0;
        for (auto element : cells) {
            if (column > m_lastColumn && m_form.width == 0)
                break;
            ondemand::value cell;
            if (const error_code error = std::move(element).get(cell))
                return broken(error);
            const int role = column <= m_lastColumn ? m_columnRoles[static_cast<std::size_t>(column)] : -1;
            if (role >= 0 && !store(static_cast<std::size_t>(role), cell.raw_json_token(), row))
                return m_problem;
            ++column;
        }
        if (m_form.width != 0 && column != m_form.width)
            return rowName() + " has " + std::to_string(column) + " columns, not " + std::to_string(m_form.width);
        return {};
    }

    std::string readObject(ondemand::value& value, RawRow& row)
    {
        ondemand::object object;
        if (const error_code error = value.get_object().get(object))
            return error == simdjson::INCORRECT_TYPE ? rowName() + " is no map" : broken(error);
        for (auto element : object) {
            ondemand::field field;
            if (const error_code error = std::move(element).get(field))
                return broken(error);
            const Key* key = keyOf(field.key());
            if (key != nullptr && !store(key->role, field.value().raw_json_token(), row))
                return m_problem;
        }
        return {};
    }

    /// All columns' tokens first: they stay valid as long as the buffer.
    std::string readColumns(ondemand::value& value)
    {
        Columns columns;
        std::array<bool, roleCount> has{};
        ondemand::object object;
        if (const error_code error = value.get_object().get(object))
            return broken(error);
        for (auto element : object) {
            ondemand::field field;
            if (const error_code error = std::move(element).get(field))
                return broken(error);
            const Key* key = keyOf(field.key());
            if (key == nullptr)
                continue;
            if (std::string problem = readColumn(field.value(), *key, columns, has); !problem.empty())
                return problem;
        }
        return rowsOf(columns, has);
    }

    /// @param first of the fields that are read from this column: several where it holds lists
    std::string readColumn(ondemand::value value, const Key& first, Columns& columns, std::array<bool, roleCount>& has)
    {
        const auto name = [&] { return "column '" + std::string(first.name) + "'"; };
        ondemand::array cells;
        if (const error_code error = value.get_array().get(cells))
            return error == simdjson::INCORRECT_TYPE ? name() + " is no list" : broken(error);
        for (const Key& key : m_keys)
            if (key.name == first.name) {
                has[key.role] = true;
                columns[key.role].clear();
            }
        for (auto cell : cells) {
            ondemand::value scalar;
            if (const error_code error = std::move(cell).get(scalar))
                return broken(error);
            if (first.element < 0) {
                columns[first.role].push_back(scalar.raw_json_token());
                continue;
            }
            ondemand::array list;
            if (const error_code error = scalar.get_array().get(list))
                return error == simdjson::INCORRECT_TYPE ? name() + " holds no lists" : broken(error);
            int element = 0;
            for (auto each : list) {
                if (const error_code error = std::move(each).get(scalar))
                    return broken(error);
                for (const Key& key : m_keys)
                    if (key.name == first.name && key.element == element)
                        columns[key.role].push_back(scalar.raw_json_token());
                ++element;
            }
        }
        return {};
    }

    std::string rowsOf(const Columns& columns, const std::array<bool, roleCount>& has)
    {
        const std::size_t count = columns[at(Role::Time)].size();
        for (const Key& key : m_keys) {
            if (!has[key.role] && mayBeAbsent(key.role))
                continue;
            if (!has[key.role])
                return "has no column '" + std::string(key.name) + "' (" + roleName(key.role) + ")";
            if (columns[key.role].size() != count)
                return "has " + std::to_string(columns[key.role].size()) + " values in column '" + std::string(key.name)
                    + "' for " + std::to_string(count) + " times";
        }
        for (; m_row < count; ++m_row) {
            RawRow row;
            for (const Key& key : m_keys)
                if (has[key.role] && !store(key.role, columns[key.role][m_row], row))
                    return m_problem;
            std::string problem;
            if (!finish(row, problem))
                return problem;
        }
        return {};
    }

    const Key* keyOf(const ondemand::raw_json_string& text) const
    {
        for (const Key& key : m_keys)
            if (std::strncmp(text.raw(), key.name.data(), key.name.size()) == 0 && text.raw()[key.name.size()] == '"')
                return &key;
        return nullptr;
    }

    bool store(std::size_t role, std::string_view token, RawRow& row)
    {
        const std::string_view text = unquoted(token);
        if (role == at(Role::Time)) {
            if (!readOpenTime(text, row.time))
                return refuse(role, text, "is not a time");
        } else if (role == at(Role::Closed)) {
            row.isRunning = !matches(text, m_form.closedWords);
        } else if (role == at(Role::Id)) {
            row.id = text == "null" ? std::string_view() : text;
        } else if (role == at(Role::Name)) {
            row.name = text;
        } else if (role == at(Role::CloseTime)) { // says something about the row, and is no part of it
            const auto time = readTime(text, m_form.closeUnit);
            if (!time)
                return true;
            row.closeTime = *time;
        } else if (mayBeAbsent(role) && (text.empty() || text == "null")) {
            return true;
        } else if (m_form.emptyRows && isPrice(role) && text == "null") {
            row.isEmpty = true;
        } else if (!readValue(role, text, row.values[role])) {
            return refuse(role, text, "is not a number");
        }
        row.given |= bit(role);
        return true;
    }

    bool readValue(std::size_t role, std::string_view text, double& value) const
    {
        const int digits = isPrice(role) ? m_priceDigits
            : role == at(Role::Volume)   ? m_volumeDigits
            : (m_form.percents & bit(role)) != 0 ? 2
                                                 : 0;
        return digits == 0 ? readNumber(text, value) : readScaled(text, digits, value);
    }

    bool readOpenTime(std::string_view text, std::int64_t& time) const
    {
        if (m_form.timeUnit == TimeUnit::Milliseconds && readMilliseconds(text, time)) {
        } else if (const auto read = readTime(text, m_form.timeUnit)) {
            time = *read;
        } else {
            return false;
        }
        if (m_form.isCloseTime)
            time = toMs(m_context.grid.floor(fromMs(time - 1)));
        else if (m_form.isFloored)
            time = toMs(m_context.grid.floor(fromMs(time)));
        return true;
    }

    bool refuse(std::size_t role, std::string_view text, std::string_view why)
    {
        m_problem = rowName() + ", " + fieldName(role) + ": "
            + (text == "null" ? std::string("null") : "'" + std::string(text.substr(0, 40)) + "'") + " "
            + std::string(why);
        return false;
    }

    bool finish(const RawRow& row, std::string& problem)
    {
        if (!m_context.rowName.empty() && row.has(Role::Name) && row.name != m_context.rowName)
            return true;
        const std::uint32_t missing = m_required & ~row.given;
        if (missing == 0) {
            if (!row.isEmpty)
                m_onRow(row);
            return true;
        }
        problem = rowName() + " has no " + fieldName(static_cast<std::size_t>(std::countr_zero(missing)));
        return false;
    }

    /// @param steps how many steps of the path were found
    error_code navigate(
        ondemand::document& document, const Path& path, ondemand::value& out, std::size_t* steps = nullptr) const
    {
        if (const error_code error = document.get_value().get(out))
            return error;
        for (std::size_t step = 0; step < path.size(); ++step) {
            const bool isChoice = path[step].kind == PathStep::Kind::Select && step + 1 < path.size();
            if (const error_code error = isChoice ? choose(path[step], path[step + 1].key, out) : descend(path[step], out))
                return error;
            step += isChoice ? 1 : 0;
            if (steps != nullptr)
                *steps = step + 1;
        }
        return simdjson::SUCCESS;
    }

    /// The member @p key of the first element of a list that is the one meant.
    error_code choose(const PathStep& step, const std::string& key, ondemand::value& out) const
    {
        const std::string wanted = step.word.empty()
            ? step.text.text(instrumentValues(m_context.venue, m_context.instrument)).value_or(std::string())
            : step.word;
        ondemand::array list;
        if (const error_code error = out.get_array().get(list))
            return error;
        for (auto element : list) {
            ondemand::object object;
            if (const error_code error = std::move(element).get_object().get(object))
                return error;
            ondemand::value name;
            if (object.find_field_unordered(step.key).get(name) == simdjson::SUCCESS && unquoted(name.raw_json_token()) == wanted)
                return object.find_field_unordered(key).get(out);
        }
        return simdjson::NO_SUCH_FIELD;
    }

    error_code descend(const PathStep& step, ondemand::value& out) const
    {
        switch (step.kind) {
        case PathStep::Kind::Index: {
            ondemand::array list;
            const error_code error = out.get_array().get(list);
            return error != simdjson::SUCCESS ? error : list.at(step.index).get(out);
        }
        case PathStep::Kind::Any:
            return descendToAny(out);
        case PathStep::Kind::Key:
        case PathStep::Kind::Template:
        case PathStep::Kind::Select:
            break;
        }
        const std::string key = step.kind == PathStep::Kind::Template
            ? step.text.text(instrumentValues(m_context.venue, m_context.instrument)).value_or(std::string())
            : step.key;
        ondemand::object object;
        const error_code error = out.get_object().get(object);
        return error != simdjson::SUCCESS ? error : object.find_field_unordered(key).get(out);
    }

    static error_code descendToAny(ondemand::value& out)
    {
        ondemand::object object;
        if (const error_code error = out.get_object().get(object))
            return error;
        for (auto element : object) {
            ondemand::field field;
            if (const error_code error = std::move(element).get(field))
                return error;
            ondemand::json_type type{};
            if (const error_code error = field.value().type().get(type))
                return error;
            if (type != ondemand::json_type::array && type != ondemand::json_type::object)
                continue;
            out = field.value();
            return simdjson::SUCCESS;
        }
        return simdjson::NO_SUCH_FIELD;
    }

    std::string readCursor(ondemand::document& document) const
    {
        document.rewind();
        ondemand::value value;
        if (navigate(document, m_form.cursor, value) != simdjson::SUCCESS)
            return {};
        const std::string_view text = unquoted(value.raw_json_token());
        return text == "null" ? std::string() : std::string(text);
    }

    std::string broken(error_code error) const
    {
        return "is not valid JSON" + (m_row > 0 ? " at " + rowName() : std::string()) + ": "
            + simdjson::error_message(error);
    }

    std::string rowName() const { return "row " + std::to_string(m_row); }

    std::string fieldName(std::size_t role) const
    {
        const FieldRef& field = m_form.fields[role];
        const std::string element = field.element < 0 ? std::string() : "." + std::to_string(field.element);
        return (field.column >= 0 ? "column " + std::to_string(field.column) : "'" + field.key + element + "'") + " ("
            + roleName(role) + ")";
    }

    std::string roleName(std::size_t role) const
    {
        if (role >= at(Role::Number))
            return std::string(factsOf(m_form.tells).columns[role - at(Role::Number)].name);
        if (m_form.tells == Kind::Trades && (role == at(Role::Close) || role == at(Role::Volume)))
            return role == at(Role::Close) ? "price" : "amount";
        return std::string(roleNames[role]);
    }

    std::string pathText() const
    {
        std::string text;
        for (const PathStep& step : m_form.path)
            text += (text.empty() ? "" : ".") + step.key;
        return text;
    }

public:
    bool m_isMissingScale = false;

private:
    const RowsForm& m_form;
    const AnswerContext& m_context;
    OnRow& m_onRow;
    std::array<int, 100> m_columnRoles;
    int m_lastColumn = -1;
    std::vector<Key> m_keys;
    std::uint32_t m_required = 0;
    int m_priceDigits = 0, m_volumeDigits = 0;
    std::size_t m_row = 0;
    std::string m_problem;
    std::string m_text; ///< what a body of text says
    std::string_view m_start;
};

template <class OnRow>
std::optional<Error> readAll(
    const RowsForm& form, const AnswerContext& context, std::string_view body, std::string& cursor, OnRow onRow)
{
    RowsReader<OnRow> reader(form, context, onRow);
    const std::string problem = reader.run(body, cursor);
    if (problem.empty())
        return std::nullopt;
    return Error{
        reader.m_isMissingScale ? ErrorCode::InvalidArgument : ErrorCode::BadAnswer, context.sentence(problem)};
}

/// Ascending, one per time: of several the body's last; @p onRepeated is told of both.
template <class Row, class TimeOf, class OnRepeated>
void sortUnique(std::vector<Row>& rows, TimeOf timeOf, OnRepeated onRepeated)
{
    const auto earlier = [&](const Row& a, const Row& b) { return timeOf(a) < timeOf(b); };
    const auto isSorted = [&] {
        return std::adjacent_find(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
            return timeOf(a) >= timeOf(b);
        }) == rows.end();
    };
    if (isSorted())
        return;
    if (std::adjacent_find(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return timeOf(a) <= timeOf(b); })
        == rows.end()) {
        std::reverse(rows.begin(), rows.end());
        return;
    }
    std::stable_sort(rows.begin(), rows.end(), earlier);
    std::size_t kept = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        if (timeOf(rows[i]) != timeOf(rows[kept]))
            ++kept;
        else
            onRepeated(rows[kept], rows[i]);
        if (kept != i)
            rows[kept] = rows[i];
    }
    rows.resize(kept + 1);
}

} // namespace

std::string AnswerContext::sentence(std::string_view what) const
{
    const bool isPlace = what.starts_with("row ") || what.starts_with("column ");
    return venue.id + ": answer to " + request + (isPlace ? ": " : " ") + std::string(what);
}

std::string_view trimmed(std::string_view body)
{
    if (body.starts_with("\xEF\xBB\xBF"))
        body.remove_prefix(3);
    while (!body.empty() && isBlank(body.front()))
        body.remove_prefix(1);
    while (!body.empty() && isBlank(body.back()))
        body.remove_suffix(1);
    return body;
}

std::string beginning(std::string_view body)
{
    std::string text = "\"";
    for (const char c : body.substr(0, 40))
        text += c >= ' ' && c <= '~' && c != '"' ? c : c == '"' ? '\'' : ' ';
    return text + "\"";
}

/// The end of a bar is stated as its last moment or as the next one's open.
bool isCutShort(const RawRow& row, TimeUnit unit, const Grid& grid)
{
    const bool isFine = unit == TimeUnit::Milliseconds || unit == TimeUnit::Microseconds || unit == TimeUnit::Nanoseconds;
    const milliseconds last = isFine ? milliseconds {1} : std::chrono::seconds {1};
    return row.closeTime >= row.time && fromMs(row.closeTime) + last < grid.next(grid.floor(fromMs(row.time)));
}

namespace {

Candle candleOf(const RawRow& row)
{
    Candle candle;
    candle.openTime = fromMs(row.time);
    candle.open = row.values[at(Role::Open)];
    candle.high = row.values[at(Role::High)];
    candle.low = row.values[at(Role::Low)];
    candle.close = row.values[at(Role::Close)];
    candle.volume = row.values[at(Role::Volume)];
    if (row.has(Role::QuoteVolume))
        candle.quoteVolume = row.values[at(Role::QuoteVolume)];
    if (row.has(Role::Trades) && std::abs(row.values[at(Role::Trades)]) < 9e15)
        candle.trades = std::llround(row.values[at(Role::Trades)]);
    return candle;
}

} // namespace

Result<DecodedCandles> readCandles(const RowsForm& form, const AnswerContext& context, std::string_view body)
{
    DecodedCandles decoded;
    decoded.rows.reserve(body.size() / 96 + 1);
    const auto error = readAll(form, context, body, decoded.cursor, [&](const RawRow& row) {
        const Candle& candle = decoded.rows.emplace_back(candleOf(row));
        if (row.isRunning)
            decoded.running = std::max(decoded.running.value_or(candle.openTime), candle.openTime);
        if (row.has(Role::CloseTime) && isCutShort(row, form.closeUnit, context.grid))
            decoded.cutShort.push_back({candle.openTime, fromMs(row.closeTime)});
    });
    if (error)
        return fail(*error);
    sortUnique(
        decoded.rows, [](const Candle& row) { return row.openTime; },
        [&decoded](const Candle& dropped, const Candle& kept) { decoded.repeated.push_back({dropped, kept}); });
    std::ranges::stable_sort(decoded.cutShort, {}, &IrregularClose::openTime);
    return decoded;
}

Result<std::vector<StreamRow>> readStreamRows(
    const RowsForm& form, const AnswerContext& context, std::string_view body)
{
    std::vector<StreamRow> rows;
    std::string cursor;
    const auto error = readAll(form, context, body, cursor, [&](const RawRow& row) {
        rows.push_back({candleOf(row), row.has(Role::Closed) && !row.isRunning});
    });
    if (error)
        return fail(*error);
    return rows;
}

Result<DecodedTrades> readTrades(const RowsForm& form, const AnswerContext& context, std::string_view body)
{
    DecodedTrades decoded;
    std::vector<Trade>& rows = decoded.rows;
    std::unordered_set<std::string> ids;
    std::optional<std::string> impossible;
    std::string cursor;
    const auto error = readAll(form, context, body, cursor, [&](const RawRow& row) {
        const double price = row.values[at(Role::Close)];
        const double amount = row.values[at(Role::Volume)];
        if (!(price > 0 && amount >= 0) && !impossible)
            impossible = "row " + std::to_string(decoded.decodedRows) + ": a trade of " + std::to_string(amount) + " at "
                + std::to_string(price) + " cannot be";
        ++decoded.decodedRows;
        if (row.id.empty() || ids.emplace(row.id).second) // some list a trade once for either side
            rows.push_back({fromMs(row.time), price, amount, std::string(row.id)});
    });
    if (error)
        return fail(*error);
    if (impossible)
        return fail(ErrorCode::BadAnswer, context.sentence(*impossible));
    if (form.isNewestFirst)
        std::reverse(rows.begin(), rows.end());
    std::stable_sort(rows.begin(), rows.end(), [](const Trade& a, const Trade& b) { return a.time < b.time; });
    return decoded;
}

Result<std::vector<Metric>> readMetrics(const RowsForm& form, const AnswerContext& context, std::string_view body)
{
    std::vector<Metric> rows;
    std::string cursor;
    const std::size_t columns = factsOf(form.tells).columns.size();
    const auto error = readAll(form, context, body, cursor, [&](const RawRow& row) {
        Metric& read = rows.emplace_back();
        read.time = fromMs(row.time);
        for (std::size_t i = 0; i < columns; ++i)
            if (row.has(numberRole(i)))
                read.numbers[i] = row.values[at(numberRole(i))];
    });
    if (error)
        return fail(*error);
    sortUnique(rows, [](const Metric& row) { return row.time; }, [](const auto&, const auto&) {});
    return rows;
}

} // namespace mnemo::description
