"""Pins what scripts/generate_api.py writes for a toy service, and what it refuses.

Run with `python3 -m unittest` or pytest. When a change of the output is meant, `python3 test_generator.py --update` writes
expected/ anew: read its diff before committing.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
GENERATOR = HERE.parents[2] / "scripts" / "generate_api.py"
SPECS = HERE / "specs"
EXPECTED = HERE / "expected"
SERVICE = pathlib.Path("toy-box", "2020-01-01", "service-2.json")


def run(specs, out, *options):
    return subprocess.run([sys.executable, GENERATOR, "--specs", specs, "--out", out, *options],
                          capture_output=True, text=True, check=False)


def tree(root):
    """{relative path: text} of every file below root."""
    return {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in sorted(root.rglob("*")) if p.is_file()}


class GeneratorTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.directory)
        self.out = self.directory / "out"

    def changed_specs(self, change):
        """A copy of the specs whose service document went through `change`."""
        specs = self.directory / "specs"
        shutil.copytree(SPECS, specs)
        document = json.loads((specs / SERVICE).read_text(encoding="utf-8"))
        change(document)
        (specs / SERVICE).write_text(json.dumps(document), encoding="utf-8")
        return specs

    def assert_refused(self, words, specs):
        result = run(specs, self.out)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(words, result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        self.assertFalse(self.out.exists())

    def test_writes_exactly_the_expected_files(self):
        result = run(SPECS, self.out)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        written, expected = tree(self.out), tree(EXPECTED)
        self.assertEqual(sorted(written), sorted(expected))
        for path, text in expected.items():
            self.assertEqual(written[path], text, path)

    def test_lists_every_file_that_it_writes_and_writes_nothing_then(self):
        listed = run(SPECS, self.out, "--list-sources").stdout.split()
        self.assertFalse(self.out.exists())
        run(SPECS, self.out)
        self.assertEqual(sorted(listed), sorted(str(self.out / path) for path in tree(self.out)))

    def test_leaves_unchanged_files_alone_and_removes_stale_ones(self):
        run(SPECS, self.out)
        header = self.out / "include/slipway/api/toy_box/Part.h"
        os.utime(header, (1, 1))
        stale = header.with_name("Gone.h")
        stale.write_text("old", encoding="utf-8")
        run(SPECS, self.out)
        self.assertEqual(header.stat().st_mtime, 1)
        self.assertFalse(stale.exists())

    def test_gives_no_structure_to_an_operation_that_is_not_served(self):
        run(SPECS, self.out)
        self.assertFalse((self.out / "include/slipway/api/toy_box/NotReached.h").exists())
        self.assertIn('"DropToy"', (self.out / "src/api/toy_box/service.cpp").read_text(encoding="utf-8"))

    def test_refuses_an_operation_that_the_model_lacks(self):
        def drop(document):
            del document["operations"]["PutToy"]
        self.assert_refused("toy-box has no operation PutToy", self.changed_specs(drop))

    def test_refuses_a_list_of_booleans(self):
        def change(document):
            document["shapes"]["Ids"]["member"]["shape"] = "Flag"
        self.assert_refused("Ids is a list of booleans", self.changed_specs(change))

    def test_refuses_a_structure_that_contains_itself(self):
        def change(document):
            document["shapes"]["Part"]["members"]["parts"] = {"shape": "Parts"}
        self.assert_refused("contains itself", self.changed_specs(change))

    def test_refuses_members_whose_names_collide(self):
        def change(document):
            document["shapes"]["Part"]["members"]["Kind"] = {"shape": "Name"}
        self.assert_refused("two members of Part have the same C++ name", self.changed_specs(change))

    def test_refuses_timestamp_formats_that_no_codec_knows(self):
        def change(document):
            document["shapes"]["Time"]["timestampFormat"] = "rfc822"
        self.assert_refused("Time has a timestampFormat that no codec knows", self.changed_specs(change))

    def test_refuses_a_malformed_line_of_operations(self):
        specs = self.changed_specs(lambda document: None)
        (specs / "operations.txt").write_text("toy-box PutToy\n", encoding="utf-8")
        self.assert_refused("operations.txt:1: expected '<service>: <Operation>'", specs)


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        shutil.rmtree(EXPECTED, ignore_errors=True)
        subprocess.run([sys.executable, GENERATOR, "--specs", SPECS, "--out", EXPECTED], check=True)
    else:
        unittest.main()
