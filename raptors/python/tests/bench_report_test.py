# Copyright The Raptors Authors
# SPDX-License-Identifier: Apache-2.0
"""The report: well-formed, whole, and nothing to load from elsewhere."""

import contextlib
import html.parser
import io
import re
import unittest

from bench_documents import DocumentCase, cell, document, google_benchmark
from raptors.bench import command, document as documents, heatmap, history, page, programs, report, summary

VOID = {"meta", "input", "circle", "line", "polyline", "br", "link", "img"}


class Reader(html.parser.HTMLParser):
    """Raises for tags that do not match; keeps what tests ask for."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.losses, self.attributes, self.words = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.attributes += [(tag, *item) for item in attrs]
        if "data-cell" in values:
            self.cells.append(values["data-cell"])
            if values.get("class") == "loss":
                self.losses.append(values["data-cell"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, *item) for item in attrs]

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError("</%s> closes another tag" % tag)

    def handle_data(self, data):
        self.words.append(data)


def many():
    """A document with every kind of cell."""
    names = ["python/%s/%s/%s/C/threads:%d/out" % (op, dtype, shape, threads)
             for op in ("scale", "add-row") for dtype in ("float32", "float64")
             for shape in ("64x64", "512x512") for threads in (1, 2)]  # fmt: skip
    cells = [cell(name, ours=(100.0 + i,)) for i, name in enumerate(names)]
    cells.append(cell("python/sum/float32/32/C/threads:1/new"))
    cells.append(cell("python/sum/float32/32/C/threads:1/out", numpy=(50.0,)))
    cells.append(cell("python/max/float32/64x64/C/threads:1/new", error="wrong answer", times={}, decision=None))
    cells.append(cell("python/min/float32/64x64/C/threads:1/new", excluded={"numba": "wrong <answer>"}, limit_ns=None))
    times = [1.0, 1.01, 1.02]
    cells += programs.cells(google_benchmark(*times, name="float64/300000x3/transposed/threads:1/simd:auto"))
    cells += programs.cells(
        google_benchmark(*times, name="sum/int32/64x64/axis:0/C/threads:1/simd:avx2", program="reductions")
    )
    cells += programs.cells(google_benchmark(*times, name="overhead & more"))
    return document(*cells, notes=["loaded <machine>"])


class ReportTest(DocumentCase):
    def test_every_cell_once(self):
        made = many()
        reader = Reader(report.render(made, []))
        self.assertEqual(reader.open, [])
        self.assertEqual(sorted(reader.cells), sorted(cell["name"] for cell in made["cells"]))
        lost = {cell["name"] for cell in made["cells"] if documents.is_loss(cell)}
        self.assertEqual(set(reader.losses), lost)
        self.assertEqual(len(lost), 2)

    def test_nothing_is_loaded(self):
        text = report.render(many(), [many()])
        reader = Reader(text)
        self.assertNotRegex(text, r"(?i)https?:|url\(|@import|<script|<link|<img|<iframe")
        self.assertEqual([item for item in reader.attributes if item[1] in ("src", "href", "srcset", "data")], [])

    def test_texts_are_escaped(self):
        text = report.render(many(), [])
        for raw, escaped in (
            ("<machine>", "&lt;machine&gt;"),
            ("<answer>", "&lt;answer&gt;"),
            ("& more", "&amp; more"),
        ):
            self.assertNotIn(raw, text)
            self.assertIn(escaped, text)

    def test_what_a_person_needs(self):
        words = " ".join(Reader(report.render(many(), [])).words)
        for text in ("above 1 Raptors is faster", "a processor", "2 cores", "Not installed: numba", "lowest ratios",
                     "share of the roofline", "Nanoseconds a call", "There is no earlier document"):  # fmt: skip
            self.assertIn(text, words)
        style = page.page("t", "", "")
        self.assertIn("prefers-color-scheme: dark", style)
        self.assertIn("width=device-width", style)
        # Every view has a button, and a rule that shows it.
        for view, _ in page.VIEWS:
            self.assertIn("#v-%s:checked~main .heat .%s{display:block}" % (view, view), style)

    def test_views_of_a_cell(self):
        text = heatmap.heatmap([cell()])
        for view, value, colour in (
            ("best", "2.00", 5),
            ("numpy", "2.00", 5),
            ("limit", "60%", 5),
            ("path", "avx2", 4),
        ):
            self.assertIn('<span class="%s b%d">%s</span>' % (view, colour, value), text)
        title = heatmap.description(cell())
        self.assertIn("Raptors 100 ns\nnumpy 201 ns\nratio to the best: 2.00, 95% in 2.00..2.00", title)
        self.assertIn("decision: avx2, best-isa", title)

    def test_history(self):
        old = document(cell(ours=(200.0,)), commit="old", date="2025-01-01")
        text = history.section(document(cell()), [old])
        self.assertRegex(text, r"(?s)2025-01-01.*old.*1\.000.*2026-01-02.*2\.000")
        self.assertIn("+100%", text)
        self.assertIn('aria-label="1.00, 2.00"', text)
        other = document(cell(), machine={"model": "another"})
        self.assertIn("another (another machine)", history.section(document(cell()), [other]))
        self.assertIn("0 cells", history.section(document(cell()), [document()]))

    def test_durations_and_numbers(self):
        found = [heatmap.duration(value) for value in (1.5, 999, 1500, 2.5e6, 3e9)]
        self.assertEqual(found, ["1.5 ns", "999 ns", "1.5 us", "2.5 ms", "3 s"])
        self.assertEqual([heatmap.number(value) for value in (0.123, 9.99, 12.3)], ["0.12", "9.99", "12"])
        self.assertEqual([page.band(value, page.RATIO_BOUNDS) for value in (0.1, 0.95, 1.04, 1.05, 5)], [0, 3, 3, 4, 7])


class FromFilesTest(DocumentCase):
    def run_bench(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.chdir(self.directory):
            status = command.main(list(arguments))
        return status, out.getvalue(), err.getvalue()

    def test_report_of_files(self):
        one, two = self.write("one.json", many()), self.write("two.json", google_benchmark(1.0, 1.1))
        status, out, err = self.run_bench("--from", one, "--baseline", two, "--report", "r.html")
        self.assertEqual((status, err), (0, ""))
        self.assertIn("wrote r.html", out)
        self.assertIn("Not installed: numba", out)
        self.assertIn("NOTE: loaded <machine>", out)
        with open(self.path("r.html"), encoding="utf-8") as file:
            self.assertEqual(len(Reader(file.read()).cells), len(many()["cells"]))

    def test_check(self):
        lost, good = cell(numpy=(50.0,)), cell()
        bad = self.write("bad.json", document(lost))
        fine = [self.write("%d.json" % i, document(good, seed=i)) for i in range(2)]
        self.assertEqual(self.run_bench("--from", fine[0], "--check")[0], 0)
        self.assertEqual(self.run_bench("--from", bad)[0], 0)
        self.assertEqual(self.run_bench("--from", bad, "--check")[0], 1)
        status, out, _ = self.run_bench("--from", bad, *fine, "--check")
        self.assertEqual(status, 0)
        self.assertIn("Losses in most of 3 documents: 0", out)
        status, out, _ = self.run_bench("--from", fine[0], bad, bad, "--check")
        self.assertEqual(status, 1)
        self.assertIn(lost["name"], out)

    def test_table_by_operation(self):
        cells = [
            cell("python/add/float32/64x64/C/threads:1/out"),
            cell("python/add/float64/64x64/C/threads:1/out", numpy=(50.0,)),
            cell("python/add/float64/64x64/C/threads:2/out", numpy=(50.0,)),
            cell("python/add/float32/32/C/threads:1/out", numpy=(50.0,)),
        ]
        lines = summary.by_operation(document(*cells), 1).splitlines()
        self.assertEqual(lines[0], "| 1 thread | C | all layouts | to the best peer | losses |")
        self.assertEqual(lines[2:], ["| %s | 1.00 | 1.00 | 1.00 | 1 of 2 |" % name for name in ("add", "all")])

    def test_missing_is_a_loss(self):
        found = summary.lost_in_most([document(cell()), document(), document()])
        self.assertEqual(found, [cell()["name"]])

    def test_bad_files(self):
        status, _, err = self.run_bench("--from", self.write("x.json", "nonsense"))
        self.assertEqual(status, 2)
        self.assertIn("x.json: not JSON", err)
        for decision, text in (({}, "route is missing"), ({"route": 1}, "route: got 1; expected str")):
            status, _, err = self.run_bench("--from", self.write("x.json", document(cell(decision=decision))))
            self.assertEqual(status, 2)
            self.assertIn(r"cells[0]: decision: " + text, err)
        status, _, err = self.run_bench("--from", self.write("y.json", document(cell())), "--report", "no/such/place")
        self.assertEqual(status, 2)
        self.assertRegex(err, re.escape("no/such/place"))


if __name__ == "__main__":
    unittest.main()
