#pragma once

#include <QWidget>

#include "ui/backfill/rangepreset.h"

class QComboBox;
class QDateTimeEdit;
class QLabel;
class QSpinBox;

namespace mnemo {

/// The range: a preset, with a number or two ends (UTC) where it needs them.
class RangePicker : public QWidget {
    Q_OBJECT
public:
    explicit RangePicker(UtcMs now, QWidget* parent = nullptr);
    RangeChoice choice() const;
    void choose(TimeRange range); ///< as custom
    void setPreset(RangePreset preset);
    void setProblem(const QString& problem); ///< stands below the fields
    QComboBox* preset() const { return m_preset; }
    QDateTimeEdit* from() const { return m_from; }
    QDateTimeEdit* to() const { return m_to; }
    QSpinBox* count() const { return m_count; }

signals:
    void changed();

private:
    void presetChanged();

    QComboBox* m_preset = nullptr;
    QSpinBox* m_count = nullptr;
    QWidget* m_ends = nullptr;
    QDateTimeEdit* m_from = nullptr;
    QDateTimeEdit* m_to = nullptr;
    QLabel* m_problem = nullptr;
};

} // namespace mnemo
