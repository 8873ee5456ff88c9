#include "ui/validation/enginevalidationport.h"

#include <algorithm>
#include <utility>

#include "core/engine/engine.h"
#include "ui/widgets/settingsfile.h"
#include "ui/widgets/textformat.h"

using namespace Qt::StringLiterals;

namespace mnemo {

namespace {

using Channel = EngineBridge::Channel;

/// Runs @p ask with the store on the channel's thread and hands its result to @p answer on the UI thread.
template <class T>
void askOn(EngineBridge& bridge, Channel channel, QObject* context, std::function<Result<T>(StoreReader&)> ask,
    ValidationPort::Answer<T> answer)
{
    bridge.run(channel, context,
        [ask = std::move(ask), answer = std::move(answer)](
            const Result<StoreReader*>& reader, const std::stop_token&) -> EngineBridge::Deliver {
            auto result = std::make_shared<Result<T>>(reader ? ask(**reader) : Result<T>(fail(reader.error())));
            return [answer, result] { answer(std::move(*result)); };
        });
}

} // namespace

EngineValidationPort::EngineValidationPort(EngineBridge& bridge, QString settingsFolder)
    : m_bridge(bridge)
    , m_settingsFolder(std::move(settingsFolder))
{
}

std::shared_ptr<const RuleSettings> EngineValidationPort::rules() const
{
    return m_bridge.engine().ruleSettings();
}

void EngineValidationPort::counts(QObject* context, Answer<std::vector<FindingCount>> answer)
{
    askOn<std::vector<FindingCount>>(
        m_bridge, Channel::Lists, context, [](StoreReader& reader) { return reader.findingCounts(); },
        std::move(answer));
}

void EngineValidationPort::history(int days, QObject* context, Answer<std::vector<RuleHistory>> answer)
{
    askOn<std::vector<RuleHistory>>(
        m_bridge, Channel::Lists, context,
        [days](StoreReader& reader) { return reader.ruleHistory(SystemClock().now(), days); }, std::move(answer));
}

void EngineValidationPort::findingIds(
    const FindingFilter& filter, FindingOrder order, QObject* context, Answer<Ids> answer)
{
    askOn<Ids>(
        m_bridge, Channel::Lists, context,
        [filter, order](StoreReader& reader) -> Result<Ids> {
            auto ids = reader.findingIds(filter, order);
            if (!ids)
                return fail(ids.error());
            return std::make_shared<const std::vector<FindingId>>(std::move(*ids));
        },
        std::move(answer));
}

// Rows that are scrolled into view do not wait for lists that are being made.
void EngineValidationPort::findings(std::vector<FindingId> ids, QObject* context, Answer<std::vector<Finding>> answer)
{
    askOn<std::vector<Finding>>(
        m_bridge, Channel::Chart, context,
        [ids = std::move(ids)](StoreReader& reader) { return reader.findingsById(ids); }, std::move(answer));
}

void EngineValidationPort::evidence(FindingId finding, QObject* context, Answer<FindingEvidence> answer)
{
    askOn<FindingEvidence>(
        m_bridge, Channel::Chart, context,
        [&engine = m_bridge.engine(), finding](StoreReader& reader) -> Result<FindingEvidence> {
            auto provenance = provenanceOf(reader, engine.archive(), finding);
            if (!provenance)
                return fail(provenance.error());
            return readEvidence(reader, std::move(*provenance));
        },
        std::move(answer));
}

void EngineValidationPort::decide(
    FindingDecision decision, SeriesId from, QObject* context, Answer<std::vector<Finding>> answer)
{
    askOn<std::vector<Finding>>(
        m_bridge, Channel::Commands, context,
        [&engine = m_bridge.engine(), decision = std::move(decision), from](
            StoreReader& reader) -> Result<std::vector<Finding>> {
            if (decision.action != DecisionAction::Replace)
                return engine.decide(decision);
            std::vector<Finding> decided;
            for (const FindingId id : decision.findings) { // each has rows of its own
                auto rows = readReplacement(reader, id, from);
                if (!rows)
                    return fail(rows.error());
                FindingDecision one = decision;
                one.findings = {id};
                one.rows = std::move(*rows);
                auto done = engine.decide(std::move(one));
                if (!done)
                    return done;
                std::ranges::move(*done, std::back_inserter(decided));
            }
            return decided;
        },
        std::move(answer));
}

void EngineValidationPort::fetchAgain(std::vector<FindingId> findings, QObject* context, Answer<int> answer)
{
    askOn<int>(
        m_bridge, Channel::Commands, context,
        [&engine = m_bridge.engine(), findings = std::move(findings)](StoreReader& reader) -> Result<int> {
            const auto found = reader.findingsById(findings);
            if (!found)
                return fail(found.error());
            const auto all = reader.series();
            if (!all)
                return fail(all.error());
            int begun = 0;
            for (const SeriesRecord& series : *all) {
                RepairRequest request;
                request.series = series.key;
                const Grid grid = series.grid();
                for (const Finding& one : *found) {
                    const UtcMs first = grid.floor(one.range.from); // one about a moment: its bar
                    if (one.series == series.id)
                        request.ranges.push_back({first, std::max(one.range.to, grid.next(first))});
                }
                if (request.ranges.empty())
                    continue;
                if (const auto job = engine.repair(request); !job)
                    return fail(job.error());
                ++begun;
            }
            return begun;
        },
        std::move(answer));
}

std::shared_ptr<ValidationRun> EngineValidationPort::validate(ValidationRequest request)
{
    return m_bridge.engine().startValidation(std::move(request));
}

void EngineValidationPort::saveRule(const RuleChange& change, QObject* context, Answer<QString> answer)
{
    m_bridge.run(Channel::Commands, context,
        [folder = m_settingsFolder, change, answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            const auto with = [&change](const std::string& text) { return withRuleChange(text, change); };
            return [answer, saved = changeSettingsFile(folder, u"quality.yaml"_s, with)] { answer(saved); };
        });
}

void EngineValidationPort::storeName(QObject* context, Answer<QString> answer)
{
    m_bridge.run(Channel::Lists, context,
        [&engine = m_bridge.engine(), answer = std::move(answer)](
            const Result<StoreReader*>&, const std::stop_token&) -> EngineBridge::Deliver {
            const auto info = engine.store().info();
            const Result<QString> name = info ? Result<QString>(toQString(info->location)) : fail(info.error());
            return [answer, name] { answer(name); };
        });
}

} // namespace mnemo
