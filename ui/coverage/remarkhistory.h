#pragma once

#include <QObject>
#include <vector>

#include "ui/coverage/coveragesource.h"

namespace mnemo {

/// Adds and takes out remarks, and keeps what was done in this session for undo and redo. UI thread.
class RemarkHistory : public QObject {
    Q_OBJECT
public:
    explicit RemarkHistory(CoverageSource& source, QObject* parent = nullptr);

    void add(std::vector<Remark> remarks); ///< together one step
    void remove(const Remark& remark);
    void undo();
    void redo();
    bool canUndo() const { return !m_isBusy && !m_done.empty(); }
    bool canRedo() const { return !m_isBusy && !m_undone.empty(); }

signals:
    void changed(); ///< what can be undone
    void told(const QString& sentence);

private:
    struct Step {
        RemarkChange change = RemarkChange::Add;
        std::vector<Remark> remarks; ///< with the ids that they have while they stand
    };
    /// Does @p step, or takes it back, and keeps what was done of it in @p keepIn.
    void run(Step step, RemarkChange change, std::vector<Step>& keepIn);

    CoverageSource& m_source;
    std::vector<Step> m_done, m_undone;
    bool m_isBusy = false;
};

} // namespace mnemo
