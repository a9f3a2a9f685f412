from jupyter_mltrack.cli import tables
from tests.panels.examples import make_run


def test_no_runs() -> None:
    """Something is said."""
    assert tables.runs([]) == ["no runs"]


def test_columns() -> None:
    """Metrics of any run, params that differ; numbers stand at the right."""
    found = [
        make_run(1, "one", metrics={"a": 1.23456, "b": 100}, params={"same": "x", "lr": "0.1"}),
        make_run(12, "two", metrics={"a": 0.5}, params={"same": "x"}),
    ]
    head, first, second = tables.runs(found)
    assert head.split() == ["#", "name", "status", "seconds", "a", "b", "lr"]
    assert first.split()[-3:] == ["1.235", "100", "0.1"]
    assert first.startswith(" 1  one")
    assert second.startswith("12  two")
    assert head.index(" a") + 2 == first.index("1.235") + 5 == second.index("0.5") + 3


def test_one_run_shows_all_its_params() -> None:
    """There is nothing to differ from."""
    assert "lr" in tables.runs([make_run(1, params={"lr": "0.1"})])[0]


def test_what_a_terminal_would_obey() -> None:
    """Is written as an escape, in names as in values; columns still stand below each other."""
    name, value = "\x1b[2Jgone\x9b", "a\nb\u202ec\udc80"
    head, first, second = tables.runs(
        [make_run(1, name, params={"p": value}), make_run(2, "über 🦦", params={"p": "x"})]
    )
    assert first.split()[1] == r"\x1b[2Jgone\x9b"
    assert first.endswith(r"  a\nb\u202ec\udc80")
    assert "über 🦦" in second
    assert head.index("p") == first.index(r"a\nb") == second.rindex("x")


def test_wide_tables_are_cut() -> None:
    """Six metrics, six params, names of 24 characters."""
    many = {f"m{i}": i for i in range(20)}
    found = [make_run(1, "n" * 100, metrics=many, params={f"p{i}": "v" * 99 for i in range(20)})]
    head, line = tables.runs(found)
    assert head.split()[4:] == [f"{kind}{i}" for kind in "mp" for i in range(6)]
    assert "n" * 25 not in line
    assert "v" * 25 not in line
