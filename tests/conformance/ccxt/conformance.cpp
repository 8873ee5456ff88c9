// conformance --source FOLDER --accepted FILE [--table FILE] [--part] < CASES
// Compares what our descriptions ask for and read with what CCXT did in each case (one JSON object a line, from
// cases.mjs). Exit 0 where nothing differs but what is accepted; --part: not every venue is there, so an accepted
// difference may be unused.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/conformance/comparison.h"

using namespace mnemo;
using namespace mnemo::conformance;

namespace {

struct Options {
    std::string source, accepted, table;
    bool isPart = false;
};

struct Tally {
    int passed = 0, accepted = 0, failed = 0;
    int refused = 0;    ///< CCXT itself says no
    int notOurs = 0;    ///< a timeframe that our description does not have
    int requests = 0, rows = 0; ///< compared
};

/// Many cases fail for one reason: told once, by venue, kind, market and variant.
struct Failure {
    int count = 0;
    std::string firstCase, detail;
};

std::optional<std::int64_t> number(const Json& json, const char* key)
{
    return json.contains(key) && json[key].is_number() ? std::optional(json[key].get<std::int64_t>()) : std::nullopt;
}

std::string padded(std::string text, std::size_t width)
{
    text.resize(std::max(width, text.size()), ' ');
    return text;
}

std::string shortened(const std::string& text)
{
    constexpr std::size_t most = 900;
    return text.size() <= most ? text : text.substr(0, most) + "...";
}

class Comparison {
public:
    Comparison(Catalogue catalogue, AcceptedDifferences accepted)
        : m_catalogue(std::move(catalogue))
        , m_accepted(std::move(accepted))
    {
    }

    void compare(const Json& test)
    {
        const auto venue = m_catalogue.venue(test.at("venue").get<std::string>());
        m_tally = &m_tallies[test.at("venue").get<std::string>()];
        m_name = test.at("id").get<std::string>();
        m_pattern = patternOf(test);
        m_isFailed = m_isAccepted = false;
        if (test.at("kind") == "openInterestNow")
            m_readings.erase(test.at("venue").get<std::string>());
        const bool isApplicable = !venue           ? report("request", venue.error().detail)
            : test.at("kind") == "markets"         ? compareMarkets(**venue, test)
            : test.at("kind") == "openInterestNow" ? compareReading(**venue, test)
                                                   : compareRows(**venue, test);
        if (isApplicable)
            ++(m_isFailed ? m_tally->failed : m_isAccepted ? m_tally->accepted : m_tally->passed);
    }

    /// Venues of which CCXT reads open interest as it is now, and we have contracts: all must have been compared.
    void expectReadings(const Json& venues) { m_readings = venues.get<std::set<std::string>>(); }
    std::vector<std::string> withoutReading() const;

    const std::map<std::string, Failure>& failures() const { return m_failures; }
    std::vector<std::string> unusedAccepted() const { return m_accepted.unused(); }
    Tally total() const;
    std::string table() const;

private:
    /// The case without symbol and timeframe.
    static std::string patternOf(const Json& test)
    {
        std::string name = test.at("id").get<std::string>();
        for (const char* key : {"symbol", "timeframe"}) {
            const std::string part = "." + test.value(key, std::string("?")) + ".";
            if (const std::size_t at = name.find(part); at != std::string::npos)
                name.replace(at, part.size(), ".");
        }
        return name;
    }

    /// @return true: a case that was not as it should be is still a case
    bool report(const std::string& part, const std::string& what)
    {
        if (m_accepted.accepts(m_name, part)) {
            m_isAccepted = true;
            return true;
        }
        m_isFailed = true;
        Failure& failure = m_failures[m_pattern + " " + part];
        if (failure.count++ == 0) {
            failure.firstCase = m_name;
            failure.detail = shortened(what);
        }
        return true;
    }

    FetchArgs argsOf(const Venue& venue, const Json& test, MarketType market, Timeframe frame) const
    {
        FetchArgs args;
        args.kind = test.at("kind") == "candles" ? Kind::Candles : Kind::OpenInterest;
        args.isSnapshot = test.at("kind") == "openInterestNow";
        args.timeframe = frame;
        args.now = fromMs(test.at("now").get<std::int64_t>());
        if (const auto since = number(test, "since"))
            args.since = fromMs(*since);
        if (const auto until = number(test, "until"))
            args.until = fromMs(*until);
        if (const auto limit = number(test, "limit"))
            args.limit = static_cast<int>(*limit);
        if (auto instrument = venue.instrument(
                market, test.at("symbol").get<std::string>(), test.at("exchangeSymbol").get<std::string>()))
            args.instrument = *instrument;
        for (const auto& [key, scale] : {std::pair("priceScale", &args.instrument.priceScale),
                 std::pair("valueScale", &args.instrument.valueScale)})
            if (const auto given = number(test, key))
                *scale = static_cast<int>(*given);
        return args;
    }

    bool compareRows(const Venue& venue, const Json& test)
    {
        if (test.contains("error") && test.at("requests").empty()) {
            ++m_tally->refused;
            return false;
        }
        const MarketType market = marketTypeFromText(test.at("market").get<std::string>()).value();
        const Timeframe frame = Timeframe::fromName(test.at("timeframe").get<std::string>()).value();
        const Kind kind = test.at("kind") == "candles" ? Kind::Candles : Kind::OpenInterest;
        const auto markets = venue.markets(kind);
        if (std::find(markets.begin(), markets.end(), market) == markets.end())
            return report("request", "not described");
        const auto frames = venue.timeframes(market, kind);
        if (std::find(frames.begin(), frames.end(), frame) == frames.end()) {
            ++m_tally->notOurs;
            m_notOurs.insert(venue.id() + " " + test.at("kind").get<std::string>() + " "
                + test.at("market").get<std::string>() + " " + std::string(frame.name()));
            return false;
        }
        const FetchArgs args = argsOf(venue, test, market, frame);
        if (!test.value("isEmpty", false)) // the same question as another case's
            compareRequest(venue, args, test);
        return compareAnswer(venue, args, test);
    }

    bool compareReading(const Venue& venue, const Json& test)
    {
        const MarketType market = marketTypeFromText(test.at("market").get<std::string>()).value();
        if (!venue.hasSnapshot(market))
            return report("request", "not described");
        const FetchArgs args = argsOf(venue, test, market, {});
        compareRequest(venue, args, test);
        return compareAnswer(venue, args, test);
    }

    bool compareAnswer(const Venue& venue, const FetchArgs& args, const Json& test)
    {
        if (test.contains("error"))
            return report("rows", "CCXT could not read the made answer: " + test.at("error").get<std::string>());
        const auto rows = rowsOf(venue, args, test.at("body").get<std::string>());
        ++m_tally->rows;
        if (!rows)
            return report("rows", rows.error().detail);
        const Json& theirs = test.at("rows");
        if (!sameRows(*rows, theirs))
            report("rows", "ours   " + rows->dump() + "\n      theirs " + theirs.dump());
        else if (theirs.empty() && !test.value("isEmpty", false))
            report("rows", "neither reads a row of the made answer");
        return true;
    }

    void compareRequest(const Venue& venue, const FetchArgs& args, const Json& test)
    {
        const auto requests = venue.request(args);
        ++m_tally->requests;
        if (!requests) {
            report("request", requests.error().detail);
            return;
        }
        std::string ours, theirs;
        for (const VenueRequest& request : *requests)
            ours += comparable(request).text();
        for (const Json& request : test.at("requests"))
            theirs += comparable(request).text();
        if (ours != theirs)
            report("request", "ours   " + ours + "\n      theirs " + theirs);
    }

    bool compareMarkets(const Venue& venue, const Json& test)
    {
        if (test.contains("error") || test.at("rows").empty())
            return report("rows", "CCXT could not read the made answer: " + test.value("error", "no market"));
        ++m_marketLists;
        const UtcMs now = fromMs(test.at("now").get<std::int64_t>());
        std::map<std::string, std::string> answers;
        std::set<std::string> unsent;
        for (const Json& request : test.at("requests")) {
            const std::string text = comparable(request).text();
            answers[text] = request.at("answer").get<std::string>();
            unsent.insert(text);
        }
        std::vector<MarketAnswer> given;
        const auto calls = venue.marketRequests(now);
        for (std::size_t call = 0; call < calls.size(); ++call) {
            std::optional<VenueRequest> next = calls[call];
            for (int page = 0; next && page < 20; ++page) {
                const std::string text = comparable(*next).text();
                const auto answer = answers.find(text);
                if (answer == answers.end())
                    return report("request", "CCXT does not send " + text);
                unsent.erase(text);
                given.push_back({call, answer->second});
                next = venue.nextMarketRequest(given.back(), now);
            }
        }
        for (const std::string& text : unsent)
            report("request", "not sent: " + text);
        ++m_tally->requests;
        const auto ours = venue.decodeMarkets(given);
        ++m_tally->rows;
        if (!ours)
            return report("rows", ours.error().detail);
        return compareMarketRows(*ours, test.at("rows"));
    }

    bool compareMarketRows(const std::vector<Instrument>& ours, const Json& theirs)
    {
        std::set<std::string> wanted, found;
        for (const Json& market : theirs)
            if (const auto text = marketText(market))
                wanted.insert(*text);
        for (const Instrument& market : ours)
            found.insert(marketText(market));
        for (const std::string& market : wanted)
            if (found.count(market) == 0)
                report("rows", "missing: " + market);
        for (const std::string& market : found)
            if (wanted.count(market) == 0)
                report("rows", "not theirs: " + market);
        return true;
    }

    std::string describe(const Venue& venue) const;

    Catalogue m_catalogue;
    AcceptedDifferences m_accepted;
    std::map<std::string, Tally> m_tallies;
    std::map<std::string, Failure> m_failures;
    std::set<std::string> m_notOurs;
    std::set<std::string> m_readings; ///< that were not compared yet
    int m_marketLists = 0;
    Tally* m_tally = nullptr;
    std::string m_name, m_pattern;
    bool m_isFailed = false, m_isAccepted = false;
};

std::vector<std::string> Comparison::withoutReading() const
{
    std::vector<std::string> missing;
    for (const std::string& id : m_readings) {
        const auto venue = m_catalogue.venue(id);
        if (!venue || (*venue)->markets(Kind::Candles) != std::vector {MarketType::Spot})
            missing.push_back(id);
    }
    return missing;
}

std::string pagingOf(const Venue& venue, MarketType market)
{
    const auto frames = venue.timeframes(market, Kind::Candles);
    const auto rules = venue.pageRules(market, Kind::Candles, frames.front());
    if (!rules)
        return rules.error().detail;
    if (rules->isLatestOnly())
        return "latest " + std::to_string(rules->maxRows);
    return (rules->walk == Walk::Cursor ? "cursor " : "pages ") + std::to_string(rules->maxRows);
}

/// Columns: market types with their timeframes, paging, open interest.
std::string Comparison::describe(const Venue& venue) const
{
    std::string types, frames, paging, interest;
    const auto append = [](std::string& text, const std::string& part) { text += (text.empty() ? "" : " | ") + part; };
    for (const MarketType market : venue.markets(Kind::Candles)) {
        append(types, std::string(toText(market)));
        append(frames, std::to_string(venue.timeframes(market, Kind::Candles).size()));
        append(paging, pagingOf(venue, market));
    }
    for (const MarketType market : venue.markets(Kind::OpenInterest))
        append(interest,
            std::string(toText(market))
                + (!venue.hasHistory(market, Kind::OpenInterest) ? " now"
                        : venue.hasSnapshot(market)              ? " both"
                                                                 : ""));
    return padded(types, 26) + padded(frames, 14) + padded(paging, 42) + padded(interest, 28);
}

Tally Comparison::total() const
{
    Tally sum;
    for (const auto& [venue, tally] : m_tallies) {
        sum.passed += tally.passed;
        sum.accepted += tally.accepted;
        sum.failed += tally.failed;
        sum.refused += tally.refused;
        sum.notOurs += tally.notOurs;
        sum.requests += tally.requests;
        sum.rows += tally.rows;
    }
    return sum;
}

std::string Comparison::table() const
{
    std::ostringstream out;
    out << padded("venue", 24) << padded("market types", 26) << padded("timeframes", 14) << padded("paging (rows)", 42)
        << padded("open interest", 28) << "  passed accepted   failed\n";
    const auto numbers = [&](const Tally& tally) {
        for (const int count : {tally.passed, tally.accepted, tally.failed}) {
            const std::string text = std::to_string(count);
            out << std::string(text.size() < 8 ? 8 - text.size() : 0, ' ') << text << ' ';
        }
        out << '\n';
    };
    for (const auto& [id, tally] : m_tallies) {
        const auto venue = m_catalogue.venue(id);
        out << padded(id, 24) << (venue ? describe(**venue) : padded("not described", 110));
        numbers(tally);
    }
    const Tally sum = total();
    out << padded(std::to_string(m_tallies.size()) + " venues", 134);
    numbers(sum);
    const int cases = sum.passed + sum.accepted + sum.failed;
    out << "\n"
        << cases << " cases, " << sum.requests << " requests and " << sum.rows << " answers compared; "
        << (cases == 0 ? 0 : sum.accepted * 1000 / cases) / 10.0 << " % accepted. Left out: " << sum.refused
        << " cases that CCXT refuses, " << sum.notOurs << " of timeframes that our descriptions do not have.\n";
    out << "Market lists compared: " << m_marketLists << " of " << m_catalogue.venues().size() << " exchanges.\n";
    for (const std::string& frame : m_notOurs)
        out << "  not ours: " << frame << "\n";
    return out.str();
}

std::optional<Options> optionsOf(int argc, char** argv)
{
    Options options;
    const std::map<std::string, std::string*> known {
        {"--source", &options.source}, {"--accepted", &options.accepted}, {"--table", &options.table}};
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--part")
            options.isPart = true;
        else if (const auto option = known.find(word); option != known.end() && i + 1 < argc)
            *option->second = argv[++i];
        else
            return std::nullopt;
    }
    return options.source.empty() || options.accepted.empty() ? std::nullopt : std::optional(options);
}

int fault(const std::string& text)
{
    std::cerr << "conformance: " << text << "\n";
    return 2;
}

/// @return exit status
int conclude(const Comparison& comparison, const Options& options)
{
    for (const auto& [pattern, failure] : comparison.failures())
        std::cout << "FAILED " << pattern << ": " << failure.count << " times\n    " << failure.firstCase << "\n      "
                  << failure.detail << "\n";
    bool isGood = comparison.failures().empty() && comparison.total().passed > 0;
    if (!options.isPart) {
        for (const std::string& id : comparison.withoutReading()) {
            std::cout << "FAILED no case reads the open interest of " << id << "\n";
            isGood = false;
        }
        for (const std::string& pattern : comparison.unusedAccepted()) {
            std::cout << "FAILED no case needs the accepted difference " << pattern << "\n";
            isGood = false;
        }
    }
    const std::string table = comparison.table();
    std::cout << table;
    if (!options.table.empty() && !(std::ofstream(options.table) << table))
        return fault("cannot write " + options.table);
    return isGood ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    const auto options = optionsOf(argc, argv);
    if (!options)
        return fault("usage: conformance --source FOLDER --accepted FILE [--table FILE] [--part] < CASES");
    auto catalogue = shippedCatalogue(options->source);
    if (!catalogue)
        return fault(catalogue.error().detail);
    auto accepted = AcceptedDifferences::read(options->accepted);
    if (!accepted)
        return fault(accepted.error().detail);
    Comparison comparison(std::move(*catalogue), std::move(*accepted));
    for (std::string line; std::getline(std::cin, line);) {
        const Json test = Json::parse(line, nullptr, false);
        if (test.is_discarded())
            return fault("a line that is no JSON: " + shortened(line));
        if (test.contains("readings"))
            comparison.expectReadings(test.at("readings"));
        if (test.contains("id"))
            comparison.compare(test);
    }
    return conclude(comparison, *options);
}
