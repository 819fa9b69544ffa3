"""The fault switches between the network and the APIs."""

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.faults import refusals
from sandbox.faults.pages import Pages, reordered
from sandbox.faults.switches import CHANGING, Faults

# Changes some object of the list that a path names, if it names one; the number decides which.
Touch = Callable[[str, int], bool]

Exchange = tuple[Message, bytes]


class FaultyNetwork:
    """Answers some requests as the switches say, and passes all others on."""

    def __init__(self, app: ASGIApp, faults: Faults, clock: Clock, touch: Touch) -> None:
        self._app = app
        self._faults = faults
        self._clock = clock
        self._touch = touch
        self._pages = Pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._faults.rates:
            await self._app(scope, receive, send)
            return
        path, query = scope["path"], scope["query_string"].decode()
        limited = self._limited(path)
        if limited is not None:
            await limited(scope, receive, send)
            return
        body = await _body(receive)
        throw = self._faults.throw(f"{scope['method']} {path}?{query} {body!r}")
        if throw.hits(CHANGING) and self._touch(path, throw.number("which object")):
            self._faults.fired[CHANGING] += 1
        fault = throw.first()
        refusal = self._refusal(fault, path)
        if refusal is not None:
            self._faults.fired[str(fault)] += 1
            await refusal(scope, receive, send)
            return
        request = (scope["method"], path, query, body)
        start, answer = await self._answer(scope, body)
        if fault == "duplicate_page":
            earlier = self._pages.previous(*request)
            if earlier is None or start["status"] != 200:
                fault = None
            else:
                answer = earlier
        elif fault == "reordered_page":
            answer = reordered(answer, throw.number("order"))
        if fault is not None:
            self._faults.fired[fault] += 1
        if "duplicate_page" in self._faults.rates and start["status"] == 200:
            self._pages.remember(*request, answer)
        await self._send(fault, start, answer, send)

    def _limited(self, path: str) -> ASGIApp | None:
        """The refusal of a request that exceeds a limit."""
        is_stripe = refusals.is_stripe(path)
        if not is_stripe and self._faults.is_over_day(self._clock.now().date().isoformat()):
            return refusals.daily_limit()
        if self._faults.is_too_fast("stripe" if is_stripe else "hubspot", time.monotonic()):
            return refusals.rate_limited(path, self._faults.retry_after)
        return None

    def _refusal(self, fault: str | None, path: str) -> ASGIApp | None:
        match fault:
            case "rate_limit" | "rate_limit_silent":
                return refusals.rate_limited(path, self._faults.retry_after if fault == "rate_limit" else None)
            case "error_500":
                return refusals.server_error(path)
            case "error_502" | "error_503":
                return refusals.gateway_page(int(fault.removeprefix("error_")))
            case "html":
                return refusals.web_page()
            case "wrong_shape":
                return refusals.wrong_shape()
            case _:
                return None

    async def _answer(self, scope: Scope, body: bytes) -> Exchange:
        """The app's own answer, complete."""
        request: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        start: Message = {}
        content = bytearray()

        async def receive() -> Message:
            return request.pop() if request else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            else:
                content.extend(message.get("body", b""))

        await self._app(scope, receive, send)
        return start, bytes(content)

    async def _send(self, fault: str | None, start: Message, answer: bytes, send: Send) -> None:
        if fault == "timeout":
            await asyncio.sleep(self._faults.hold)
        sent = answer[: len(answer) // 2] if fault == "cut_json" else answer
        await send(_with_length(start, len(sent)))
        # An answer that is not finished makes the server close the connection.
        if fault == "timeout":
            return
        if fault == "cut_body":
            await send({"type": "http.response.body", "body": answer[: len(answer) // 2], "more_body": True})
            return
        await send({"type": "http.response.body", "body": sent})


async def _body(receive: Receive) -> bytes:
    content = bytearray()
    while True:
        message = await receive()
        content.extend(message.get("body", b""))
        if not message.get("more_body", False):
            return bytes(content)


def _with_length(start: Message, length: int) -> Message:
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}
