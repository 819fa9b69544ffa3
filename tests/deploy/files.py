"""The files of deploy/, read as Docker reads them: just as much of their formats as they use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"

# ${NAME}, ${NAME:-default}, ${NAME:?what to do}; $$ is a dollar.
_VARIABLE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\})")
_ENV = re.compile(r"(\w+)=(\S+)")


class MissingValue(Exception):
    """A variable that docker-compose.yaml says must be set."""


def instructions() -> list[tuple[str, str]]:
    """(instruction, its arguments) of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(name, " ".join(rest.split())) for name, rest in lines]


def copies() -> list[tuple[str, str]]:
    """(source in the repository, target in the image) of every COPY."""
    found = [arguments.split() for name, arguments in instructions() if name == "COPY"]
    return [(source, target) for *sources, target in found for source in sources]


def image_environment() -> dict[str, str]:
    """What the image's ENV sets."""
    return {key: value for name, rest in instructions() if name == "ENV" for key, value in _ENV.findall(rest)}


def image_command() -> list[str]:
    """What a container runs that is told nothing else."""
    return json.loads(next(arguments for name, arguments in instructions() if name == "CMD"))


def env_file() -> dict[str, str]:
    """env.example, as a file of variables."""
    lines = (DEPLOY / "env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """docker-compose.yaml with variables filled in.

    Raises:
        MissingValue: a variable that must be set is not, or is empty.
    """

    def fill(found: re.Match[str]) -> str:
        dollar, name, rule, text = found.groups()
        value = "$" if dollar else variables.get(name, "")
        if not value and rule == "?":
            raise MissingValue(f"{name}: {text}")
        return value or (text if rule == "-" else "")

    def filled(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: filled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(value) for value in node]
        return _VARIABLE.sub(fill, node) if isinstance(node, str) else node

    return filled(read_yaml(DEPLOY / "docker-compose.yaml"))


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file with a mapping at its top."""
    return yaml.safe_load(path.read_text())
