// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Fault injection for tests of the pool.

#ifndef RAPTORS_PARALLEL_POOL_TESTING_H_
#define RAPTORS_PARALLEL_POOL_TESTING_H_

#include <pthread.h>

namespace raptors::parallel {

using ThreadCreator = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

// Replaces pthread_create and forgets earlier failures. Not while Run() is under way.
void SetThreadCreatorForTest(ThreadCreator creator);

}  // namespace raptors::parallel

#endif  // RAPTORS_PARALLEL_POOL_TESTING_H_
