#pragma once

#include <QWidget>

#include "core/config/node.h"

class QLabel;
class QPlainTextEdit;

namespace mnemo {

/// The file of a pipeline as it is on disk, at the lines of that pipeline, with what is wrong in it underlined and told above the
/// text. Lines count from 1. UI thread.
class YamlView : public QWidget {
    Q_OBJECT
public:
    explicit YamlView(QWidget* parent = nullptr);

    void clear();
    /// @p problems of this file. The text stays where it is scrolled to while it is the same file.
    void show(const QString& file, const QString& text, const Problems& problems);
    void goTo(int line); ///< without lineChosen()
    int line() const;    ///< of the cursor
    QString text() const;
    QString note() const; ///< above the text: the file, and what is wrong in it

signals:
    void lineChosen(int line);

private:
    void mark(); ///< wrong lines and the current one

    QLabel* m_note = nullptr;
    QPlainTextEdit* m_text = nullptr;
    QString m_file;
    Problems m_problems;
    bool m_isMoving = false; ///< by the program, not by hand
};

} // namespace mnemo
