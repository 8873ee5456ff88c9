#pragma once

#include <QObject>
#include <QTimer>

#include "ui/alerts/alertsport.h"

namespace mnemo {

/// Alerts in memory; answers come through the event loop, as from a thread.
class FakeAlertsPort final : public AlertsPort {
public:
    std::shared_ptr<AlertSnapshot> alerts = std::make_shared<AlertSnapshot>();
    AlertHistory past;
    UtcMs at {};
    bool isReader = false;
    std::optional<Error> refusal;
    std::vector<Silence> silenced;
    std::vector<SilenceId> unsilenced;
    std::vector<AlertId> acknowledged;
    std::vector<std::string> tested;
    AlertDelivery outcome;
    int checks = 0;

    bool isReadOnly() const override { return isReader; }
    UtcMs now() const override { return at; }
    std::shared_ptr<const AlertSnapshot> snapshot() const override { return std::make_shared<const AlertSnapshot>(*alerts); }
    void check(QObject* context, Done done) override
    {
        ++checks;
        answer(context, done);
    }
    void silence(QObject* context, const Silence& silence, Done done) override
    {
        silenced.push_back(silence);
        answer(context, done);
    }
    void unsilence(QObject* context, SilenceId id, Done done) override
    {
        unsilenced.push_back(id);
        answer(context, done);
    }
    void acknowledge(QObject* context, AlertId id, Done done) override
    {
        acknowledged.push_back(id);
        answer(context, done);
    }
    void test(QObject* context, const std::string& channel, TestAnswer done) override
    {
        tested.push_back(channel);
        QTimer::singleShot(0, context, [this, done] { done(outcome); });
    }
    void history(QObject* context, HistoryAnswer done) override
    {
        QTimer::singleShot(0, context, [this, done] { done(std::make_shared<const AlertHistory>(past)); });
    }

private:
    void answer(QObject* context, const Done& done)
    {
        QTimer::singleShot(0, context, [this, done] { refusal ? done(fail(*refusal)) : done({}); });
    }
};

} // namespace mnemo
