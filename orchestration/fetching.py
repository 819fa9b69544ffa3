"""Several lists at a time: a few threads that fetch, one that reports progress and waits."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from orchestration.spool import Spool

WORKERS = 4  # requests in flight; both vendors allow far more, and two cores are busy with fewer
# Between progress lines: soon at first, so that one sees it work, then ever more rarely.
FIRST_PROGRESS_SECONDS, LAST_PROGRESS_SECONDS = 2.0, 60.0


class Stopped(Exception):
    """Another list failed or the run was cancelled, so this one ends too."""


class Fetching:
    """One round of fetching into a spool. `log` is only ever called from the thread that calls `parallel`."""

    def __init__(self, spool: Spool, log: Callable[[str], None]) -> None:
        self._spool = spool
        self._log = log
        self._messages: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._began = time.monotonic()

    def say(self, message: str) -> None:
        """Log from any thread."""
        self._messages.put(message)

    def sleep(self, seconds: float) -> None:
        """Wait, or end at once with Stopped when the round is over."""
        if self._stop.wait(seconds):
            raise Stopped

    def parallel(self, jobs: Iterable[Callable[[], None]]) -> None:
        """Run all jobs; if one fails, the others are stopped and its exception is raised."""
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="fetch") as pool:
            futures = [pool.submit(self._guarded, job) for job in jobs]
            try:
                self._watch(futures)
            finally:
                # Also on the way out of a cancelled run: the pool's exit waits for its threads.
                if not all(future.done() and future.exception() is None for future in futures):
                    self._stop.set()
                    pool.shutdown(wait=False, cancel_futures=True)
                self._drain()
        errors = [error for future in futures if not future.cancelled() and (error := future.exception())]
        for error in sorted(errors, key=lambda error: isinstance(error, Stopped)):
            raise error

    def progress(self) -> str:
        """Objects so far and the rate, in one line."""
        counts = {name: stream.fetched for name, stream in self._spool.streams.items()}
        total = sum(counts.values())
        seconds = max(time.monotonic() - self._began, 0.001)
        parts = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
        return f"{total:,} objects in {seconds:.0f} s ({total / seconds:,.0f}/s): {parts or 'nothing yet'}"

    def _guarded(self, job: Callable[[], None]) -> None:
        self.sleep(0)
        job()

    def _watch(self, futures: list[Future[None]]) -> None:
        pending: set[Future[None]] = set(futures)
        reported, interval = time.monotonic(), FIRST_PROGRESS_SECONDS
        while pending:
            done, pending = wait(pending, timeout=0.5, return_when=FIRST_EXCEPTION)
            self._drain()
            if any(future.exception() for future in done):
                return
            if pending and time.monotonic() - reported >= interval:
                reported, interval = time.monotonic(), min(2 * interval, LAST_PROGRESS_SECONDS)
                self._log(self.progress())

    def _drain(self) -> None:
        while not self._messages.empty():
            self._log(self._messages.get())
