#include "core/alert/alertbook.h"

#include <algorithm>
#include <utility>

namespace mnemo {

namespace {

constexpr std::int64_t mebibyte = 1LL << 20;
constexpr auto ruleIsGone = "the rule is off or no longer there";
constexpr auto troubleIsGone = "it is no longer so";

bool isMeant(const AlertRule& rule, const Condition& trouble, UtcMs now)
{
    if (trouble.kind != rule.kind)
        return false;
    if (!rule.exchanges.empty() && std::ranges::find(rule.exchanges, trouble.where) == rule.exchanges.end())
        return false;
    if (rule.kind == AlertKind::Findings && trouble.severity < rule.worseThan)
        return false;
    return rule.kind != AlertKind::Retention || !trouble.until || *trouble.until - now <= rule.notice;
}

std::string groupOf(const AlertRule& rule, const Condition& trouble)
{
    switch (rule.grouping) {
    case AlertGrouping::Cause: return trouble.id;
    case AlertGrouping::Exchange: return trouble.where;
    case AlertGrouping::All: return {};
    }
    return {};
}

/// What a rule's at_least counts.
std::int64_t amountOf(AlertKind kind, std::int64_t series, std::int64_t count)
{
    return kind == AlertKind::FailedJobs || kind == AlertKind::Findings ? count : series;
}

bool hasThreshold(AlertKind kind)
{
    return kind != AlertKind::Lane && kind != AlertKind::Store && kind != AlertKind::Settings && kind != AlertKind::Disk;
}

} // namespace

bool Conditions::isKnown(AlertKind kind) const
{
    return std::ranges::find(unknown, kind) == unknown.end();
}

std::string_view toText(RuleState state)
{
    switch (state) {
    case RuleState::Off: return "off";
    case RuleState::Normal: return "normal";
    case RuleState::Pending: return "pending";
    case RuleState::Firing: return "firing";
    case RuleState::NoData: return "no_data";
    }
    return "normal";
}

struct AlertBook::Seen {
    Condition worst; ///< of those that make up the group
    Severity severity = Severity::Info;
    std::int64_t causes = 0, series = 0, count = 0;

    void add(const Condition& trouble)
    {
        if (causes == 0 || trouble.severity > worst.severity
            || (trouble.severity == worst.severity && trouble.series > worst.series))
            worst = trouble;
        severity = std::max(severity, trouble.severity);
        ++causes;
        series += trouble.series;
        count += trouble.count;
    }

    /// False where nothing of what is shown is other than before.
    bool update(Alert& alert) const
    {
        const Alert before = alert;
        alert.kind = worst.kind;
        alert.where = worst.where;
        alert.what = worst.what;
        alert.severity = severity;
        alert.causes = causes;
        alert.series = series;
        alert.count = count;
        alert.until = worst.until;
        alert.detail = worst.detail;
        alert.cause = worst.id;
        return alert != before;
    }
};

AlertBook::AlertBook(std::vector<Alert> open, std::vector<Silence> silences, AlertId nextAlert)
    : m_nextAlert(nextAlert)
{
    for (Alert& alert : open) {
        m_nextAlert = std::max(m_nextAlert, alert.id + 1);
        Key key {alert.rule, alert.group};
        m_open.insert_or_assign(std::move(key), std::move(alert));
    }
    for (Silence& silence : silences) {
        m_nextSilence = std::max(m_nextSilence, silence.id + 1);
        if (!silence.endedAt)
            m_silences.push_back(std::move(silence));
    }
}

std::map<std::string, AlertBook::Seen> AlertBook::seenBy(const AlertRule& rule, const Conditions& conditions) const
{
    std::map<std::string, Seen> groups;
    if (rule.kind == AlertKind::Disk) {
        if (conditions.freeBytes && *conditions.freeBytes < rule.freeMiB * mebibyte)
            groups[{}].add({AlertKind::Disk, {}, {}, Severity::Error, 0, *conditions.freeBytes, {}, {}, "disk//"});
        return groups;
    }
    for (const Condition& trouble : conditions.troubles) {
        if (isMeant(rule, trouble, conditions.at))
            groups[groupOf(rule, trouble)].add(trouble);
    }
    if (hasThreshold(rule.kind))
        std::erase_if(groups, [&rule](const auto& group) {
            return amountOf(rule.kind, group.second.series, group.second.count) < rule.atLeast;
        });
    if (rule.severity) {
        for (auto& [group, seen] : groups)
            seen.severity = *rule.severity;
    }
    return groups;
}

AlertBook::Look AlertBook::look(const AlertSettings& settings, const Conditions& conditions)
{
    Look look;
    m_unknown.clear();
    endSilences(conditions.at, look);
    for (const AlertRule& rule : settings.rules) {
        if (rule.isOn && conditions.isKnown(rule.kind))
            lookAtRule(rule, settings, conditions, look);
        else if (rule.isOn)
            m_unknown.push_back(rule.id);
    }
    std::vector<Key> gone;
    for (const auto& [key, alert] : m_open) {
        const AlertRule* rule = settings.rule(alert.rule);
        if (!rule || !rule->isOn)
            gone.push_back(key);
    }
    for (const Key& key : gone)
        end(key, ruleIsGone, conditions.at, false, look);
    return look;
}

void AlertBook::lookAtRule(
    const AlertRule& rule, const AlertSettings& settings, const Conditions& conditions, Look& look)
{
    const UtcMs now = conditions.at;
    const auto groups = seenBy(rule, conditions);
    for (const auto& [group, seen] : groups) {
        const auto [place, isNew] = m_open.try_emplace({rule.id, group});
        Alert& alert = place->second;
        if (isNew) {
            alert.id = m_nextAlert++;
            alert.rule = rule.id;
            alert.group = group;
            alert.since = now;
        }
        const Severity before = alert.severity;
        const bool isOther = seen.update(alert) || isNew;
        alert.seenAt = now;
        alert.since = std::min(alert.since, now); // the clock was set back
        const std::size_t steps = look.steps.size();
        const AlertState state = alert.state;
        advance(rule, settings, alert, now, !isNew && alert.severity > before, look);
        if (isOther || look.steps.size() > steps || alert.state != state)
            look.changed.push_back(alert);
    }
    std::vector<Key> over;
    for (auto place = m_open.lower_bound({rule.id, {}}); place != m_open.end() && place->first.first == rule.id; ++place) {
        const Alert& alert = place->second;
        const bool isClear = alert.state == AlertState::Pending || now - alert.seenAt >= rule.clearFor;
        if (!groups.contains(alert.group) && isClear)
            over.push_back(place->first);
    }
    for (const Key& key : over)
        end(key, troubleIsGone, now, rule.tellsEnd, look);
}

void AlertBook::advance(
    const AlertRule& rule, const AlertSettings& settings, Alert& alert, UtcMs now, bool isWorse, Look& look)
{
    std::optional<AlertEventKind> event;
    if (alert.state == AlertState::Pending) {
        if (now - alert.since < rule.pendingFor)
            return;
        alert.state = AlertState::Firing;
        alert.firedAt = now;
        event = AlertEventKind::Fired;
    } else if (isWorse) {
        alert.acknowledgedBy.clear();
        alert.acknowledgedAt.reset();
        event = AlertEventKind::Worsened;
    } else if (!alert.acknowledgedAt && !isSilenced(alert, now)) {
        const milliseconds repeat = rule.repeat.value_or(settings.repeat);
        const bool isDue = alert.toldAt ? repeat.count() > 0 && now - *alert.toldAt >= repeat : true; // true: a silence is over
        if (isDue)
            event = AlertEventKind::Repeated;
    }
    if (!event)
        return;
    const bool isTold = !isSilenced(alert, now);
    if (isTold) {
        alert.toldAt = now;
        ++alert.told;
    }
    look.steps.push_back({*event, alert, isTold});
}

void AlertBook::end(const Key& key, const std::string& why, UtcMs now, bool isTold, Look& look)
{
    Alert alert = m_open.extract(key).mapped();
    if (alert.state == AlertState::Pending) {
        look.dropped.push_back(alert.id);
        return;
    }
    const bool isHeldBack = isSilenced(alert, now);
    alert.state = AlertState::Resolved;
    alert.resolvedAt = now;
    alert.why = why;
    look.steps.push_back({AlertEventKind::Resolved, alert, isTold && alert.toldAt && !isHeldBack});
    look.changed.push_back(std::move(alert));
}

void AlertBook::endSilences(UtcMs now, Look& look)
{
    for (Silence& silence : m_silences) {
        if (now < silence.until)
            continue;
        silence.endedAt = now;
        look.ended.push_back(silence);
    }
    std::erase_if(m_silences, [](const Silence& silence) { return silence.endedAt.has_value(); });
}

const Alert* AlertBook::find(AlertId id) const
{
    const auto found = std::ranges::find_if(m_open, [id](const auto& one) { return one.second.id == id; });
    return found == m_open.end() ? nullptr : &found->second;
}

bool AlertBook::isSilenced(const Alert& alert, UtcMs now) const
{
    return std::ranges::any_of(
        m_silences, [&](const Silence& silence) { return silence.isActive(now) && silence.matches(alert); });
}

std::vector<RuleStatus> AlertBook::rules(const AlertSettings& settings) const
{
    std::vector<RuleStatus> list;
    for (const AlertRule& rule : settings.rules) {
        RuleStatus status {rule.id, RuleState::Normal, 0, 0};
        for (auto place = m_open.lower_bound({rule.id, {}}); place != m_open.end() && place->first.first == rule.id; ++place)
            ++(place->second.state == AlertState::Firing ? status.firing : status.pending);
        if (!rule.isOn || !settings.isOn)
            status.state = RuleState::Off;
        else if (std::ranges::find(m_unknown, rule.id) != m_unknown.end())
            status.state = RuleState::NoData;
        else if (status.firing > 0)
            status.state = RuleState::Firing;
        else if (status.pending > 0)
            status.state = RuleState::Pending;
        list.push_back(std::move(status));
    }
    return list;
}

Result<Silence> AlertBook::silence(Silence silence)
{
    if (silence.until <= silence.from)
        return fail(ErrorCode::InvalidArgument, "a silence must end after it begins");
    silence.id = m_nextSilence++;
    silence.endedAt.reset();
    m_silences.push_back(silence);
    return silence;
}

Result<Silence> AlertBook::unsilence(SilenceId id, UtcMs now)
{
    const auto found = std::ranges::find(m_silences, id, &Silence::id);
    if (found == m_silences.end())
        return fail(ErrorCode::NotFound, "no silence " + std::to_string(id) + " is active");
    Silence ended = std::move(*found);
    m_silences.erase(found);
    ended.endedAt = now;
    return ended;
}

Result<Alert> AlertBook::acknowledge(AlertId id, const std::string& who, UtcMs now)
{
    const auto found = std::ranges::find_if(m_open, [id](const auto& one) { return one.second.id == id; });
    if (found == m_open.end() || found->second.state != AlertState::Firing)
        return fail(ErrorCode::NotFound, "no alert " + std::to_string(id) + " is firing");
    found->second.acknowledgedBy = who;
    found->second.acknowledgedAt = now;
    return found->second;
}

} // namespace mnemo
