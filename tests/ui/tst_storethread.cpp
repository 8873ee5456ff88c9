#include <QTest>
#include <future>

#include "tests/ui/fakestore.h"
#include "ui/bridge/storethread.h"

using namespace mnemo;

class tst_StoreThread : public QObject {
    Q_OBJECT
private slots:
    void runsTasksInTheirOrder();
    void tellsWhyThereIsNoReader();
    void stopsWhileWaiting();
    void stopsWhileReading();
    void dropsWhatHasNotBegun();
};

void tst_StoreThread::runsTasksInTheirOrder()
{
    FakeStore store;
    std::vector<int> order;
    std::promise<void> done;
    StoreThread thread(store);
    for (int i = 0; i < 5; ++i)
        thread.post([&order, i](const Result<StoreReader*>& reader, const std::stop_token&) {
            if (reader)
                order.push_back(i);
        });
    thread.post([&done](const Result<StoreReader*>&, const std::stop_token&) { done.set_value(); });
    done.get_future().wait();
    QCOMPARE(order, (std::vector {0, 1, 2, 3, 4}));
}

void tst_StoreThread::tellsWhyThereIsNoReader()
{
    FakeStore store;
    store.isBroken = true;
    std::promise<ErrorCode> code;
    StoreThread thread(store);
    thread.post([&code](const Result<StoreReader*>& reader, const std::stop_token&) {
        code.set_value(reader ? ErrorCode::Internal : reader.error().code);
    });
    QCOMPARE(code.get_future().get(), ErrorCode::StorageFailed);
}

void tst_StoreThread::stopsWhileWaiting()
{
    FakeStore store;
    {
        StoreThread never(store);
        StoreThread once(store);
        once.post([](const Result<StoreReader*>&, const std::stop_token&) {});
    }
    QVERIFY(true); // both are joined
}

void tst_StoreThread::stopsWhileReading()
{
    FakeStore store;
    store.isSlow = true;
    std::promise<void> began;
    ErrorCode code = ErrorCode::Internal;
    {
        StoreThread thread(store);
        thread.post([&](const Result<StoreReader*>& reader, const std::stop_token&) {
            began.set_value();
            const auto answer = (*reader)->query("slow");
            code = answer ? ErrorCode::Internal : answer.error().code;
        });
        began.get_future().wait();
    }
    QCOMPARE(code, ErrorCode::Cancelled);
}

void tst_StoreThread::dropsWhatHasNotBegun()
{
    FakeStore store;
    store.isSlow = true;
    std::promise<void> began;
    bool ran = false;
    {
        StoreThread thread(store);
        thread.post([&](const Result<StoreReader*>& reader, const std::stop_token&) {
            began.set_value();
            static_cast<void>((*reader)->query("slow"));
        });
        thread.post([&ran](const Result<StoreReader*>&, const std::stop_token&) { ran = true; });
        began.get_future().wait();
    }
    QVERIFY(!ran);
}

QTEST_GUILESS_MAIN(tst_StoreThread)
#include "tst_storethread.moc"
