#pragma once

#include <QWidget>
#include <optional>

#include "ui/coverage/remark.h"
#include "ui/coverage/repairplan.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace mnemo {

enum class CoverageCommand { Fill, Verify, MarkOutage, Annotate };

/// Before a command is carried out: what is to be said about it, and the list of what will happen.
class CoverageForm : public QWidget {
    Q_OBJECT
public:
    explicit CoverageForm(QWidget* parent = nullptr);

    /// @param range that a remark would be about
    /// @param absent bars in it that are absent; nothing where that is not known
    void open(CoverageCommand command, const CoverageSelection& selection, TimeRange range,
        std::optional<std::int64_t> absent);
    CoverageCommand command() const { return m_command; }
    void setPlan(Result<RepairPlan> plan); ///< answers planWanted()
    const std::optional<RepairPlan>& plan() const { return m_plan; }
    RemarkRequest request() const;

    QPushButton* startButton() const { return m_start; }
    QPushButton* cancelButton() const { return m_cancel; }
    QLineEdit* textEdit() const { return m_text; }
    QComboBox* choice() const { return m_choice; }
    QString effects() const;

signals:
    void planWanted(mnemo::RepairKind kind);
    void started();
    void cancelled();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    bool isRemark() const { return m_command == CoverageCommand::MarkOutage || m_command == CoverageCommand::Annotate; }
    void fillChoice();
    void chosen();
    void showEffects(const QStringList& sentences);
    void updateStart();

    CoverageCommand m_command = CoverageCommand::Fill;
    CoverageSelection m_selection;
    TimeRange m_range;
    std::optional<std::int64_t> m_absent;
    std::optional<RepairPlan> m_plan;
    QLabel* m_title;
    QComboBox* m_choice;
    QLineEdit* m_text;
    QLineEdit* m_source;
    QLabel* m_effects;
    QPushButton* m_start;
    QPushButton* m_cancel;
};

} // namespace mnemo
