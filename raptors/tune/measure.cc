// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// What is timed, how it is forced, and the rounds.

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "raptors/base/status.h"
#include "raptors/context/context.h"
#include "raptors/context/scope.h"
#include "raptors/parallel/pool.h"
#include "raptors/policy/policy.h"
#include "raptors/tune/calls.h"
#include "raptors/tune/series.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {
namespace {

// Short calls are repeated to last this long, so that reading the clock (25 ns) is nothing.
constexpr double kSampleNs = 20'000;
// Calls up to this long are preceded by an untimed one, so that none starts with the caches its predecessor left.
constexpr double kWarmUpBelowNs = 2e6;
// Calls up to this long are timed with sleeping workers too: waking one takes some microseconds.
constexpr double kWakeMattersBelowNs = 2e5;
// The share of calls that find the workers asleep: an assumption about programs, not a measurement.
constexpr double kAfterSleep = 0.25;

double NowNs() {
  using std::chrono::duration_cast;
  using std::chrono::nanoseconds;
  return static_cast<double>(duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

double LoadAverage() {
  double load = -1;
  return getloadavg(&load, 1) == 1 ? load : -1;
}

// ---- The calls, timed one way or the other.

// Times calls; remembers which way the machine was left.
class Sampler {
 public:
  // Nanoseconds of one call of point.call in way `w`.
  absl::StatusOr<double> Sample(Series& series, Point& point, size_t w) {
    const Way& way = series.ways[w];
    // Idle workers spin for a while; a call of one thread should not share the machine with them.
    if (last_threads_ > 1 && way.threads == 1) LetWorkersSleep();
    last_threads_ = way.threads;
    const context::ScopedSettings scope(way.settings());
    if (point.reps.size() < series.ways.size()) point.reps.resize(series.ways.size(), 0);
    if (point.reps[w] == 0) RAPTORS_RETURN_IF_ERROR(Calibrate(series, point, w));
    if (point.call_ns < kWarmUpBelowNs) Time(series, point, way, 1);
    double ns = Time(series, point, way, point.reps[w]) / static_cast<double>(point.reps[w]);
    // A program's calls follow one another closely, or they do not.
    if (series.field == profile::Field::kParallelMin && way.threads > 1 && ns < kWakeMattersBelowNs) {
      ns *= std::pow(TimeAfterSleep(series, point, way) / ns, kAfterSleep);
    }
    RAPTORS_RETURN_IF_ERROR(status_);
    return ns;
  }

 private:
  void LetWorkersSleep() {
    const double until = NowNs() + 1.5e3 * parallel::kSpinMicros;
    while (NowNs() < until) {
    }
  }

  double TimeAfterSleep(const Series& series, const Point& point, const Way& way) {
    double ns[3];
    for (double& one : ns) {
      LetWorkersSleep();
      one = Time(series, point, way, 1);
    }
    std::sort(std::begin(ns), std::end(ns));
    return ns[1];
  }

  double Time(const Series& series, const Point& point, const Way& way, int64_t reps) {
    const double start = NowNs();
    for (int64_t i = 0; i < reps; ++i) {
      absl::Status status = point.call.run();
      if (!status.ok()) status_ = std::move(status);
      if (series.read_result) Read(point.call.result, way.threads);
      __asm__ volatile("" ::: "memory");
    }
    // A clock may stand still during a call that takes less than its step.
    return std::max(1.0, NowNs() - start);
  }

  absl::Status Calibrate(const Series& series, Point& point, size_t w) {
    const Way& way = series.ways[w];
    constexpr int64_t kMaxReps = int64_t{1} << 20;
    int64_t reps = 1;
    double ns = Time(series, point, way, reps);
    RAPTORS_RETURN_IF_ERROR(status_);
    // The first call may have met cold caches or a sleeping worker.
    if (ns < kWarmUpBelowNs) ns = Time(series, point, way, reps);
    while (ns < kSampleNs / 4 && reps < kMaxReps) {
      reps *= 4;
      ns = Time(series, point, way, reps);
    }
    point.call_ns = ns / static_cast<double>(reps);
    point.reps[w] = std::clamp<int64_t>(static_cast<int64_t>(std::ceil(kSampleNs / point.call_ns)), 1, kMaxReps);
    return absl::OkStatus();
  }

  // Reads every byte, as the next operation on the result would.
  void Read(absl::Span<const char> bytes, int threads) {
    constexpr int64_t kPiece = 64 * 1024;
    const int64_t size = static_cast<int64_t>(bytes.size());
    parallel::Run(threads, (size + kPiece - 1) / kPiece, [&](int64_t begin, int64_t end) {
      const char* const from = bytes.data() + begin * kPiece;
      const int64_t words = (std::min(end * kPiece, size) - begin * kPiece) / static_cast<int64_t>(sizeof(uint64_t));
      uint64_t folded[8] = {};
      for (int64_t i = 0; i + 8 <= words; i += 8) {
        for (int64_t k = 0; k < 8; ++k) {
          uint64_t word;
          __builtin_memcpy(&word, from + (i + k) * static_cast<int64_t>(sizeof(word)), sizeof(word));
          folded[k] ^= word;
        }
      }
      for (const uint64_t word : folded) __asm__ volatile("" ::"r"(word));
    });
  }

  int last_threads_ = 1;
  absl::Status status_;
};

// ---- The rounds.

struct Where {
  size_t series;
  size_t point;
};

absl::Status RunRounds(const Options& options, std::vector<Series>& all, Measurement* measurement) {
  std::vector<Where> points;
  for (size_t s = 0; s < all.size(); ++s) {
    for (size_t p = 0; p < all[s].points.size(); ++p) points.push_back({s, p});
  }
  Sampler sampler;
  std::minstd_rand random(1);
  const double start = NowNs();
  double fraction = 0;
  for (int round = 0;; ++round) {
    const auto over = [&] { return round >= options.min_rounds && NowNs() - start >= 1e9 * options.seconds; };
    if (over()) break;
    std::shuffle(points.begin(), points.end(), random);
    for (size_t i = 0; i < points.size() && !over(); ++i) {
      Series& series = all[points[i].series];
      Point& point = series.points[points[i].point];
      std::vector<size_t> order(series.ways.size());
      std::iota(order.begin(), order.end(), size_t{0});
      std::shuffle(order.begin(), order.end(), random);
      point.samples.resize(series.ways.size());
      for (const size_t w : order) {
        const absl::StatusOr<double> ns = sampler.Sample(series, point, w);
        if (!ns.ok()) return ns.status();
        point.samples[w].push_back(*ns);
      }
      if (options.progress) {
        const double seconds = 1e-9 * (NowNs() - start);
        const double made =
            (round + static_cast<double>(i + 1) / static_cast<double>(points.size())) / options.min_rounds;
        const double spent = options.seconds > 0 ? seconds / options.seconds : 1;
        fraction = std::max(fraction, std::min({made, spent, 1.0}));
        options.progress({fraction, round + 1, seconds});
      }
    }
    measurement->rounds = round + 1;
    if (points.empty()) break;
  }
  measurement->seconds = 1e-9 * (NowNs() - start);
  return absl::OkStatus();
}

// ---- What stands in the way.

absl::Status CheckSettings(const context::Settings& settings) {
  RAPTORS_RETURN_IF_ERROR(settings.status);
  const auto in_the_way = [](absl::string_view what) {
    return absl::FailedPreconditionError(
        absl::StrCat("tuning needs ", what, ": unset the RAPTORS_* variable or end the scope that says otherwise"));
  };
  if (settings.limits.simd != policy::SimdRule::kAuto) return in_the_way("all SIMD levels");
  if (settings.limits.max_threads != 0) return in_the_way("all threads");
  if (settings.limits.blas != policy::BlasMode::kAuto) return in_the_way("BLAS as it is");
  if (settings.verbose_decisions) return in_the_way("calls that log nothing");
  return absl::OkStatus();
}

int64_t DefaultBufferBytes(int64_t llc_bytes) {
  constexpr int64_t kLeast = int64_t{16} << 20, kMost = int64_t{512} << 20;
  const int64_t memory = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  return std::max(kLeast, std::min({4 * llc_bytes, kMost, memory / 16}));
}

}  // namespace

absl::StatusOr<Measurement> Measure(const Options& options) {
  if (!(options.seconds >= 0 && options.seconds <= 86400)) {
    return ArgumentError("options.seconds", options.seconds, "0 to 86400");
  }
  if (options.min_rounds < 1) return ArgumentError("options.min_rounds", options.min_rounds, "at least 1");
  const context::Settings& settings = context::Current();
  RAPTORS_RETURN_IF_ERROR(CheckSettings(settings));

  Measurement measurement;
  measurement.ops = options.ops;
  measurement.reproducible = options.reproducible;
  measurement.fast = options.fast;
  measurement.cores = settings.machine.cores;
  measurement.blas = settings.machine.blas;
  measurement.l2_bytes = settings.machine.l2_bytes;
  measurement.llc_bytes = settings.machine.LastLevelCacheBytes();
  measurement.load_before = LoadAverage();

  const int64_t bytes =
      options.buffer_bytes > 0 ? options.buffer_bytes : DefaultBufferBytes(settings.machine.LastLevelCacheBytes());
  absl::StatusOr<Buffers> buffers = Buffers::Create(bytes);
  if (!buffers.ok()) return buffers.status();
  absl::StatusOr<std::vector<Series>> series = MakeSeries(options, settings, *buffers);
  if (!series.ok()) return series.status();
  RAPTORS_RETURN_IF_ERROR(RunRounds(options, *series, &measurement));
  for (const Series& one : *series) AppendLadders(one, &measurement.ladders);
  measurement.load_after = LoadAverage();
  return measurement;
}

}  // namespace raptors::tune
