// The list of the types of steps: each family's at the end of its file, and the sum in steps.h.
#pragma once

namespace berth::plan {

/// Types, in their order.
template <class... T>
struct List {};

/// For decltype(): there is no such function.
template <class... A, class... B>
List<A..., B...> operator+(List<A...>, List<B...>);

}  // namespace berth::plan
