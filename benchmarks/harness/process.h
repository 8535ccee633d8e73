// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What surrounds a benchmark run: an environment that falsifies nothing, and a description of the machine.

#ifndef RAPTORS_BENCHMARKS_HARNESS_PROCESS_H_
#define RAPTORS_BENCHMARKS_HARNESS_PROCESS_H_

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "benchmarks/peers/peer_library.h"

namespace raptors::benchmarks {

// The variables among `environment` ("NAME=value") that steer a BLAS library.
std::vector<std::string> BlasVariables(const char* const* environment);

// BLAS libraries read their variables before main(). Where there are any, starts this program again without them and
// says so on stderr. Returns the variables that are in effect nevertheless, because it could not be started: none, as a
// rule.
std::vector<std::string> RestartWithoutBlasVariables(char** argv);

// FailedPrecondition naming a RAPTORS_ variable that would make cells something else than they say. A profile is
// allowed: PrintMachine() names it.
absl::Status CheckRaptorsVariables(const char* const* environment);

// Processor, caches, cores, levels, peers (where there are any), BLAS, build; warnings where figures would mislead.
// `forced` as the restart returned it.
void PrintMachine(std::FILE* file, const std::vector<PeerLibrary>& libraries, const std::vector<std::string>& forced);

// "OpenBLAS"; empty without a BLAS.
std::string BlasName();

}  // namespace raptors::benchmarks

#endif  // RAPTORS_BENCHMARKS_HARNESS_PROCESS_H_
