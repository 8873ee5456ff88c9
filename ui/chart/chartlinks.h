#pragma once

#include <QObject>
#include <vector>

namespace mnemo {

class ChartPane;

/// Carries range and crosshair from one chart to the others of its link group. The workspace owns it.
class ChartLinks : public QObject {
    Q_OBJECT
public:
    explicit ChartLinks(QObject* parent)
        : QObject(parent)
    {
    }
    void add(ChartPane& pane);
    void setPanes(const std::vector<ChartPane*>& panes) { m_panes = panes; }
    void setRangeLinked(bool isOn) { m_isRangeLinked = isOn; }
    bool isRangeLinked() const { return m_isRangeLinked; }
    void setCrosshairLinked(bool isOn);
    bool isCrosshairLinked() const { return m_isCrosshairLinked; }

private:
    std::vector<ChartPane*> others(const ChartPane& pane) const;
    void joined(ChartPane& pane); ///< takes over what its group shows

    std::vector<ChartPane*> m_panes;
    bool m_isRangeLinked = true;
    bool m_isCrosshairLinked = true;
    bool m_isCarrying = false; ///< what the others do now is our doing
};

} // namespace mnemo
