#pragma once

#include <QColor>

namespace mnemo {

/// The palette of Okabe and Ito ("Color Universal Design", 2008): hues that stay apart in all common forms of colour
/// blindness. Themes take from it as it is where the contrast suffices, and lighten or darken it where not.
struct OkabeIto {
    static constexpr QColor blue {0x00, 0x72, 0xb2};
    static constexpr QColor vermillion {0xd5, 0x5e, 0x00};
    static constexpr QColor green {0x00, 0x9e, 0x73};
    static constexpr QColor orange {0xe6, 0x9f, 0x00};
    static constexpr QColor sky {0x56, 0xb4, 0xe9};
    static constexpr QColor purple {0xcc, 0x79, 0xa7};
    static constexpr QColor yellow {0xf0, 0xe4, 0x42};
    static constexpr QColor grey {0x7f, 0x7f, 0x7f};
};

} // namespace mnemo
