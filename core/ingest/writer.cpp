#include "core/ingest/writer.h"

#include <algorithm>

#include "core/base/priority.h"

namespace mnemo {

Writer::Writer(std::unique_ptr<StoreWriter> store, const DatabaseSettings& settings)
    : m_store(std::move(store))
    , m_settings(settings)
    , m_queue(static_cast<std::size_t>(std::max(1, settings.queuePages)))
    , m_thread([this] { run(); })
{
}

Writer::~Writer()
{
    m_queue.close();
}

bool Writer::commit(PageCommit page, Done done, std::stop_token stop)
{
    return m_queue.push(Item {std::move(page), std::move(done)}, std::move(stop));
}

void Writer::run()
{
    giveWayToOthers(); // the window draws while it runs
    while (auto entry = m_queue.pop()) {
        if (auto* task = std::get_if<Task>(&*entry)) {
            (*task)(*m_store);
            continue;
        }
        std::vector<Item> group;
        std::size_t rows = 0;
        const auto deadline = std::chrono::steady_clock::now() + m_settings.transactionTime;
        Task after;
        do {
            if (auto* task = std::get_if<Task>(&*entry)) {
                after = std::move(*task);
                break;
            }
            group.push_back(std::move(std::get<Item>(*entry)));
            rows += group.back().page.rows.size();
            if (rows >= static_cast<std::size_t>(m_settings.transactionRows)
                || group.size() >= static_cast<std::size_t>(m_settings.transactionPages))
                break;
            entry = m_queue.popUntil(deadline);
        } while (entry);
        commitGroup(group);
        if (after)
            after(*m_store);
    }
}

void Writer::commitGroup(std::vector<Item>& group)
{
    std::vector<PageCommit> pages;
    pages.reserve(group.size());
    for (Item& item : group)
        pages.push_back(std::move(item.page));
    const auto outcome = m_store->commit(pages);
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (!group[i].done)
            continue;
        if (outcome)
            group[i].done(outcome->pages[i], outcome->findings);
        else
            group[i].done(tl::unexpected<Error>(outcome.error()), {});
    }
}

} // namespace mnemo
