"""The sandbox as one web application: Stripe's paths and HubSpot's paths on the same address."""

import logging
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.control.app import control_app
from sandbox.faults.middleware import FaultyNetwork
from sandbox.faults.switches import Faults
from sandbox.gates import Gates
from sandbox.hubspot_api.app import hubspot_app
from sandbox.state import Sandbox
from sandbox.stripe_api.app import stripe_app


class ServeError(Exception):
    """The server cannot start. The message is one line."""


def create_app(sandbox: Sandbox) -> Starlette:
    """The application over a sandbox: both vendors' paths on one address, and the control of what they serve."""
    vendors: ASGIApp = Starlette(
        routes=[Mount("/v1", stripe_app(sandbox.stripe)), Mount("", hubspot_app(sandbox.hubspot))]
    )
    vendors = Gates(FaultyNetwork(vendors, sandbox.faults, sandbox.clock, sandbox.touch), sandbox)
    return Starlette(routes=[Mount("/_sandbox", control_app(sandbox)), Mount("", vendors)])


def serve(folder: Path, host: str, port: int, *, clock: Clock | None = None, faults: Faults | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line with the base addresses as soon as requests are answered.

    Port 0 takes a free one. Raises DataError or ServeError instead of starting.
    """
    # uvicorn raises the signal again once it has shut down; without this the process would end as killed.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    listener = _listener(host, port)
    app = create_app(Sandbox(folder, clock, faults))
    shown_host, bound_port = listener.getsockname()[:2]
    address = f"http://{f'[{shown_host}]' if ':' in shown_host else shown_host}:{bound_port}"
    config = uvicorn.Config(app, log_level="warning", access_log=False, date_header=False, timeout_graceful_shutdown=2)
    # Answers that are broken off on purpose are no news.
    logging.getLogger("uvicorn.error").addFilter(lambda record: "without completing response" not in record.msg)
    _Server(config, f"Sandbox ready: Stripe at {address}, HubSpot at {address}").run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says that it is ready once it is."""

    def __init__(self, config: uvicorn.Config, ready: str) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._ready, flush=True)


def _listener(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ServeError(f"cannot listen on {host} port {port}: {reason}") from error
    return listener


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)
