#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/conformance/comparison.h"

using namespace mnemo;
using namespace mnemo::conformance;

namespace {

Json request(const char* url, const Json& body = nullptr)
{
    return {{"method", body.is_null() ? "GET" : "POST"}, {"url", url}, {"body", body}};
}

} // namespace

/// What the conformance suites call equal, and what their lists accept.
class TestComparison : public QObject {
    Q_OBJECT
private slots:
    void requests_data()
    {
        QTest::addColumn<QString>("ours");
        QTest::addColumn<QString>("theirs");
        QTest::addColumn<bool>("isEqual");
        QTest::newRow("order") << "https://a.b/c?x=1&y=2" << "https://a.b/c?y=2&x=1" << true;
        QTest::newRow("escaping") << "https://a.b/c?x=a%2Fb" << "https://a.b/c?x=a/b" << true;
        QTest::newRow("value") << "https://a.b/c?x=1" << "https://a.b/c?x=2" << false;
        QTest::newRow("one more") << "https://a.b/c?x=1" << "https://a.b/c?x=1&y=2" << false;
        QTest::newRow("path") << "https://a.b/c" << "https://a.b/d" << false;
        QTest::newRow("host") << "https://a.b/c" << "https://a.d/c" << false;
    }

    void requests()
    {
        QFETCH(QString, ours);
        QFETCH(QString, theirs);
        QFETCH(bool, isEqual);
        const Comparable a = comparable(request(qPrintable(ours))), b = comparable(request(qPrintable(theirs)));
        QCOMPARE(a == b, isEqual);
        QCOMPARE(a.text() == b.text(), isEqual);
    }

    void bodies()
    {
        const Json body = {{"pair", "BTC-USD"}, {"limit", 5}};
        const Comparable asObject = comparable(request("https://a.b", body));
        const Comparable asText = comparable(request("https://a.b", "{\"limit\":5, \"pair\":\"BTC-USD\"}"));
        QVERIFY(asObject == asText);
        QVERIFY(!(asObject == comparable(request("https://a.b", {{"pair", "BTC-USD"}, {"limit", "5"}}))));
        QVERIFY(!(asObject == comparable(request("https://a.b"))));
    }

    void rows()
    {
        const Json row = {1000, 1.5, 2, 1, 1.5, nullptr};
        QVERIFY(sameRows(Json::array({row}), Json::array({{1000, 1.5, 2.0, 1, 1.5}})));
        QVERIFY(!sameRows(Json::array({row}), Json::array({{1000, 1.5, 2, 1, 1.5, 0}})));
        QVERIFY(!sameRows(Json::array({row}), Json::array({{1001, 1.5, 2, 1, 1.5, nullptr}})));
        QVERIFY(!sameRows(Json::array({row}), Json::array()));
    }

    void acceptedDifferences()
    {
        auto list = accepted("- { case: a.*.1w.*since*, part: request, reason: r }\n"
                             "- { case: b.x, part: rows, reason: r }\n");
        QVERIFY(list.has_value());
        QVERIFY(!list->accepts("a.candles.1w.since.1", "rows"));
        QVERIFY(!list->accepts("a.candles.1d.since.1", "request"));
        QVERIFY(!list->accepts("a.candles.1w.none.1", "request"));
        QCOMPARE(list->unused().size(), std::size_t{2});
        QVERIFY(list->accepts("a.candles.1w.since.1", "request"));
        QVERIFY(!list->accepts("b.xy", "rows"));
        QCOMPARE(list->unused(), std::vector<std::string>{"b.x rows"});
    }

    void everyAcceptedDifferenceHasItsReason()
    {
        const auto list = accepted("- { case: a.*, part: request }\n");
        QVERIFY(!list.has_value());
        QCOMPARE(list.error().code, ErrorCode::Config);
    }

private:
    Result<AcceptedDifferences> accepted(const char* text)
    {
        const QString path = m_folder.filePath(QStringLiteral("accepted.yaml"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text) < 0)
            return fail(ErrorCode::StorageFailed, "no temporary file");
        file.close();
        return AcceptedDifferences::read(path.toStdString());
    }

    QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestComparison)
#include "tst_comparison.moc"
