#include <cstdint>
#include <cstdlib>

#include "core/archive/segment.h"

/// Whatever stands in a segment, walking it stays within its bytes, and cutting a torn tail leaves something whole.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace mnemo;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    segment::Decompressor decompressor;
    for (std::size_t at = 0; at < bytes.size();) {
        const segment::Look look = segment::lookAt(bytes.substr(at));
        if (look.kind == segment::Look::Kind::Record) {
            (void)segment::unsealed(look.manifest);
            (void)manifestFromJson(look.manifest);
            (void)decompressor.body(look.frame, "");
        } else if (look.kind != segment::Look::Kind::Skipped) {
            break;
        }
        if (look.size == 0 || look.size > bytes.size() - at)
            std::abort();
        at += look.size;
    }
    if (const auto torn = segment::tornTail(bytes)) {
        if (*torn > size || segment::tornTail(bytes.substr(0, size - *torn)))
            std::abort();
    }
    return 0;
}
