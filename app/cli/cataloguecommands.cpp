#include "app/cli/commands.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <iterator>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "app/cli/arguments.h"
#include "app/cli/cataloguelist.h"
#include "app/cli/instrumentjson.h"
#include "app/cli/output.h"
#include "app/cli/providermarkets.h"
#include "app/cli/signals.h"
#include "core/base/decimal.h"
#include "core/base/timetext.h"
#include "core/config/secrets.h"

namespace mnemo::cli {

namespace {

namespace fs = std::filesystem;

// --- catalogue list ---

ExitStatus list(Context& context, bool json)
{
    const auto catalogue = context.catalogue();
    if (!catalogue)
        return report(catalogue.error());
    auto venues = (*catalogue)->venues();
    std::ranges::copy((*catalogue)->providers(), std::back_inserter(venues));
    return json ? printJson(catalogueJson(venues)) : catalogueTable(venues).print();
}

// --- catalogue check ---

bool isWithin(const fs::path& file, const fs::path& folder)
{
    std::error_code error;
    const auto relative = fs::relative(fs::weakly_canonical(file, error), fs::weakly_canonical(folder, error), error);
    return !error && !relative.empty() && *relative.begin() != "..";
}

/// Problems of one description file: as it would be read from the user's folder, over what ships under the same id.
Result<Problems> problemsOf(const fs::path& file, const std::map<std::string, Node>& descriptions)
{
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored))
        return fail(ErrorCode::NotFound, file.string() + ": there is no such file.");
    auto node = readYamlFile(file.string());
    if (!node)
        return fail(node.error());
    const std::string id = file.stem().string();
    auto all = descriptions;
    const auto shipped = all.find(id);
    if (shipped != all.end() && !isWithin(file, shippedConfigDir()))
        shipped->second = merged(shipped->second, *node);
    else
        all[id] = *node;
    Problems problems;
    (void)Catalogue::load(all, problems);
    const std::string path = "exchanges." + id;
    std::erase_if(problems, [&path](const Problem& problem) { return problem.path != path && problem.path.rfind(path + ".", 0) != 0; });
    return problems;
}

ExitStatus checkFiles(Context& context, const std::vector<std::string>& files)
{
    const auto settings = context.settings();
    if (!settings)
        return report(settings.error());
    auto status = ExitStatus::Complete;
    for (const auto& file : files) {
        const auto problems = problemsOf(file, (*settings)->settings.exchanges);
        if (!problems) {
            status = ExitStatus::Usage;
            complain(problems.error().detail);
            continue;
        }
        for (const auto& problem : *problems)
            note(problem.text());
        if (problems->empty())
            note(file + ": no problems.");
        else
            status = ExitStatus::Usage;
    }
    return status;
}

ExitStatus check(Context& context, const std::vector<std::string>& files)
{
    if (!files.empty())
        return checkFiles(context, files);
    const auto catalogue = context.catalogue();
    if (!catalogue)
        return report(catalogue.error());
    for (const auto& problem : context.problems())
        note(problem.text());
    if (!context.problems().empty())
        return ExitStatus::Usage;
    note("No problems: " + std::to_string((*catalogue)->venues().size()) + " exchanges and " + std::to_string((*catalogue)->providers().size())
        + " providers can be used.");
    return ExitStatus::Complete;
}

// --- catalogue request, decode ---

struct FetchOptions {
    std::string exchange, market, symbol, timeframe, kind = "candles", since, until, limit, now, exchangeSymbol, instrument;
    bool isSnapshot = false;
    bool isMarkets() const { return kind == "markets"; }
};

void addFetchOptions(CLI::App& command, FetchOptions& options)
{
    command.add_option("EXCHANGE", options.exchange, "Id as in catalogue list")->required();
    command.add_option("--market", options.market, "spot, linear or inverse; from the symbol where left out")->type_name("MARKET");
    command.add_option("--symbol", options.symbol, "Unified symbol: BTC/USDT, BTC/USDT:USDT")->type_name("SYMBOL");
    command.add_option("--timeframe", options.timeframe, "1m ... 1M")->type_name("FRAME");
    command.add_option("--kind", options.kind, kindList(", ") + " (candles where it is not said), trades or markets")->type_name("KIND");
    command.add_option("--since", options.since, "First time, as CCXT's since")->type_name("MS");
    command.add_option("--until", options.until, "Last time, as CCXT's until")->type_name("MS");
    command.add_option("--limit", options.limit, "Rows, as CCXT's limit")->type_name("N");
    command.add_option("--now", options.now, "The time to take for now")->type_name("MS");
    command.add_flag("--snapshot", options.isSnapshot, "Open interest as it is now, where there is history too");
    command.add_option("--exchange-symbol", options.exchangeSymbol, "The venue's own id of the instrument")->type_name("ID");
    command.add_option("--instrument", options.instrument, "Market fields: {\"contractSize\": 0.01, \"priceScale\": 4}")->type_name("JSON");
}

Result<std::optional<UtcMs>> readOptionalTime(std::string_view name, const std::string& text)
{
    if (text.empty())
        return std::nullopt;
    const auto time = readTime(name, text);
    if (!time)
        return fail(time.error());
    return *time;
}

Result<Instrument> readInstrument(const Venue& venue, const FetchOptions& options)
{
    if (options.symbol.empty())
        return fail(ErrorCode::InvalidArgument, "--symbol is missing; write a unified symbol such as BTC/USDT.");
    const auto market = readMarketOf(options.symbol, options.market);
    if (!market)
        return fail(market.error());
    auto instrument = venue.instrument(*market, options.symbol, options.exchangeSymbol);
    if (!instrument || options.instrument.empty())
        return instrument;
    return withJson(std::move(*instrument), options.instrument);
}

Result<FetchArgs> readFetchArgs(const Venue& venue, const FetchOptions& options, UtcMs now)
{
    FetchArgs args;
    const auto kind = readKind(options.kind);
    if (!kind)
        return fail(kind.error());
    args.kind = *kind;
    auto instrument = readInstrument(venue, options);
    if (!instrument)
        return fail(instrument.error());
    args.instrument = std::move(*instrument);
    if (options.isSnapshot && args.kind != Kind::OpenInterest)
        return fail(ErrorCode::InvalidArgument, "--snapshot goes with --kind open_interest alone.");
    args.isSnapshot = options.isSnapshot
        || (args.kind == Kind::OpenInterest && options.timeframe.empty() && venue.hasSnapshot(args.instrument.market));
    if (options.timeframe.empty() && args.kind != Kind::Trades && !args.isSnapshot)
        return fail(ErrorCode::InvalidArgument, "--timeframe is missing; write for instance 1h.");
    const auto frame = options.timeframe.empty() ? Result<Timeframe>(Timeframe {}) : readTimeframe(options.timeframe);
    if (!frame)
        return fail(frame.error());
    args.timeframe = *frame;
    if (!options.limit.empty()) {
        const auto limit = readCount("--limit", options.limit);
        if (!limit)
            return fail(limit.error());
        args.limit = *limit;
    }
    const auto since = readOptionalTime("--since", options.since);
    const auto until = readOptionalTime("--until", options.until);
    const auto wantedNow = readOptionalTime("--now", options.now);
    for (const auto* time : {&since, &until, &wantedNow}) {
        if (!*time)
            return fail(time->error());
    }
    args.since = *since;
    args.until = *until;
    args.now = wantedNow->value_or(now);
    return args;
}

Json requestJson(const HttpRequest& request, const std::optional<KeyRules>& key)
{
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
        headers[name] = value;
    if (key) // the key itself is nobody's business
        headers[key->header] = "${" + EnvironmentSecrets::variable(key->secret) + "}";
    return {{"method", request.method}, {"url", request.url}, {"headers", headers}, {"body", request.body.empty() ? Json() : Json(request.body)}};
}

Result<std::vector<VenueRequest>> requestsOf(const Venue& venue, const FetchOptions& options, UtcMs now)
{
    if (options.isMarkets()) {
        const auto wantedNow = readOptionalTime("--now", options.now);
        if (!wantedNow)
            return fail(wantedNow.error());
        return venue.marketRequests(wantedNow->value_or(now));
    }
    const auto args = readFetchArgs(venue, options, now);
    if (!args)
        return fail(args.error());
    return venue.request(*args);
}

ExitStatus printRequest(Context& context, const FetchOptions& options)
{
    const auto venue = context.venue(options.exchange);
    if (!venue)
        return report(venue.error());
    const auto requests = requestsOf(**venue, options, context.now());
    if (!requests)
        return report(requests.error());
    Json json = Json::array();
    for (const auto& request : *requests)
        json.push_back(requestJson(request.http, (*venue)->lane().key));
    return printJson(json);
}

/// An answer that is no data: on standard output, since it is what the body says.
ExitStatus printErrorAnswer(const Error& error)
{
    Json json = {{"code", toText(error.code)}, {"message", error.detail}};
    json["retryAfterMs"] = error.retryAfter ? Json(error.retryAfter->count()) : Json();
    printJson({{"error", json}});
    return ExitStatus::Incomplete;
}

ExitStatus printText(const std::string& text)
{
    auto output = Output::toStdout();
    output.write(text);
    if (const auto done = output.finish(); !done)
        return report(done.error());
    return ExitStatus::Complete;
}

void appendRow(std::string& text, UtcMs time, const std::vector<std::optional<double>>& values)
{
    text += text.size() > 1 ? ",[" : "[";
    text += std::to_string(toMs(time));
    for (const auto& value : values) {
        text += ',';
        if (value)
            appendDecimal(text, *value);
        else
            text += "null";
    }
    text += ']';
}

std::string textOf(const Json& body)
{
    return body.is_string() ? body.get<std::string>() : body.dump();
}

/// The bodies of a fetch of several calls: a JSON array of them, each as it came or as a string.
Result<std::vector<std::string>> splitBodies(const std::string& input, std::size_t count)
{
    if (count <= 1)
        return std::vector<std::string> {input};
    const auto json = Json::parse(input, nullptr, false);
    if (!json.is_array() || json.size() != count)
        return fail(ErrorCode::InvalidArgument,
            "This fetch needs " + std::to_string(count) + " calls (see catalogue request); standard input must be a JSON array of as many answers.");
    std::vector<std::string> bodies;
    for (const auto& body : json)
        bodies.push_back(textOf(body));
    return bodies;
}

/// How well a reading of a body makes sense, the weightiest first: markets found, active ones (the call knows how the body states
/// that), contracts that settle in what they are made of, of those not in plain dollars (a coin's contract is easily taken for
/// one of those), dates found.
using Sense = std::array<std::ptrdiff_t, 5>;

Sense senseOf(const std::vector<Instrument>& markets)
{
    const auto count = [&markets](auto test) { return std::ranges::count_if(markets, test); };
    const auto isFitting = [](const Instrument& market) {
        return market.market != MarketType::Spot && market.settle == (market.market == MarketType::Inverse ? market.base : market.quote);
    };
    return {std::ssize(markets), count([](const Instrument& market) { return market.active; }), count(isFitting),
        count([&](const Instrument& market) { return isFitting(market) && market.settle != "USD"; }),
        count([](const Instrument& market) { return market.listed.has_value(); }) + count([](const Instrument& market) { return market.delisted.has_value(); })};
}

struct MarketsReading {
    std::vector<Instrument> markets;
    std::size_t call = 0;
};

/// One body as the call reads it that makes most sense of it; of calls that make as much, one that is not in @p used.
Result<MarketsReading> readMarketsOf(const Venue& venue, const std::string& body, const std::set<std::size_t>& used = {})
{
    Result<MarketsReading> best = fail(ErrorCode::BadAnswer, "");
    std::pair<Sense, bool> bestSense;
    for (std::size_t call = 0; call < venue.marketRequests({}).size(); ++call) {
        auto found = venue.decodeMarkets(std::vector<MarketAnswer> {{call, body}});
        if (!found) {
            if (call == 0)
                best = fail(found.error());
            continue;
        }
        const std::pair sense {senseOf(*found), used.count(call) == 0};
        if (!best || sense > bestSense) {
            best = MarketsReading {std::move(*found), call};
            bestSense = sense;
        }
    }
    return best;
}

/// Of two markets with one name the active one stays, else the first.
void addMarket(std::vector<Instrument>& markets, std::map<std::pair<MarketType, std::string>, std::size_t>& places, const Instrument& market)
{
    const auto [place, isNew] = places.emplace(std::pair(market.market, market.symbol), markets.size());
    if (isNew)
        markets.push_back(market);
    else if (market.active && !markets[place->second].active)
        markets[place->second] = market;
}

/// Answers in any number and order. Those that no call of ours can read (of calls that others make) are left out, unless
/// they say what went wrong or nothing else is there.
Result<std::vector<Instrument>> readEachMarkets(const Venue& venue, const Json& bodies)
{
    std::vector<Instrument> all;
    std::map<std::pair<MarketType, std::string>, std::size_t> places;
    std::set<std::size_t> used;
    std::optional<Error> unread;
    for (const Json& body : bodies) {
        const auto found = readMarketsOf(venue, textOf(body), used);
        if (!found && found.error().code != ErrorCode::BadAnswer)
            return fail(found.error());
        if (!found) {
            unread = unread.value_or(found.error());
            continue;
        }
        if (!found->markets.empty())
            used.insert(found->call);
        for (const Instrument& instrument : found->markets)
            addMarket(all, places, instrument);
    }
    if (used.empty() && unread)
        return fail(*unread);
    return all;
}

/// A JSON array of as many answers as catalogue request prints calls, or others: one, or an array.
Result<std::vector<Instrument>> readMarkets(const Venue& venue, const std::string& input)
{
    const std::size_t calls = venue.marketRequests({}).size();
    if (calls == 0)
        return venue.decodeMarkets({});
    const auto json = Json::parse(input, nullptr, false);
    auto whole = readMarketsOf(venue, input);
    if (!json.is_array() || (whole && !whole->markets.empty()))
        return whole ? Result<std::vector<Instrument>>(std::move(whole->markets)) : fail(whole.error());
    if (calls > 1 && json.size() == calls) {
        std::vector<MarketAnswer> answers;
        for (const Json& body : json)
            answers.push_back({answers.size(), textOf(body)});
        return venue.decodeMarkets(answers);
    }
    if (json.empty())
        return whole ? Result<std::vector<Instrument>>(std::move(whole->markets)) : fail(whole.error());
    return readEachMarkets(venue, json);
}

ExitStatus decodeMarkets(const Venue& venue, const FetchOptions& options, const std::string& input)
{
    if (const auto error = venue.errorOf(200, input, {}))
        return printErrorAnswer(*error);
    const auto instruments = readMarkets(venue, input);
    if (!instruments)
        return printErrorAnswer(instruments.error());
    std::optional<MarketType> only;
    if (!options.market.empty()) {
        const auto market = readMarket(options.market);
        if (!market)
            return report(market.error());
        only = *market;
    }
    Json json = Json::array();
    for (const auto& instrument : *instruments) {
        if (!only || instrument.market == *only)
            json.push_back(toJson(instrument));
    }
    return printJson(json);
}

ExitStatus decodeCandles(const Venue& venue, const FetchArgs& args, std::span<const std::string> bodies)
{
    std::map<UtcMs, Candle> rows; // several calls may overlap
    for (const auto& body : bodies) {
        const auto decoded = venue.decodeCandles(args, body);
        if (!decoded)
            return printErrorAnswer(decoded.error());
        for (const auto& row : decoded->rows)
            rows[row.openTime] = row;
    }
    std::string text = "[";
    for (const auto& [time, row] : rows)
        appendRow(text, time, {row.open, row.high, row.low, row.close, row.volume});
    return printText(text + "]\n");
}

std::vector<std::optional<double>> toldNumbers(Kind kind, const Metric& row)
{
    std::vector<std::optional<double>> numbers;
    const auto columns = factsOf(kind).columns;
    for (std::size_t i = 0; i < columns.size() && columns[i].isTold; ++i)
        numbers.push_back(row.numbers[i]);
    return numbers;
}

ExitStatus decodeMetrics(const Venue& venue, const FetchArgs& args, std::span<const std::string> bodies)
{
    std::map<UtcMs, Metric> rows;
    for (const auto& body : bodies) {
        const auto decoded = venue.decodeMetrics(args, body);
        if (!decoded)
            return printErrorAnswer(decoded.error());
        for (const auto& row : *decoded)
            rows[row.time] = row;
    }
    std::string text = "[";
    for (const auto& [time, row] : rows)
        appendRow(text, time, toldNumbers(args.kind, row));
    return printText(text + "]\n");
}

/// [[ms, price, amount, id or null], ...]
ExitStatus decodeTrades(const Venue& venue, const FetchArgs& args, std::span<const std::string> bodies)
{
    std::string text = "[";
    for (const auto& body : bodies) {
        const auto decoded = venue.decodeTrades(args, body);
        if (!decoded)
            return printErrorAnswer(decoded.error());
        for (const auto& trade : decoded->rows) {
            appendRow(text, trade.time, {trade.price, trade.amount});
            text.back() = ',';
            text += (trade.id.empty() ? Json() : Json(trade.id)).dump() + ']';
        }
    }
    return printText(text + "]\n");
}

ExitStatus decode(Context& context, const FetchOptions& options)
{
    const auto venue = context.venue(options.exchange);
    if (!venue)
        return report(venue.error());
    const std::string input(std::istreambuf_iterator<char>(std::cin), {});
    if (options.isMarkets())
        return decodeMarkets(**venue, options, input);
    const auto args = readFetchArgs(**venue, options, context.now());
    if (!args)
        return report(args.error());
    const auto requests = (*venue)->request(*args);
    if (!requests)
        return report(requests.error());
    const auto bodies = splitBodies(input, requests->size());
    if (!bodies)
        return report(bodies.error());
    for (const auto& body : *bodies) {
        if (const auto error = (*venue)->errorOf(200, body, *args))
            return printErrorAnswer(*error);
    }
    if (isMetric(args->kind))
        return decodeMetrics(**venue, *args, *bodies);
    return args->kind == Kind::Trades ? decodeTrades(**venue, *args, *bodies) : decodeCandles(**venue, *args, *bodies);
}

// --- markets ---

/// From the venue; while another process collects, as that one last saved them.
Result<std::vector<Instrument>> instrumentsOf(Context& context, const std::string& exchange, std::stop_token stop)
{
    const auto engine = context.openEngine(OpenMode::ReadWrite);
    if (engine)
        return (*engine)->fetchMarkets(exchange, stop);
    if (engine.error().code != ErrorCode::StorageLocked)
        return fail(engine.error());
    const auto reading = context.openEngine(OpenMode::ReadOnly);
    auto saved = reading ? (*reading)->store().instruments(exchange) : fail(reading.error());
    if (!saved || saved->empty())
        return fail(engine.error());
    note("As last saved: another process collects at the moment.");
    return saved;
}

ExitStatus markets(Context& context, const std::string& exchange, const std::string& marketText, bool json)
{
    std::optional<MarketType> only;
    if (!marketText.empty()) {
        const auto market = readMarket(marketText);
        if (!market)
            return report(market.error());
        only = *market;
    }
    const auto venue = context.venue(exchange);
    if (!venue)
        return report(venue.error());
    const StopOnSignal stop;
    auto instruments = instrumentsOf(context, exchange, stop.token());
    if (!instruments)
        return report(instruments.error());
    if ((*venue)->isProvider()) {
        warnOfUnlisted(**venue, *instruments, only);
        return json ? printJson(providerJson(**venue, *instruments, only)) : providerTable(**venue, *instruments, only).print();
    }
    std::erase_if(*instruments, [only](const Instrument& instrument) { return only && instrument.market != *only; });
    if (json) {
        Json list = Json::array();
        for (const auto& instrument : *instruments)
            list.push_back(toJson(instrument));
        return printJson(list);
    }
    Table table({"symbol", "market", "id", "contract size", "active", "listed"});
    for (const auto& instrument : *instruments) {
        const bool isSpot = instrument.market == MarketType::Spot;
        table.add({instrument.symbol, std::string(toText(instrument.market)), instrument.id, isSpot ? "" : formatDecimal(instrument.contractSize),
            instrument.active ? "yes" : "no", instrument.listed ? formatShort(*instrument.listed) : ""});
    }
    return table.print();
}

void addCatalogueGroup(CLI::App& app, Context& context)
{
    auto* group = app.add_subcommand("catalogue", "What exchanges can do, without asking them");
    group->require_subcommand(1);

    auto* listCommand = group->add_subcommand("list", "Every exchange: markets, kinds, timeframes, how history is asked for and how far back it goes");
    auto json = std::make_shared<bool>(false);
    listCommand->add_flag("--json", *json, "JSON on standard output");
    listCommand->final_callback([&context, json] { context.chosen = [&context, json] { return list(context, *json); }; });

    auto* checkCommand = group->add_subcommand("check", "Problems of the configuration, or of description files, with line and column");
    auto files = std::make_shared<std::vector<std::string>>();
    checkCommand->add_option("FILE", *files, "Descriptions of exchanges: <id>.yaml");
    checkCommand->final_callback([&context, files] { context.chosen = [&context, files] { return check(context, *files); }; });

    auto* requestCommand = group->add_subcommand("request", "The HTTP request of one fetch, as JSON; nothing is sent");
    auto request = std::make_shared<FetchOptions>();
    addFetchOptions(*requestCommand, *request);
    requestCommand->final_callback([&context, request] { context.chosen = [&context, request] { return printRequest(context, *request); }; });

    auto* decodeCommand = group->add_subcommand("decode", "The rows of an answer on standard input, as JSON");
    decodeCommand->footer("Where one fetch needs several calls (catalogue request prints more than one), standard input is a JSON\n"
                          "array of as many answers, in that order.");
    auto decoding = std::make_shared<FetchOptions>();
    addFetchOptions(*decodeCommand, *decoding);
    decodeCommand->final_callback([&context, decoding] { context.chosen = [&context, decoding] { return decode(context, *decoding); }; });
}

} // namespace

void addCatalogueCommands(CLI::App& app, Context& context)
{
    addCatalogueGroup(app, context);

    struct MarketsOptions {
        std::string exchange, market;
        bool json = false;
    };
    auto* command = app.add_subcommand("markets", "Instruments of an exchange, or those that a provider lists, asked from it");
    auto options = std::make_shared<MarketsOptions>();
    command->add_option("EXCHANGE", options->exchange, "Id as in catalogue list")->required();
    command->add_option("--market", options->market, "Only spot, linear or inverse")->type_name("MARKET");
    command->add_flag("--json", options->json, "JSON on standard output");
    command->final_callback([&context, options] {
        context.chosen = [&context, options] { return markets(context, options->exchange, options->market, options->json); };
    });
}

} // namespace mnemo::cli
