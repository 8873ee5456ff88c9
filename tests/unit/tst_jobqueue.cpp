#include <QTest>

#include "core/engine/jobqueue.h"

using namespace mnemo;

namespace {

using Ids = std::vector<JobQueue::Id>;

} // namespace

class TestJobQueue : public QObject {
    Q_OBJECT
private slots:
    void placesGoToTheOldest();
    void lanesAndPrioritiesHavePlacesOfTheirOwn();
    void theFrontGoesFirst();
    void whoLeavesMakesRoom();
    void aHigherLimitLetsMoreIn();
    void closedAdmitsNobody();
    void fiftyThousandAreCheap();
};

void TestJobQueue::placesGoToTheOldest()
{
    JobQueue queue(2);
    for (JobQueue::Id id : {3, 1, 2})
        queue.add(id, "a", Priority::Backfill);
    QCOMPARE(queue.admit(), (Ids {1, 2}));
    QVERIFY(queue.hasPlace(1) && queue.hasPlace(2) && queue.isWaiting(3));
    QCOMPARE(queue.waiting(), std::size_t {1});
    queue.add(1, "a", Priority::Backfill); // has a place already
    QCOMPARE(queue.admit(), Ids {});
}

void TestJobQueue::lanesAndPrioritiesHavePlacesOfTheirOwn()
{
    JobQueue queue(1);
    queue.add(1, "a", Priority::Backfill);
    queue.add(2, "a", Priority::Backfill);
    queue.add(3, "a", Priority::Incremental);
    queue.add(4, "b", Priority::Backfill);
    Ids admitted = queue.admit();
    std::ranges::sort(admitted);
    QCOMPARE(admitted, (Ids {1, 3, 4}));
}

void TestJobQueue::theFrontGoesFirst()
{
    JobQueue queue(1);
    for (JobQueue::Id id = 1; id <= 4; ++id)
        queue.add(id, "a", Priority::Backfill);
    QCOMPARE(queue.admit(), Ids {1});
    queue.remove(3);
    queue.addInFront(3, "a", Priority::Backfill);
    queue.remove(4);
    queue.addInFront(4, "a", Priority::Backfill); // the newest wish first
    queue.remove(1);
    QCOMPARE(queue.admit(), Ids {4});
    queue.remove(4);
    QCOMPARE(queue.admit(), Ids {3});
    queue.remove(3);
    QCOMPARE(queue.admit(), Ids {2});
}

void TestJobQueue::whoLeavesMakesRoom()
{
    JobQueue queue(1);
    queue.add(1, "a", Priority::Backfill);
    queue.add(2, "a", Priority::Backfill);
    QCOMPARE(queue.admit(), Ids {1});
    queue.remove(7); // unknown
    QCOMPARE(queue.admit(), Ids {});
    queue.remove(1);
    queue.remove(1);
    QVERIFY(!queue.hasPlace(1));
    QCOMPARE(queue.admit(), Ids {2});
    queue.add(1, "a", Priority::Backfill);
    QCOMPARE(queue.admit(), Ids {});
    queue.remove(1); // from the queue
    QCOMPARE(queue.waiting(), std::size_t {0});
}

void TestJobQueue::aHigherLimitLetsMoreIn()
{
    JobQueue queue(0); // at least one
    for (JobQueue::Id id = 1; id <= 5; ++id)
        queue.add(id, "a", Priority::Backfill);
    QCOMPARE(queue.admit().size(), std::size_t {1});
    queue.setAtOnce(3);
    QCOMPARE(queue.admit(), (Ids {2, 3}));
    queue.setAtOnce(1); // who has a place keeps it
    QVERIFY(queue.hasPlace(3));
    queue.remove(1);
    queue.remove(2);
    QCOMPARE(queue.admit(), Ids {});
    queue.remove(3);
    QCOMPARE(queue.admit(), Ids {4});
}

void TestJobQueue::closedAdmitsNobody()
{
    JobQueue queue(4);
    queue.add(1, "a", Priority::Backfill);
    queue.close();
    QCOMPARE(queue.admit(), Ids {});
}

void TestJobQueue::fiftyThousandAreCheap()
{
    JobQueue queue(8);
    QElapsedTimer timer;
    timer.start();
    for (JobQueue::Id id = 1; id <= 50'000; ++id) {
        queue.add(id, "lane " + std::to_string(id % 20), Priority::Backfill);
        queue.admit();
    }
    for (JobQueue::Id id = 1; id <= 50'000; ++id) {
        queue.remove(id);
        queue.admit();
    }
    QCOMPARE(queue.waiting(), std::size_t {0});
    QVERIFY2(timer.elapsed() < 30'000, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestJobQueue)
#include "tst_jobqueue.moc"
