#pragma once

#include <string>
#include <vector>

#include "core/alert/conditions.h"

namespace mnemo {

/// What a channel carries: one event of one alert, or a test.
struct AlertMessage {
    std::int64_t delivery = 0; ///< id of its AlertDelivery
    std::string event; ///< AlertEventKind, or "test"
    Alert alert;
    UtcMs at {};
    bool isTest() const { return event == "test"; }
    bool isEnd() const { return event == "resolved"; }
};

AlertMessage testMessage(UtcMs at); ///< of no alert

// English, for what leaves the program; the window has its own words.

std::string titleOf(const Alert& alert); ///< "venue: 12 series are not up to date"
std::string helpFor(AlertKind kind);     ///< what to do about it, one sentence
std::string subjectOf(const AlertMessage& message); ///< "[error] venue: ..." or "[resolved] ..."
/// Pairs of name and value worth reading, without empty ones.
std::vector<std::pair<std::string, std::string>> factsOf(const AlertMessage& message);
std::string plainText(const AlertMessage& message); ///< subject, facts and help as lines

} // namespace mnemo
