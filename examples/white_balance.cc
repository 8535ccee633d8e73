// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// White balance of a photograph: scales its red, green and blue channel, each by a gain of its own.
//
//   white_balance IN.ppm OUT.ppm [RED GREEN BLUE]
//
// Without gains they are chosen so that the image is grey on average (the "grey world" assumption). Images are binary
// PPM (P6) with 8 bits a channel, which most image tools read and write.
//
// What it shows: an image is an array of shape (height, width, 3) whose channels lie interleaved. A channel is a view
// of every third element, (height, width, 1), and is scaled where it lies; nothing is taken apart and put together
// again.

#include <stdint.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "raptors/raptors.h"

namespace {

struct Image {
  int64_t height = 0;
  int64_t width = 0;
  std::vector<float> pixels;  // height x width x 3
};

absl::StatusOr<Image> ReadPpm(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  Image image;
  int64_t largest = 0;
  if (!(file >> magic >> image.width >> image.height >> largest) || magic != "P6" || largest != 255)
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a binary PPM file with 8 bits a channel"));
  if (image.width < 1 || image.height < 1 || image.width > 1 << 20 || image.height > 1 << 20)
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", image.width, "x", image.height, " is no sensible size"));
  file.get();  // the one blank before the data
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const int64_t expected = image.height * image.width * 3;
  if (static_cast<int64_t>(bytes.size()) != expected)
    return absl::DataLossError(absl::StrCat(path, ": has ", bytes.size(), " bytes of pixels; expected ", expected));
  for (const char byte : bytes) image.pixels.push_back(static_cast<unsigned char>(byte));
  return image;
}

absl::Status WritePpm(const Image& image, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << "P6\n" << image.width << ' ' << image.height << "\n255\n";
  for (const float value : image.pixels) file.put(static_cast<char>(std::lrint(std::clamp(value, 0.0f, 255.0f))));
  file.close();
  return file ? absl::OkStatus() : absl::UnknownError(absl::StrCat(path, ": cannot be written"));
}

// Gains that make all channels' means that of green, the channel with the least noise.
void GreyWorldGains(const Image& image, double (&gains)[3]) {
  double sums[3] = {};
  for (size_t i = 0; i < image.pixels.size(); ++i) sums[i % 3] += image.pixels[i];
  for (int c = 0; c < 3; ++c) gains[c] = sums[c] > 0 ? sums[1] / sums[c] : 1;
}

absl::Status Run(const std::vector<std::string>& args) {
  if (args.size() != 2 && args.size() != 5)
    return absl::InvalidArgumentError("usage: white_balance IN.ppm OUT.ppm [RED GREEN BLUE]");
  absl::StatusOr<Image> image = ReadPpm(args[0]);
  if (!image.ok()) return image.status();
  double gains[3];
  GreyWorldGains(*image, gains);
  for (size_t c = 0; c + 2 < args.size(); ++c)
    if (!absl::SimpleAtod(args[c + 2], &gains[c]))
      return absl::InvalidArgumentError(absl::StrCat("gain: got '", args[c + 2], "'; expected a number"));

  const absl::StatusOr<raptors::MutableArrayView> pixels =
      raptors::MutableArrayView::Create(image->pixels.data(), {image->height, image->width, 3});
  if (!pixels.ok()) return pixels.status();
  for (int c = 0; c < 3; ++c) {
    const absl::StatusOr<raptors::MutableArrayView> channel = pixels->Slice(/*axis=*/2, c, c + 1);
    if (!channel.ok()) return channel.status();
    const absl::Status status = raptors::ScaleInPlace(*channel, gains[c]);
    if (!status.ok()) return status;
  }
  std::cout << "gains: red " << gains[0] << ", green " << gains[1] << ", blue " << gains[2] << '\n';
  return WritePpm(*image, args[1]);
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(std::vector<std::string>(argv + 1, argv + argc));
  if (!status.ok()) std::cerr << "white_balance: " << status.message() << '\n';
  return status.ok() ? 0 : 1;
}
