#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"

namespace mnemo {

/// An object of a bucket, as its listing tells.
struct BucketObject {
    std::string key;
    UtcMs modified {};
    std::int64_t size = 0; ///< bytes
    bool operator==(const BucketObject&) const = default;
};

/// One page of a bucket's listing, by key.
struct BucketListing {
    std::vector<BucketObject> objects;
    bool isTruncated = false; ///< there is more after the last key
    std::string nextMarker;   ///< to ask for that; empty where nothing is left
};

/// Reads the answer of S3's ListObjects (version 1), docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html, 2025.
/// Errors: BadAnswer for what is no such XML, an <Error>, a document type of its own, or an object without key, time or size.
Result<BucketListing> parseBucketListing(std::string_view xml);

} // namespace mnemo
