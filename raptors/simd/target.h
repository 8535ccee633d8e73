// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Chooses Highway's target for a kernel source that is compiled once per ISA. To be included first, before any header
// of Highway's or ours that includes hwy/highway.h.
//
// RAPTORS_HWY_TARGET (a HWY_* constant) and RAPTORS_ISA come from the Bazel rule (isa.bzl). The file is compiled for
// the platform's floor; only code between HWY_BEFORE_NAMESPACE() and HWY_AFTER_NAMESPACE() uses the ISA. A wrong or
// unknown target would silently become another one or an empty object, so everything is checked here.

#ifndef RAPTORS_SIMD_TARGET_H_
#define RAPTORS_SIMD_TARGET_H_

#if !defined(RAPTORS_HWY_TARGET) || !defined(RAPTORS_ISA)
#error "kernel sources are compiled by kernel_family() of raptors/simd/isa.bzl only"
#endif
#ifdef HWY_HIGHWAY_INCLUDED
#error "raptors/simd/target.h must come before hwy/highway.h"
#endif

#include "hwy/detect_targets.h"

#if RAPTORS_HWY_TARGET == 0
#error "RAPTORS_HWY_TARGET names no target of this Highway"
#endif
#if (RAPTORS_HWY_TARGET) & HWY_BROKEN_TARGETS
#error "Highway calls this target broken with this compiler"
#endif

// clang otherwise drops lanes whose results are not used, and computes with zeros in their place: 0 * infinity there
// would raise the invalid flag, or trap. GCC minds flags by default; at the scalar level there is no lane to drop.
#if defined(__clang__) && RAPTORS_HWY_TARGET != HWY_SCALAR
#pragma clang fp exceptions(maytrap)
#endif

#undef HWY_TARGET
#define HWY_TARGET RAPTORS_HWY_TARGET
#include "hwy/highway.h"

#if HWY_TARGET != RAPTORS_HWY_TARGET
#error "Highway changed the target"
#endif

#endif  // RAPTORS_SIMD_TARGET_H_
