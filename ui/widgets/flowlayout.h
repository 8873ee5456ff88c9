#pragma once

#include <QLayout>
#include <memory>
#include <vector>

namespace mnemo {

/// Lays its items out from left to right, and in further lines where one is full, so that a row of buttons never makes a
/// window wider than its widest button. Lengths in px; the spacing is the same between lines.
/// Qt has none; after its example "Flow Layout".
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override; ///< takes it
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override; ///< of one line
    QSize minimumSize() const override; ///< of the widest item
    void setGeometry(const QRect& rect) override;

private:
    /// @return the height that the items need
    int arrange(const QRect& rect, bool isApplied) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
};

} // namespace mnemo
