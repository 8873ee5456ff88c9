#pragma once

#include <QObject>
#include <QTimer>

#include "ui/home/homeport.h"

namespace mnemo {

/// Health in memory; answers come through the event loop, as from a thread.
class FakeHomePort final : public HomePort {
public:
    Health health;
    std::optional<Error> error; ///< of reading
    std::optional<Error> refusal; ///< of treating
    Treatment treatment;
    bool isReader = false;
    bool isSlow = false; ///< answers to treat() wait for answer()
    int reads = 0;
    std::vector<std::pair<std::string, QString>> treated; ///< ids and reasons
    std::function<void()> answer;

    bool isReadOnly() const override { return isReader; }
    void read(QObject* context, HealthAnswer done) override
    {
        ++reads;
        QTimer::singleShot(0, context, [this, done] {
            if (error)
                done(fail(*error));
            else
                done(std::make_shared<const Health>(health));
        });
    }
    void treat(QObject* context, const HealthIssue& issue, const QString& reason, TreatmentAnswer done) override
    {
        treated.emplace_back(issue.id(), reason);
        answer = [this, done] { refusal ? done(fail(*refusal)) : done(treatment); };
        if (!isSlow)
            QTimer::singleShot(0, context, answer);
    }
};

} // namespace mnemo
