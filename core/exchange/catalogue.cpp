#include "core/exchange/catalogue.h"

#include <algorithm>

#include "core/exchange/describedvenue.h"
#include "core/exchange/nodereading.h"

namespace mnemo {

namespace {

using description::addProblem;
using description::overlaid;
using description::without;

/// Resolves `like`, of whole venues and of single market types.
class Resolver {
public:
    Resolver(const std::map<std::string, Node>& descriptions, Problems& problems)
        : m_descriptions(descriptions)
        , m_problems(problems)
    {
    }

    struct Resolved {
        Node node;
        std::string lane;
        bool isGood = true;
    };

    /// @p path ids on the way, to find circles
    Resolved venue(const std::string& id, std::vector<std::string> path = {})
    {
        Resolved result{m_descriptions.at(id), id, true};
        path.push_back(id);
        if (const Node* like = result.node.find("like"); like != nullptr && !like->isNull())
            result = merge(id, *like, path);
        for (const char* market : {"spot", "linear", "inverse"})
            resolveMarket(id, market, result, path);
        if (const Node* lane = result.node.find("lane"); lane != nullptr && lane->type == Node::Type::Scalar)
            result.lane = lane->scalar;
        return result;
    }

private:
    bool isUsable(
        const std::string& id, const Node& like, const std::string& parent, const std::vector<std::string>& path)
    {
        const std::string at = "exchanges." + id + ".like";
        if (m_descriptions.find(parent) == m_descriptions.end()) {
            std::vector<std::string> ids;
            for (const auto& [each, node] : m_descriptions)
                ids.push_back(each);
            addProblem(m_problems, like, at, "there is no exchange '" + parent + "'", nearestOf(parent, ids));
            return false;
        }
        if (std::find(path.begin(), path.end(), parent) != path.end()) {
            addProblem(m_problems, like, at, "'" + parent + "' is like this exchange itself");
            return false;
        }
        return true;
    }

    Resolved merge(const std::string& id, const Node& like, const std::vector<std::string>& path)
    {
        const Node& own = m_descriptions.at(id);
        if (!isUsable(id, like, like.scalar, path))
            return {own, id, false};
        Resolved parent = venue(like.scalar, path);
        Node base = without(parent.node, {"like", "name", "version", "base_url", "ws_url", "archive_url", "lane"});
        dropAddresses(base);
        Node whole = overlaid(std::move(base), own);
        whole.mark = own.mark;
        return {std::move(whole), parent.lane, parent.isGood};
    }

    /// Another venue's prices must not be taken for this one's: who is like it says where its own streams and files are.
    static void dropAddresses(Node& venue)
    {
        if (Node* archive = venue.find("archive"))
            archive->remove("url");
        for (const char* key : {"streams", "spot", "linear", "inverse"}) {
            Node* node = venue.find(key);
            if (node != nullptr && std::string_view(key) != "streams")
                node = node->find("streams");
            if (node != nullptr)
                node->remove("url");
        }
    }

    /// like: spot, or like: gate.linear.
    void resolveMarket(
        const std::string& id, const char* market, Resolved& result, const std::vector<std::string>& path)
    {
        const Node* own = result.node.find(market);
        const Node* like = own == nullptr ? nullptr : own->find("like");
        if (like == nullptr || like->isNull())
            return;
        const auto dot = like->scalar.find('.');
        const std::string parent = dot == std::string::npos ? std::string() : like->scalar.substr(0, dot);
        const std::string other = dot == std::string::npos ? like->scalar : like->scalar.substr(dot + 1);
        if (!parent.empty() && !isUsable(id, *like, parent, path)) {
            result.isGood = false;
            return;
        }
        const Node from = parent.empty() ? result.node : flattened(venue(parent, path).node, other);
        const Node* base = from.find(other);
        if (base == nullptr || (parent.empty() && other == market)
            || (parent.empty() && base->find("like") != nullptr)) {
            addProblem(m_problems, *like, "exchanges." + id + "." + market + ".like",
                "'" + like->scalar + "' is no market type that is described in full",
                nearestOf(other, {"spot", "linear", "inverse"}));
            result.isGood = false;
            return;
        }
        result.node.set(market, overlaid(*base, without(*own, {"like"})));
    }

    /// A market of another venue brings along what that venue says for all its markets.
    static Node flattened(Node venue, const std::string& market)
    {
        const Node* own = venue.find(market);
        if (own == nullptr)
            return venue;
        std::vector<std::string_view> shared {"host", "headers", "symbol"};
        for (const KindFacts& facts : allKinds())
            if (facts.kind != Kind::Trades)
                shared.push_back(facts.name);
        Node whole = description::only(venue, shared);
        whole = overlaid(std::move(whole), without(*own, {"streams", "archive"}));
        venue.set(market, std::move(whole));
        return venue;
    }

    const std::map<std::string, Node>& m_descriptions;
    Problems& m_problems;
};

} // namespace

namespace {

/// "a, b]" is text to YAML, and a list to who wrote it.
void findLostBrackets(const Node& node, const std::string& at, Problems& problems)
{
    for (const auto& [key, value] : node.map)
        findLostBrackets(value, at + "." + key, problems);
    for (const Node& element : node.list)
        findLostBrackets(element, at, problems);
    const std::string& text = node.scalar;
    if (node.isQuoted || text.empty() || (text.back() != ']' && text.back() != '}'))
        return;
    const char open = text.back() == ']' ? '[' : '{';
    if (std::count(text.begin(), text.end(), text.back()) > std::count(text.begin(), text.end(), open))
        addProblem(problems, node, at,
            std::string("this text ends with ") + text.back() + " that nothing opens; is a " + open + " missing? If it is meant so, put it into quotes");
}

} // namespace

Catalogue Catalogue::load(const std::map<std::string, Node>& descriptions, Problems& problems)
{
    Catalogue catalogue;
    for (const auto& [id, node] : descriptions) {
        if (node.type != Node::Type::Map) {
            addProblem(problems, node, "exchanges." + id, "a map that describes the exchange is expected");
            continue;
        }
        Problems own;
        findLostBrackets(node, "exchanges." + id, own);
        const auto resolved = Resolver(descriptions, own).venue(id);
        if (resolved.isGood) {
            auto read = description::readDescription(id, resolved.node, resolved.lane, own);
            if (own.empty())
                catalogue.m_venues.emplace(id, std::make_shared<description::DescribedVenue>(std::move(read)));
        }
        problems.insert(problems.end(), own.begin(), own.end());
    }
    return catalogue;
}

Result<std::shared_ptr<const Venue>> Catalogue::venue(std::string_view id) const
{
    if (const auto found = m_venues.find(id); found != m_venues.end())
        return found->second;
    std::vector<std::string> ids;
    for (const auto& [each, venue] : m_venues)
        ids.push_back(each);
    const std::string nearest = nearestOf(id, ids);
    return fail(ErrorCode::NotFound,
        "there is no exchange '" + std::string(id) + "'"
            + (nearest.empty() ? std::string() : " (did you mean " + nearest + "?)") + "; `catalogue list` shows all");
}

std::vector<std::shared_ptr<const Venue>> Catalogue::venues() const
{
    return those(false);
}

std::vector<std::shared_ptr<const Venue>> Catalogue::providers() const
{
    return those(true);
}

std::vector<std::shared_ptr<const Venue>> Catalogue::those(bool areProviders) const
{
    std::vector<std::shared_ptr<const Venue>> all;
    for (const auto& [id, venue] : m_venues)
        if (venue->isProvider() == areProviders)
            all.push_back(venue);
    return all;
}

Result<std::shared_ptr<const Venue>> Catalogue::teller(std::string_view source, std::string_view exchange) const
{
    const bool isOwn = source.empty() || source == exchange;
    auto found = venue(isOwn ? exchange : source);
    const std::string who(isOwn ? exchange : source), whose(exchange);
    if (!found && !isOwn)
        return fail(ErrorCode::NotFound, "there is no source '" + who + "'; " + providerNames());
    if (!found)
        return found;
    if (isOwn && (*found)->isProvider())
        return fail(ErrorCode::Unsupported, who + " is no exchange but tells of others: give one of theirs as the exchange and " + who + " as the source");
    if (isOwn)
        return found;
    if (!(*found)->isProvider())
        return fail(ErrorCode::Unsupported, who + " tells of its own markets alone, not of " + whose + "; " + providerNames());
    const auto known = (*found)->exchanges();
    if (std::find(known.begin(), known.end(), whose) != known.end())
        return found;
    std::string names;
    for (const std::string& id : known)
        names += " " + id;
    const std::string nearest = nearestOf(whose, known);
    return fail(ErrorCode::Unsupported, who + " is not known to tell of '" + whose + "'"
            + (nearest.empty() ? "" : " (did you mean " + nearest + "?)") + "; it is of" + names);
}

std::string Catalogue::providerNames() const
{
    std::string names;
    for (const auto& provider : providers())
        names += " " + provider->id();
    return names.empty() ? "only an exchange itself can be asked" : "beside an exchange itself these can be asked:" + names;
}

} // namespace mnemo
