#pragma once

#include <QWidget>
#include <map>
#include <optional>

#include "core/quality/rules/rule.h"
#include "ui/bridge/storedseries.h"
#include "ui/widgets/displayscope.h"
#include "ui/widgets/displayzone.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace mnemo {

/// Which series the words mean: each must be part of its name (a timeframe the whole word, "1m" is not "1M").
std::vector<SeriesId> seriesNamed(const QString& words, const StoredSeriesList& list, const Scope& scope = {});

/// Which findings are shown: words of the series, a rule, severities, states, a range of time.
class FindingFilterBar : public QWidget {
    Q_OBJECT
public:
    explicit FindingFilterBar(DisplayZone& zone, QWidget* parent = nullptr);

    QLineEdit* text() const { return m_text; }
    QLineEdit* from() const { return m_from; }
    QLineEdit* to() const { return m_to; }
    QComboBox* rule() const { return m_rule; }
    QToolButton* button(Severity severity) const { return m_severities.at(severity); }
    QToolButton* button(FindingState state) const { return m_states.at(state); }
    void setSeriesList(const std::shared_ptr<const StoredSeriesList>& list);
    void setCounts(const std::vector<FindingCount>& counts); ///< of all that are stored, for the buttons
    /// Shows one rule's findings of one series; nothing: any.
    void choose(const QString& rule, const QString& words);
    void clear(); ///< shows what is outside of the scope, too
    void followScope(DisplayScope& scope); ///< from now on; it outlives the bar
    FindingFilter filter() const;
    bool isNarrow() const; ///< more than states is chosen

signals:
    void changed();

private:
    QToolButton* addButton(class QLayout& layout, bool isOn);
    QLineEdit* timeEdit(const QString& name, const QString& placeholder);
    std::optional<UtcMs> timeOf(const QLineEdit& edit) const;
    Scope scope() const;
    void showTimeProblem(QLineEdit& edit) const;

    DisplayZone& m_zone;
    std::shared_ptr<const StoredSeriesList> m_list;
    DisplayScope* m_scope = nullptr; ///< null: there is none
    QHBoxLayout* m_upper;
    QLineEdit* m_text;
    QComboBox* m_rule;
    QLineEdit* m_from;
    QLineEdit* m_to;
    std::map<Severity, QToolButton*> m_severities;
    std::map<FindingState, QToolButton*> m_states;
};

} // namespace mnemo
