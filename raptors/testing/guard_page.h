// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// GuardedBuffer: memory flush against inaccessible pages, so that a kernel that touches one byte before or behind its
// data faults.
//
//   GuardedBuffer in(n * sizeof(float), GuardedBuffer::Flush::kEnd);   // the byte after the last one faults
//   ... fill in.data() ...
//   in.MakeReadOnly();                                                // from now on a store faults

#ifndef RAPTORS_TESTING_GUARD_PAGE_H_
#define RAPTORS_TESTING_GUARD_PAGE_H_

#include <stdint.h>

namespace raptors::test {

class GuardedBuffer {
 public:
  enum class Flush {
    kStart,  // the byte before data() faults; those behind the end may be readable up to the page's end
    kEnd,    // the byte at data() + bytes faults; those before data() may be readable back to the page's start
  };

  // `bytes` zeros. kStart gives page alignment, kEnd whatever alignment the size leaves. Ends the test process when
  // there is no memory.
  GuardedBuffer(int64_t bytes, Flush flush);
  ~GuardedBuffer();
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;

  char* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  void MakeReadOnly();

  // Whether the readable bytes around the data, up to the guard pages, still hold their pattern.
  bool SlackIntact() const;

 private:
  char* base_;      // the lower guard page
  int64_t page_;    // size of a page
  int64_t inside_;  // bytes between the guard pages
  char* data_;
  int64_t bytes_;
};

}  // namespace raptors::test

#endif  // RAPTORS_TESTING_GUARD_PAGE_H_
