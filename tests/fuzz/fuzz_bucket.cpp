// Any bytes as what a venue's bucket of files answers: its listing, a checksum, a zip.

#include <cstdint>

#include "core/ingest/venuefiles/bucketlisting.h"
#include "core/ingest/venuefiles/packedfile.h"
#include "tests/fuzz/venues.h"

using namespace mnemo;
using namespace mnemo::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::int64_t mostBytes = 100'000;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size); // NOLINT: bytes as text
    if (const auto listing = parseBucketListing(bytes)) {
        for (const BucketObject& object : listing->objects)
            check(!object.key.empty());
    } else {
        checkText(listing.error());
    }
    if (const auto sum = readChecksum(bytes, "BTCUSDT-1m-2024-01.zip"))
        check(sum->size() == 64 && sum->find_first_not_of("0123456789abcdef") == std::string::npos);
    else
        checkText(sum.error());
    if (const auto text = unpackedCsv(bytes, "BTCUSDT-1m-2024-01.zip", mostBytes))
        check(std::int64_t(text->size()) <= mostBytes);
    else
        checkText(text.error());
    return 0;
}
