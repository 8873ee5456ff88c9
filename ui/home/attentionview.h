#pragma once

#include <QStyledItemDelegate>
#include <QTableView>

namespace mnemo {

/// Paints a row of two lines with its glyph, and its button or how far the work is.
class AttentionDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    static QRect buttonRect(const QStyleOptionViewItem& option);

private:
    static void paintCause(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index);
    static void paintStep(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index);
};

/// The list of what needs attention. Up and Down walk, Return or a click on the button takes the step, a double click
/// elsewhere opens the row's place.
class AttentionView : public QTableView {
    Q_OBJECT
public:
    explicit AttentionView(QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;

signals:
    void stepWanted(const QModelIndex& row);
    void openWanted(const QModelIndex& row);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void measure();
};

} // namespace mnemo
