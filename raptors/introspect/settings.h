// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Settings as introspection shows them. Internal to this package.

#ifndef RAPTORS_INTROSPECT_SETTINGS_H_
#define RAPTORS_INTROSPECT_SETTINGS_H_

#include "raptors/context/context.h"
#include "raptors/introspect/introspect.h"

namespace raptors::introspect {

SettingsInForce Describe(const context::Settings& settings);
ProfileInfo Describe(const context::ProfileSource& source);

}  // namespace raptors::introspect

#endif  // RAPTORS_INTROSPECT_SETTINGS_H_
