"""Generating a company: the same bytes for the same arguments, nothing half written, nothing overwritten by mistake."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.company import DEFAULT_AS_OF, generate, write

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = "import sys; from pathlib import Path; from sandbox.company import generate\n"
SCRIPT += "generate(Path(sys.argv[1]), customers=30, months=14, seed=int(sys.argv[2]))"


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def in_process(folder: Path, seed: int, hash_seed: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", SCRIPT, str(folder), str(seed)], check=True, env=environment, cwd=ROOT)
    return digest(folder)


def test_the_same_seed_gives_the_same_bytes_in_any_process(tmp_path: Path):
    first = in_process(tmp_path / "a", 3, "1")
    assert first == in_process(tmp_path / "b", 3, "4711")
    assert first != in_process(tmp_path / "c", 4, "1")


@pytest.mark.parametrize(
    "as_of",
    [
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2024, 2, 29, 0, 30, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize(("customers", "months"), [(1, 1), (25, 1), (25, 40)])
def test_any_size_and_any_now_will_do(tmp_path: Path, customers: int, months: int, as_of: datetime):
    generate(tmp_path / "company", customers=customers, months=months, seed=11, as_of=as_of)
    meta = json.loads((tmp_path / "company/meta.json").read_text())
    assert meta["as_of"] == as_of.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (meta["customers"], meta["months"], meta["seed"]) == (customers, months, 11)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"customers": 0}, "customers must be between"),
        ({"months": 0}, "months must be between"),
        ({"months": 10_000}, "months must be between"),
        ({"as_of": datetime(2026, 1, 1)}, "time zone"),
        ({"as_of": datetime(1990, 1, 1, tzinfo=UTC)}, "between 2015 and 2100"),
    ],
)
def test_nonsense_is_refused_in_one_line_and_nothing_is_written(tmp_path: Path, arguments: dict, message: str):
    with pytest.raises(ValueError, match=message) as refused:
        generate(tmp_path / "company", **{"customers": 5, "months": 3, "seed": 1, **arguments})
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "company").exists()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="holds no generated company"):
        generate(tmp_path, customers=2, months=2, seed=1)
    (tmp_path / "meta.json").write_text("[1]")
    with pytest.raises(ValueError, match="holds no generated company"):
        generate(tmp_path, customers=2, months=2, seed=1)
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "meta.json"}


def test_a_file_in_the_way_is_refused(tmp_path: Path):
    (tmp_path / "company").write_text("mine")
    with pytest.raises(ValueError, match="is a file"):
        generate(tmp_path / "company", customers=2, months=2, seed=1)


def test_an_earlier_company_is_replaced_and_an_empty_folder_filled(tmp_path: Path):
    folder = tmp_path / "company"
    folder.mkdir()
    generate(folder, customers=4, months=2, seed=1)
    before = digest(folder)
    generate(folder, customers=4, months=2, seed=2)
    assert digest(folder) != before
    assert list(tmp_path.iterdir()) == [folder]


def test_an_interrupted_run_leaves_the_earlier_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "company"
    generate(folder, customers=4, months=2, seed=1, as_of=DEFAULT_AS_OF)
    before = digest(folder)

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(write, "_json", fail)
    with pytest.raises(OSError, match="no space left"):
        generate(folder, customers=4, months=2, seed=2)
    assert digest(folder) == before
    assert list(tmp_path.iterdir()) == [folder]
