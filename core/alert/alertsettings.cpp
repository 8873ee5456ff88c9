#include "core/alert/alertsettings.h"

#include <algorithm>
#include <set>

#include "core/config/mapreader.h"
#include "core/config/secrets.h"
#include "core/net/url.h"

namespace mnemo {

using namespace std::chrono_literals;

namespace {

constexpr milliseconds longest = std::chrono::days {365};
const std::vector<std::pair<std::string, Severity>> severities {
    {"info", Severity::Info}, {"warn", Severity::Warn}, {"error", Severity::Error}};

template<class Enum>
std::vector<std::pair<std::string, Enum>> wordsOf(const std::vector<Enum>& all)
{
    std::vector<std::pair<std::string, Enum>> words;
    for (const Enum one : all)
        words.emplace_back(toText(one), one);
    return words;
}

const std::vector<ChannelType>& allChannelTypes()
{
    using enum ChannelType;
    static const std::vector<ChannelType> types {App, Desktop, Webhook, Slack, Discord, Telegram, Email};
    return types;
}

bool isId(const std::string& id)
{
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

/// One rule or channel; it is of use only if no problem was added since.
class EntryReader {
public:
    EntryReader(const Node& node, const std::string& path, Problems& problems)
        : m_problems(problems)
        , m_before(problems.size())
        , m_reader(&node, path, problems)
    {
    }
    MapReader* operator->() { return &m_reader; }
    MapReader& reader() { return m_reader; }
    bool isGood() const { return m_problems.size() == m_before; }
    bool finish()
    {
        m_reader.finish();
        return isGood();
    }

private:
    Problems& m_problems;
    const std::size_t m_before;
    MapReader m_reader;
};

/// The numbers that decide, of those kinds that have them: in another rule their keys are unknown.
void readThresholds(MapReader& reader, AlertRule& rule)
{
    constexpr std::int64_t most = 1'000'000'000;
    switch (rule.kind) {
    case AlertKind::Findings: reader.readEnum("worse_than", rule.worseThan, severities); [[fallthrough]];
    case AlertKind::FailedJobs:
    case AlertKind::Gaps:
    case AlertKind::Stale: reader.read("at_least", rule.atLeast, std::int64_t {1}, most); break;
    case AlertKind::Retention:
        reader.read("at_least", rule.atLeast, std::int64_t {1}, most);
        reader.read("notice", rule.notice, 1min, longest);
        break;
    case AlertKind::Disk: reader.read("free_below_mib", rule.freeMiB, std::int64_t {1}, most); break;
    case AlertKind::Lane:
    case AlertKind::Store:
    case AlertKind::Settings: break;
    }
}

std::optional<AlertRule> readRule(const std::string& id, const Node& node, const std::string& path, Problems& problems)
{
    EntryReader entry(node, path, problems);
    AlertRule rule;
    rule.id = id;
    if (!isId(id))
        entry->problem("", "the id of a rule has only letters, digits, _ and -");
    if (!entry->has("when"))
        entry->problem("when", "is needed: what the rule is about");
    entry->readEnum("when", rule.kind, wordsOf(allAlertKinds()));
    entry->read("on", rule.isOn);
    if (entry->has("severity")) {
        rule.severity = Severity::Warn;
        entry->readEnum("severity", *rule.severity, severities);
    } else {
        entry->node("severity");
    }
    entry->read("for", rule.pendingFor, 0ms, longest);
    entry->read("clear", rule.clearFor, 0ms, longest);
    entry->readEnum("group", rule.grouping, wordsOf<AlertGrouping>({AlertGrouping::Cause, AlertGrouping::Exchange, AlertGrouping::All}));
    if (entry->has("repeat")) {
        rule.repeat = 0ms;
        entry->read("repeat", *rule.repeat, 0ms, longest);
    } else {
        entry->node("repeat");
    }
    entry->read("tell_end", rule.tellsEnd);
    entry->read("channels", rule.channels);
    entry->read("exchanges", rule.exchanges);
    readThresholds(entry.reader(), rule);
    return entry.finish() ? std::optional(rule) : std::nullopt;
}

void readUrl(EntryReader& entry, AlertChannel& channel)
{
    entry->read("url", channel.url);
    if (channel.url.empty())
        return;
    const auto url = splitUrl(channel.url);
    if (channel.url.ends_with(leftOutAddress))
        entry->problem("url", "the address was left out when this was written; put it into the environment and write ${NAME} here");
    else if (!url || (url->scheme != "http" && url->scheme != "https"))
        entry->problem("url", "expected an address that begins with https://");
}

void readMail(EntryReader& entry, AlertChannel& channel)
{
    SmtpServer& server = channel.server;
    entry->read("host", server.host);
    if (server.host.empty() || server.host.find_first_of(" /:@") != std::string::npos)
        entry->problem("host", "is needed: the name of a mail server, without port");
    entry->read("port", server.port, 0, 65'535);
    entry->readEnum("tls", server.tls, wordsOf<SmtpTls>({SmtpTls::StartTls, SmtpTls::Implicit, SmtpTls::None}));
    entry->read("user", server.user);
    entry->read("from", channel.from);
    if (!mailAddress(channel.from))
        entry->problem("from", "is needed: an address as name@example.org");
    entry->read("to", channel.to);
    if (channel.to.empty() || !std::ranges::all_of(channel.to, [](const std::string& to) { return mailAddress(to).has_value(); }))
        entry->problem("to", "is needed: one or more addresses as name@example.org");
}

std::optional<AlertChannel> readChannel(const std::string& id, const Node& node, const std::string& path, Problems& problems)
{
    EntryReader entry(node, path, problems);
    AlertChannel channel;
    channel.id = id;
    if (!isId(id))
        entry->problem("", "the id of a channel has only letters, digits, _ and -");
    if (!entry->has("type"))
        entry->problem("type", "is needed: what kind of channel it is");
    entry->readEnum("type", channel.type, wordsOf(allChannelTypes()));
    entry->read("on", channel.isOn);
    entry->readEnum("at_least", channel.atLeast, severities);
    switch (channel.type) {
    case ChannelType::App:
    case ChannelType::Desktop: break;
    case ChannelType::Telegram:
        entry->read("chat", channel.chat);
        if (channel.chat.empty())
            entry->problem("chat", "is needed: the number of a chat, or @name of a channel");
        [[fallthrough]];
    case ChannelType::Webhook:
    case ChannelType::Slack:
    case ChannelType::Discord: readUrl(entry, channel); break;
    case ChannelType::Email: readMail(entry, channel); break;
    }
    return entry.finish() ? std::optional(channel) : std::nullopt;
}

/// Where a rule names a channel that is none, the others get its alerts.
void checkChannels(const Node& tree, AlertSettings& settings, Problems& problems)
{
    const Node* known = tree.find("channels");
    std::vector<std::string> names;
    for (const auto& [id, node] : known ? known->map : std::vector<Node::Member> {})
        names.push_back(id);
    for (AlertRule& rule : settings.rules) {
        const std::string path = "rules." + rule.id + ".channels";
        const Node* node = tree.at(path);
        for (const std::string& name : rule.channels) {
            if (std::ranges::find(names, name) == names.end())
                problems.push_back({node ? node->mark : Mark {}, "alerts." + path, "there is no channel " + yamlQuoted(name),
                    nearestOf(name, names)});
        }
    }
}

} // namespace

std::string_view toText(AlertGrouping grouping)
{
    switch (grouping) {
    case AlertGrouping::Cause: return "cause";
    case AlertGrouping::Exchange: return "exchange";
    case AlertGrouping::All: return "all";
    }
    return "cause";
}

std::string_view toText(ChannelType type)
{
    switch (type) {
    case ChannelType::App: return "app";
    case ChannelType::Desktop: return "desktop";
    case ChannelType::Webhook: return "webhook";
    case ChannelType::Slack: return "slack";
    case ChannelType::Discord: return "discord";
    case ChannelType::Telegram: return "telegram";
    case ChannelType::Email: return "email";
    }
    return "app";
}

const AlertRule* AlertSettings::rule(std::string_view id) const
{
    const auto found = std::ranges::find(rules, id, &AlertRule::id);
    return found == rules.end() ? nullptr : &*found;
}

const AlertChannel* AlertSettings::channel(std::string_view id) const
{
    const auto found = std::ranges::find(channels, id, &AlertChannel::id);
    return found == channels.end() ? nullptr : &*found;
}

std::vector<const AlertChannel*> AlertSettings::channelsFor(const AlertRule& rule, Severity severity) const
{
    std::vector<const AlertChannel*> chosen;
    for (const AlertChannel& channel : channels) {
        const bool isNamed = rule.channels.empty() || std::ranges::find(rule.channels, channel.id) != rule.channels.end();
        if (channel.isOn && isNamed && severity >= channel.atLeast)
            chosen.push_back(&channel);
    }
    return chosen;
}

AlertSettings AlertSettings::load(const Node& tree, Problems& problems)
{
    AlertSettings settings;
    MapReader reader(&tree, "alerts", problems);
    reader.read("on", settings.isOn);
    reader.read("every", settings.every, 1s, 24h);
    reader.read("repeat", settings.repeat, 0ms, longest);
    reader.read("keep", settings.keep, 1h, 20 * longest);
    reader.readEach("rules", [&](const std::string& id, const Node& node, const std::string& path) {
        if (node.isNull())
            return;
        if (auto rule = readRule(id, node, path, problems))
            settings.rules.push_back(std::move(*rule));
    });
    reader.readEach("channels", [&](const std::string& id, const Node& node, const std::string& path) {
        if (node.isNull())
            return;
        if (auto channel = readChannel(id, node, path, problems))
            settings.channels.push_back(std::move(*channel));
    });
    reader.finish();
    checkChannels(tree, settings, problems);
    return settings;
}

} // namespace mnemo
