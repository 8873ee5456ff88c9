#pragma once

#include <QString>
#include <vector>

#include "core/engine/events.h"

namespace mnemo {

/// @p text without secrets: user names and passwords of addresses, and values of parameters and settings that are named
/// like keys, tokens, signatures or passwords, become "***".
QString redactedText(const QString& text);

/// Everything that is known about jobs, to be pasted into a report: JSON for programs, indented for people. Redacted.
QString diagnosticsJson(const std::vector<JobDetails>& jobs);
/// The same as plain text, shorter.
QString diagnosticsText(const std::vector<JobDetails>& jobs);

} // namespace mnemo
