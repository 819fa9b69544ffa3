"""Puts a company on disk: everything into a folder beside the target first, then one rename.

A run that is interrupted leaves the target as it was. Only an empty folder or an earlier company is ever replaced.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MARKER = "meta.json"


def check_target(folder: Path) -> None:
    """Refuses a target that holds something else. ValueError: it is neither empty nor a generated company."""
    if folder.is_file():
        raise ValueError(f"{folder} is a file, not a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        generated = "seed" in json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        generated = False
    if not generated or not (folder / "truth").is_dir():
        raise ValueError(f"{folder} is not empty and holds no generated company: choose another folder")


def write_company(
    folder: Path,
    meta: dict[str, Any],
    objects: dict[str, dict[str, list[Any]]],
    truth: dict[str, Iterator[tuple[object, ...]]],
) -> None:
    """Writes `objects` by source and file name, `truth` tables and `meta`, then moves them to `folder` at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for source, files in objects.items():
            (scratch / source).mkdir()
            for name, rows in files.items():
                _write_lines(scratch / source / f"{name}.ndjson", map(_json, rows))
        (scratch / "truth").mkdir()
        for name, rows in truth.items():
            _write_lines(scratch / "truth" / f"{name}.csv", (",".join(map(str, row)) for row in rows))
        _write_lines(scratch / MARKER, [_json(meta)])
        scratch.chmod(0o755)  # mkdtemp makes folders that only their owner can read
        if folder.exists():
            shutil.rmtree(folder)
        scratch.rename(folder)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in lines)
