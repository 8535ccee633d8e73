// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Ladders to rows. Rows form a tree: all calls, those of a layout, of an operation in it, of a dtype of that. A node
// gets a value of its own only where most of its ladders lose more than the tolerance by the value above.

#include "raptors/tune/document.h"

#include <stdint.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "raptors/tune/tune.h"

namespace raptors::tune {
namespace {

using profile::Field;
using profile::Row;
using profile::Threshold;

// What a call may lose, as a logarithm, before it gets a row of its own.
constexpr double kTolerance = 0.05;
// The size of a document is bounded; each attempt tolerates this much more than the one before.
constexpr double kMoreTolerance = 1.5;

enum class Key { kLayout, kOp, kDType };

// A share of a cache, or a size, as it stands in a file: downwards, so that the rung where the alternative won is still
// above it, to four binary digits or a hundredth.
double Rounded(double number, const profile::FieldInfo& info) {
  double rounded;
  if (info.whole) {
    const double unit = std::exp2(std::max(0.0, std::floor(std::log2(std::max(1.0, number))) - 4));
    rounded = std::floor(number / unit) * unit;
  } else {
    rounded = std::floor(number * 100) / 100;
  }
  return std::clamp(rounded, info.least, info.largest);
}

// ---- Rows

bool SameSelector(const Row& a, const Row& b) { return a.op == b.op && a.dtype == b.dtype && a.layout == b.layout; }

class Rows {
 public:
  Row& At(const Row& selector) {
    for (Row& row : rows_) {
      if (SameSelector(row, selector)) return row;
    }
    Row& row = rows_.emplace_back();
    row.op = selector.op;
    row.dtype = selector.dtype;
    row.layout = selector.layout;
    return row;
  }

  // General rows first: later ones override.
  std::vector<Row> Sorted() const {
    const auto key = [](const Row& row) {
      const int selectors = row.op.has_value() + row.dtype.has_value() + row.layout.has_value();
      return std::make_tuple(selectors, row.layout, row.op, row.dtype);
    };
    std::vector<Row> sorted = rows_;
    std::sort(sorted.begin(), sorted.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
    return sorted;
  }

 private:
  std::vector<Row> rows_;
};

// A value that was measured, and what for.
struct Chosen {
  Field field = {};
  Row selector;
  Value value;
  Ladders ladders;
};

class Tree {
 public:
  Tree(const Measurement& measurement, const About& about, double tolerance)
      : measurement_(measurement), about_(about), tolerance_(tolerance) {}

  // Rows for all calls, with every field.
  std::vector<Row> Whole() {
    for (int i = 0; i < profile::kNumFields; ++i) {
      const Field field = static_cast<Field>(i);
      const Ladders ladders = Of(field, std::nullopt);
      if (ladders.empty()) {
        rows_.At({}).fields[i] = Unmeasured(field);
      } else {
        Split(field, ladders, {}, nullptr, {Key::kLayout, Key::kOp, Key::kDType});
      }
    }
    return Finish();
  }

  // Rows for these operations, with the fields that were measured.
  std::vector<Row> ForOps() {
    for (const Op op : measurement_.ops) {
      Row selector;
      selector.op = op;
      for (int i = 0; i < profile::kNumFields; ++i) {
        const Field field = static_cast<Field>(i);
        const Ladders ladders = Of(field, op);
        if (!ladders.empty()) Split(field, ladders, selector, nullptr, {Key::kLayout, Key::kDType});
      }
    }
    return Finish();
  }

 private:
  Ladders Of(Field field, std::optional<Op> op) const {
    Ladders ladders;
    for (const Ladder& ladder : measurement_.ladders) {
      if (ladder.field == field && ladder.op == op.value_or(ladder.op)) ladders.push_back(&ladder);
    }
    return ladders;
  }

  void Split(Field field, const Ladders& ladders, const Row& selector, const Value* inherited, std::vector<Key> keys) {
    Value value;
    if (inherited == nullptr || Unhappy(ladders, *inherited, keys.empty())) {
      value = BestValue(ladders);
      if (inherited == nullptr || !(value == *inherited)) Emit(field, ladders, selector, value);
    } else {
      value = *inherited;
    }
    if (keys.empty()) return;
    const Key key = keys.front();
    keys.erase(keys.begin());
    switch (key) {
      case Key::kLayout:
        return SplitBy(field, ladders, selector, value, keys, &Row::layout, &Ladder::layout);
      case Key::kOp:
        return SplitBy(field, ladders, selector, value, keys, &Row::op, &Ladder::op);
      case Key::kDType:
        return SplitBy(field, ladders, selector, value, keys, &Row::dtype, &Ladder::dtype);
    }
  }

  template <typename E>
  void SplitBy(Field field, const Ladders& ladders, const Row& selector, const Value& value,
               const std::vector<Key>& keys, std::optional<E> Row::* of_row, E Ladder::* of_ladder) {
    std::vector<E> values;
    for (const Ladder* ladder : ladders) values.push_back(ladder->*of_ladder);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const E one : values) {
      Ladders some;
      for (const Ladder* ladder : ladders) {
        if (ladder->*of_ladder == one) some.push_back(ladder);
      }
      Row narrower;
      narrower.op = selector.op;
      narrower.dtype = selector.dtype;
      narrower.layout = selector.layout;
      narrower.*of_row = one;
      Split(field, some, narrower, &value, keys);
    }
  }

  bool Unhappy(const Ladders& ladders, const Value& value, bool leaf) const {
    size_t unhappy = 0;
    for (const Ladder* ladder : ladders) {
      // What the ladder's own best value loses, no other value can win back.
      const double excess = LossOf(*ladder, value).worst - LossOf(*ladder, BestValue(*ladder)).worst;
      unhappy += excess > tolerance_ ? 1 : 0;
    }
    return 2 * unhappy > ladders.size() || (leaf && unhappy > 0 && 2 * unhappy == ladders.size());
  }

  void Emit(Field field, const Ladders& ladders, const Row& selector, const Value& value) {
    const profile::FieldInfo& info = profile::Info(field);
    Threshold threshold;
    threshold.never = value.never && info.may_be_never;
    if (value.never && !threshold.never) {
      threshold.value = Rounded(ladders[0]->rungs.back().at, info);
    } else if (!value.never) {
      // A choice is one of the values that were tried.
      threshold.value = ladders[0]->kind == LadderKind::kChoice ? value.number : Rounded(value.number, info);
    }
    rows_.At(selector).fields[static_cast<int>(field)] = std::move(threshold);
    chosen_.push_back({field, selector, value, ladders});
  }

  // Which of the rows, in their final order, decides the calls of a ladder.
  static const Row* Deciding(const std::vector<Row>& rows, Field field, const Ladder& ladder) {
    const auto decides = [&](const Row& row) {
      return row.fields[static_cast<int>(field)].has_value() && Covers(row, ladder.op, ladder.dtype, ladder.layout);
    };
    const auto last = std::find_if(rows.rbegin(), rows.rend(), decides);
    return last == rows.rend() ? nullptr : &*last;
  }

  // Only with all rows there it is known what each decides.
  void WriteProvenance(std::vector<Row>* rows) const {
    for (const Chosen& chosen : chosen_) {
      for (Row& row : *rows) {
        if (!SameSelector(row, chosen.selector)) continue;
        Ladders decided;
        for (const Ladder* ladder : chosen.ladders) {
          if (Deciding(*rows, chosen.field, *ladder) == &row) decided.push_back(ladder);
        }
        row.fields[static_cast<int>(chosen.field)]->provenance =
            ProvenanceOf(chosen.ladders, decided, chosen.value, about_);
      }
    }
  }

  // Where there are more than two cores, crossovers to more than two threads are measured; else half of parallel_min
  // makes the first step one to two threads.
  void DeriveThreadMin(Row* row) const {
    const std::optional<Threshold>& parallel = row->fields[static_cast<int>(Field::kParallelMin)];
    std::optional<Threshold>& thread = row->fields[static_cast<int>(Field::kThreadMin)];
    if (!parallel.has_value() || !Of(Field::kThreadMin, std::nullopt).empty()) return;
    if (Of(Field::kParallelMin, std::nullopt).empty()) return;
    if (parallel->never && !thread.has_value()) return;
    Threshold derived;
    derived.value = parallel->never ? 1 : std::max(1.0, std::floor(parallel->value / 2));
    derived.provenance = parallel->never ? "not used: several threads never pay"
                                         : absl::StrCat("derived: half of parallel_min; with ", measurement_.cores,
                                                        " cores there is no further step to measure");
    thread = std::move(derived);
  }

  std::vector<Row> Finish() const {
    std::vector<Row> rows = rows_.Sorted();
    WriteProvenance(&rows);
    for (Row& row : rows) DeriveThreadMin(&row);
    return rows;
  }

  Threshold Unmeasured(Field field) const {
    Threshold threshold;
    const bool one_core = measurement_.cores < 2;
    switch (field) {
      case Field::kParallelMin:
        threshold.never = true;
        threshold.provenance = "not measured: one usable core";
        break;
      case Field::kThreadMin:
        threshold.value = 1;
        threshold.provenance = "not measured: one usable core";
        break;
      case Field::kStreamMin:
        threshold.never = true;
        threshold.provenance = "not measured: the size of the last-level cache is unknown, or no memory for such sizes";
        break;
      case Field::kTile:
        threshold.value = 0.5;
        threshold.provenance = absl::StrCat(
            "not measured: ",
            one_core ? "one usable core" : "the size of the L2 cache is unknown, or no memory for such sizes",
            "; leaves half of the L2 cache to what the caller keeps there");
        break;
      case Field::kBlasMin:
        threshold.never = true;
        threshold.provenance = !measurement_.blas
                                   ? "not measured: this build has no BLAS"
                                   : "not measured: no operation admits BLAS in the modes that were tuned";
        break;
    }
    return threshold;
  }

  const Measurement& measurement_;
  const About& about_;
  double tolerance_;
  Rows rows_;
  std::vector<Chosen> chosen_;
};

// The rows of `base`, those of the operations that were tuned last: general ones first, what the new rows set in place
// of what stood there.
std::vector<Row> Merged(const profile::LoadedProfile& base, const std::vector<Op>& ops, const std::vector<Row>& fresh) {
  std::vector<Row> merged;
  Rows own;
  for (const Row& row : base.rows) {
    if (!row.op.has_value() || std::find(ops.begin(), ops.end(), *row.op) == ops.end()) {
      merged.push_back(row);
      continue;
    }
    for (int i = 0; i < profile::kNumFields; ++i) {
      const bool replaced = std::any_of(fresh.begin(), fresh.end(), [&](const Row& f) {
        return f.op == row.op && !f.layout.has_value() && f.fields[i].has_value();
      });
      if (row.fields[i].has_value() && !replaced) own.At(row).fields[i] = row.fields[i];
    }
  }
  for (const Row& row : fresh) {
    for (int i = 0; i < profile::kNumFields; ++i) {
      if (row.fields[i].has_value()) own.At(row).fields[i] = row.fields[i];
    }
  }
  const std::vector<Row> sorted = own.Sorted();
  merged.insert(merged.end(), sorted.begin(), sorted.end());
  return merged;
}

std::string LoadText(double load) { return load < 0 ? "unknown" : absl::StrFormat("%.2f", load); }

std::string Note(const Measurement& measurement) {
  return absl::StrFormat(
      "%d usable cores, L2 %d KiB, last-level cache %d KiB; %d rounds in %.0f s; load average of the machine %s before "
      "and "
      "%s after",
      measurement.cores, measurement.l2_bytes / 1024, measurement.llc_bytes / 1024, measurement.rounds,
      measurement.seconds, LoadText(measurement.load_before), LoadText(measurement.load_after));
}

}  // namespace

profile::Document MakeDocument(const Measurement& measurement, const About& about, const profile::LoadedProfile* base) {
  profile::Document document;
  document.name = about.name;
  document.provenance = {about.machine, about.date, about.command, Note(measurement)};
  document.cpus.resize(1);
  document.cpus[0].pattern = ".*";
  std::vector<Row>& rows = document.cpus[0].rows;
  // At a tolerance that no loss exceeds, only the rows without which there is no profile are left.
  for (double tolerance = kTolerance; tolerance < 100; tolerance *= kMoreTolerance) {
    if (measurement.ops.empty()) {
      rows = Tree(measurement, about, tolerance).Whole();
    } else {
      rows = Merged(*base, measurement.ops, Tree(measurement, about, tolerance).ForOps());
    }
    if (static_cast<int64_t>(profile::Serialize(document).size()) <= profile::kMaxBytes) break;
  }
  return document;
}

}  // namespace raptors::tune
