"""Several lists at a time: a few threads that fetch, one that reports progress and waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from functools import partial

import msgspec

from orchestration.spool import Spool

WORKERS = 8  # requests in flight; a vendor's answer takes 0.2 to 0.8 s, so this fills 10 to 40 requests a second
STOP_SECONDS = 5.0  # that threads get to end when they are stopped; one may hang in a request for longer
# Between progress lines: soon at first, so that one sees it work, then ever more rarely.
FIRST_PROGRESS_SECONDS, LAST_PROGRESS_SECONDS = 2.0, 60.0


class Stopped(Exception):
    """Another list failed or the run was cancelled, so this one ends too."""


class _Pool:
    """Threads that nobody has to wait for, not even the end of the process, as it does for those of an executor."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[tuple[Future[None], Callable[[], None]] | None] = queue.SimpleQueue()
        for number in range(WORKERS):
            threading.Thread(target=self._work, name=f"fetch-{number}", daemon=True).start()

    def submit(self, job: Callable[[], None]) -> Future[None]:
        future: Future[None] = Future()
        self._jobs.put((future, job))
        return future

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        for _ in range(WORKERS):
            self._jobs.put(None)

    def _work(self) -> None:
        while entry := self._jobs.get():
            future, job = entry
            if not future.set_running_or_notify_cancel():
                continue
            try:
                job()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(None)


class Fetching:
    """One round of fetching into a spool. `log` is only ever called from the thread that calls `parallel`."""

    def __init__(self, spool: Spool, log: Callable[[str], None], account: msgspec.Raw | None = None) -> None:
        self._spool = spool
        # What the vendor has said about the account already.
        self.account = account
        self._log = log
        self._messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._resumed = 0
        self._pool: _Pool | None = None
        self._futures: list[Future[None]] = []
        # Set by a fetch that can tell: how many objects are probably still to come.
        self.left: Callable[[], float | None] = lambda: None

    def say(self, message: str) -> None:
        """Log from any thread."""
        self._messages.put(message)

    def sleep(self, seconds: float) -> None:
        """Wait, or end at once with Stopped when the round is over."""
        if self._stop.wait(seconds):
            raise Stopped

    def parallel(self, jobs: Iterable[Callable[[], None]]) -> None:
        """Run all jobs and what they add; if one fails, the others are stopped and its exception is raised."""
        self._pool, self._futures = _Pool(), []
        try:
            for job in jobs:
                self.add(job)
            self._watch()
        finally:
            # Also on the way out of a run that is ended.
            if not all(future.done() and future.exception() is None for future in self._futures):
                self._stop.set()
                for future in self._futures:
                    future.cancel()
                wait(self._futures, STOP_SECONDS)
            self._pool.close()
            self._drain()
        ended = [future for future in self._futures if future.done() and not future.cancelled()]
        errors = [error for future in ended if (error := future.exception())]
        for error in sorted(errors, key=lambda error: isinstance(error, Stopped)):
            raise error

    def add(self, job: Callable[[], None]) -> None:
        """Hand a further job to the threads; from within a job of `parallel`."""
        if self._pool is None or self._stop.is_set():
            raise Stopped
        self._futures.append(self._pool.submit(partial(self._guarded, job)))

    def hungry(self) -> bool:
        """Whether a thread has nothing to do, so that it pays to split a job."""
        return sum(not future.done() for future in self._futures) < WORKERS

    def starts_with_resumed(self) -> None:
        """What is in the spool by now was fetched by an earlier run and is no measure of this one's speed."""
        self._resumed = sum(stream.fetched for stream in self._spool.streams.values())

    def progress(self) -> str:
        """Objects so far, the rate and the time left where that can be told, in one line."""
        counts = {name: stream.fetched for name, stream in self._spool.streams.items()}
        total = sum(counts.values())
        seconds = max(time.monotonic() - self._began, 0.001)
        rate = (total - self._resumed) / seconds
        parts = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
        left = self.left()
        ahead = f", about {_duration(left / rate)} left" if left and rate > 1 else ""
        return f"{total:,} objects in {seconds:.0f} s ({rate:,.0f}/s{ahead}): {parts or 'nothing yet'}"

    def _guarded(self, job: Callable[[], None]) -> None:
        self.sleep(0)
        job()

    def _watch(self) -> None:
        reported, interval = time.monotonic(), FIRST_PROGRESS_SECONDS
        # Only running jobs add jobs: once all of them are done, there are no more.
        while pending := [future for future in list(self._futures) if not future.done()]:
            done, _ = wait(pending, timeout=0.5, return_when=FIRST_EXCEPTION)
            self._drain()
            if any(future.exception() for future in done):
                return
            if time.monotonic() - reported >= interval:
                reported, interval = time.monotonic(), min(2 * interval, LAST_PROGRESS_SECONDS)
                self._log(self.progress())

    def _drain(self) -> None:
        while not self._messages.empty():
            self._log(self._messages.get())


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
