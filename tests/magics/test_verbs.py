from tests.kernels import Kernel


def test_status(kernel: Kernel) -> None:
    """Where runs go; alone it is the same, and it makes nothing."""
    for line in ("%mltrack", "%mltrack status", "%mltrack  status "):
        said = kernel.run(line).stdout.split("\n")
        assert said[0] == f"store       {kernel.folder / 'mltrack.duckdb'}"
        assert said[1:3] == ["experiment  my notebook", "active run  none"]
    assert not (kernel.folder / "mltrack.duckdb").exists()


def test_experiment(kernel: Kernel) -> None:
    """Runs go there from now on; quotes are taken off."""
    assert kernel.run("%mltrack experiment 'my exp'").stdout == "experiment  my exp\n"
    kernel.run("%%track one -m rmse\nrmse = 1")
    assert "experiment  my exp" in kernel.run("%mltrack").stdout
    assert (
        "UsageError: %mltrack experiment needs a name" in kernel.run("%mltrack experiment").stderr
    )


def test_runs(kernel: Kernel) -> None:
    """The table of the experiment, or of what a filter finds; a mistake is shown with a caret."""
    assert "one" in kernel.run("%mltrack runs").html[0]
    assert (
        "one"
        in kernel.run("%mltrack runs metrics.rmse < 2 AND tags.mlflow.runName = 'one'").html[0]
    )
    assert "one" not in kernel.run("%mltrack runs metrics.rmse > 2").html[0]
    said = kernel.run("%mltrack runs metrics.rmse == 2").stderr.splitlines()
    assert said[0].startswith("UsageError: ")
    assert said[-1].strip() == "^"


def test_run(kernel: Kernel) -> None:
    """The card of a run, by its id, also from a variable, or of the last one."""
    assert "one" in kernel.run("%mltrack run").html[0]
    kernel.run("run_id = mlflow.last_active_run().info.run_id")
    assert "one" in kernel.run("%mltrack run {run_id}").html[0]
    assert "not found" in kernel.run(f"%mltrack run {'0' * 32}").stderr


def test_end(kernel: Kernel) -> None:
    """The active run is ended; without one nothing happens."""
    kernel.run("mlflow.start_run(run_name='open')")
    assert "active run  open" in kernel.run("%mltrack").stdout
    assert kernel.run("%mltrack end").error is None
    assert kernel.run("%mltrack end").error is None
    assert kernel.last()["status"] == "FINISHED"


def test_store(kernel: Kernel) -> None:
    """Another store, and back; alone it says which one is used."""
    first = kernel.run("%mltrack store").stdout
    assert first == f"store       {kernel.folder / 'mltrack.duckdb'}\n"
    assert kernel.run("%mltrack store other.duckdb").stdout.endswith("other.duckdb\n")
    kernel.run("%%track\n1")
    assert (kernel.folder / "other.journal").exists()
    kernel.run("%mltrack store mltrack.duckdb")
    assert kernel.run("%mltrack store").stdout == first


def test_doctor(kernel: Kernel) -> None:
    """How the store is."""
    assert "all is well" in kernel.run("%mltrack doctor").stdout


def test_no_such_verb(kernel: Kernel) -> None:
    """The message lists those there are."""
    said = kernel.run("%mltrack frobnicate").stderr
    assert said.startswith("UsageError: %mltrack has no verb 'frobnicate'. Verbs: status, ui, exp")
