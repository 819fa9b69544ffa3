"""What the code location says of its assets and checks, as far as alerts need to know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import dagster as dg

ANYBODY = "data"  # whose problem it is where no asset says so: the team that runs the pipeline


@dataclass(frozen=True, slots=True)
class Assets:
    """`owners` are teams without `team:`; `oldest` is how old an asset may be, for those that say so."""

    owners: Mapping[dg.AssetKey, str] = field(default_factory=dict)
    groups: Mapping[dg.AssetKey, str] = field(default_factory=dict)
    oldest: Mapping[dg.AssetKey, timedelta] = field(default_factory=dict)
    checks: frozenset[dg.AssetCheckKey] = frozenset()
    jobs: frozenset[str] = frozenset()

    def owner(self, key: dg.AssetKey) -> str:
        """The team that answers for an asset."""
        return self.owners.get(key, ANYBODY)

    @property
    def teams(self) -> frozenset[str]:
        """Every team that alerts can be routed to."""
        return frozenset({*self.owners.values(), ANYBODY})


def assets_of(repository: dg.RepositoryDefinition) -> Assets:
    """Read a code location's repository."""
    graph = repository.asset_graph
    nodes = {key: graph.get(key) for key in graph.get_all_asset_keys()}
    windows = {key: getattr(node.freshness_policy, "fail_window", None) for key, node in nodes.items()}
    return Assets(
        owners={key: _team(node.owners) for key, node in nodes.items()},
        groups={key: node.group_name or "default" for key, node in nodes.items()},
        oldest={key: window.to_timedelta() for key, window in windows.items() if window},
        checks=frozenset(graph.asset_check_keys),
        jobs=frozenset(job.name for job in repository.get_all_jobs()),
    )


def _team(owners: Iterable[str]) -> str:
    """The first that is named."""
    return next((owner.removeprefix("team:") for owner in owners), ANYBODY)
