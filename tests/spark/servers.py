"""Spark's own servers on loopback: a standalone cluster, Spark Connect, the Thrift server."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Cluster:
    """A standalone master and its workers, each a process group of its own, with its executors."""

    master: str
    workers: Sequence[subprocess.Popen[bytes]]

    def kill_a_worker(self) -> None:
        """As if the machine had gone: the worker and its executors, at once."""
        os.killpg(self.workers[0].pid, signal.SIGKILL)


@contextmanager
def cluster(logs: Path, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers of one core and 2 GB each."""
    port = free_port()
    url = f"spark://{HOST}:{port}"
    processes = [_start("deploy.master.Master", logs, "--host", HOST, "--port", str(port), "--webui-port", "0")]
    try:
        _wait_for(port, processes[0], logs)
        for _ in range(workers):
            arguments = ("--host", HOST, "--cores", "1", "--memory", "2g", "--webui-port", "0", url)
            processes.append(_start("deploy.worker.Worker", logs, *arguments))
        yield Cluster(url, processes[1:])
    finally:
        _stop(processes)


@contextmanager
def server(main_class: str, logs: Path, port_setting: str, settings: Mapping[str, str]) -> Iterator[int]:
    """A server that takes SQL, with two cores of its own; yields its port."""
    port = free_port()
    options = {**settings, port_setting: str(port), "spark.ui.enabled": "false", "spark.log.level": "WARN"}
    told = [part for name, value in options.items() for part in ("--conf", f"{name}={value}")]
    arguments = ("--master", "local[2]", "--driver-memory", "3g", *told, "--class", main_class, "spark-internal")
    process = _start("deploy.SparkSubmit", logs, *arguments)
    try:
        _wait_for(port, process, logs)
        yield port
    finally:
        _stop([process])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _start(main_class: str, logs: Path, *arguments: str) -> subprocess.Popen[bytes]:
    logs.mkdir(parents=True, exist_ok=True)
    found = importlib.util.find_spec("pyspark")  # not imported: it is there for these tests alone
    assert found and found.origin
    home = Path(found.origin).parent
    with (logs / f"{main_class.rpartition('.')[2]}.log").open("ab") as log:
        return subprocess.Popen(
            [str(home / "bin" / "spark-class"), f"org.apache.spark.{main_class}", *arguments],
            env={**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_WORKER_DIR": str(logs / "work")},
            cwd=logs,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait_for(port: int, process: subprocess.Popen[bytes], logs: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.5)
    raise RuntimeError(f"no Spark on port {port}; its log is in {logs}")


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
