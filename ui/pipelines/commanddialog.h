#pragma once

#include <QDialog>
#include <QTimer>

#include "ui/pipelines/outcomemodel.h"
#include "ui/pipelines/pipelinesport.h"

class QCheckBox;
class QComboBox;
class QDialogButtonBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSpinBox;
class QTableView;

namespace mnemo {

/// The one dialog behind whatever is asked of the scheduler: what may be chosen for it, and below that the exact list of what
/// it will change, asked anew at each choice. Several commands of one kind, about several runs or pipelines, are one to a person. Nothing is changed before its button is pressed. UI thread.
class CommandDialog : public QDialog {
    Q_OBJECT
public:
    /// @p commands what is asked for as it stands at first, at least one; @p parameters names that its tasks use. Port and zone
    /// outlive it.
    CommandDialog(PipelinesPort& port, const DisplayZone& zone, std::vector<PipelineCommand> commands, const QStringList& parameters = {},
        QWidget* parent = nullptr);

    std::vector<PipelineCommand> commands() const; ///< as they are chosen now
    OutcomeModel* model() { return &m_model; }
    QTableView* list() const { return m_list; }
    QString message() const; ///< what stands above the list
    bool mayAccept() const;
    void accept() override; ///< asks; closes once it is done

signals:
    void carriedOut(const std::vector<mnemo::PipelineCommand>& commands, const std::vector<mnemo::CommandOutcome>& outcomes);

private:
    void createChoices(QFormLayout& form, const QStringList& parameters);
    void createParameters(QFormLayout& form, const QStringList& names);
    void createRange(QFormLayout& form);
    QCheckBox* addCheck(QFormLayout& form, const QString& text, bool isOn);
    void choose(); ///< something is chosen otherwise: the list is asked for anew, soon
    void preview();
    PipelineCommand chosen(PipelineCommand command) const;
    void show(const std::vector<CommandOutcome>& outcomes);
    void complain(const QString& text, const QString& tip = {});
    std::optional<UtcMs> momentOf(const QLineEdit& edit) const;

    PipelinesPort& m_port;
    const DisplayZone& m_zone;
    const std::vector<PipelineCommand> m_commands;
    const PipelineCommand& m_command; ///< the first, for what is chosen for all
    OutcomeModel m_model;
    QCheckBox *m_upstream = nullptr, *m_downstream = nullptr, *m_failedOnly = nullptr, *m_newestFirst = nullptr;
    QComboBox* m_state = nullptr;
    QSpinBox *m_priority = nullptr, *m_parallel = nullptr;
    QLineEdit *m_from = nullptr, *m_to = nullptr;
    QPlainTextEdit* m_parameters = nullptr;
    QLabel* m_message = nullptr;
    QTableView* m_list = nullptr;
    QDialogButtonBox* m_buttons = nullptr;
    QTimer m_soon;
    int m_asked = 0; ///< counts questions: answers to older ones are late
    bool m_isAsking = false; ///< for the thing itself
};

/// What "{params.NAME}" in the texts of a pipeline's tasks names, sorted, each once.
QStringList parametersOf(const DagDefinition& dag);

} // namespace mnemo
