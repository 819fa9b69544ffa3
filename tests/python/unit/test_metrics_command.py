"""`make metrics` asks the home that `.env` names, as every other command does."""

import sys
from pathlib import Path

import pytest

from orchestration import metrics
from orchestration.settings import load_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that an `.env` file names, and the environment does not."""
    env_file = tmp_path / ".env"
    env_file.write_text(f"REVFUNNEL_HOME={tmp_path / 'elsewhere'}\n")
    monkeypatch.delenv("REVFUNNEL_HOME", raising=False)
    monkeypatch.setattr(metrics, "load_settings", lambda: load_settings(env_file))
    return tmp_path / "elsewhere"


def test_metricflow_reads_the_published_copy_of_that_home(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "published.duckdb").touch()
    fake = home / "mf"
    fake.write_text(
        f'#!{sys.executable}\nimport os, sys\nprint(os.environ["REVFUNNEL_HOME"], os.environ["DBT_TARGET"])\n'
        "print(sys.argv[1:])\nsys.exit(3)\n"
    )
    fake.chmod(0o755)
    monkeypatch.setattr(metrics, "METRICFLOW", fake)
    assert metrics.main(["query", "--metrics", "mrr"]) == 3
    assert capfd.readouterr().out.splitlines() == [f"{home} read_only", "['query', '--metrics', 'mrr']"]


def test_without_a_published_copy_it_says_what_writes_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert metrics.main(["list", "metrics"]) == 1
    assert f"{home / 'published.duckdb'} does not exist yet; `make run` writes it" in capsys.readouterr().err
