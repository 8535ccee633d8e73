// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// CPU quotas of control groups, versions 1 and 2. See cgroups(7) and proc_pid_mountinfo(5).

#include <stddef.h>
#include <stdint.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "raptors/cpu/detect.h"

namespace raptors::cpu {
namespace {

// Some machines have thousands of mounts; the files of a group hold a line.
constexpr size_t kLimit = 1 << 20;
constexpr size_t kLineLimit = 256;

// A mounted hierarchy that may control processors.
struct Mount {
  bool v2;
  std::string root;  // the group that shows at the mount point
  std::string point;
};

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// mountinfo writes space, tab, newline and backslash as \ and three octal digits.
std::string Unescape(absl::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Lines: ID parent device root point options [tags...] - type source super-options
std::vector<Mount> ParseMounts(absl::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (absl::string_view line : absl::StrSplit(mountinfo, '\n')) {
    const std::vector<absl::string_view> halves = absl::StrSplit(line, absl::MaxSplits(" - ", 1));
    if (halves.size() != 2) continue;
    const std::vector<absl::string_view> left = absl::StrSplit(halves[0], ' ');
    const std::vector<absl::string_view> right = absl::StrSplit(halves[1], ' ');
    if (left.size() < 5 || right.size() < 3) continue;
    const bool v2 = right[0] == "cgroup2";
    const bool v1 = right[0] == "cgroup" &&
                    absl::c_linear_search(std::vector<absl::string_view>(absl::StrSplit(right[2], ',')), "cpu");
    if (v1 || v2) mounts.push_back({v2, Unescape(left[3]), Unescape(left[4])});
  }
  return mounts;
}

// The process's group in the version 2 or in the version 1 cpu hierarchy; "" if it has none there.
// Lines: ID:controllers:path, with ID 0 and no controllers for version 2.
std::string GroupPath(absl::string_view cgroup, bool v2) {
  for (absl::string_view line : absl::StrSplit(cgroup, '\n')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (parts.size() != 3) continue;
    const std::vector<absl::string_view> controllers = absl::StrSplit(parts[1], ',');
    if (v2 ? parts[0] == "0" && parts[1].empty() : absl::c_linear_search(controllers, "cpu"))
      return std::string(parts[2]);
  }
  return "";
}

// The group's path below the mount point: "/a/b", or "" for the mount point itself, which also stands for a group that
// the mount does not show (as in a container that sees its host's paths).
std::string PathBelow(const Mount& mount, absl::string_view group) {
  if (mount.root != "/") {
    if (!absl::ConsumePrefix(&group, mount.root)) return "";
    if (!group.empty() && group[0] != '/') return "";
  }
  if (absl::StrContains(group, "/..")) return "";
  while (absl::ConsumeSuffix(&group, "/")) {
  }
  return std::string(group);
}

// quota / period rounded up, at least 1; 0 for no quota.
int64_t Cores(absl::string_view quota, absl::string_view period) {
  int64_t q, p;
  if (!absl::SimpleAtoi(quota, &q) || !absl::SimpleAtoi(period, &p) || q <= 0 || p <= 0) return 0;
  return (q - 1) / p + 1;
}

int64_t GroupCores(const std::string& directory, bool v2) {
  if (!v2)
    return Cores(ReadFile(directory + "/cpu.cfs_quota_us", kLineLimit),
                 ReadFile(directory + "/cpu.cfs_period_us", kLineLimit));
  // "max 100000" or "250000 100000"
  const std::string max = ReadFile(directory + "/cpu.max", kLineLimit);
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(max, absl::MaxSplits(' ', 1));
  return Cores(parts.first, parts.second);
}

}  // namespace

UsableCores CgroupQuota(const std::string& root) {
  const std::string cgroup = ReadFile(root + "/proc/self/cgroup", kLimit);
  UsableCores least = {0, ""};
  for (const Mount& mount : ParseMounts(ReadFile(root + "/proc/self/mountinfo", kLimit))) {
    const std::string group = GroupPath(cgroup, mount.v2);
    if (group.empty()) continue;
    // From the group up to the mount point: every ancestor's quota holds.
    for (std::string below = PathBelow(mount, group);; below.resize(below.rfind('/'))) {
      const int64_t cores = GroupCores(root + mount.point + below, mount.v2);
      if (cores > 0 && (least.cores == 0 || cores < least.cores))
        least = {static_cast<int>(std::min<int64_t>(cores, INT32_MAX)),
                 mount.v2 ? "cgroup v2 quota" : "cgroup v1 quota"};
      if (below.empty()) break;
    }
  }
  return least;
}

}  // namespace raptors::cpu
