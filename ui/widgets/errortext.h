#pragma once

#include <QString>

#include "core/base/result.h"

namespace mnemo {

/// What happened and what to do about it, for people: the one place where error codes become sentences.
QString errorText(const Error& error);
/// In short: of settings the detail itself, which names the place.
QString errorReason(const Error& error);
/// The same as errorText(), followed by the technical detail on a line of its own: for tool tips and "copy".
QString errorTextWithDetail(const Error& error);

} // namespace mnemo
