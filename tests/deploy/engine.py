"""A stand-in for the Docker engine: it speaks enough of its API for a run launcher, and its containers are processes.

It shows what Dagster asks the engine for, and that a run works with nothing but the environment that it is handed. It
does not show that an image can be built, nor anything of volumes, networks and users.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

_CONTAINER = re.compile(r"/v[\d.]+/containers/(?P<id>\w+)/(?P<action>json|start|stop)")
NO_SUCH = 404
STOP_SECONDS = "10"  # the engine's own default


@dataclass
class Container:
    """`asked` is the body of the request that created it."""

    id: str
    asked: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return dict(entry.split("=", 1) for entry in self.asked["Env"])

    def kill(self) -> None:
        """End it, and all that it has started, as the kernel does when memory runs out."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def inspected(self) -> dict[str, Any]:
        """What `docker inspect` would say."""
        code = self.process.poll() if self.process else None
        status = "created" if self.process is None else "running" if code is None else "exited"
        state = {"Status": status, "Running": status == "running", "ExitCode": code or 0, "OOMKilled": code == -9}
        return {"Id": self.id, "Name": f"/{self.id[:8]}", "State": state, "Image": "sha256:0", "Config": self.asked}


class Engine:
    """`containers` in the order in which they were created."""

    def __init__(self, image_environment: Mapping[str, str], folder: Path, account: str | None) -> None:
        """`image_environment`: what ENV of the image says. Containers start, and leave their output, in `folder`."""
        self.containers: list[Container] = []
        self._image_environment = dict(image_environment)
        self._folder = folder
        self._account = account

    def create(self, asked: dict[str, Any]) -> Container:
        container = Container(uuid.uuid4().hex, asked)
        self.containers.append(container)
        return container

    def start(self, container: Container) -> None:
        output = self._folder / f"container-{container.id[:8]}.log"
        with output.open("wb") as file:
            container.process = subprocess.Popen(
                container.asked["Cmd"],
                env={**self._image_environment, **container.environment},
                cwd=self._folder,
                user=self._account,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, container: Container, seconds: float) -> None:
        """Ask the first process to end, and kill what is still there after a while."""
        if container.process is None or container.process.poll() is not None:
            return
        container.process.terminate()
        try:
            container.process.wait(seconds)
        except subprocess.TimeoutExpired:
            container.kill()

    def find(self, name: str) -> Container | None:
        return next((container for container in self.containers if container.id == name), None)

    def end(self) -> None:
        for container in self.containers:
            with suppress(ProcessLookupError, AssertionError):
                container.kill()


@contextmanager
def listening(engine: Engine) -> Iterator[str]:
    """Serve the engine on loopback; yields the value of DOCKER_HOST."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path.endswith("/version"):
                self._answer(200, {"ApiVersion": "1.48", "Version": "28.2.2"})
                return
            container, action = self._asked_for()
            self._answer(*((200, container.inspected()) if container and action == "json" else (NO_SUCH, {})))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if re.fullmatch(r"/v[\d.]+/containers/create(\?.*)?", self.path):
                self._answer(201, {"Id": engine.create(json.loads(body)).id, "Warnings": []})
                return
            container, action = self._asked_for()
            if container is None:
                self._answer(NO_SUCH, {"message": f"No such container: {self.path}"})
                return
            if action == "start":
                engine.start(container)
            else:
                asked = parse_qs(urlsplit(self.path).query)
                engine.stop(container, float(asked.get("t", [STOP_SECONDS])[0]))
            self._answer(204, None)

        def _asked_for(self) -> tuple[Container | None, str]:
            found = _CONTAINER.match(self.path)
            return (engine.find(found["id"]), found["action"]) if found else (None, "")

        def _answer(self, status: int, body: Any) -> None:
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        engine.end()
