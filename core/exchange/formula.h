#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/market/grid.h"

namespace mnemo::description {

/// What a formula may speak of. Times and lengths in milliseconds; what was not given is absent.
struct FormulaInput {
    std::optional<std::int64_t> since, until, limit; ///< as asked
    std::optional<std::int64_t> n; ///< rows that the request is for, after default and maximum
    std::optional<std::int64_t> start; ///< value of the start formula, for the end's
    std::int64_t now = 0;
    std::int64_t step = 0; ///< length of a bar
    const Grid* grid = nullptr; ///< for floor() and ceil()
};

/// One way to compute a value: "min(now, since + n*step - 1ms) when since, no until, since > 0".
/// Sums and products of since until limit n start now step, whole numbers, lengths (1ms 1s 1h 200d), and
/// min(a, b), max(a, b), floor(a), ceil(a) (to the bars' grid). It has a value only where all that it names is there
/// and the conditions after `when` hold: a name (it is given), "no name", or a comparison (< <= > >=). Immutable; any
/// thread.
class Formula {
public:
    /// Errors: Config, a sentence without place.
    static Result<Formula> parse(std::string_view text);
    std::optional<std::int64_t> value(const FormulaInput& input) const; ///< saturates instead of overflowing

private:
    friend class FormulaParser;
    enum class Op { Number, Since, Until, Limit, N, Start, Now, Step, Add, Subtract, Multiply, Min, Max, Floor, Ceil };
    struct Token { // reverse Polish
        Op op = Op::Number;
        std::int64_t number = 0;
    };
    using Tokens = std::vector<Token>;
    enum class Comparison { Given, NotGiven, Less, LessOrEqual, Greater, GreaterOrEqual };
    struct Condition {
        Comparison comparison = Comparison::Given;
        Tokens left, right;
    };
    static std::optional<std::int64_t> variable(Op op, const FormulaInput& input);
    static std::optional<std::int64_t> evaluated(const Tokens& tokens, const FormulaInput& input);
    static std::int64_t applied(Op op, std::int64_t a, std::int64_t b);
    static bool holds(const Condition& condition, const FormulaInput& input);

    Tokens m_tokens;
    std::vector<Condition> m_conditions;
};

/// Conditions alone, as a parameter's `when`: "since, no until".
class Condition {
public:
    static Result<Condition> parse(std::string_view text);
    bool holds(const FormulaInput& input) const;

private:
    Formula m_formula; ///< "0 when ..."
};

/// Alternatives; the first that has a value counts.
using Formulas = std::vector<Formula>;
std::optional<std::int64_t> value(const Formulas& formulas, const FormulaInput& input);

} // namespace mnemo::description
