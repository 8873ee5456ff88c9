#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mnemo {

/// One request of a job and what became of it.
struct RequestRecord {
    UtcMs sentAt {};
    std::string method;
    std::string url;    ///< without secrets
    int status = 0;     ///< HTTP; 0 where no answer came
    double weight = 0;  ///< of the budget that it charges most
    milliseconds took {0};
    std::int64_t rows = 0; ///< that the answer brought
    int tries = 1;         ///< this one was the first, second, ... of its page
    std::optional<Error> error; ///< why the answer could not be used
    bool operator==(const RequestRecord&) const = default;
};

/// The newest requests of one job, for the timeline. Thread-safe; older ones are dropped and counted.
class RequestLog {
public:
    static constexpr std::size_t capacity = 200;
    void add(RequestRecord record);
    std::vector<RequestRecord> records() const; ///< oldest first
    std::int64_t dropped() const;
    std::size_t size() const;

private:
    mutable std::mutex m_mutex;
    std::deque<RequestRecord> m_records;
    std::int64_t m_dropped = 0;
};

} // namespace mnemo
