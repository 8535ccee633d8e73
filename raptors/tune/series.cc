// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

#include "raptors/tune/series.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "raptors/base/status.h"
#include "raptors/context/scope.h"
#include "raptors/metrics/metrics.h"

namespace raptors::tune {
namespace {

using profile::Field;

// Bytes moved from which and up to which several threads are tried. Waking a worker costs what a core needs for 128 KiB
// or more; slow layouts cross earlier.
constexpr double kParallelFrom = 8 * 1024;
constexpr double kParallelTo = 16 * 1024 * 1024;
// Streaming can pay where the result would not stay in the caches: shares of the last level.
constexpr double kStreamFrom = 1.0 / 8;
constexpr double kStreamTo = 3;
// Elements of calls that BLAS is tried for.
constexpr double kBlasFrom = 8;
constexpr double kBlasTo = 4 * 1024 * 1024;
// Shares of the L2 cache that one tile moves, and sizes of calls, as multiples of that cache, to try them on. The first
// is kept where no other is surely better.
constexpr double kTiles[] = {0.5, 0.0625, 0.125, 0.25, 1, 2};
constexpr double kTileSizes[] = {4, 16};

// ---- Ways

struct Force {
  int threads = 1;
  bool stream = false;
  double tile = kTiles[0];
  policy::BlasMode blas = policy::BlasMode::kOff;
  policy::Determinism determinism = policy::Determinism::kReproducible;

  friend bool operator==(const Force& a, const Force& b) {
    return a.threads == b.threads && a.stream == b.stream && a.tile == b.tile && a.blas == b.blas &&
           a.determinism == b.determinism;
  }
};

std::shared_ptr<const ForcedSettings> Forced(const context::Settings& settings, const Force& force) {
  auto forced = std::make_shared<ForcedSettings>();
  policy::Thresholds thresholds;
  thresholds.parallel_min_bytes = force.threads > 1 ? 0 : policy::kNever;
  thresholds.thread_min_bytes = 1;
  thresholds.stream_llc_share = force.stream ? 0 : std::numeric_limits<double>::infinity();
  thresholds.tile_l2_share = force.tile;
  for (auto& of_op : forced->profile.rows) {
    for (auto& of_dtype : of_op) std::fill(std::begin(of_dtype), std::end(of_dtype), thresholds);
  }
  forced->settings = settings;
  forced->settings.limits.max_threads = force.threads;
  forced->settings.limits.blas = force.blas;
  forced->settings.limits.determinism = force.determinism;
  forced->settings.profile = &forced->profile;
  return forced;
}

std::string Threads(int threads) { return absl::StrCat(threads, threads == 1 ? " thread" : " threads"); }

// 1, 2, 4, ... and all cores.
std::vector<int> ThreadCounts(int cores) {
  std::vector<int> counts;
  for (int threads = 1; threads < cores; threads *= 2) counts.push_back(threads);
  counts.push_back(cores);
  return counts;
}

// ---- Sizes

// From, ..., to, each `factor` times the one before.
std::vector<double> Steps(double from, double to, double factor) {
  std::vector<double> steps;
  for (double at = from; at <= to * 1.001; at *= factor) steps.push_back(at);
  return steps;
}

// How many elements to ask MakeCall() for, so that about `bytes` are moved.
int64_t ElementsFor(Op op, DType dtype, double bytes) {
  const OpInfo& info = Info(op);
  const int items = info.kind == OpKind::kReduce ? info.inputs : info.kind == OpKind::kMap ? info.inputs + 1 : 2;
  return static_cast<int64_t>(bytes / static_cast<double>(items * ItemSize(dtype)));
}

class SeriesMaker {
 public:
  SeriesMaker(const Options& options, const context::Settings& settings, Buffers& buffers)
      : options_(options), settings_(settings), buffers_(buffers) {}

  absl::StatusOr<std::vector<Series>> Make() {
    for (const OpInfo& info : kOpInfos) {
      if (!Asked(info.op)) continue;
      for (const DType dtype : kAllDTypes) {
        if (!info.Takes(dtype)) continue;
        for (const Recipe& recipe : RecipesOf(info.op)) RAPTORS_RETURN_IF_ERROR(AddAll(info, dtype, recipe));
      }
    }
    return std::move(all_);
  }

 private:
  absl::Status AddAll(const OpInfo& info, DType dtype, const Recipe& recipe) {
    RAPTORS_RETURN_IF_ERROR(AddBlas(info, dtype, recipe));
    if (recipe.in_place) return absl::OkStatus();
    RAPTORS_RETURN_IF_ERROR(AddParallel(info, dtype, recipe));
    // Operations with the same traffic share caches and memory in the same way: the first of them stands for all.
    if (dtype != DType::kFloat32 || SameTraffic(info)[0] != info.op) return absl::OkStatus();
    RAPTORS_RETURN_IF_ERROR(AddTile(info, dtype, recipe));
    return AddStream(info, dtype, recipe);
  }

  bool Asked(Op op) const {
    return options_.ops.empty() || std::find(options_.ops.begin(), options_.ops.end(), op) != options_.ops.end();
  }

  // The operations that are asked for and read and write as many items as this one.
  std::vector<Op> SameTraffic(const OpInfo& info) const {
    std::vector<Op> same;
    for (const OpInfo& other : kOpInfos) {
      if (Asked(other.op) && other.kind == info.kind && other.inputs == info.inputs) same.push_back(other.op);
    }
    return same;
  }

  Series Start(Field field, const OpInfo& info, DType dtype, const Recipe& recipe) const {
    Series series;
    series.field = field;
    series.op = info.op;
    series.stands_for = {info.op};
    series.dtype = dtype;
    series.layout = recipe.layout;
    return series;
  }

  // Adds the series with points at these sizes; at(call) is where they stand.
  absl::Status Add(Series series, const Recipe& recipe, const std::vector<int64_t>& sizes,
                   const std::function<double(const Call&)>& at) {
    for (const int64_t elements : sizes) {
      if (BufferBytes(elements, ItemSize(series.dtype)) > buffers_.bytes_each()) break;
      absl::StatusOr<Call> call = MakeCall(series.op, series.dtype, recipe, elements, buffers_);
      if (!call.ok()) return call.status();
      Point point;
      point.at = at(*call);
      point.call = *std::move(call);
      // Small sizes may be rounded up to the same smallest shape.
      if (!series.points.empty() && point.at <= series.points.back().at) continue;
      series.points.push_back(std::move(point));
    }
    if (!series.points.empty()) all_.push_back(std::move(series));
    return absl::OkStatus();
  }

  absl::Status AddParallel(const OpInfo& info, DType dtype, const Recipe& recipe) {
    if (settings_.machine.cores < 2) return absl::OkStatus();
    Series series = Start(Field::kParallelMin, info, dtype, recipe);
    for (const int threads : ThreadCounts(settings_.machine.cores)) {
      Force force;
      force.threads = threads;
      series.ways.push_back({Threads(threads), threads, 0, Get(force)});
    }
    std::vector<int64_t> sizes;
    for (const double bytes : Steps(kParallelFrom, kParallelTo, 2)) sizes.push_back(ElementsFor(info.op, dtype, bytes));
    return Add(std::move(series), recipe, sizes,
               [](const Call& call) { return static_cast<double>(call.bytes_moved); });
  }

  absl::Status AddTile(const OpInfo& info, DType dtype, const Recipe& recipe) {
    const int cores = settings_.machine.cores;
    const int64_t l2 = settings_.machine.l2_bytes;
    // Reductions and products are cut by their shape alone.
    if (info.kind != OpKind::kMap || cores < 2 || l2 <= 0) return absl::OkStatus();
    Series series = Start(Field::kTile, info, dtype, recipe);
    series.stands_for = SameTraffic(info);
    for (const double share : kTiles) {
      Force force;
      force.threads = cores;
      force.tile = share;
      series.ways.push_back({absl::StrCat(share, " of L2"), cores, share, Get(force)});
    }
    std::vector<int64_t> sizes;
    for (const double multiple : kTileSizes) {
      sizes.push_back(ElementsFor(info.op, dtype, multiple * cores * static_cast<double>(l2)));
    }
    return Add(std::move(series), recipe, sizes,
               [](const Call& call) { return static_cast<double>(call.bytes_moved); });
  }

  // With one thread and with all, as two series: one threshold serves both.
  absl::Status AddStream(const OpInfo& info, DType dtype, const Recipe& recipe) {
    const double llc = static_cast<double>(settings_.machine.LastLevelCacheBytes());
    if (info.kind != OpKind::kMap || llc <= 0) return absl::OkStatus();
    for (const int threads : {1, settings_.machine.cores}) {
      Series series = Start(Field::kStreamMin, info, dtype, recipe);
      series.stands_for = SameTraffic(info);
      series.read_result = true;
      for (const bool stream : {false, true}) {
        Force force;
        force.threads = threads;
        force.stream = stream;
        series.ways.push_back({absl::StrCat(stream ? "streaming" : "through the caches", ", ", Threads(threads)),
                               threads, 0, Get(force)});
      }
      std::vector<int64_t> sizes;
      for (const double share : Steps(kStreamFrom, kStreamTo, std::sqrt(2.0))) {
        sizes.push_back(ElementsFor(info.op, dtype, share * llc));
      }
      RAPTORS_RETURN_IF_ERROR(Add(std::move(series), recipe, sizes,
                                  [llc](const Call& call) { return static_cast<double>(call.bytes_moved) / llc; }));
      if (settings_.machine.cores == 1) break;
    }
    return absl::OkStatus();
  }

  // Only where the policy admits BLAS in a mode that is asked for: a call that prefers it tells.
  absl::Status AddBlas(const OpInfo& info, DType dtype, const Recipe& recipe) {
    if (!settings_.machine.blas) return absl::OkStatus();
    const policy::Determinism modes[] = {policy::Determinism::kReproducible, policy::Determinism::kFast};
    for (const policy::Determinism mode : modes) {
      if (!(mode == policy::Determinism::kFast ? options_.fast : options_.reproducible)) continue;
      Force prefer;
      prefer.blas = policy::BlasMode::kPrefer;
      prefer.determinism = mode;
      Force off = prefer;
      off.blas = policy::BlasMode::kOff;
      Series series = Start(Field::kBlasMin, info, dtype, recipe);
      series.ways = {{"our kernel", 1, 0, Get(off)}, {"BLAS", 1, 0, Get(prefer)}};
      const absl::StatusOr<bool> differ = DifferInRoute(series, recipe);
      if (!differ.ok()) return differ.status();
      if (!*differ) continue;
      std::vector<int64_t> sizes;
      for (const double elements : Steps(kBlasFrom, kBlasTo, 4)) sizes.push_back(static_cast<int64_t>(elements));
      return Add(std::move(series), recipe, sizes, [](const Call& call) { return static_cast<double>(call.elements); });
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> DifferInRoute(const Series& series, const Recipe& recipe) {
    const absl::StatusOr<Call> call = MakeCall(series.op, series.dtype, recipe, 1000, buffers_);
    if (!call.ok()) return call.status();
    bool blas[2];
    for (size_t w = 0; w < 2; ++w) {
      const context::ScopedSettings scope(series.ways[w].settings());
      RAPTORS_RETURN_IF_ERROR(call->run());
      metrics::Choice choice;
      blas[w] = metrics::LastDecision(&choice) && choice.route == Route::kBlas;
    }
    return blas[0] != blas[1];
  }

  std::shared_ptr<const ForcedSettings> Get(const Force& force) {
    for (const auto& [known, forced] : forced_) {
      if (known == force) return forced;
    }
    return forced_.emplace_back(force, Forced(settings_, force)).second;
  }

  const Options& options_;
  const context::Settings& settings_;
  Buffers& buffers_;
  std::vector<Series> all_;
  std::vector<std::pair<Force, std::shared_ptr<const ForcedSettings>>> forced_;
};

Ladder StartLadder(const Series& series, Field field, LadderKind kind, size_t base, size_t alternative) {
  Ladder ladder;
  ladder.field = field;
  ladder.op = ladder.timed = series.op;
  ladder.dtype = series.dtype;
  ladder.layout = series.layout;
  ladder.kind = kind;
  ladder.base = series.ways[base].name;
  ladder.alternative = series.ways[alternative].name;
  return ladder;
}

// How much more work way `alternative` is for than `base`, step by step. `per` divides the sizes.
Ladder StepLadder(const Series& series, Field field, size_t base, size_t alternative, double per) {
  Ladder ladder = StartLadder(series, field, LadderKind::kStep, base, alternative);
  for (const Point& point : series.points) {
    Rung rung = Compare(point.samples[base], point.samples[alternative]);
    rung.at = point.at / per;
    ladder.rungs.push_back(rung);
  }
  return ladder;
}

// Each value's gain over the first way, on average over the sizes.
Ladder ChoiceLadder(const Series& series) {
  Ladder ladder = StartLadder(series, series.field, LadderKind::kChoice, 0, 0);
  ladder.alternative = "another share";
  for (size_t w = 0; w < series.ways.size(); ++w) {
    Rung mean;
    mean.at = series.ways[w].value;
    const double n = static_cast<double>(series.points.size());
    for (const Point& point : series.points) {
      const Rung rung = Compare(point.samples[0], point.samples[w]);
      mean.gain += rung.gain / n;
      mean.margin += rung.margin / n;
      mean.base_ns += rung.base_ns;
      mean.alternative_ns += rung.alternative_ns;
      mean.spread = std::max(mean.spread, rung.spread);
      mean.rounds = rung.rounds;
    }
    if (w == 0) mean.gain = mean.margin = 0;
    ladder.rungs.push_back(mean);
  }
  std::sort(ladder.rungs.begin(), ladder.rungs.end(), [](const Rung& a, const Rung& b) { return a.at < b.at; });
  return ladder;
}

}  // namespace

absl::StatusOr<std::vector<Series>> MakeSeries(const Options& options, const context::Settings& settings,
                                               Buffers& buffers) {
  return SeriesMaker(options, settings, buffers).Make();
}

void AppendLadders(const Series& series, std::vector<Ladder>* ladders) {
  const auto append = [&](Ladder ladder) {
    for (const Op op : series.stands_for) {
      ladder.op = op;
      ladders->push_back(ladder);
    }
  };
  if (series.field == Field::kTile) return append(ChoiceLadder(series));
  append(StepLadder(series, series.field, 0, 1, 1));
  // Each further doubling of the threads has a crossover of its own, in bytes for each of them.
  for (size_t w = 2; w < series.ways.size(); ++w) {
    append(StepLadder(series, Field::kThreadMin, w - 1, w, series.ways[w].threads));
  }
}

}  // namespace raptors::tune
