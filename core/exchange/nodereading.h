#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/mapreader.h"
#include "core/exchange/description.h"

/// Small readers that every part of a description needs. Each appends what is wrong to the problems and then returns
/// what could be understood.
namespace mnemo::description {

void addProblem(
    Problems& problems, const Node& node, const std::string& path, std::string message, std::string nearest = {});

/// "result.list", "0.tokens", "filters.filterType=PRICE_FILTER.tickSize", or a list of such steps. Empty text: the top.
Path readPath(const Node& node, const std::string& at, const Tables& tables, Problems& problems);
/// One path or a list of alternatives.
std::vector<Path> readPaths(const Node& node, const std::string& at, const Tables& tables, Problems& problems);
Template readTemplate(const Node& node, const std::string& at, const Tables& tables, Problems& problems);
std::optional<Condition> readCondition(const Node& node, const std::string& at, Problems& problems);
/// One formula or a list of alternatives.
Formulas readFormulas(const Node& node, const std::string& at, Problems& problems);
Formulas formulas(std::initializer_list<std::string_view> texts); ///< fixed ones of ours
/// Lists and single scalars.
std::vector<std::string> readWords(const Node& node, const std::string& at, Problems& problems);
/// { path: word, path: [word, word] }: any may hold.
std::vector<Test> readTests(const Node& node, const std::string& at, const Tables& tables, Problems& problems);
std::map<std::string, std::string> readTable(const Node& node, const std::string& at, Problems& problems);
/// Time unit word of a scalar.
std::optional<TimeUnit> readUnit(const Node& node, const std::string& at, Problems& problems);
std::optional<Timeframe> readTimeframe(
    const std::string& name, const Mark& mark, const std::string& at, Problems& problems);

/// As merged(), but null takes away what the base has, maps too: how a description leaves out what it inherits.
Node overlaid(Node base, const Node& over);
Node without(const Node& map, const std::vector<std::string_view>& keys);
Node only(const Node& map, const std::vector<std::string_view>& keys);
bool isMap(const Node* node);
/// Known keys that would have no effect in this map.
void refuseKeys(const Node& map, const std::vector<std::string_view>& keys, const std::string& at, const std::string& why,
    Problems& problems);

/// Reads how one request is made. @p origins what base_url says for the market type, empty where nothing.
class RequestReader {
public:
    RequestReader(const Tables& tables, std::string baseUrl, Problems& problems)
        : m_tables(tables)
        , m_baseUrl(std::move(baseUrl))
        , m_problems(problems)
    {
    }
    /// Names that {frame.NAME} may use.
    void setFrameParts(std::vector<std::string> parts) { m_frameParts = std::move(parts); }
    /// @param isPage formulas for an exact range [since, until) of `limit` bars where the description gives none
    RequestForm read(MapReader& reader, bool isPage);
    /// A request for how things are now: neither a range nor a number of rows.
    RequestForm readCall(MapReader& reader);
    BodyTemplate readBody(const Node& node, const std::string& at);

private:
    void readAddress(MapReader& reader, RequestForm& form);
    void readRange(MapReader& reader, RequestForm& form, bool isPage);
    void readUnits(const Node& node, const std::string& at, RequestForm& form);
    void readLimit(MapReader& reader, RequestForm& form, bool isPage);
    void readParams(MapReader& reader, RequestForm& form);
    void readCharges(MapReader& reader, RequestForm& form);
    void readTiers(MapReader& reader, ChargeRule& rule);
    void readWhen(MapReader& reader, RequestForm& form);
    Template readText(const Node& node, const std::string& at);
    void checkParts(const Template& text, const Mark& mark, const std::string& at);

    const Tables& m_tables;
    std::string m_baseUrl;
    std::vector<std::string> m_frameParts;
    Problems& m_problems;
};

/// The names of all placeholders of a request; valid as long as the form.
std::vector<std::string_view> placeholdersOf(const RequestForm& form);

/// Reads a block of one kind.
Block readBlock(const Node& node, const std::string& path, Kind kind, const Tables& tables, const std::string& baseUrl,
    Problems& problems);

/// `rows`, `fields` and `scale` of a block.
RowsForm readRowsForm(
    const Node& node, const std::string& path, Kind kind, const Tables& tables, Problems& problems);

/// What base_url and ws_url say for the market type; empty where nothing.
struct StreamOrigins {
    std::string rest, stream;
};
/// Reads `streams`. @param candles of the market type; their timeframes are those of the streams that tell none
StreamForm readStreams(const Node& node, const std::string& path, const Block* candles, const Tables& tables,
    const StreamOrigins& origins, Problems& problems);

/// Reads `archive` of one market type: of each kind that it describes. @param redirect what archive_url says; empty where nothing
std::map<Kind, FilesForm> readFiles(const Node& node, const std::string& path, const Tables& tables,
    const std::string& redirect, Problems& problems);

/// `amount_unit`; of open interest also `value_unit` and `sides`.
InterestUnits readInterestUnits(MapReader& reader, Kind kind);

/// Reads `open_interest.snapshot`, after what stands beside it.
Snapshot readSnapshot(
    const Node& node, const std::string& path, const Tables& tables, const std::string& baseUrl, Problems& problems);

/// Reads `markets`.
void readMarketLists(const Node& venue, VenueDescription& description,
    const std::map<std::string, std::string>& baseUrls, Problems& problems);

/// Reads `symbols` of a provider. @param exchanges our ids of those of which it tells
std::vector<SymbolCorrection> readCorrections(
    const Node& node, const std::string& path, const std::vector<std::string>& exchanges, Problems& problems);

} // namespace mnemo::description
