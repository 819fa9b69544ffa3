"""Commands that cannot do what was asked, or are ended: one line, no traceback."""

import socket
from pathlib import Path

import duckdb
import pytest

from orchestration import close, explain, run
from orchestration.driver.local_sandbox import sandbox_folder
from orchestration.settings import Settings, UserError
from sandbox.__main__ import main as sandbox


def test_customers_are_not_explained_before_the_models_are_built(tmp_path: Path) -> None:
    """A first run that failed after its extraction leaves raw tables only; one that failed later some of the models."""
    settings = Settings(home=tmp_path)
    dimension = "create table marts.dim_customers (customer_id varchar)"
    for statement in ("create schema raw_stripe", "create schema marts", dimension):
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(statement)
        with pytest.raises(UserError, match=r"warehouse\.duckdb holds no customers yet; `make run` first"):
            explain.explain(settings, "cus_1")


def test_a_close_that_is_ended_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.setattr(close, "read_standing", end)
    assert close.main(["2026-01"]) == 130
    assert capsys.readouterr().err == "\nrevfunnel: stopped\n"


def test_a_record_of_whose_data_it_is_that_was_cut_short_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "origin.json").write_text('{"origin": "sand')
    with pytest.raises(UserError, match=r"origin\.json cannot be read"):
        sandbox_folder(Settings(home=tmp_path))
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    assert close.main(["2026-01"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_taken_is_one_line_and_nothing_is_started() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=rf"127\.0\.0\.1:{port} \(address already in use\); .* --port 3001"):
            run.check_port("127.0.0.1", port)
    run.check_port("127.0.0.1", port)
    with pytest.raises(UserError, match=r"cannot be served on 127\.0\.0\.1:99999"):
        run.check_port("127.0.0.1", 99_999)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["serve", "folder", "--port", "99999"], "--port: must be at most 65535: 99999"),
        (["generate", "folder", "--customers", "many"], "--customers: is no whole number: many"),
        (["generate", "folder", "--months", "0"], "--months: must be at least 1: 0"),
    ],
)
def test_a_number_that_the_sandbox_cannot_use_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        sandbox(arguments)
    assert told in capsys.readouterr().err
