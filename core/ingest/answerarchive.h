#pragma once

#include <string>

#include "core/ingest/lane.h"
#include "core/storage/store.h"

namespace mnemo {

/// How a question was put: the archive keeps that beside the answer.
struct Question {
    std::string method, url, body;
};

/// Where an answer is kept. Both empty where nothing is archived: a digest of bytes that nobody keeps is a tenth of the
/// work for nothing.
struct Archived {
    std::string key, sha256;
};

/// Keeps @p response. @p manifest says what the answer is about (range, walk, cursor, the digest where it is known); the rest is filled in here.
/// Belongs to the lane's thread. Errors: as Archive::openWriter and ArchiveWriter::append.
Result<Archived> archiveAnswer(Manifest manifest, const SeriesRecord& series, int descriptionVersion,
    const Question& question, const HttpResponse& response, UtcMs fetchedAt, LaneServices& services);

} // namespace mnemo
