#include <QTest>

#include "core/config/mapreader.h"
#include "core/exchange/catalogue.h"
#include "core/ingest/marketlist.h"

using namespace mnemo;

namespace {

constexpr const char* description = "name: Small\n"
                                    "version: 1\n"
                                    "host: https://small.example\n"
                                    "spot: { symbol: '{base}{quote}' }\n"
                                    "candles: { path: /c, params: { s: '{symbol}', f: '{frame}', from: '{start}', n: '{limit}' }, frames: { 1m: 1 },\n"
                                    "  range: { style: from-start, start: { unit: ms } }, limit: { default: 5, max: 5 }, rows: { kind: arrays, order: asc },\n"
                                    "  fields: { time: [0, ms], open: 1, high: 2, low: 3, close: 4, volume: 5 } }\n"
                                    "markets: { rows: list, cursor: next, id: a, base: b, quote: c, market: { value: spot },\n"
                                    "  calls: [ { path: /m, params: { c: '{cursor}' } }, { path: /o } ] }\n";

struct NoServices final : LaneServices {
    Result<ArchiveWriter*> archiveWriter(std::string_view, Kind) override { return nullptr; }
    std::stop_token stopToken() const override { return {}; }
};

HttpResponse answer(const char* next, const char* base)
{
    HttpResponse response;
    response.status = 200;
    response.body = std::string("{\"next\":\"") + next + "\",\"list\":[{\"a\":\"" + base + "\",\"b\":\"" + base + "\",\"c\":\"USD\"}]}";
    return response;
}

} // namespace

class TestMarketList : public QObject {
    Q_OBJECT
private slots:
    void init()
    {
        Problems problems;
        const auto catalogue = Catalogue::load({{"small", *parseYaml(description, "small.yaml")}}, problems);
        for (const Problem& problem : problems)
            qWarning("%s", problem.text().c_str());
        m_found.reset();
        m_fetch = std::make_unique<MarketListFetch>(catalogue.venue("small").value(), UtcMs {}, 2,
            [this](Result<std::vector<Instrument>> found) { m_found = std::move(found); });
    }

    void everyPageOfEveryCall()
    {
        QCOMPARE(ask(), std::string("https://small.example/m"));
        QVERIFY(!m_fetch->next()); // one at a time
        give(answer("two", "A"));
        QCOMPARE(ask(), std::string("https://small.example/m?c=two"));
        give(answer("three", "B"));
        QCOMPARE(ask(), std::string("https://small.example/m?c=three"));
        give(answer("", "C"));
        QCOMPARE(ask(), std::string("https://small.example/o"));
        QVERIFY(!m_found);
        give(answer("", "D"));
        QVERIFY(m_found && *m_found);
        QCOMPARE((*m_found)->size(), std::size_t {4});
        QVERIFY(m_fetch->isFinished());
    }

    void pagesWithoutEnd()
    {
        ask();
        give(answer("two", "A"));
        ask();
        give(answer("two", "B"));
        QVERIFY(m_found && !*m_found);
        QVERIFY2(m_found->error().detail.find("ever more pages") != std::string::npos, m_found->error().detail.c_str());
    }

    void aPageThatFailsFailsTheList()
    {
        ask();
        give(answer("two", "A"));
        ask();
        m_fetch->gaveUp(0, {ErrorCode::Network, "gone"});
        QVERIFY(m_found && !*m_found);
        QCOMPARE(m_found->error().code, ErrorCode::Network);
    }

private:
    std::string ask()
    {
        const auto request = m_fetch->next();
        return request ? request->request.http.url : std::string();
    }
    void give(const HttpResponse& response) { QVERIFY(m_fetch->accept(0, response, m_services).has_value()); }

    NoServices m_services;
    std::unique_ptr<MarketListFetch> m_fetch;
    std::optional<Result<std::vector<Instrument>>> m_found;
};

QTEST_APPLESS_MAIN(TestMarketList)
#include "tst_marketlist.moc"
