"""dlt's `filesystem` destination, reaching files as everything else here does: by way of `place.filesystem`.

dlt would look for credentials under names of its own, others for each store, and copies into a local folder in place.
"""

from __future__ import annotations

from typing import Any

from dlt.common.configuration import configspec, resolve_type
from dlt.common.configuration.specs import CredentialsConfiguration
from dlt.destinations import filesystem as dlt_filesystem
from dlt.destinations.impl.filesystem.configuration import FilesystemDestinationClientConfiguration
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient

from orchestration.lake.place import Folder


@configspec
class _StoresOwn(CredentialsConfiguration):
    """Nothing to hand over: the store's client looks into its own environment variables and files."""

    def to_s3fs_credentials(self) -> dict[str, Any]:
        return {}

    def to_gcs_credentials(self) -> dict[str, Any]:
        return {}

    def to_adlfs_credentials(self) -> dict[str, Any]:
        return {}


@configspec
class _Configuration(FilesystemDestinationClientConfiguration):
    @resolve_type("credentials")
    def resolve_credentials_type(self) -> type[CredentialsConfiguration]:
        return _StoresOwn


class _Client(FilesystemClient):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.is_local_filesystem:
            self.fs_client = Folder()


class LakeDestination(dlt_filesystem):
    """Where dlt writes the files of a lake: `LakeDestination(path or URL)`."""

    @property
    def spec(self) -> type[FilesystemDestinationClientConfiguration]:
        """The configuration: the place, and no credentials."""
        return _Configuration

    @property
    def client_class(self) -> type[FilesystemClient]:
        """The client: files appear whole."""
        return _Client
