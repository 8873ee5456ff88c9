#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

#include "ui/validation/validationport.h"

namespace mnemo {

/// One validation, or preview, at a time: starts it, looks ten times a second how far it is, and lets the one before
/// end by itself. UI thread.
class ValidationRunner : public QObject {
    Q_OBJECT
public:
    explicit ValidationRunner(ValidationPort& port, QObject* parent = nullptr);

    void start(ValidationRequest request); ///< cancels the one that runs
    void cancel();
    bool isRunning() const { return m_run != nullptr; }
    const ValidationRequest& request() const { return m_request; } ///< of the last start

signals:
    void progressed(const mnemo::ValidationProgress& progress);
    void finished(const mnemo::ValidationOutcome& outcome);
    void failed(const mnemo::Error& error); ///< Cancelled too

private:
    void look();

    ValidationPort& m_port;
    ValidationRequest m_request;
    std::shared_ptr<ValidationRun> m_run;
    std::vector<std::shared_ptr<ValidationRun>> m_ending; ///< cancelled: dropping them before their end would wait
    QTimer m_timer;
};

} // namespace mnemo
