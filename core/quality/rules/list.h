#pragma once

#include "core/quality/rules/rule.h"

/// The makers of all rules, for rules.cpp alone; one for each file here, but for the rules on answers, which share one.
namespace mnemo::rules {

Rule aggregateMismatch();
Rule deadVolume();
Rule duplicate();
Rule flatRun();
Rule fundingExtreme();
Rule fundingMissed();
Rule fundingOrder();
Rule highNotHighest();
Rule ignoredRange();
Rule liquidationsNegative();
Rule lowNotLowest();
Rule negativeVolume();
Rule notFinite();
Rule notIncreasing();
Rule offGrid();
Rule openInterestEmpty();
Rule openInterestJump();
Rule openInterestNegative();
Rule openInterestUnit();
Rule priceChangeWithoutVolume();
Rule priceGap();
Rule priceJump();
Rule priceNotPositive();
Rule ratioInconsistent();
Rule repeatedRow();
Rule revision();
Rule stale();
Rule tickSize();
Rule tradeSize();
Rule truncated();
Rule turnover();
Rule unclosed();
Rule volumeSpike();
Rule volumeWithoutTrades();
Rule wickSpike();

} // namespace mnemo::rules
