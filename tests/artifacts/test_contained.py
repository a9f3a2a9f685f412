"""No path reaches outside the folder it belongs to."""

from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import checked, contained
from jupyter_mltrack.errors import UnsafePath

REFUSED = [
    "", ".", "./", "/", "//", "/.", "./.", "..", "../", "/..", "../..", "a/..", "a/../b",
    "../a", "a/../../b", "a/b/../../../c", "./../a", ".//..//a", "a/./../..", "a//../../b",
    "/etc/passwd", "//etc/passwd", "///etc/passwd", "/srv/../etc/passwd", "/proc/self/environ",
    "\\", "\\etc\\passwd", "..\\..\\etc\\passwd", "a\\..\\b", "a/..\\b", "a\\b",
    "\\\\server\\share", "\\\\?\\C:\\x", "C:", "C:\\x", "C:/x", "c:x", "Z:/x/../y", "d:..",
    "file:/etc/passwd", "file:///etc/passwd", "FILE:///etc/passwd", "http://evil/x",
    "https://evil/../x", "s3://bucket/key", "runs:/4f0c/model", "models:/m/1", "zip://x",
    "memory://x", "ab+c.d-e://x",
    "\x00", "a\x00", "a\x00/../b", "../a\x00.png", "a\nb", "a\rb", "a\tb", "\x1b[2Ja", "a\x7fb",
    "\ud800", "a/\udcff/b", "a" * 256, "é" * 128, "a/" * 600 + "b", "x/" + "y" * 300,
    ".mltrack-passing-1", "a/.mltrack-passing-", ".mltrack-passing-/b",
]  # fmt: skip

ODD_BUT_INSIDE = [
    "...", "....", ". .", "..a", "a..", "a..b/c", ".hidden", "~", "~root/x", "$HOME", "${x}",
    "`id`", "%2e%2e/%2e%2e/etc", "..%2f..%2fetc", "%00", "\uff0e\uff0e/x", "‥/x", "a b/c d", " ",
    "été/数.png", "a;rm -rf", "a|b", "<script>", "a'b\"c", "*", "?", "[a]", "ab:b c", "-rf", "NUL",
    "con.txt", "a#b", "a?b", "a@b", "images/k~x+step+0+timestamp+1+u.png", "a" * 255,
    "\u202egnp.exe",
]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED, ids=ascii)
def test_hostile_paths_are_refused(path: str, tmp_path: Path) -> None:
    """What climbs, is absolute or means a place elsewhere is refused, with what to do instead."""
    with pytest.raises(UnsafePath, match="artifact path"):
        contained(tmp_path, path)


@pytest.mark.parametrize("path", ODD_BUT_INSIDE, ids=ascii)
def test_odd_names_stay_inside(path: str, tmp_path: Path) -> None:
    """Nothing is decoded or expanded: an odd name is just a name below the folder."""
    place = contained(tmp_path, path)
    assert place == tmp_path.resolve() / path
    assert place.is_relative_to(tmp_path.resolve())


@pytest.mark.parametrize("path", [None, 3, b"a", Path("a"), ["a"]])
def test_other_types_are_refused(path: object) -> None:
    """Only strings are paths."""
    with pytest.raises(UnsafePath, match="is a string"):
        checked(path)


@pytest.mark.parametrize("path", ["a/b", "./a/b", "a//b", "a/./b", "a/b/", ".//a///b/."])
def test_one_spelling(path: str) -> None:
    """Needless parts go, so one file has one path."""
    assert checked(path) == "a/b"


@pytest.mark.parametrize("target", ["/etc", "..", "../beside", "inside/../.."])
def test_links_that_lead_out_are_refused(target: str, tmp_path: Path) -> None:
    """A link to a place outside is not followed, whether the place exists or not."""
    base = tmp_path / "base"
    (base / "inside").mkdir(parents=True)
    (base / "link").symlink_to(target)
    with pytest.raises(UnsafePath, match="link"):
        contained(base, "link/passwd")
    with pytest.raises(UnsafePath, match="link"):
        contained(base, "link")


def test_links_within_are_followed(tmp_path: Path) -> None:
    """A link to a place inside is as good as the place, also when the base is a link itself."""
    (tmp_path / "base" / "inside").mkdir(parents=True)
    (tmp_path / "base" / "link").symlink_to("inside")
    (tmp_path / "other").symlink_to("base")
    place = contained(tmp_path / "other", "link/a")
    assert place == (tmp_path / "base" / "inside" / "a").resolve()


def test_a_loop_of_links_is_no_place_to_write(tmp_path: Path) -> None:
    """Links that go round in circles end in our error or in a name inside, never elsewhere."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with suppress(UnsafePath):
        assert contained(tmp_path, "a/x").is_relative_to(tmp_path.resolve())


def test_a_sibling_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    """``run1`` is not inside ``run``, though the text begins so."""
    (tmp_path / "run").mkdir()
    (tmp_path / "run1").mkdir()
    (tmp_path / "run" / "link").symlink_to("../run1")
    with pytest.raises(UnsafePath):
        contained(tmp_path / "run", "link")
