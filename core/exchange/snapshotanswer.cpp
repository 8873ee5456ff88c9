#include "core/base/decimal.h"
#include "core/exchange/answer.h"
#include "core/exchange/requestbuilder.h"

namespace mnemo::description {

namespace {

using Json = nlohmann::json;

std::string textOf(const Path& path)
{
    std::string text;
    for (const PathStep& step : path)
        text += (text.empty() ? "" : ".") + step.key;
    return text;
}

class AnswerReader {
public:
    AnswerReader(const AnswerContext& context, const Json& body)
        : m_context(context)
        , m_body(body)
        , m_values(instrumentValues(context.venue, context.instrument))
    {
    }

    Result<std::string> text(const Path& path) const
    {
        const Json* found = find(m_body, path, m_values);
        const auto said = found == nullptr ? std::nullopt : scalarText(*found);
        if (!said || said->empty())
            return fail(ErrorCode::BadAnswer,
                m_context.sentence("has nothing at '" + textOf(path) + "' for " + m_context.instrument.symbol));
        return *said;
    }

    Result<double> number(const Path& path) const
    {
        const auto said = text(path);
        if (!said)
            return fail(said.error());
        const auto value = parseDecimal(*said);
        if (!value)
            return fail(ErrorCode::BadAnswer,
                m_context.sentence(
                    "has '" + said->substr(0, 40) + "' at '" + textOf(path) + "', which is not a number"));
        return *value;
    }

    Result<std::optional<double>> number(const SnapshotField& field) const
    {
        if (!field.isSet)
            return std::optional<double>();
        const auto value = number(field.path);
        if (!value || field.times.empty())
            return value ? Result<std::optional<double>>(*value) : fail(value.error());
        const auto factor = number(field.times);
        return factor ? Result<std::optional<double>>(*value * *factor) : fail(factor.error());
    }

    Result<UtcMs> time(const Snapshot& snapshot, UtcMs now) const
    {
        if (!snapshot.time.isSet)
            return now;
        const auto said = text(snapshot.time.path);
        if (!said)
            return fail(said.error());
        const auto time = readTime(*said, snapshot.timeUnit);
        if (!time)
            return fail(ErrorCode::BadAnswer,
                m_context.sentence(
                    "has '" + said->substr(0, 40) + "' at '" + textOf(snapshot.time.path) + "', which is not a time"));
        return fromMs(*time);
    }

private:
    const AnswerContext& m_context;
    const Json& m_body;
    const TemplateValues m_values;
};

} // namespace

Result<Metric> readSnapshotAnswer(
    const Snapshot& snapshot, const AnswerContext& context, std::string_view body, UtcMs now)
{
    const std::string_view text = trimmed(body);
    const Json json = Json::parse(text, nullptr, false);
    if (text.empty() || !json.is_structured())
        return fail(ErrorCode::BadAnswer,
            context.sentence(
                text.empty() ? "is empty" : "is not the expected JSON (starts with " + beginning(text) + ")"));
    const AnswerReader reader(context, json);
    const auto amount = reader.number(snapshot.amount);
    if (!amount)
        return fail(amount.error());
    const auto value = reader.number(snapshot.value);
    if (!value)
        return fail(value.error());
    const auto time = reader.time(snapshot, now);
    if (!time)
        return fail(time.error());
    return Metric {*time, {*amount, *value}, 0};
}

} // namespace mnemo::description
