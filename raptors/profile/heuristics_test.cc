// Copyright The Raptors Authors
// SPDX-License-Identifier: Apache-2.0

// Reads every profile in raptors/heuristics, and compares their schema with the reader: a schema that has fallen behind
// the lists would mislead editors that use it.

#include <gtest/gtest.h>
#include <math.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "raptors/base/choice.h"
#include "raptors/base/dtype.h"
#include "raptors/base/op.h"
#include "raptors/profile/profile.h"

namespace raptors::profile {
namespace {

using Json = nlohmann::json;

std::vector<std::string> files;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in.good()) << path;
  return text.str();
}

Json Schema() { return Json::parse(ReadFile(getenv("SCHEMA"))); }

// Whether `value` fits `schema`: the part of JSON Schema that the file uses; anything else fails the test.
bool Fits(const Json& value, const Json& schema, const Json& root) {
  bool fits = true;
  for (const auto& [key, rule] : schema.items()) {
    if (key == "$ref") {
      fits &= Fits(value, root.at(Json::json_pointer(rule.get<std::string>().substr(1))), root);
    } else if (key == "type") {
      fits &= rule == "object"    ? value.is_object()
              : rule == "array"   ? value.is_array()
              : rule == "string"  ? value.is_string()
              : rule == "integer" ? value.is_number() && floor(value.get<double>()) == value.get<double>()
                                  : value.is_number();
    } else if (key == "const") {
      fits &= value == rule;
    } else if (key == "enum") {
      fits &= std::find(rule.begin(), rule.end(), value) != rule.end();
    } else if (key == "anyOf") {
      fits &= std::any_of(rule.begin(), rule.end(), [&](const Json& s) { return Fits(value, s, root); });
    } else if (key == "minimum") {
      fits &= value.is_number() && value >= rule;
    } else if (key == "maximum") {
      fits &= value.is_number() && value <= rule;
    } else if (key == "minLength") {
      fits &= value.is_string() && value.get<std::string>().size() >= rule;
    } else if (key == "minItems") {
      fits &= value.is_array() && value.size() >= rule;
    } else if (key == "minProperties") {
      fits &= value.is_object() && value.size() >= rule;
    } else if (key == "required") {
      for (const Json& name : rule) fits &= value.is_object() && value.contains(name.get<std::string>());
    } else if (key == "items") {
      if (!value.is_array()) return false;
      for (const Json& item : value) fits &= Fits(item, rule, root);
    } else if (key == "properties") {
      if (!value.is_object()) return false;
      for (const auto& [name, member] : value.items()) {
        if (rule.contains(name)) fits &= Fits(member, rule.at(name), root);
      }
    } else if (key == "additionalProperties") {
      if (!value.is_object()) return false;
      for (const auto& [name, member] : value.items()) fits &= schema.at("properties").contains(name);
    } else if (key != "$schema" && key != "title" && key != "description" && key != "$defs") {
      ADD_FAILURE() << "this test does not know the schema keyword " << key;
    }
  }
  return fits;
}

TEST(HeuristicsTest, EveryFileParsesAndFitsTheSchema) {
  ASSERT_GE(files.size(), 2u);
  const Json schema = Schema();
  for (const std::string& file : files) {
    const std::string text = ReadFile(file);
    const absl::StatusOr<Document> document = ParseDocument(text);
    ASSERT_TRUE(document.ok()) << file << ": " << document.status();
    EXPECT_TRUE(absl::EndsWith(file, document->name + ".json")) << file << " is called " << document->name;
    EXPECT_TRUE(Fits(Json::parse(text), schema, schema)) << file;
    EXPECT_EQ(Serialize(*document), text) << file << " is not in the form that tools write";
  }
}

// "measured: scale float32 rows, ..." is evidence only for a row that decides such calls.
TEST(HeuristicsTest, EvidenceIsOfCallsThatTheRowDecides) {
  int quotes = 0;
  for (const std::string& file : files) {
    const absl::StatusOr<Document> document = ParseDocument(ReadFile(file));
    ASSERT_TRUE(document.ok()) << document.status();
    const absl::StatusOr<LoadedProfile> loaded = Compile(*document, "any processor");
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    for (const Row& row : loaded->rows) {
      for (int i = 0; i < kNumFields; ++i) {
        if (!row.fields[i].has_value()) continue;
        const std::string& text = row.fields[i]->provenance;
        for (const OpInfo& info : kOpInfos) {
          for (const DType dtype : kAllDTypes) {
            for (int layout = 0; layout < kNumLayouts; ++layout) {
              const Layout of = static_cast<Layout>(layout);
              if (!absl::StartsWith(text, absl::StrCat("measured: ", info.name, " ", Name(dtype), " ", Name(of), ",")))
                continue;
              ++quotes;
              // One operation is measured for all with the same traffic.
              const Threshold& decides = loaded->At(row.op.value_or(info.op), dtype, of, static_cast<Field>(i));
              EXPECT_EQ(decides.provenance, text) << file;
            }
          }
        }
      }
    }
  }
  EXPECT_GT(quotes, 10);
}

// A figure taken from another profile by reference is wrong as soon as that one is measured anew.
TEST(HeuristicsTest, NoProfileRefersToAnother) {
  for (const std::string& file : files) {
    const std::string text = ReadFile(file);
    for (const std::string& other : files) {
      if (other == file) continue;
      const absl::StatusOr<Document> document = ParseDocument(ReadFile(other));
      ASSERT_TRUE(document.ok()) << document.status();
      EXPECT_FALSE(absl::StrContains(text, document->name)) << file << " names " << document->name;
    }
  }
}

TEST(HeuristicsTest, BuiltinIsOneOfTheFiles) {
  bool found = false;
  for (const std::string& file : files) found = found || ReadFile(file) == BuiltinJson();
  EXPECT_TRUE(found);
}

TEST(HeuristicsTest, SchemaListsWhatTheReaderKnows) {
  const Json schema = Schema();
  const Json row = schema["$defs"]["row"]["properties"];
  std::set<std::string> dtypes = {"*"}, layouts = {"*"}, keys = {"op", "dtype", "layout"};
  for (const DType dtype : kAllDTypes) dtypes.insert(Name(dtype));
  for (const char* name : kLayoutNames) layouts.insert(name);
  for (const FieldInfo& info : kFieldInfos) keys.insert(info.key);
  // The operations are listed in raptors/base/op.h alone: adding one does not touch the schema.
  EXPECT_EQ(row["op"]["type"], "string");
  EXPECT_EQ(row["dtype"]["enum"].get<std::set<std::string>>(), dtypes);
  EXPECT_EQ(row["layout"]["enum"].get<std::set<std::string>>(), layouts);
  std::set<std::string> schema_keys;
  for (const auto& [key, rule] : row.items()) schema_keys.insert(key);
  EXPECT_EQ(schema_keys, keys);
}

// One wrong value at a time: the schema and the reader refuse the same things.
TEST(HeuristicsTest, SchemaAndReaderAgree) {
  const Json schema = Schema();
  const Json good = Json::parse(BuiltinJson());
  ASSERT_TRUE(Fits(good, schema, schema));
  const Json values[] = {nullptr,       true,          -1, 0, 0.5, 1, 1.5, 2000, 1e300, "never", "x", "", "*",
                         Json::array(), Json::object()};
  std::vector<std::string> pointers = {"/schema", "/name", "/provenance", "/cpus", "/cpus/0/thresholds"};
  const std::string row = "/cpus/0/thresholds/0";
  for (const char* key : {"/dtype", "/layout"}) pointers.push_back(row + key);
  for (const FieldInfo& info : kFieldInfos) {
    for (const char* key : {"", "/value", "/unit", "/provenance"}) pointers.push_back(row + "/" + info.key + key);
  }
  for (const std::string& pointer : pointers) {
    for (const Json& value : values) {
      Json changed = good;
      changed[Json::json_pointer(pointer)] = value;
      EXPECT_EQ(ParseDocument(changed.dump()).ok(), Fits(changed, schema, schema)) << pointer << " = " << value;
    }
    Json without = good;
    const size_t slash = pointer.rfind('/');
    without[Json::json_pointer(pointer.substr(0, slash))].erase(pointer.substr(slash + 1));
    // A row may lack a threshold as far as a schema can tell; the reader sees that no other row has it.
    const bool gap = pointer.substr(0, slash) == row;
    if (!gap) EXPECT_EQ(ParseDocument(without.dump()).ok(), Fits(without, schema, schema)) << "without " << pointer;
  }
}

}  // namespace
}  // namespace raptors::profile

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  raptors::profile::files.assign(argv + 1, argv + argc);
  return RUN_ALL_TESTS();
}
