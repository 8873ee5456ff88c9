#pragma once

#include <QTimer>
#include <QWidget>
#include <vector>

#include "ui/validation/rulechange.h"
#include "ui/validation/rulesmodel.h"
#include "ui/validation/validationrunner.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;
class QTableView;

namespace mnemo {

/// The catalogue: what each rule says and why, and its thresholds to be tuned. While one is turned, the stored rows are
/// counted that it would flag; saving writes the user's quality.yaml.
class RulesPage : public QWidget {
    Q_OBJECT
public:
    explicit RulesPage(ValidationPort& port, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    RulesModel* model() const { return m_model; }
    QDoubleSpinBox* threshold(int index) const { return m_spins[static_cast<std::size_t>(index)]; }
    QCheckBox* onBox() const { return m_on; }
    QComboBox* severity() const { return m_severity; }
    QLabel* preview() const { return m_preview; }
    QPushButton* saveButton() const { return m_save; }
    void choose(std::string_view rule);
    void settingsChanged(); ///< of the program: what is configured may be different now
    RuleChange change() const; ///< what differs from the configuration

signals:
    void findingsRequested(const QString& rule);
    void told(const QString& sentence);

private:
    QWidget* createDetails();
    void showRule(int row);
    void showValues();
    void edited();
    void count();
    void counted(const ValidationOutcome& outcome);
    void countFailed(const Error& error);
    bool isShown() const; ///< what was counted last is what the boxes say
    void save();

    ValidationPort& m_port;
    RulesModel* m_model;
    ValidationRunner* m_runner;
    QTableView* m_table;
    QLabel* m_title;
    QLabel* m_about;
    QLabel* m_explanation;
    QCheckBox* m_on;
    QComboBox* m_severity;
    QWidget* m_values;
    QFormLayout* m_form = nullptr;
    std::vector<QDoubleSpinBox*> m_spins;
    QLabel* m_preview;
    QPushButton* m_save;
    QPushButton* m_reset;
    QPushButton* m_show;
    QTimer m_countTimer; ///< turning a wheel counts once
    int m_row = -1;
};

} // namespace mnemo
