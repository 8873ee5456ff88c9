#pragma once
// For moc alone: libstdc++ 12 writes its namespaces with this macro, which moc 6.4 cannot read. Goes with Qt 6.5.3.
#define _GLIBCXX_VISIBILITY(V)
