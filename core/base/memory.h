#pragma once

namespace mnemo {

/// Keeps freed memory for the next answer instead of handing it back to the kernel at once: bodies of some hundred KiB that
/// come and go would be mapped, zeroed and unmapped for every page. Up to 64 MiB at the
/// end of the heap stay with the process. Call first in main(), before there is a second thread. Nothing to do but with glibc.
void keepFreedMemory();

} // namespace mnemo
