// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0
//
// Makes the pinned OpenBLAS safe to call from several threads at once. Every product asks blas_memory_alloc() for the
// buffer that it packs its operands into. A build without threads of its own, and without USE_LOCKING, tests whether a
// buffer is free and marks it taken in two steps: two threads could get the same one, and both results were wrong.
// The linker's --wrap sends all calls of the two functions here.

#include <pthread.h>
#include <stddef.h>

void* __real_blas_memory_alloc(int position);
void __real_blas_memory_free(void* buffer);

// As many as OpenBLAS has without growing its table; a product holds one.
enum { kBuffers = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_is_free = PTHREAD_COND_INITIALIZER;
static int taken = 0;
// Buffers in use, in no order, with the threads that they were given to.
static struct {
  void* buffer;
  pthread_t thread;
} in_use[kBuffers];

void* __wrap_blas_memory_alloc(int position) {
  pthread_mutex_lock(&lock);
  while (taken == kBuffers) pthread_cond_wait(&one_is_free, &lock);
  void* buffer = __real_blas_memory_alloc(position);
  in_use[taken].buffer = buffer;
  in_use[taken].thread = pthread_self();
  ++taken;
  pthread_mutex_unlock(&lock);
  return buffer;
}

void __wrap_blas_memory_free(void* buffer) {
  pthread_mutex_lock(&lock);
  __real_blas_memory_free(buffer);
  for (int i = 0; i < taken; ++i) {
    if (in_use[i].buffer != buffer) continue;
    in_use[i] = in_use[--taken];
    pthread_cond_signal(&one_is_free);
    break;
  }
  pthread_mutex_unlock(&lock);
}

// A child of fork() has one thread. It gets the lock free, whoever held it in the parent, and the buffers of the
// threads that it does not have, which nobody else would give back. Nor does it have those that waited.
static void Lock(void) { pthread_mutex_lock(&lock); }
static void Unlock(void) { pthread_mutex_unlock(&lock); }
static void StartInChild(void) {
  const pthread_t self = pthread_self();
  int own = 0;
  for (int i = 0; i < taken; ++i) {
    if (pthread_equal(in_use[i].thread, self)) {
      in_use[own++] = in_use[i];
    } else {
      __real_blas_memory_free(in_use[i].buffer);
    }
  }
  taken = own;
  one_is_free = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
  Unlock();
}
__attribute__((constructor)) static void SurviveFork(void) { pthread_atfork(&Lock, &Unlock, &StartInChild); }
