#pragma once

#include <QDialog>
#include <QString>
#include <utility>
#include <vector>

class QLineEdit;
class QTreeWidget;

namespace mnemo {

/// All actions with their keys, by group; typing filters.
class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    struct Row {
        QString keys; ///< may be empty
        QString text;
    };
    struct Group {
        QString title;
        std::vector<Row> rows;
    };
    explicit ShortcutSheet(const std::vector<Group>& groups, QWidget* parent = nullptr);
    QTreeWidget* tree() const { return m_tree; }
    QLineEdit* filter() const { return m_filter; }

private:
    void filterBy(const QString& text);

    QLineEdit* m_filter;
    QTreeWidget* m_tree;
};

} // namespace mnemo
