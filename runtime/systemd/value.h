// Values of unit properties in messages of D-Bus.
#pragma once

#include <systemd/sd-bus.h>

#include "runtime/plan/scope.h"

namespace berth::systemd {

/// Appends `(sv)`. Throws a Failure if the values do not fit the signature.
void append_property(sd_bus_message* message, const plan::UnitProperty& property);

}  // namespace berth::systemd
