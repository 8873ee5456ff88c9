#pragma once

#include <QWidget>
#include <optional>

#include "ui/validation/validationport.h"
#include "ui/widgets/displayzone.h"

class QAction;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QTabWidget;
class QTableWidget;

namespace mnemo {

class FlowLayout;

class NeighbourChart;

/// Everything about one finding: the rule's arithmetic, the bar among its neighbours, what others say, the raw answer,
/// and what was decided. Asks the port by itself.
class FindingInspector : public QWidget {
    Q_OBJECT
public:
    FindingInspector(ValidationPort& port, DisplayZone& zone, QWidget* parent = nullptr);

    void show(std::optional<FindingId> finding);
    void reload(); ///< the same finding again: something was decided
    std::optional<FindingId> finding() const { return m_finding; }
    const std::optional<FindingEvidence>& evidence() const { return m_evidence; }
    QLineEdit* reason() const { return m_reason; }
    NeighbourChart* chart() const { return m_chart; }
    QTableWidget* values() const { return m_values; }
    QTableWidget* decisions() const { return m_decisions; }
    QPlainTextEdit* raw() const { return m_raw; }
    QLabel* arithmetic() const { return m_why; }
    QLabel* title() const { return m_title; }
    /// The series that Replace would take the bar from: the chosen row, else the first that holds it.
    std::optional<SeriesRecord> replacement() const;
    void addDecision(QAction* action); ///< a button below the picture
    void askForReason(const QString& hint);
    void setReadOnly();

signals:
    void evidenceChanged();
    void replacementChanged();
    void reasonEntered(); ///< Return was pressed in it

private:
    QWidget* createValues();
    QWidget* createRaw();
    QWidget* createDecisions();
    void arrived(FindingId finding, Result<FindingEvidence> evidence);
    void showState();
    void showTitle();
    void showValues();
    void showRaw();
    void showDecisions();

    ValidationPort& m_port;
    DisplayZone& m_zone;
    std::optional<FindingId> m_finding;
    std::optional<FindingEvidence> m_evidence;
    std::optional<Error> m_error;
    QLabel* m_title;
    QLabel* m_why;
    QLabel* m_message; ///< instead of the rest
    QWidget* m_body;
    NeighbourChart* m_chart;
    QTabWidget* m_tabs;
    QTableWidget* m_values;
    QLabel* m_valuesNote;
    QLabel* m_rawNote;
    QLineEdit* m_url = nullptr;
    QPlainTextEdit* m_raw;
    QTableWidget* m_decisions;
    QLineEdit* m_reason;
    FlowLayout* m_buttons;
};

} // namespace mnemo
