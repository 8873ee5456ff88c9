#pragma once

#include <QDialog>
#include <QString>
#include <utility>
#include <vector>

namespace mnemo {

/// All keys at a glance.
class ShortcutSheet : public QDialog {
    Q_OBJECT
public:
    struct Group {
        QString title;
        std::vector<std::pair<QString, QString>> rows; ///< keys, what they do
    };
    explicit ShortcutSheet(const std::vector<Group>& groups, QWidget* parent = nullptr);
};

} // namespace mnemo
