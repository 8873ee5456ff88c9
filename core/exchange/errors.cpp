#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/base/decimal.h"
#include "core/exchange/answer.h"

namespace mnemo::description {

namespace {

using Json = nlohmann::json;

const Json* member(const Json& value, const PathStep& step, const TemplateValues& values)
{
    switch (step.kind) {
    case PathStep::Kind::Index:
        if (value.is_array() && step.index < value.size())
            return &value[step.index];
        if (!value.is_object())
            return nullptr;
        break; // a map may have keys that are numbers
    case PathStep::Kind::Any:
        for (const auto& element : value)
            if (value.is_object() && element.is_structured())
                return &element;
        return nullptr;
    case PathStep::Kind::Select: {
        const auto word = step.word.empty() ? step.text.text(values) : std::optional(step.word);
        for (const auto& element : value)
            if (word && element.is_object() && element.contains(step.key) && scalarText(element[step.key]) == word)
                return &element;
        return nullptr;
    }
    case PathStep::Kind::Key:
    case PathStep::Kind::Template:
        break;
    }
    const auto key = step.kind == PathStep::Kind::Template ? step.text.text(values) : std::optional(step.key);
    if (key && value.is_array() && step.kind == PathStep::Kind::Template) {
        std::size_t index = value.size();
        const auto [end, ec] = std::from_chars(key->data(), key->data() + key->size(), index);
        return ec == std::errc {} && end == key->data() + key->size() && index < value.size() ? &value[index] : nullptr;
    }
    if (!key || !value.is_object())
        return nullptr;
    const auto found = value.find(*key);
    return found == value.end() ? nullptr : &*found;
}

/// Text of the first path that has one; what is a list or map there counts as its JSON.
std::string firstText(const Json& body, const std::vector<Path>& paths)
{
    for (const Path& path : paths) {
        const Json* value = find(body, path);
        if (value == nullptr || value->is_null() || (value->is_structured() && value->empty()))
            continue;
        auto text = scalarText(*value);
        if (!text)
            text = value->dump(-1, ' ', false, Json::error_handler_t::replace);
        if (!text->empty())
            return text->substr(0, 300);
    }
    return {};
}

bool holds(const Test& test, const Json& body)
{
    const Json* value = find(body, test.path);
    if (value == nullptr)
        return false;
    const auto text = scalarText(*value);
    return text && matches(*text, test.words);
}

bool isAnyOf(const std::string& code, const std::string& message, const std::vector<std::string>& words)
{
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word.starts_with('~') ? matches(message, {word}) : word == code || word == message;
    });
}

ErrorCode codeOfStatus(const ErrorForm& form, int status)
{
    if (const auto own = form.http.find(status); own != form.http.end())
        return own->second;
    if (status == 429)
        return ErrorCode::RateLimited;
    if (status == 418)
        return ErrorCode::Banned;
    return status >= 500 ? ErrorCode::ServerError : ErrorCode::Rejected;
}

std::optional<milliseconds> retryAfter(const ErrorForm& form, const Json& body)
{
    const Json* value = form.retryAfter.empty() ? nullptr : find(body, form.retryAfter);
    const auto text = value == nullptr ? std::nullopt : scalarText(*value);
    const auto number = text ? parseDecimal(*text) : std::nullopt;
    if (!number || *number < 0 || *number > 1e9)
        return std::nullopt;
    return milliseconds{std::llround(*number * (form.retryUnit == TimeUnit::Seconds ? 1000 : 1))};
}

/// What the body itself says, whatever the status.
struct Statement {
    bool isError = false;
    std::string code, message;
};

Statement statementOf(const ErrorForm& form, const Json& body)
{
    Statement statement;
    statement.code = firstText(body, form.code);
    statement.message = firstText(body, form.message);
    statement.isError = form.when.empty()
        ? !statement.code.empty()
            && std::find(form.success.begin(), form.success.end(), statement.code) == form.success.end()
        : std::any_of(form.when.begin(), form.when.end(), [&](const Test& test) { return holds(test, body); });
    return statement;
}

} // namespace

const nlohmann::json* find(const nlohmann::json& root, const Path& path, const TemplateValues& values)
{
    const Json* value = &root;
    for (const PathStep& step : path) {
        value = member(*value, step, values);
        if (value == nullptr)
            return nullptr;
    }
    return value;
}

std::optional<std::string> scalarText(const nlohmann::json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_null() || value.is_structured())
        return std::nullopt;
    return value.dump();
}

bool matches(std::string_view text, const std::vector<std::string>& words)
{
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return word.starts_with('~') ? text.find(std::string_view(word).substr(1)) != std::string_view::npos
                                     : word == text;
    });
}

BodyVerdict judgeBody(const VenueDescription& venue, int status, std::string_view body, const std::string& request)
{
    const ErrorForm& form = venue.errors;
    const bool isSuccess = status >= 200 && status < 300;
    const std::string_view text = trimmed(body);
    const bool looksLikeJson = !text.empty() && (text.front() == '{' || text.front() == '[');
    const Json json = looksLikeJson && text.size() < 1'000'000 ? Json::parse(text, nullptr, false) : Json();
    const Statement statement = json.is_structured() ? statementOf(form, json) : Statement{};
    BodyVerdict verdict;
    if (statement.isError && isAnyOf(statement.code, statement.message, form.noData)) {
        verdict.isNoData = true;
        return verdict;
    }
    if (isSuccess && !statement.isError)
        return verdict;
    Error error;
    error.code = isSuccess ? ErrorCode::Rejected : codeOfStatus(form, status);
    if (status != 429 && status != 418) // the status says it all, and the body may say less
        for (const auto& [code, words] : form.words)
            if (isAnyOf(statement.code, statement.message, words)) {
                error.code = code;
                break;
            }
    const std::string said = statement.code
        + (statement.code.empty() || statement.message.empty() || statement.code == statement.message ? "" : " ")
        + (statement.code == statement.message ? std::string() : statement.message);
    error.detail = venue.id + ": " + (isSuccess ? "" : "HTTP " + std::to_string(status) + " ") + "answer to " + request
        + (!said.empty()       ? ": " + said
                : text.empty() ? std::string(isSuccess ? "" : " without a body")
                               : " (starts with " + beginning(text) + ")");
    error.retryAfter = retryAfter(form, json);
    verdict.error = std::move(error);
    return verdict;
}

} // namespace mnemo::description
