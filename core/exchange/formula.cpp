#include "core/exchange/formula.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "core/config/node.h"

namespace mnemo::description {

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

std::int64_t added(std::int64_t a, std::int64_t b)
{
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? (b > 0 ? most : least) : sum;
}

std::int64_t subtracted(std::int64_t a, std::int64_t b)
{
    std::int64_t difference = 0;
    return __builtin_sub_overflow(a, b, &difference) ? (b < 0 ? most : least) : difference;
}

std::int64_t multiplied(std::int64_t a, std::int64_t b)
{
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? ((a < 0) == (b < 0) ? most : least) : product;
}

/// Grids are exact for the years 1..9999; times beyond stay as they are.
bool isCalendarTime(std::int64_t ms)
{
    return ms > -62'000'000'000'000 && ms < 253'000'000'000'000;
}

std::int64_t toGrid(std::int64_t ms, const Grid* grid, bool up)
{
    if (grid == nullptr || !isCalendarTime(ms))
        return ms;
    return toMs(up ? grid->ceil(fromMs(ms)) : grid->floor(fromMs(ms)));
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

std::optional<std::int64_t> unitLength(std::string_view unit)
{
    static constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> units{
        {{"", 1}, {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    for (const auto& [name, length] : units)
        if (name == unit)
            return length;
    return std::nullopt;
}

} // namespace

/// Recursive descent over one line of text. Fails by setting m_error.
class FormulaParser {
public:
    using Op = Formula::Op;

    explicit FormulaParser(std::string_view text)
        : m_text(text)
    {
    }

    Result<Formula> run()
    {
        sum();
        if (m_error.empty() && word() == "when") {
            take(4);
            do
                condition();
            while (m_error.empty() && accept(','));
        }
        skipBlanks();
        if (m_error.empty() && m_at < m_text.size())
            m_error = "cannot read '" + std::string(m_text.substr(m_at)) + "' in '" + std::string(m_text) + "'";
        if (!m_error.empty())
            return fail(ErrorCode::Config, m_error);
        return std::move(m_formula);
    }

private:
    void skipBlanks()
    {
        while (m_at < m_text.size() && m_text[m_at] == ' ')
            ++m_at;
    }

    bool accept(char c)
    {
        skipBlanks();
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }

    void expect(char c)
    {
        if (m_error.empty() && !accept(c))
            m_error = std::string("'") + c + "' is missing in '" + std::string(m_text) + "'";
    }

    std::string_view word()
    {
        skipBlanks();
        std::size_t end = m_at;
        while (end < m_text.size() && isLetter(m_text[end]))
            ++end;
        return m_text.substr(m_at, end - m_at);
    }

    void take(std::size_t length) { m_at += length; }
    void push(Op op, std::int64_t number = 0) { m_formula.m_tokens.push_back({op, number}); }

    void sum()
    {
        product();
        while (m_error.empty()) {
            const bool plus = accept('+');
            if (!plus && !accept('-'))
                return;
            product();
            push(plus ? Op::Add : Op::Subtract);
        }
    }

    void product()
    {
        factor();
        while (m_error.empty() && accept('*')) {
            factor();
            push(Op::Multiply);
        }
    }

    void factor()
    {
        if (++m_depth > 50) {
            m_error = "too many brackets in '" + std::string(m_text.substr(0, 60)) + "'";
            return;
        }
        if (accept('(')) {
            sum();
            expect(')');
        } else if (m_at < m_text.size() && isDigit(m_text[m_at])) {
            if (const auto value = number())
                push(Op::Number, *value);
        } else {
            named();
        }
        --m_depth;
    }

    std::optional<std::int64_t> number()
    {
        skipBlanks();
        std::int64_t value = 0;
        const auto [end, ec] = std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), value);
        if (ec != std::errc{}) {
            m_error = "a whole number is missing in '" + std::string(m_text) + "'";
            return std::nullopt;
        }
        m_at = static_cast<std::size_t>(end - m_text.data());
        std::size_t unitEnd = m_at;
        while (unitEnd < m_text.size() && isLetter(m_text[unitEnd]))
            ++unitEnd;
        const auto unit = m_text.substr(m_at, unitEnd - m_at);
        const auto length = unitLength(unit);
        if (!length) {
            m_error = "'" + std::string(unit) + "' is no unit of time (ms, s, m, h, d)";
            return std::nullopt;
        }
        m_at = unitEnd;
        return multiplied(value, *length);
    }

    static std::optional<Op> variableOf(std::string_view name)
    {
        static constexpr std::array<std::pair<std::string_view, Op>, 7> names{
            {{"since", Op::Since}, {"until", Op::Until}, {"limit", Op::Limit}, {"n", Op::N}, {"start", Op::Start},
                {"now", Op::Now}, {"step", Op::Step}}};
        for (const auto& [text, op] : names)
            if (text == name)
                return op;
        return std::nullopt;
    }

    void named()
    {
        const auto name = word();
        if (const auto op = variableOf(name)) {
            take(name.size());
            push(*op);
        } else if (name == "min" || name == "max") {
            take(3);
            expect('(');
            sum();
            expect(',');
            sum();
            expect(')');
            push(name == "min" ? Op::Min : Op::Max);
        } else if (name == "floor" || name == "ceil") {
            take(name.size());
            expect('(');
            sum();
            expect(')');
            push(name == "floor" ? Op::Floor : Op::Ceil);
        } else {
            m_error = noValue(name.empty() ? m_text.substr(std::min(m_at, m_text.size())) : name);
        }
    }

    std::string noValue(std::string_view text) const
    {
        if (text.empty())
            return "a value is missing at the end of '" + std::string(m_text) + "'";
        const std::string nearest =
            nearestOf(text, {"since", "until", "limit", "n", "start", "now", "step", "min", "max", "floor", "ceil"});
        return "'" + std::string(text) + "' is no value (since, until, limit, n, start, now, step, a number, min, max, floor, ceil)"
            + (nearest.empty() ? nearest : "; did you mean " + nearest + "?");
    }

    /// What sum() pushes is the condition's, not the formula's.
    Formula::Tokens side()
    {
        Formula::Tokens outer;
        outer.swap(m_formula.m_tokens);
        sum();
        outer.swap(m_formula.m_tokens);
        return outer;
    }

    void condition()
    {
        using Comparison = Formula::Comparison;
        Formula::Condition condition;
        const bool isNegated = word() == "no";
        if (isNegated)
            take(2);
        condition.left = side();
        if (accept('<'))
            condition.comparison = accept('=') ? Comparison::LessOrEqual : Comparison::Less;
        else if (accept('>'))
            condition.comparison = accept('=') ? Comparison::GreaterOrEqual : Comparison::Greater;
        else if (isNegated)
            condition.comparison = Comparison::NotGiven;
        const bool compares = condition.comparison != Comparison::Given && condition.comparison != Comparison::NotGiven;
        if (compares && m_error.empty())
            condition.right = side();
        if (m_error.empty() && (compares ? isNegated : condition.left.size() != 1))
            m_error = "a condition is a name, 'no' and a name, or a comparison: '" + std::string(m_text) + "'";
        m_formula.m_conditions.push_back(std::move(condition));
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_depth = 0;
    std::string m_error;
    Formula m_formula;
};

Result<Formula> Formula::parse(std::string_view text)
{
    return FormulaParser(text).run();
}

std::optional<std::int64_t> Formula::variable(Op op, const FormulaInput& input)
{
    switch (op) {
    case Op::Since:
        return input.since;
    case Op::Until:
        return input.until;
    case Op::Limit:
        return input.limit;
    case Op::N:
        return input.n;
    case Op::Start:
        return input.start;
    case Op::Now:
        return input.now;
    case Op::Step:
        return input.step;
    case Op::Number:
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::Min:
    case Op::Max:
    case Op::Floor:
    case Op::Ceil:
        break;
    }
    return std::nullopt;
}

bool Formula::holds(const Condition& condition, const FormulaInput& input)
{
    const auto left = evaluated(condition.left, input);
    const auto right = evaluated(condition.right, input);
    switch (condition.comparison) {
    case Comparison::Given:
        return left.has_value();
    case Comparison::NotGiven:
        return !left.has_value();
    case Comparison::Less:
        return left && right && *left < *right;
    case Comparison::LessOrEqual:
        return left && right && *left <= *right;
    case Comparison::Greater:
        return left && right && *left > *right;
    case Comparison::GreaterOrEqual:
        return left && right && *left >= *right;
    }
    return false;
}

std::optional<std::int64_t> Formula::value(const FormulaInput& input) const
{
    const bool isValid = std::all_of(
        m_conditions.begin(), m_conditions.end(), [&](const Condition& condition) { return holds(condition, input); });
    return isValid ? evaluated(m_tokens, input) : std::nullopt;
}

std::optional<std::int64_t> Formula::evaluated(const Tokens& tokens, const FormulaInput& input)
{
    std::vector<std::int64_t> stack;
    for (const Token& token : tokens) {
        switch (token.op) {
        case Op::Number:
            stack.push_back(token.number);
            continue;
        case Op::Since:
        case Op::Until:
        case Op::Limit:
        case Op::N:
        case Op::Start:
        case Op::Now:
        case Op::Step:
            if (const auto given = variable(token.op, input)) {
                stack.push_back(*given);
                continue;
            }
            return std::nullopt;
        case Op::Floor:
        case Op::Ceil:
            stack.back() = toGrid(stack.back(), input.grid, token.op == Op::Ceil);
            continue;
        case Op::Add:
        case Op::Subtract:
        case Op::Multiply:
        case Op::Min:
        case Op::Max:
            break;
        }
        const std::int64_t b = stack.back();
        stack.pop_back();
        stack.back() = applied(token.op, stack.back(), b);
    }
    return stack.empty() ? std::nullopt : std::optional(stack.back());
}

std::int64_t Formula::applied(Op op, std::int64_t a, std::int64_t b)
{
    return op == Op::Add     ? added(a, b)
        : op == Op::Subtract ? subtracted(a, b)
        : op == Op::Multiply ? multiplied(a, b)
        : op == Op::Min      ? std::min(a, b)
                             : std::max(a, b);
}

Result<Condition> Condition::parse(std::string_view text)
{
    auto formula = Formula::parse("0 when " + std::string(text));
    if (!formula)
        return fail(formula.error());
    Condition condition;
    condition.m_formula = std::move(*formula);
    return condition;
}

bool Condition::holds(const FormulaInput& input) const
{
    return m_formula.value(input).has_value();
}

std::optional<std::int64_t> value(const Formulas& formulas, const FormulaInput& input)
{
    for (const Formula& formula : formulas)
        if (const auto found = formula.value(input))
            return found;
    return std::nullopt;
}

} // namespace mnemo::description
