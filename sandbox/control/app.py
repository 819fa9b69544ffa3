"""The control API as an ASGI app, to be mounted at /_sandbox. Only this machine may use it."""

import ipaddress

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.clock import iso, moment
from sandbox.control.hubspot import HubSpotControl
from sandbox.control.requests import ClockSetting, ClockStep, FaultSetting, ForbiddenPaths, Refused, answer, typed
from sandbox.control.stripe import StripeControl
from sandbox.state import Sandbox


def control_app(sandbox: Sandbox) -> Starlette:
    """Control of one sandbox."""
    control, stripe, hubspot = _Control(sandbox), StripeControl(sandbox), HubSpotControl(sandbox)
    return Starlette(
        routes=[
            Route("/clock", control.clock, methods=["GET", "PUT"]),
            Route("/clock/advance", control.advance, methods=["POST"]),
            Route("/faults", control.faults, methods=["GET", "PUT", "DELETE"]),
            Route("/forbidden", control.forbidden, methods=["GET", "PUT"]),
            Route("/requests", control.requests, methods=["GET", "DELETE"]),
            *stripe.routes(),
            *hubspot.routes(),
        ],
        middleware=[Middleware(_LoopbackOnly)],
        exception_handlers={Refused: _refused},
    )


class _Control:
    """What concerns both accounts."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    async def clock(self, request: Request) -> Response:
        """GET, PUT clock"""
        if request.method == "PUT":
            setting = await typed(request, ClockSetting)
            try:
                self._sandbox.clock.at = None if setting.now is None else moment(setting.now)
            except ValueError as error:
                raise Refused(400, str(error)) from error
        return self._time()

    async def advance(self, request: Request) -> Response:
        """POST clock/advance"""
        self._sandbox.clock.advance((await typed(request, ClockStep)).seconds)
        return self._time()

    async def faults(self, request: Request) -> Response:
        """GET, PUT, DELETE faults"""
        faults = self._sandbox.faults
        if request.method != "GET":
            setting = await typed(request, FaultSetting) if request.method == "PUT" else FaultSetting()
            faults.seed = faults.seed if setting.seed is None else setting.seed
            faults.retry_after = faults.retry_after if setting.retry_after is None else setting.retry_after
            faults.hold = faults.hold if setting.hold is None else setting.hold
            try:
                self._sandbox.set_faults(setting.rates)
            except ValueError as error:
                raise Refused(400, str(error)) from error
        return answer(
            {
                "rates": faults.rates,
                "seed": faults.seed,
                "retry_after": faults.retry_after,
                "hold": faults.hold,
                "fired": dict(faults.fired),
            }
        )

    async def forbidden(self, request: Request) -> Response:
        """GET, PUT forbidden"""
        if request.method == "PUT":
            self._sandbox.forbidden = tuple((await typed(request, ForbiddenPaths)).paths)
        return answer({"paths": self._sandbox.forbidden})

    async def requests(self, request: Request) -> Response:
        """GET, DELETE requests"""
        counts = self._sandbox.requests
        if request.method == "DELETE":
            counts.clear()
        return answer({"total": counts.total(), "by_path": dict(sorted(counts.items()))})

    def _time(self) -> Response:
        clock = self._sandbox.clock
        return answer({"now": iso(clock.now()), "set": clock.is_set})


class _LoopbackOnly:
    """Whoever comes from elsewhere finds nothing here, whatever address the sandbox listens on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_loopback(scope.get("client")):
            await answer({"error": "only from this machine"}, 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_loopback(client: tuple[str, int] | None) -> bool:
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer({"error": str(error)}, error.status)
