"""``%%track --autolog``: trainings in this cell, and in no other."""

from tests.kernels import Kernel

FIT = """\
from sklearn.linear_model import LinearRegression
_ = LinearRegression().fit([[0], [1]], [0, 1])"""


def test_trainings_of_the_cell(kernel: Kernel) -> None:
    """Params and metrics go to the run of the cell; the next cell logs nothing by itself."""
    kernel.run(f"%%track --autolog fit\n{FIT}")
    tracked = kernel.last()
    assert tracked["params"]["fit_intercept"] == "True"
    assert tracked["metrics"]["training_r2_score"] == 1.0
    assert tracked["tags"]["estimator_name"] == "LinearRegression"
    kernel.run(f"%%track second\n{FIT}")
    assert kernel.last()["metrics"] == {}


def test_off_after_an_error(kernel: Kernel) -> None:
    """A cell that fails leaves nothing switched on."""
    kernel.run("%%track --autolog\n1 / 0")
    before = len(kernel.runs())
    assert kernel.last()["status"] == "FAILED"
    kernel.run(FIT)
    assert len(kernel.runs()) == before
