#include "core/exchange/requestbuilder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/timetext.h"

namespace mnemo::description {

namespace {

constexpr std::int64_t dayMs = 86'400'000;

std::int64_t longestStep(Timeframe frame)
{
    return frame.isMonth() ? 31 * dayMs : frame.length().count();
}

TimeUnit startUnit(const RequestForm& form, Timeframe frame)
{
    const auto found = form.startUnits.find(frame);
    return found == form.startUnits.end() ? form.startUnit : found->second;
}

bool holds(const std::optional<Condition>& condition, const FormulaInput& input)
{
    return !condition || condition->holds(input);
}

bool names(const BodyTemplate& body, std::string_view placeholder)
{
    return body.text.names(placeholder) || std::any_of(body.members.begin(), body.members.end(), [&](const BodyTemplate& member) { return names(member, placeholder); });
}

bool names(const RequestForm& form, std::string_view placeholder)
{
    return form.path.names(placeholder) || (form.body && names(*form.body, placeholder))
        || std::any_of(form.params.begin(), form.params.end(), [&](const Param& param) { return param.value.names(placeholder); });
}

bool applies(const EndpointWhen& when, const FormulaInput& input, Timeframe frame, const std::string& quote)
{
    if (!holds(when.condition, input))
        return false;
    if (when.since && *when.since != input.since.has_value())
        return false;
    if (!when.frames.empty() && std::find(when.frames.begin(), when.frames.end(), frame) == when.frames.end())
        return false;
    if (!when.quotes.empty() && std::find(when.quotes.begin(), when.quotes.end(), quote) == when.quotes.end())
        return false;
    if (when.olderThanBars && !(input.since && *input.since < input.now - *when.olderThanBars * input.step))
        return false;
    const auto age = when.olderThan.find(frame);
    return when.olderThan.empty()
        || (age != when.olderThan.end() && input.since && *input.since < input.now - age->second.count());
}

/// A body's value: what is a number by nature stays one unless the template says otherwise.
nlohmann::ordered_json bodyValue(const Template& text, std::string value, const RequestForm& form, Timeframe frame)
{
    bool isNumber = text.type() == Template::Type::Integer;
    if (text.type() == Template::Type::Plain && text.isSinglePlaceholder()) {
        const std::string& name = text.name();
        isNumber = name == "limit" || name == "now" || (name == "start" && isNumeric(startUnit(form, frame)))
            || (name == "end" && isNumeric(form.endUnit));
    }
    if (isNumber) {
        auto number = nlohmann::ordered_json::parse(value, nullptr, false);
        if (number.is_number())
            return number;
    }
    return value;
}

/// Nothing where the template has no value: the member is left out.
std::optional<nlohmann::ordered_json> fill(const BodyTemplate& body, const TemplateValues& values,
    const FormulaInput& input, const RequestForm& form, Timeframe frame)
{
    using Json = nlohmann::ordered_json;
    if (!holds(body.when, input))
        return std::nullopt;
    switch (body.kind) {
    case BodyTemplate::Kind::Literal:
        return body.literal;
    case BodyTemplate::Kind::Text:
        if (auto text = body.text.text(values))
            return bodyValue(body.text, std::move(*text), form, frame);
        return std::nullopt;
    case BodyTemplate::Kind::Object:
    case BodyTemplate::Kind::List:
        break;
    }
    Json filled = body.kind == BodyTemplate::Kind::Object ? Json::object() : Json::array();
    for (std::size_t i = 0; i < body.members.size(); ++i) {
        auto value = fill(body.members[i], values, input, form, frame);
        if (!value)
            continue;
        if (body.kind == BodyTemplate::Kind::Object)
            filled[body.names[i]] = std::move(*value);
        else
            filled.push_back(std::move(*value));
    }
    return filled;
}

std::vector<Charge> charges(const std::vector<ChargeRule>& rules, std::optional<std::int64_t> rows)
{
    std::vector<Charge> result;
    for (const ChargeRule& rule : rules) {
        Charge charge{rule.budget, rule.weight};
        const double asked = static_cast<double>(rows.value_or(0));
        if (!rule.byLimit.empty()) {
            const auto tier =
                std::find_if(rule.byLimit.begin(), rule.byLimit.end(), [&](const auto& t) { return asked <= t.first; });
            charge.weight = tier == rule.byLimit.end() ? rule.byLimit.back().second : tier->second;
        }
        if (rule.perRows > 0)
            charge.weight += std::ceil(asked / rule.perRows);
        result.push_back(std::move(charge));
    }
    return result;
}

Result<VenueRequest> assemble(
    const RequestForm& form, TemplateValues values, const FormulaInput& input, Timeframe frame)
{
    VenueRequest request;
    const auto path = form.path.text(values, percentEncodedPath);
    if (!path)
        return fail(
            ErrorCode::InvalidArgument, "the address needs a value that was not given (symbol, timeframe or time)");
    request.http.method = form.method;
    request.http.url = form.origin + *path;
    char separator = request.http.url.find('?') == std::string::npos ? '?' : '&';
    for (const Param& param : form.params) {
        const auto value = holds(param.when, input) ? param.value.text(values) : std::nullopt;
        if (!value)
            continue;
        request.http.url += separator;
        request.http.url += percentEncoded(param.name) + "=" + percentEncoded(*value);
        separator = '&';
    }
    request.http.headers = form.headers;
    if (form.body)
        if (const auto body = fill(*form.body, values, input, form, frame))
            request.http.body = body->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    request.charges = charges(form.charges, input.n);
    return request;
}

Error unknownName(const Instrument& instrument)
{
    return {ErrorCode::InvalidArgument,
        "the exchange's own name of " + instrument.symbol
            + " is not known: load the market list or give --exchange-symbol"};
}

Result<VenueRequest> build(const VenueDescription& venue, const Block& block, const std::vector<RequestForm>& forms,
    const FetchArgs& args, FormulaInput input, std::string_view cursor)
{
    const auto form = std::find_if(forms.begin(), forms.end(), [&](const RequestForm& each) {
        FormulaInput with = input;
        with.n = value(each.rows, input);
        return applies(each.when, with, args.timeframe, args.instrument.quote);
    });
    if (form == forms.end())
        return fail(ErrorCode::Unsupported, venue.id + " has no endpoint for this timeframe and time");
    TemplateValues values = instrumentValues(venue, args.instrument);
    if (values.symbol.empty())
        return fail(unknownName(args.instrument));
    const FrameWord& word = block.frames.at(args.timeframe);
    values.frame = word.text;
    values.frameParts = &word.parts;
    input.n = value(form->rows, input);
    if (const auto sent = value(form->sentLimit, input))
        values.limit = std::to_string(*sent);
    input.start = value(form->start, input);
    if (input.start)
        values.start = timeText(*input.start, startUnit(*form, args.timeframe));
    if (const auto end = value(form->end, input))
        values.end = timeText(*end, form->endUnit);
    values.now = std::to_string(input.now);
    if (!cursor.empty())
        values.cursor = std::string(cursor);
    return assemble(*form, std::move(values), input, args.timeframe);
}

std::optional<std::int64_t> msOf(std::optional<UtcMs> time)
{
    return time ? std::optional(toMs(*time)) : std::nullopt;
}

} // namespace

Grid gridOf(const Block& block, Timeframe frame)
{
    const auto anchor = block.anchors.find(frame);
    return anchor == block.anchors.end() ? Grid(frame) : Grid(frame, anchor->second);
}

Bucket bucketOf(const Block& block, Timeframe frame)
{
    if (!block.isBucketed || block.page.empty())
        return Bucket::None;
    return startUnit(block.page.front(), frame) == TimeUnit::Yyyy ? Bucket::Year : Bucket::Day;
}

int pageRows(const Block& block, Timeframe frame)
{
    int rows = block.maxRows;
    if (block.maxSpan)
        rows = static_cast<int>(std::clamp<std::int64_t>(block.maxSpan->count() / longestStep(frame), 1, rows));
    const std::int64_t days = bucketOf(block, frame) == Bucket::Year ? 366 : 1;
    if (bucketOf(block, frame) != Bucket::None)
        rows = static_cast<int>(std::clamp<std::int64_t>((days * dayMs + askedStep(frame) - 1) / askedStep(frame), 1, rows));
    return rows;
}

std::optional<int> retentionRows(const Block& block, Timeframe frame)
{
    const auto own = block.retentionRowsOf.find(frame);
    return own == block.retentionRowsOf.end() ? block.retentionRows : std::optional(own->second);
}

bool statesBothEnds(const Block& block)
{
    return std::all_of(block.page.begin(), block.page.end(),
        [](const RequestForm& form) { return names(form, "start") && names(form, "end"); });
}

std::int64_t askedStep(Timeframe frame)
{
    return frame.isMonth() ? 30 * dayMs : frame.length().count();
}

TemplateValues instrumentValues(const VenueDescription& venue, const Instrument& instrument)
{
    const auto own = [&](const std::string& code) -> std::string_view {
        const auto found = venue.ownCodes.find(code);
        return found == venue.ownCodes.end() ? std::string_view(code) : std::string_view(found->second);
    };
    TemplateValues values;
    values.symbol = instrument.id;
    values.base = instrument.base;
    values.quote = instrument.quote;
    values.settle = instrument.settle;
    values.baseId = own(instrument.base);
    values.quoteId = own(instrument.quote);
    values.settleId = own(instrument.settle);
    values.market = toText(instrument.market);
    return values;
}

std::string idByTemplate(const VenueDescription& venue, const Instrument& instrument)
{
    const auto templates = venue.symbols.find(instrument.market);
    if (templates == venue.symbols.end())
        return {};
    if (const auto known = templates->second.known.find(instrument.symbol); known != templates->second.known.end())
        return known->second;
    const TemplateValues values = instrumentValues(venue, instrument);
    for (const Template& text : templates->second.ids)
        if (auto id = text.text(values))
            return std::move(*id);
    return {};
}

Result<VenueRequest> buildAsked(const VenueDescription& venue, const Block& block, const FetchArgs& args)
{
    if (args.limit && *args.limit < 1)
        return fail(ErrorCode::InvalidArgument, "limit must be at least 1, not " + std::to_string(*args.limit));
    if (args.since && args.until && *args.until < *args.since)
        return fail(ErrorCode::InvalidArgument,
            "the range is reversed: since " + formatIso(*args.since) + " lies after until " + formatIso(*args.until));
    const Grid grid = gridOf(block, args.timeframe);
    FormulaInput input;
    input.since = msOf(args.since);
    input.until = msOf(args.until);
    if (args.limit)
        input.limit = *args.limit;
    input.now = toMs(args.now);
    input.step = askedStep(args.timeframe);
    input.grid = &grid;
    return build(venue, block, block.asked, args, input, {});
}

Result<VenueRequest> buildPage(const VenueDescription& venue, const Block& block, const FetchArgs& args,
    const Grid& grid, TimeRange range, std::string_view cursor)
{
    if (range.isEmpty() || !grid.isOpen(range.from) || !grid.isOpen(range.to))
        return fail(ErrorCode::InvalidArgument,
            "a page must begin and end where a bar of " + std::string(args.timeframe.name())
                + " opens: " + formatIso(range.from) + " to " + formatIso(range.to));
    if (block.walk == Walk::Recent && grid.ceil(args.now) > range.to)
        range.to = grid.ceil(args.now); // these endpoints count back from now
    const std::int64_t bars = grid.count(range);
    const int most = pageRows(block, args.timeframe);
    const auto kept = retentionRows(block, args.timeframe);
    const bool isLatestOnly = block.walk == Walk::Recent || (kept && *kept <= most);
    if (bars > most && !isLatestOnly)
        return fail(ErrorCode::InvalidArgument,
            "a page of " + venue.id + " holds at most " + std::to_string(most) + " bars of "
                + std::string(args.timeframe.name()) + ", not " + std::to_string(bars));
    FormulaInput input;
    input.since = toMs(range.from);
    input.until = toMs(range.to);
    const bool isOfEvents = block.longestPause.count() > 0 && block.fullAnswer > 0; // fewer than bars
    input.limit = std::min<std::int64_t>(bars, isOfEvents ? block.fullAnswer : most);
    input.now = toMs(args.now);
    input.step = longestStep(args.timeframe);
    input.grid = &grid;
    return build(venue, block, block.page, args, input, cursor);
}

Result<VenueRequest> buildTrades(const VenueDescription& venue, const Block& block, const FetchArgs& args, TimeRange range,
    std::string_view cursor)
{
    if (range.isEmpty())
        return fail(ErrorCode::InvalidArgument,
            "the range of trades is empty: " + formatIso(range.from) + " to " + formatIso(range.to));
    const Grid grid = gridOf(block, args.timeframe);
    FormulaInput input;
    input.since = toMs(range.from);
    input.until = toMs(range.to);
    input.limit = block.maxRows;
    input.now = toMs(args.now);
    input.step = longestStep(args.timeframe);
    input.grid = &grid;
    return build(venue, block, block.page, args, input, cursor);
}

Result<VenueRequest> buildOldest(const VenueDescription& venue, const Block& block, const FetchArgs& args)
{
    if (block.oldest.empty())
        return fail(ErrorCode::Unsupported, venue.id + " cannot be asked for the oldest bar in one request");
    const Grid grid = gridOf(block, args.timeframe);
    FormulaInput input;
    input.since = 0;
    input.limit = 1;
    input.now = toMs(args.now);
    input.step = askedStep(args.timeframe);
    input.grid = &grid;
    return build(venue, block, block.oldest, args, input, {});
}

Result<VenueRequest> buildSnapshot(const VenueDescription& venue, const Snapshot& snapshot, const FetchArgs& args)
{
    TemplateValues values = instrumentValues(venue, args.instrument);
    if (values.symbol.empty())
        return fail(unknownName(args.instrument));
    values.now = std::to_string(toMs(args.now));
    return assemble(snapshot.request, std::move(values), {}, {});
}

std::optional<VenueFiles> filesOf(
    const VenueDescription& venue, const FilesForm& form, const Instrument& instrument, Timeframe frame)
{
    const auto word = form.frames.find(frame);
    if (word == form.frames.end())
        return std::nullopt;
    TemplateValues values = instrumentValues(venue, instrument);
    values.frame = word->second.text;
    values.start = "{start}"; // filled in for each file
    VenueFiles files {venue.lane.id + ".archive", form.budget, form.origin, form.listing, form.checksumSuffix, {}, form.columns};
    const auto add = [&](const std::optional<FilesForm::Path>& path, FilePeriod length, milliseconds longest) {
        auto text = path && frame.length() <= longest ? path->text.text(values) : std::nullopt;
        if (text)
            files.periods.push_back({length, std::move(*text), path->publishedAfter});
    };
    add(form.monthly, FilePeriod::Month, std::chrono::days {31});
    add(form.daily, FilePeriod::Day, std::chrono::days {1});
    return values.symbol.empty() || files.periods.empty() ? std::nullopt : std::optional(std::move(files));
}

VenueRequest buildCall(const RequestForm& form, UtcMs now, std::string_view cursor)
{
    TemplateValues values;
    values.now = std::to_string(toMs(now));
    if (!cursor.empty())
        values.cursor = std::string(cursor);
    auto request = assemble(form, std::move(values), {}, {});
    return request ? std::move(*request) : VenueRequest{};
}

namespace {

bool namesTopic(const BodyTemplate& body)
{
    static constexpr std::array topicNames {
        "symbol", "base", "quote", "settle", "base_id", "quote_id", "settle_id", "frame"};
    const auto placeholders = body.text.placeholders();
    return std::ranges::any_of(placeholders,
               [](std::string_view name) {
                   return std::ranges::find(topicNames, name.substr(0, name.find('.'))) != topicNames.end();
               })
        || std::ranges::any_of(body.members, [](const BodyTemplate& member) { return namesTopic(member); });
}

std::optional<nlohmann::ordered_json> filled(
    const BodyTemplate& body, std::span<const TemplateValues> topics, const TemplateValues& values)
{
    using Json = nlohmann::ordered_json;
    if (body.kind == BodyTemplate::Kind::Literal)
        return body.literal;
    if (body.kind == BodyTemplate::Kind::Text) {
        const auto text = body.text.text(values);
        if (!text)
            return std::nullopt;
        Json number = body.text.type() == Template::Type::Integer ? Json::parse(*text, nullptr, false) : Json();
        return number.is_number() ? number : Json(*text);
    }
    const bool isObject = body.kind == BodyTemplate::Kind::Object;
    Json whole = isObject ? Json::object() : Json::array();
    for (std::size_t i = 0; i < body.members.size(); ++i) {
        const bool isRepeated = !isObject && topics.size() > 1 && namesTopic(body.members[i]);
        const std::span<const TemplateValues> each = isRepeated ? topics : std::span(&values, 1);
        for (const TemplateValues& topic : each) {
            auto value = filled(body.members[i], isRepeated ? std::span<const TemplateValues> {} : topics, topic);
            if (value && isObject)
                whole[body.names[i]] = std::move(*value);
            else if (value)
                whole.push_back(std::move(*value));
        }
    }
    return whole;
}

} // namespace

std::string bodyText(const BodyTemplate& body, std::span<const TemplateValues> topics, const TemplateValues& common)
{
    const auto whole = filled(body, topics, common);
    if (!whole)
        return {};
    return whole->is_string() ? whole->get<std::string>()
                              : whole->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void toBaseVolume(std::span<Candle> rows, const Instrument& instrument, VolumeUnit unit)
{
    if (unit == VolumeUnit::Base)
        return;
    const bool isQuote = unit == VolumeUnit::Quote;
    for (Candle& row : rows) {
        if (isQuote && !row.quoteVolume)
            row.quoteVolume = row.volume;
        const double amount = isQuote ? row.volume : row.volume * instrument.contractSize;
        if (!isQuote && instrument.market != MarketType::Inverse) {
            row.volume = amount;
            continue;
        }
        row.volume = row.close > 0 ? amount / row.close : 0;
        row.flags |= ApproximateVolume;
    }
}

} // namespace mnemo::description
