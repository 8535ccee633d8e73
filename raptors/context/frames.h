// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Each thread's stack of settings. Internal to this package.

#ifndef RAPTORS_CONTEXT_FRAMES_H_
#define RAPTORS_CONTEXT_FRAMES_H_

namespace raptors::context {

struct Settings;

struct Frame {
  const Settings* settings;
  Frame* enclosing;
};

// Puts `frame` on top of the calling thread's stack; fills frame->enclosing.
void Push(Frame* frame);

// Takes `frame` out of the calling thread's stack, from wherever it is. False if it is not there.
bool Remove(Frame* frame);

}  // namespace raptors::context

#endif  // RAPTORS_CONTEXT_FRAMES_H_
