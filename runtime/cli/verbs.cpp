#include "runtime/cli/verbs.h"

namespace berth::cli {

// Each is defined in cli/verbs/NAME.cpp.
extern const Verb kCreate, kStart, kState, kKill, kDelete, kRun, kList, kPs, kPause, kResume, kSpec,
    kPlan, kValidate, kFeatures, kExec, kEvents, kUpdate;

std::span<const Verb* const> verbs() {
  static constexpr const Verb* kVerbs[] = {
      &kCreate, &kStart,  &kState,  &kKill,   &kDelete, &kRun,  &kExec,     &kList,    &kPs,
      &kPause,  &kResume, &kUpdate, &kEvents, &kSpec,   &kPlan, &kValidate, &kFeatures};
  return kVerbs;
}

}  // namespace berth::cli
