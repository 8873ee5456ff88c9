#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/engine/validation.h"
#include "core/quality/rulesettings.h"
#include "ui/validation/findingevidence.h"
#include "ui/validation/rulechange.h"

class QObject;
class QString;

namespace mnemo {

/// What the screen "Validation" may ask of the program. Nothing here waits: answers come later on the UI thread, as
/// long as the context lives.
class ValidationPort {
public:
    template <class T>
    using Answer = std::function<void(Result<T>)>;
    using Ids = std::shared_ptr<const std::vector<FindingId>>;

    virtual ~ValidationPort() = default;
    virtual bool isReadOnly() const = 0;
    virtual std::shared_ptr<const RuleSettings> rules() const = 0; ///< as configured now
    virtual void counts(QObject* context, Answer<std::vector<FindingCount>> answer) = 0;
    /// How many findings each rule raised on each of the last @p days.
    virtual void history(int days, QObject* context, Answer<std::vector<RuleHistory>> answer) = 0;
    virtual void findingIds(const FindingFilter& filter, FindingOrder order, QObject* context, Answer<Ids> answer) = 0;
    virtual void findings(std::vector<FindingId> ids, QObject* context, Answer<std::vector<Finding>> answer) = 0;
    virtual void evidence(FindingId finding, QObject* context, Answer<FindingEvidence> answer) = 0;
    /// @param from where the rows of a Replace come from; 0 else
    virtual void decide(
        FindingDecision decision, SeriesId from, QObject* context, Answer<std::vector<Finding>> answer) = 0;
    /// Asks the source again about the bars of the findings. @p answer: jobs that were begun; what comes back and does not
    /// break the rule closes the finding by itself.
    virtual void fetchAgain(std::vector<FindingId> findings, QObject* context, Answer<int> answer) = 0;
    /// A validation, or a preview of one; on a thread of its own.
    virtual std::shared_ptr<ValidationRun> validate(ValidationRequest request) = 0;
    /// Where the changes were written: the user's quality.yaml, whose other text stays.
    virtual void saveRule(const RuleChange& change, QObject* context, Answer<QString> answer) = 0;
    /// Tells the stores of several data folders apart.
    virtual void storeName(QObject* context, Answer<QString> answer) = 0;
};

} // namespace mnemo
