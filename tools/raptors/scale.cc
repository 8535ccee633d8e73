// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// raptors scale: multiplies the elements of a .npy file. Both memory orders are runs of elements in the file, so the
// data goes through in pieces, whatever the shape, and files larger than memory work.

#include <stdint.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"
#include "raptors/array/array.h"
#include "raptors/array/shape.h"
#include "raptors/array/view.h"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/scalar.h"
#include "raptors/base/status.h"
#include "raptors/metrics/metrics.h"
#include "raptors/ops/elementwise.h"
#include "tools/raptors/args.h"
#include "tools/raptors/command.h"
#include "tools/raptors/factor.h"
#include "tools/raptors/file.h"
#include "tools/raptors/npy.h"
#include "tools/raptors/settings.h"
#include "tools/raptors/text.h"

namespace raptors::tools {
namespace {

// Large enough that several threads pay and that a call costs nothing beside its piece, small beside any memory.
constexpr int64_t kPieceBytes = int64_t{32} << 20;

absl::Status Named(absl::string_view path, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<NpyHeader> ReadHeader(const InputFile& in) {
  std::string bytes(kMaxNpyHeaderBytes, '\0');
  const absl::StatusOr<int64_t> got = in.ReadSome(0, bytes.data(), kMaxNpyHeaderBytes);
  if (!got.ok()) return got.status();
  const absl::StatusOr<NpyHeader> header = ParseNpyHeader(absl::string_view(bytes).substr(0, *got));
  if (!header.ok()) return Named(in.path(), header.status());
  const absl::StatusOr<int64_t> size = in.Size();
  if (!size.ok()) return size.status();
  const int64_t data = *size - header->data_offset;
  if (data == header->data_bytes) return header;
  const char* what = data < header->data_bytes ? "truncated" : "trailing bytes";
  return absl::InvalidArgumentError(absl::StrCat(in.path(), ": ", what, ": got ", data, " bytes of data; expected ",
                                                 header->data_bytes, " for ", Name(header->dtype), " ",
                                                 FormatTuple(header->shape)));
}

// Reads, scales and writes the data; *choice: how its first piece was computed.
absl::Status ScaleData(const InputFile& in, const NpyHeader& header, Scalar factor, OutputFile* out,
                       metrics::Choice* choice) {
  const int64_t item = ItemSize(header.dtype);
  absl::StatusOr<Array> buffer = Array::Create(header.dtype, {std::min(header.data_bytes, kPieceBytes) / item});
  if (!buffer.ok()) return buffer.status();
  int64_t done = 0;
  do {
    const int64_t bytes = std::min(header.data_bytes - done, kPieceBytes);
    RAPTORS_RETURN_IF_ERROR(in.ReadAll(header.data_offset + done, buffer->data(), bytes));
    const absl::StatusOr<MutableArrayView> piece = buffer->mutable_view().Slice(0, 0, bytes / item);
    if (!piece.ok()) return piece.status();
    RAPTORS_RETURN_IF_ERROR(ScaleInPlace(*piece, factor));
    if (done == 0) metrics::LastDecision(choice);
    RAPTORS_RETURN_IF_ERROR(out->Write(buffer->data(), bytes));
    done += bytes;
  } while (done < header.data_bytes);
  return absl::OkStatus();
}

std::string Report(const Args& args, const NpyHeader& header, Scalar factor, const metrics::Choice& choice) {
  const int64_t elements = header.data_bytes / ItemSize(header.dtype);
  if (!args.Has("json")) {
    return absl::StrCat(args.positional(2), ": ", Name(header.dtype), " ", FormatTuple(header.shape),
                        header.fortran_order ? " in Fortran order" : "", ", scaled by ", args.positional(1), " (",
                        Name(choice.route), " ", Name(choice.isa), ", ", Count(choice.threads, "thread"), ": ",
                        Text(choice.reason), ")\n");
  }
  nlohmann::ordered_json json;
  json["input"] = args.positional(0);
  json["output"] = args.positional(2);
  json["dtype"] = Name(header.dtype);
  json["shape"] = std::vector<int64_t>(header.shape.begin(), header.shape.end());
  json["fortran_order"] = header.fortran_order;
  // JSON has no infinities and no NaN: those are strings.
  if (factor.is_integer() || std::isfinite(factor.As<double>())) {
    json["factor"] = factor.As<double>();
  } else {
    json["factor"] = args.positional(1);
  }
  json["elements"] = elements;
  json["pieces"] = std::max<int64_t>(1, (header.data_bytes + kPieceBytes - 1) / kPieceBytes);
  json["decision"] = {{"route", Name(choice.route)},
                      {"isa", Name(choice.isa)},
                      {"threads", choice.threads},
                      {"reason", Name(choice.reason)}};
  return JsonText(json);
}

absl::StatusOr<std::string> Run(const Args& args) {
  FlagSettings settings;
  RAPTORS_RETURN_IF_ERROR(settings.Apply(args));
  const absl::StatusOr<Scalar> factor = ParseFactor(args.positional(1));
  if (!factor.ok()) return factor.status();
  const absl::StatusOr<InputFile> in = InputFile::Open(args.positional(0));
  if (!in.ok()) return in.status();
  const absl::StatusOr<NpyHeader> header = ReadHeader(*in);
  if (!header.ok()) return header.status();
  RAPTORS_RETURN_IF_ERROR(CheckFactor(args.positional(1), *factor, header->dtype));

  absl::StatusOr<OutputFile> out = OutputFile::Create(args.positional(2));
  if (!out.ok()) return out.status();
  const std::string head = FormatNpyHeader(*header);
  RAPTORS_RETURN_IF_ERROR(out->Write(head.data(), static_cast<int64_t>(head.size())));
  metrics::Choice choice = {};
  RAPTORS_RETURN_IF_ERROR(ScaleData(*in, *header, *factor, &*out, &choice));
  RAPTORS_RETURN_IF_ERROR(out->Commit());
  return Report(args, *header, *factor, choice);
}

}  // namespace

const Command& ScaleCommand() {
  static const auto* command = new Command{
      "scale",
      "multiply the elements of a .npy file",
      {"IN.npy", "FACTOR", "OUT.npy"},
      {kJsonFlag},
      /*settings=*/true,
      "Reads float32, float64, int32 or int64 data of any shape and either memory order, which the output keeps.\n"
      "Integer data wants an integer factor. OUT.npy appears whole or not at all, and may be IN.npy itself.\n",
      Run,
  };
  return *command;
}

}  // namespace raptors::tools
