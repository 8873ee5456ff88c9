#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <QElapsedTimer>
#include <QTest>

#include "core/base/boundedqueue.h"

using namespace mnemo;
using namespace std::chrono_literals;

class TestBoundedQueue : public QObject {
    Q_OBJECT
private slots:
    void firstInFirstOut()
    {
        BoundedQueue<std::unique_ptr<int>> queue(3); // values that only move
        for (int i = 0; i < 3; ++i)
            QVERIFY(queue.push(std::make_unique<int>(i)));
        QCOMPARE(queue.size(), std::size_t(3));
        for (int i = 0; i < 3; ++i)
            QCOMPARE(**queue.pop(), i);
        QCOMPARE(queue.waits(), std::uint64_t(0));
    }

    void fullQueueMakesTheProducerWait()
    {
        BoundedQueue<int> queue(1);
        QVERIFY(queue.push(1));
        std::atomic<bool> pushed = false;
        std::jthread producer([&] { pushed = queue.push(2); });
        QVERIFY(QTest::qWaitFor([&] { return queue.waits() == 1; }, 20000));
        QTest::qSleep(20);
        QVERIFY(!pushed);
        QCOMPARE(queue.pop(), std::optional(1));
        producer.join();
        QVERIFY(pushed);
        QCOMPARE(queue.pop(), std::optional(2));
    }

    void stopWhileWaiting()
    {
        BoundedQueue<int> queue(1);
        QElapsedTimer timer;
        timer.start();
        {
            std::atomic<int> empty = 0;
            std::jthread consumer([&](const std::stop_token& stop) { empty += queue.pop(stop) ? 0 : 1; });
            std::jthread late([&](const std::stop_token& stop) { empty += queue.popUntil(std::chrono::steady_clock::now() + 1h, stop) ? 0 : 1; });
            QTest::qSleep(20);
            consumer.request_stop();
            late.request_stop();
            consumer.join();
            late.join();
            QCOMPARE(empty.load(), 2);
        }
        QVERIFY(queue.push(1));
        std::atomic<bool> refused = false;
        std::jthread producer([&](const std::stop_token& stop) { refused = !queue.push(2, stop); });
        QVERIFY(QTest::qWaitFor([&] { return queue.waits() == 1; }, 20000));
        producer.request_stop();
        producer.join();
        QVERIFY(refused);
        QCOMPARE(queue.size(), std::size_t(1)); // the refused one is not inside
        QVERIFY(timer.elapsed() < 60000);
    }

    void closeLetsTheRestOut()
    {
        BoundedQueue<int> queue(2);
        QVERIFY(queue.push(1));
        QVERIFY(queue.push(2));
        std::atomic<bool> refused = false;
        std::jthread producer([&] { refused = !queue.push(3); });
        QVERIFY(QTest::qWaitFor([&] { return queue.waits() == 1; }, 20000));
        queue.close();
        producer.join();
        QVERIFY(refused);
        QVERIFY(!queue.push(4));
        QCOMPARE(queue.pop(), std::optional(1));
        QCOMPARE(queue.pop(), std::optional(2));
        QCOMPARE(queue.pop(), std::nullopt);
    }

    void closeWakesConsumers()
    {
        BoundedQueue<int> queue(2);
        std::atomic<int> empty = 0;
        std::vector<std::jthread> consumers;
        for (int i = 0; i < 3; ++i)
            consumers.emplace_back([&] { empty += queue.pop() ? 0 : 1; });
        QTest::qSleep(20);
        queue.close();
        consumers.clear();
        QCOMPARE(empty.load(), 3);
    }

    void deadline()
    {
        BoundedQueue<int> queue(2);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(queue.popUntil(std::chrono::steady_clock::now() + 30ms), std::nullopt);
        QVERIFY(timer.elapsed() >= 29);
        QVERIFY(queue.push(5));
        QCOMPARE(queue.popUntil(std::chrono::steady_clock::now() - 1s), std::optional(5));
    }

    void manyProducersAndConsumers()
    {
        constexpr int producers = 4, each = 5000;
        BoundedQueue<int> queue(7);
        std::mutex mutex;
        std::vector<int> got;
        {
            std::vector<std::jthread> consumers;
            for (int c = 0; c < 3; ++c) {
                consumers.emplace_back([&] {
                    std::vector<int> mine;
                    while (const auto value = queue.pop())
                        mine.push_back(*value);
                    const std::lock_guard lock(mutex);
                    got.insert(got.end(), mine.begin(), mine.end());
                });
            }
            {
                std::vector<std::jthread> threads;
                for (int p = 0; p < producers; ++p) {
                    threads.emplace_back([&, p] {
                        for (int i = 0; i < each; ++i)
                            queue.push(p * each + i);
                    });
                }
            }
            queue.close();
        }
        std::ranges::sort(got);
        QCOMPARE(got.size(), std::size_t(producers * each));
        for (std::size_t i = 0; i < got.size(); ++i)
            QCOMPARE(got[i], static_cast<int>(i));
    }
};

QTEST_APPLESS_MAIN(TestBoundedQueue)
#include "tst_boundedqueue.moc"
