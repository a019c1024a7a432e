// Catch2's main, once.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
