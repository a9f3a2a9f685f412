"""What a browser gets says the same as the files we read."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jupyter_mltrack.panels import browser_module

PANELS = Path(browser_module.__file__).parent
NAMED = re.compile(r'browser_module\("([a-z_/]+\.js)"\)')
MODULES = sorted(
    {name for path in PANELS.rglob("*.py") for name in NAMED.findall(path.read_text("utf-8"))}
)
# Node's own parser; only the places of things may differ.
SAME = """
const { parse } = require('internal/deps/acorn/acorn/dist/acorn');
const [one, other] = JSON.parse(require('fs').readFileSync(0, 'utf-8')).map(text =>
  JSON.stringify(
    parse(text, { ecmaVersion: 'latest', sourceType: 'module' }),
    (key, value) => (['start', 'end', 'raw'].includes(key) ? undefined : value)
  ));
console.log(one.length > 1000 && one === other);
"""


def test_all_modules_are_found() -> None:
    """The list is not empty by mistake."""
    assert {"card/live_card.js", "table/runs_table.js", "page/run_page.js"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_sent_means_the_same(name: str) -> None:
    """Comments and spaces are gone, nothing else."""
    files: dict[Path, str] = {}
    browser_module._collect(PANELS / name, files)
    written, sent = "\n".join(files.values()), browser_module.browser_module(name)
    assert len(sent) < 60_000
    assert means_the_same(written, sent)


def test_a_difference_would_be_seen() -> None:
    """A comparison that always agrees shows nothing."""
    written = browser_module.browser_module("card/live_card.js")
    assert not means_the_same(written, written.replace("return", "void", 1))


def means_the_same(one: str, other: str) -> bool:
    """Whether two modules are the same syntax tree."""
    node = shutil.which("node")
    assert node is not None
    done = subprocess.run(
        [node, "--expose-internals", "-e", SAME],
        input=json.dumps([one, other]),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() == "true"
