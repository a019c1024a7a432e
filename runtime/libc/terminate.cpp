// libstdc++'s first handler for an exception that nobody catches prints the name of its type, for
// which it brings a demangler of 40 KB and its 200 relocations. berth's own handler (main.cpp)
// takes its place before anything can throw.
#include <cstdlib>

// NOLINTNEXTLINE(*-reserved-identifier): the name is libstdc++'s
namespace __gnu_cxx {

// NOLINTNEXTLINE(*-reserved-identifier)
[[noreturn]] void __verbose_terminate_handler() { std::abort(); }

}  // namespace __gnu_cxx
