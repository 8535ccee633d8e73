// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes the pinned OpenBLAS safe to call from several threads at once. Every product asks blas_memory_alloc() for the
// buffer that it packs its operands into. A build without threads of its own, and without USE_LOCKING, tests whether a
// buffer is free and marks it taken in two steps: two threads could get the same one, and both results were wrong.
// The linker's --wrap sends all calls of the two functions here.

#include <pthread.h>

void* __real_blas_memory_alloc(int position);
void __real_blas_memory_free(void* buffer);

// As many as OpenBLAS has without growing its table; a product holds one.
enum { kBuffers = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_is_free = PTHREAD_COND_INITIALIZER;
static int taken = 0;

void* __wrap_blas_memory_alloc(int position) {
  pthread_mutex_lock(&lock);
  while (taken == kBuffers) pthread_cond_wait(&one_is_free, &lock);
  ++taken;
  void* buffer = __real_blas_memory_alloc(position);
  pthread_mutex_unlock(&lock);
  return buffer;
}

void __wrap_blas_memory_free(void* buffer) {
  pthread_mutex_lock(&lock);
  __real_blas_memory_free(buffer);
  --taken;
  pthread_cond_signal(&one_is_free);
  pthread_mutex_unlock(&lock);
}

// A child of fork() has one thread and gets the lock free, whoever held it in the parent.
static void Lock(void) { pthread_mutex_lock(&lock); }
static void Unlock(void) { pthread_mutex_unlock(&lock); }
__attribute__((constructor)) static void SurviveFork(void) { pthread_atfork(&Lock, &Unlock, &Unlock); }
