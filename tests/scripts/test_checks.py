"""check_layers.py and check_project.py on toy repositories: they flag what they must and pass what they must."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_layers  # noqa: E402
import check_project  # noqa: E402

TABLE = """
slipway_module(base LINK Threads::Threads)
slipway_generated_api(api USES base)
slipway_module(model USES base api)
slipway_module(store USES base model
               LINK SQLite::SQLite3)   # a comment (with brackets)
slipway_module(app USES base store)
slipway_module(cli USES store app)
"""


@pytest.fixture
def layers(tmp_path):
    def check(files, table=TABLE):
        (tmp_path / "CMakeLists.txt").write_text(table)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return check_layers.Checker(tmp_path).run()
    return check


def test_the_table_is_read_from_cmake_with_all_its_lines():
    table, faults = check_layers.module_table(TABLE)
    assert table == {"base": set(), "api": {"base"}, "model": {"base", "api"}, "store": {"base", "model"},
                     "app": {"base", "store"}, "cli": {"store", "app"}}
    assert faults == []


def test_a_module_that_uses_one_declared_below_it_is_a_fault_of_the_table():
    _, faults = check_layers.module_table("slipway_module(base USES model)\nslipway_module(model)\n")
    assert len(faults) == 1 and "model" in faults[0]


@pytest.mark.parametrize("name, text", [
    ("src/store/a.cpp", '#include "slipway/model/task.h"\n'),
    ("src/model/a.cpp", '#include "slipway/api/ecs/RunTask.h"\n'),
    ("src/store/a.cpp", "#include <sqlite3.h>\n"),
    ("src/store/a.cpp", '// #include "slipway/app/x.h"\n/* std::chrono::system_clock::now() */\n'),
    ("src/model/a.cpp", 'auto text = "system_clock::now()";\n'),
    ("src/model/a.cpp", "awaitable<void> f(Clock& clock) { co_await clock.sleep_until(t); }\n"),
    ("include/slipway/model/a.h", "#include <vector>\n"),
    ("src/main.cpp", '#include "slipway/store/store.h"\n'),
])
def test_allowed_includes_pass(layers, name, text):
    assert layers({name: text}) == []


@pytest.mark.parametrize("name, text, says", [
    ("src/model/a.cpp", '#include "slipway/store/store.h"\n', "model may not include store"),
    ("src/store/a.cpp", '#include "slipway/api/shape.h"\n', "store may not include api"),
    ("src/store/a.cpp", '#include "slipway/nowhere/x.h"\n', "no module"),
    ("src/model/a.cpp", "#include <sqlite3.h>\n", "model may not include SQLite"),
    ("src/model/a.cpp", "#include <boost/asio/awaitable.hpp>\n", "model may not include Asio"),
    ("include/slipway/store/a.h", "#include <sqlite3.h>\n", "a public header may not"),
    ("include/slipway/store/a.h", '#include "private.h"\n', "a public header includes"),
    ("src/model/a.cpp", "\n\nauto t = std::chrono::system_clock::now();\n", "a.cpp:3: model reads a clock"),
    ("src/model/a.cpp", "void f() { std::this_thread::sleep_for(x); }\n", "model sleeps"),
    ("src/store/a.cpp", 'auto v = std::getenv("X");\n', "reads the environment"),
    ("src/stray/a.cpp", "", "no module of CMakeLists.txt"),
])
def test_forbidden_includes_and_inputs_are_named(layers, name, text, says):
    faults = layers({name: text})
    assert len(faults) == 1 and says in faults[0], faults


def test_a_private_header_belongs_to_its_module_alone(layers):
    files = {"src/model/inner.h": "", "src/model/a.cpp": '#include "inner.h"\n', "src/model/sub/b.cpp": '#include "model/inner.h"\n'}
    assert layers(files) == []
    faults = layers({"src/store/a.cpp": '#include "model/inner.h"\n'})
    assert len(faults) == 1 and "private header of model" in faults[0]


def faults_of(name, text):
    return list(check_project.check_text(name, text))


def test_a_source_file_of_601_lines_is_too_long_and_a_document_is_not():
    assert len(faults_of("src/a/b.cpp", "x\n" * 601)) == 1
    assert faults_of("src/a/b.cpp", "x\n" * 600) == []
    assert faults_of("docs/limits.md", "x\n" * 601) == []
    assert len(faults_of("src/a/README.md", "x\n" * 31)) == 1


@pytest.mark.parametrize("text, count", [
    ("/".join(["", "root", "thing"]), 1),
    ("cd /" + "home/me", 1),
    ("cd /" + "home/me  # path-ok", 0),
    ("./" + "work/x and https://example.com/" + "home/x", 0),
    ("// TO" + "DO: later", 1),
    ("// TO" + "DO (#12): later", 0),
])
def test_machine_paths_and_open_ends_are_found(text, count):
    assert len(faults_of("src/a/b.cpp", text)) == count


def test_a_lock_file_names_no_host():
    line = '"resolved": "https://registry.' + 'example.org/x.tgz"'
    assert len(faults_of("web/package-lock.json", line)) == 1
    assert faults_of("web/package.json", line) == []
