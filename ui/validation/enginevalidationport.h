#pragma once

#include <QString>

#include "ui/bridge/enginebridge.h"
#include "ui/validation/validationport.h"

namespace mnemo {

/// The wishes of the screen "Validation", put to the engine on the bridge's threads.
class EngineValidationPort final : public ValidationPort {
public:
    /// @p settingsFolder of the user: changed rules are written there. The bridge outlives this.
    EngineValidationPort(EngineBridge& bridge, QString settingsFolder);

    bool isReadOnly() const override { return m_bridge.isReadOnly(); }
    std::shared_ptr<const RuleSettings> rules() const override;
    void counts(QObject* context, Answer<std::vector<FindingCount>> answer) override;
    void history(int days, QObject* context, Answer<std::vector<RuleHistory>> answer) override;
    void findingIds(const FindingFilter& filter, FindingOrder order, QObject* context, Answer<Ids> answer) override;
    void findings(std::vector<FindingId> ids, QObject* context, Answer<std::vector<Finding>> answer) override;
    void evidence(FindingId finding, QObject* context, Answer<FindingEvidence> answer) override;
    void decide(
        FindingDecision decision, SeriesId from, QObject* context, Answer<std::vector<Finding>> answer) override;
    void fetchAgain(std::vector<FindingId> findings, QObject* context, Answer<int> answer) override;
    std::shared_ptr<ValidationRun> validate(ValidationRequest request) override;
    void saveRule(const RuleChange& change, QObject* context, Answer<QString> answer) override;
    void storeName(QObject* context, Answer<QString> answer) override;

private:
    EngineBridge& m_bridge;
    const QString m_settingsFolder;
};

} // namespace mnemo
