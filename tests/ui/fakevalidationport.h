#pragma once

#include <QObject>
#include <QTimer>
#include <algorithm>
#include <functional>

#include "ui/validation/validationport.h"

namespace mnemo {

/// Findings in memory; answers come through the event loop, as from a thread.
class FakeValidationPort final : public ValidationPort {
public:
    std::vector<FindingId> ids;
    std::int64_t rowsAsked = 0; ///< findings that were asked for
    int listsAsked = 0;
    bool isBroken = false;

    static Finding finding(FindingId id)
    {
        Finding one;
        one.id = id;
        one.series = 1;
        one.rule = "price_jump";
        one.severity = id % 3 == 0 ? "error" : "warn";
        one.range = {fromMs(id * 60'000), fromMs((id + 1) * 60'000)};
        one.details = "{\"why\":\"close 100 to " + std::to_string(id) + "\"}";
        return one;
    }

    bool isReadOnly() const override { return false; }
    std::shared_ptr<const RuleSettings> rules() const override { return std::make_shared<const RuleSettings>(); }
    void counts(QObject* context, Answer<std::vector<FindingCount>> answer) override
    {
        later(context, answer,
            std::vector<FindingCount> {{1, "price_jump", "warn", FindingState::Open, std::ssize(ids)}});
    }
    void history(int days, QObject* context, Answer<std::vector<RuleHistory>> answer) override
    {
        std::vector<std::int64_t> perDay(static_cast<std::size_t>(days));
        perDay[static_cast<std::size_t>(days) - 1] = 3;
        perDay[static_cast<std::size_t>(days) - 4] = 12;
        later(context, answer, std::vector<RuleHistory> {{"price_jump", perDay}});
    }
    void findingIds(const FindingFilter&, FindingOrder, QObject* context, Answer<Ids> answer) override
    {
        ++listsAsked;
        later(context, answer, std::make_shared<const std::vector<FindingId>>(ids));
    }
    void findings(std::vector<FindingId> wanted, QObject* context, Answer<std::vector<Finding>> answer) override
    {
        rowsAsked += std::ssize(wanted);
        std::vector<Finding> rows;
        std::ranges::transform(wanted, std::back_inserter(rows), &FakeValidationPort::finding);
        later(context, answer, rows);
    }
    void evidence(FindingId, QObject* context, Answer<FindingEvidence> answer) override
    {
        later(context, answer, FindingEvidence {});
    }
    void decide(FindingDecision, SeriesId, QObject*, Answer<std::vector<Finding>>) override { }
    void fetchAgain(std::vector<FindingId>, QObject*, Answer<int>) override { }
    std::shared_ptr<ValidationRun> validate(ValidationRequest) override { return nullptr; }
    void saveRule(const RuleChange&, QObject*, Answer<QString>) override { }
    void storeName(QObject*, Answer<QString>) override { }

private:
    template <class T>
    void later(QObject* context, Answer<T> answer, T value)
    {
        QTimer::singleShot(0, context, [this, answer, value] {
            answer(isBroken ? Result<T>(fail(ErrorCode::StorageFailed, "the disk is gone")) : Result<T>(value));
        });
    }
};

} // namespace mnemo
