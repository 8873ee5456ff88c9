#pragma once

#include <QObject>
#include <vector>

namespace mnemo {

class ChartPane;

/// Carries range, crosshair and symbol from one chart to the others of its link group. The workspace owns it.
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
    /// What one chart is told to show, the others show too, each in its own timeframe where that is stored.
    void setSymbolLinked(bool isOn) { m_isSymbolLinked = isOn; }
    bool isSymbolLinked() const { return m_isSymbolLinked; }

private:
    std::vector<ChartPane*> others(const ChartPane& pane) const;
    void joined(ChartPane& pane); ///< takes over what its group shows
    void carrySymbol(const ChartPane& pane);

    std::vector<ChartPane*> m_panes;
    bool m_isRangeLinked = true;
    bool m_isCrosshairLinked = true;
    bool m_isSymbolLinked = false; ///< one instrument beside another is the commoner use
    bool m_isCarrying = false; ///< what the others do now is our doing
};

} // namespace mnemo
