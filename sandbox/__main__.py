"""Command line: `python -m sandbox serve DIR --port P` and `python -m sandbox generate DIR ...`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sandbox.clock import Clock, moment
from sandbox.faults.switches import SWITCHES, Faults
from sandbox.ndjson import DataError
from sandbox.server import ServeError, serve

DEFAULT_PORT = 4010


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 after one line on stderr that says what is wrong."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "serve":
            faults = Faults(seed=options.fault_seed, retry_after=options.retry_after, hold=options.hold)
            faults.set(dict(options.fault))
            serve(options.folder, options.host, options.port, clock=Clock(options.now), faults=faults)
        else:
            # Serving does not need the billing simulation, so only this command loads it.
            from sandbox.company import generate

            generate(
                options.folder,
                customers=options.customers,
                months=options.months,
                seed=options.seed,
                as_of=options.as_of,
            )
    except (DataError, ServeError, OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    serving = commands.add_parser("serve", help="answer the Stripe and HubSpot SDKs from a folder of NDJSON objects")
    serving.add_argument("folder", type=Path, metavar="DIR", help="folder with stripe/ and hubspot/")
    serving.add_argument("--port", type=_port, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")

    serving.add_argument("--now", type=_moment, metavar="TIME", help="the accounts' now, ISO 8601 (default: real time)")
    serving.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="switch a fault on, may be repeated; "
        + "; ".join(f"{name}: {meaning}" for name, meaning in SWITCHES.items()),
    )
    serving.add_argument("--fault-seed", type=int, default=0, help="same seed, same faults (default: %(default)s)")
    serving.add_argument("--retry-after", type=float, default=1, metavar="SECONDS", help="what a 429 asks for")
    serving.add_argument("--hold", type=float, default=100, metavar="SECONDS", help="how long a time-out holds on")

    generating = commands.add_parser("generate", help="write such a folder: a made-up company and its ground truth")
    generating.add_argument("folder", type=Path, metavar="DIR")
    generating.add_argument("--customers", type=_positive, default=500, help="default: %(default)s")
    generating.add_argument("--months", type=_positive, default=24, help="default: %(default)s")
    generating.add_argument("--seed", type=int, default=1, help="same seed, same bytes (default: %(default)s)")
    generating.add_argument("--as-of", type=_moment, default=None, metavar="TIME", help="the company's now, ISO 8601")
    return parser


def _positive(text: str) -> int:
    """A whole number from 1 on."""
    return _whole(text, 1, None)


def _port(text: str) -> int:
    """A port, or 0 for any that is free."""
    return _whole(text, 0, 65_535)


def _whole(text: str, least: int, most: int | None) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"is no whole number: {text}")
    number = int(text)
    if number < least:
        raise argparse.ArgumentTypeError(f"must be at least {least}: {text}")
    if most is not None and number > most:
        raise argparse.ArgumentTypeError(f"must be at most {most}: {text}")
    return number


def _moment(text: str) -> datetime:
    """An ISO 8601 moment; UTC where no offset is given."""
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fault(text: str) -> tuple[str, float]:
    """`name=value`; whether there is such a switch is checked when it is set."""
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE with a number: {text}") from None


if __name__ == "__main__":
    sys.exit(main())
