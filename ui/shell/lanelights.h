#pragma once

#include <QWidget>
#include <map>
#include <string>

#include "core/engine/events.h"

class QHBoxLayout;
class QLabel;

namespace mnemo {

/// One light per lane in use: glyph, name and a word, with the budgets in the tool tip. Where there are more than a
/// handful, those that are in trouble alone; the others are counted in one light, whose tool tip lists them.
class LaneLights : public QWidget {
    Q_OBJECT
public:
    explicit LaneLights(QWidget* parent = nullptr);
    void apply(const LaneSnapshot& lane);

protected:
    void changeEvent(QEvent* event) override;

private:
    void show(QLabel& label, const LaneSnapshot& lane) const;
    void count();

    QHBoxLayout* m_layout = nullptr;
    QLabel* m_rest = nullptr; ///< counts the lanes that have no light of their own
    std::map<std::string, QLabel*> m_labels;
    std::map<std::string, LaneSnapshot> m_lanes;
};

} // namespace mnemo
