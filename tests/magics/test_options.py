import pytest
from IPython.core.error import UsageError

from jupyter_mltrack.magics.options import FLAGS, parse


def test_all_options() -> None:
    """Quotes hold words together and are taken off."""
    line = """my first -e 'the exp' -p lr=0.1 --param "text=a = 'b' c" -m rmse,mae -t k=v -n"""
    found = parse(line + ' -d "it\'s new" --system-metrics')
    assert (found.name, found.experiment) == ("my first", "the exp")
    assert found.param == {"lr": "0.1", "text": "a = 'b' c"}
    assert found.metrics == ["rmse", "mae"]
    assert (found.tag, found.description) == ({"k": "v"}, "it's new")
    assert found.nested
    assert found.system_metrics


def test_nothing_is_asked_for() -> None:
    """An empty line is a run with a random name that captures everything."""
    found = parse("")
    assert found.name is None
    assert (found.param, found.tag, found.metrics) == ({}, {}, [])
    assert not any(value for key, value in vars(found).items() if key.startswith("no_"))


def test_a_line_is_taken_as_it_is() -> None:
    """No character is special but quotes: no variables, comments or escapes."""
    found = parse(r"{name} $HOME #1 C:\data 50% -p path=C:\new\table -t empty=")
    assert found.name == r"{name} $HOME #1 C:\data 50%"
    assert found.param == {"path": r"C:\new\table"}
    assert found.tag == {"empty": ""}


WRONG = {
    "--bogus": "unrecognized arguments: --bogus",
    "-p alpha": "--param takes KEY=VALUE, not 'alpha'",
    "-t =3": "--tag takes KEY=VALUE, not '=3'",
    "it's": "No closing quotation",
    "-e": "expected one argument",
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_options_are_explained(line: str) -> None:
    """The message names the magic and what is wrong."""
    with pytest.raises(UsageError) as caught:
        parse(line)
    assert str(caught.value).startswith("%%track: ")
    assert WRONG[line] in str(caught.value)


def test_flags_for_completion() -> None:
    """Every long option is offered."""
    assert {"--metrics", "--nested", "--no-card", "--no-figures", "--no-source"} <= set(FLAGS)
    assert sorted(FLAGS) == FLAGS
