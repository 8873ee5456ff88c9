#pragma once

#include <QAbstractTableModel>
#include <map>
#include <memory>
#include <optional>

#include "core/engine/validation.h"
#include "core/quality/rulesettings.h"

namespace mnemo {

enum class RuleColumn { On, Rule, Severity, Scope, Open, History, Pass, Warn, Fail };

/// The catalogue of rules: one row for each that the program knows, with its findings and the verdicts of the last run.
class RulesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr int historyDays = 30;
    static constexpr int columns = static_cast<int>(RuleColumn::Fail) + 1;
    struct Verdicts {
        int pass = 0, warn = 0, fail = 0; ///< series
        bool operator==(const Verdicts&) const = default;
    };

    using QAbstractTableModel::QAbstractTableModel;
    void setSettings(std::shared_ptr<const RuleSettings> settings);
    void setCounts(const std::vector<FindingCount>& counts);
    void setOutcome(const ValidationOutcome& outcome);
    void setHistory(const std::vector<RuleHistory>& history); ///< of the last historyDays

    const Rule& ruleAt(int row) const;
    int rowOf(std::string_view rule) const; ///< -1 where there is none
    ActiveRule configured(int row) const; ///< for series that no override names
    bool isOn(int row) const;
    std::int64_t openFindings(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(int row, RuleColumn column) const;
    std::vector<std::int64_t> history(int row) const;
    QString historyText(int row) const;
    void changed();

    std::shared_ptr<const RuleSettings> m_settings = std::make_shared<const RuleSettings>();
    std::map<std::string, std::int64_t, std::less<>> m_open;
    std::map<std::string, Verdicts, std::less<>> m_verdicts;
    std::map<std::string, std::vector<std::int64_t>, std::less<>> m_history; ///< oldest day first
    bool m_hasRun = false;
};

} // namespace mnemo
