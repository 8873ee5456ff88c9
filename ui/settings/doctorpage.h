#pragma once

#include <QWidget>
#include <vector>

#include "core/engine/doctor.h"

class QLabel;
class QPushButton;
class QTreeWidget;

namespace mnemo {

struct StorageState;

/// The screen "Settings & doctor": where things live, and what an examination of all that collecting rests on found.
class DoctorPage : public QWidget {
    Q_OBJECT
public:
    explicit DoctorPage(QWidget* parent = nullptr);

    struct Places {
        QString data, settings, shipped, logFile; ///< folders, and the log's file
        QStringList files; ///< settings that were read
    };
    void setPlaces(const Places& places);
    void showStorage(const StorageState& state);
    void showLines(const std::vector<DoctorLine>& lines);
    void setExamining(bool isOn);
    QTreeWidget* list() const { return m_list; }
    QPushButton* button() const { return m_examine; }

signals:
    void examinationRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QString m_placesHtml;
    QLabel* m_places;
    QLabel* m_storage;
    QLabel* m_summary;
    QPushButton* m_examine;
    QTreeWidget* m_list;
};

} // namespace mnemo
