"""When the dbt project counts as changed since its manifest was written."""

import os
from pathlib import Path

import pytest

from orchestration import dbt_manifest


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("dbt_project/macros", "models/marts", "seeds", "tests/dbt", "target"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("dbt_project.yml", "models/marts/mrr.sql", "models/marts/mrr.yml", "target/manifest.json"):
        (tmp_path / file).write_text("{}")
    for path in tmp_path.rglob("*"):
        os.utime(path, (1000, 1000))
    os.utime(tmp_path / "target/manifest.json", (2000, 2000))
    monkeypatch.setattr(dbt_manifest, "PROJECT_DIR", tmp_path)
    monkeypatch.setattr(dbt_manifest, "MANIFEST_PATH", tmp_path / "target/manifest.json")
    return tmp_path


def test_a_newer_manifest_is_good(project: Path) -> None:
    assert project.exists()
    assert not dbt_manifest.is_stale()


def test_a_missing_manifest_is_stale(project: Path) -> None:
    (project / "target/manifest.json").unlink()
    assert dbt_manifest.is_stale()


@pytest.mark.parametrize("file", ["dbt_project.yml", "models/marts/mrr.sql", "models/marts/mrr.yml"])
def test_a_changed_file_makes_it_stale(project: Path, file: str) -> None:
    os.utime(project / file, (3000, 3000))
    assert dbt_manifest.is_stale()


def test_a_new_and_a_deleted_file_make_it_stale(project: Path) -> None:
    (project / "seeds/benchmarks.csv").write_text("metric")
    assert dbt_manifest.is_stale()
    os.utime(project / "target/manifest.json")
    assert not dbt_manifest.is_stale()
    os.utime(project / "target/manifest.json", (2000, 2000))
    (project / "seeds/benchmarks.csv").unlink()
    assert dbt_manifest.is_stale()


def test_files_that_dbt_does_not_read_do_not_matter(project: Path) -> None:
    (project / "README.md").write_text("news")
    (project / "target" / "run_results.json").write_text("{}")
    assert not dbt_manifest.is_stale()
