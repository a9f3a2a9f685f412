import re
import time

import pytest

from tests.kernels import Kernel, interrupt_when


@pytest.fixture(scope="module", autouse=True)
def _two_runs(kernel: Kernel) -> None:
    kernel.run("""for name, rmse in {"it's": 1.5, 'b': 2}.items():
    with mlflow.start_run(run_name=name):
        mlflow.log_metric('rmse', rmse)""")


def test_a_line_gives_a_frame(kernel: Kernel) -> None:
    """The rest of the line is the query, with its quotes and ``%``."""
    query = "%mlsql SELECT run_name, metrics['rmse'] AS rmse FROM runs WHERE run_name LIKE 'b%'"
    ran = kernel.run(query)
    assert "<table" in ran.html[0]
    assert kernel.run("_['rmse'].tolist(), type(_).__name__").value == "([2.0], 'DataFrame')"


def test_a_cell_gives_a_frame(kernel: Kernel) -> None:
    """Several lines, comments and a semicolon in the end."""
    kernel.run("%%mlsql\n-- how many\nSELECT count(*) AS n\nFROM runs -- all\n;\n")
    assert kernel.run("int(_.n[0])").value == "2"


@pytest.mark.parametrize("flag", ["-o", "--out"])
def test_bound_to_a_name(kernel: Kernel, flag: str) -> None:
    """Nothing is shown."""
    ran = kernel.run(f"%%mlsql {flag} found\nSELECT run_name FROM runs ORDER BY run_name")
    assert ran.outputs == []
    assert kernel.run("found.run_name.tolist()").value == "['b', \"it's\"]"
    kernel.run(f"%mlsql {flag} one SELECT 1 AS x")
    assert kernel.run("one.x.tolist()").value == "[1]"


LITERAL = [
    "SELECT 'it''s' AS x",
    "SELECT 'a\"b' AS x",
    "SELECT '100 %' AS x",
    "SELECT '{two}' AS x",
    "SELECT '$two ?' AS x",
    "SELECT 'a\\b' AS x",
    "SELECT {'a': 1}.a::VARCHAR AS x",
]


@pytest.mark.parametrize("query", LITERAL)
def test_a_query_is_taken_as_it_is(kernel: Kernel, query: str) -> None:
    """No variable is put into a text, no quote taken off."""
    kernel.run("two = 2")
    expected = query.partition("'")[2].rpartition("'")[0].replace("''", "'")
    expected = "1" if expected == "a" else expected
    kernel.run(f"%mlsql {query}")
    assert kernel.run("print(_.x[0])").stdout == f"{expected}\n"


WRONG = {
    "%mlsql -o": "UsageError: %mlsql -o takes a name for the DataFrame, not ''",
    "%mlsql -o 1x SELECT 1": "UsageError: %mlsql -o takes a name for the DataFrame, not '1x'",
    "%mlsql -o found": "UsageError: %mlsql -o found needs a query",
    "%mlsql SELEC 1": "UsageError: Parser Error",
    "%mlsql SELECT nothing FROM runs": "UsageError: Binder Error",
    "%mlsql SELECT * FROM nowhere": "UsageError: Catalog Error",
    "%mlsql SELECT $nothing": "UsageError: $nothing: the notebook has no variable 'nothing'.",
    "%mlsql SELECT ?": "UsageError: %mlsql takes values by name",
    "%mlsql SELECT $Kernel": "UsageError: $Kernel: the notebook has no variable",
    "%mlsql --schema rumms": "UsageError: There is no view 'rumms'. Views: artifacts, ",
    "%mlsql SELECT 1; DROP VIEW runs": "UsageError: One statement at a time, please: here are 2.",
    "%mlsql DELETE FROM base.runs": "UsageError: ",
    "%mlsql SELECT * FROM '/etc/passwd'": "UsageError: ",
    "%mlsql SELECT * FROM read_csv('/etc/passwd')": "UsageError: Permission Error",
    "%mlsql COPY runs TO 'out.csv'": "UsageError: SQL here only reads, it has no COPY.",
    "%mlsql ATTACH 'x.duckdb'": "UsageError: ",
    "%mlsql SET enable_external_access = true": "UsageError: ",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_is_refused(kernel: Kernel, line: str) -> None:
    """A short reason without a traceback; nothing is changed, read or written."""
    ran = kernel.run(line)
    assert ran.stderr.startswith(WRONG[line])
    assert ran.error is None
    assert ran.reply["status"] == "error"
    assert not (kernel.folder / "out.csv").exists()
    assert len(kernel.runs("run_id")) == 2


def test_variables_of_the_notebook(kernel: Kernel) -> None:
    """``$name`` is the value of the variable: a number, a text with quotes, a list, a date."""
    kernel.run("import datetime as dt; most = 1.7; names = ['b', \"it's\"]; some = dt.date.today()")
    query = """%%mlsql -o found
SELECT run_name FROM runs WHERE metrics['rmse'] < $most AND run_name IN $names
    AND started_at < $some + INTERVAL 2 DAY"""
    assert kernel.run(query).outputs == []
    assert kernel.run("found.run_name.tolist()").value == '["it\'s"]'


def test_a_variable_is_never_sql(kernel: Kernel) -> None:
    """Whatever it says, it is a value."""
    kernel.run("evil = \"b' OR '1' = '1\"")
    kernel.run("%mlsql -o found SELECT * FROM runs WHERE run_name = $evil")
    assert kernel.run("len(found)").value == "0"


def test_the_schema(kernel: Kernel) -> None:
    """All views, or the columns of one, with whole sentences, as text and as HTML."""
    for line in ("%mlsql", "%mlsql --schema"):
        ran = kernel.run(line)
        assert re.search(
            r"metric_history +One row for each point that was logged.\n", str(ran.value)
        )
        assert ">One row for each point that was logged.</td>" in ran.html[0]
    runs = kernel.run("%mlsql --schema runs")
    assert "run_id           VARCHAR                Its id, 32 hexadecimal digits." in str(
        runs.value
    )
    assert ">MAP(VARCHAR, DOUBLE)</td>" in runs.html[0]


def test_an_interrupt_ends_it(kernel: Kernel) -> None:
    """The stop button, while DuckDB is at work; the next query is answered."""
    began = time.monotonic()
    with interrupt_when(kernel, lambda: time.monotonic() > began + 0.5):
        ran = kernel.run(
            "%mlsql SELECT count(*) FROM range(100000000) AS a, range(10000000) AS b"
            " WHERE a.range * 7 % 11 < b.range % 3"
        )
    assert ran.error.ename == "KeyboardInterrupt"
    assert time.monotonic() - began < 60
    kernel.run("%mlsql -o one SELECT 1 AS x")
    assert kernel.run("one.x.tolist()").value == "[1]"
