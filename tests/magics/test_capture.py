import io
import threading

import pytest

from jupyter_mltrack.magics.capture import TAIL, Tee


def test_everything_is_passed_on() -> None:
    """A tee behaves as the stream below it."""
    below = io.StringIO()
    tee = Tee(below)
    assert tee.write("abc") == 3
    tee.writelines(["d", "e"])
    print("f", file=tee, flush=True)
    assert below.getvalue() == tee.tail() == "abcdef\n"
    assert tee.getvalue() == below.getvalue()


@pytest.mark.parametrize("size", [1, 7, 1000, TAIL - 1, TAIL, TAIL + 1, 5 * TAIL])
def test_only_the_end_is_kept(size: int) -> None:
    """Whatever the pieces are, the tail is the end of the text, with a mark where it was cut."""
    text = "".join(chr(ord("a") + i % 26) for i in range(5 * TAIL))
    tee = Tee(io.StringIO())
    for at in range(0, len(text), size):
        tee.write(text[at : at + size])
    assert tee.tail() == "…" + text[-TAIL:]
    assert sum(map(len, tee._pieces)) <= TAIL + size


def test_a_text_that_fits_is_not_cut() -> None:
    """Exactly as much as is kept."""
    tee = Tee(io.StringIO())
    tee.write("a" * (TAIL - 1))
    tee.write("b")
    assert tee.tail() == "a" * (TAIL - 1) + "b"


def test_threads_may_print() -> None:
    """What several threads print is all there, and no print fails."""
    tee = Tee(io.StringIO())

    def work() -> None:
        for _ in range(2_000):
            tee.write("x" * 100)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tee.tail() == "…" + "x" * TAIL
    assert len(tee.stream.getvalue()) == 800_000


def test_what_is_no_text_is_refused_as_by_the_stream() -> None:
    """And not remembered."""
    tee = Tee(io.StringIO())
    with pytest.raises(TypeError, match="string argument expected"):
        tee.write(b"x")  # type: ignore[arg-type]
    assert tee.tail() == ""
