"""`make scenarios DIR=...`: serve a folder, run the whole pipeline on it, compare the marts with what must come out.

With `--truth` the comparison is with DIR/truth, which the simulation behind a generated company has written;
without it, with DIR/expected, which people have derived by hand, scenario by scenario.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from orchestration.driver.comparison import Comparison, by_scenario, scenario_of
from orchestration.driver.expectations import compare_folder
from orchestration.settings import UserError, load_settings

_PER_CUSTOMER = ("mrr_month_end", "movements", "identity")
_MOST_SHOWN = 40  # differences a table that --truth lists


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 if everything is as expected, 1 if something differs or could not be run."""
    options = _parse(arguments)
    try:
        if options.home:
            return _run(options, options.home)
        with tempfile.TemporaryDirectory(prefix="revfunnel-scenarios-") as home:
            return _run(options, Path(home))
    except UserError as error:
        print(f"revfunnel: {error}", file=sys.stderr)
        return 1


def run_folder(folder: Path, home: Path) -> Path:
    """Serve `folder` and materialise everything into `home`; the published file.

    Raises:
        UserError: the folder is none of ours, or the run failed.
    """
    from orchestration.driver.execution import materialise_everything
    from orchestration.driver.local_sandbox import served, told_by_meta
    from orchestration.driver.session import log_file
    from orchestration.environment import environ

    if not (folder / "meta.json").is_file():
        raise UserError(f"{folder} is no scenario folder: it has no meta.json")
    # Whatever dates and currency the user has set are for the user's own company, not for this one.
    with environ({"REVFUNNEL_HOME": str(home.resolve()), **told_by_meta(folder)}):
        log = log_file(load_settings(), "scenarios")
        with served(folder, log) as addresses, environ(addresses):
            settings = load_settings()
            outcome = materialise_everything(settings, log)
        if not outcome.succeeded:
            raise UserError(f"the run failed: {'; '.join(outcome.problems)} (log: {log})")
        return settings.published_path


def compare_published(folder: Path, published: Path, *, truth: bool) -> list[Comparison]:
    """Compare a published file with the folder's expected tables."""
    import duckdb

    with duckdb.connect(str(published), read_only=True) as connection:
        row = connection.execute("select as_of from marts.meta").fetchone()
        as_of: datetime = row[0] if row else datetime.max
        return compare_folder(folder, connection, as_of, truth=truth)


def _run(options: argparse.Namespace, home: Path) -> int:
    published = run_folder(options.folder.resolve(), home)
    comparisons = compare_published(options.folder.resolve(), published, truth=options.truth)
    if not comparisons:
        raise UserError(f"{options.folder} has no {'truth' if options.truth else 'expected'} tables to compare with")
    if options.truth:
        return _report_truth(comparisons, options.at_least)
    return _report_scenarios(comparisons)


def _report_scenarios(comparisons: Sequence[Comparison]) -> int:
    per_customer = [comparison for comparison in comparisons if comparison.name in _PER_CUSTOMER]
    counts = {comparison.name: by_scenario(comparison) for comparison in per_customer}
    scenarios = sorted({scenario for table in counts.values() for scenario in table})
    print(f"\n{'scenario':<10}" + "".join(f"{name:>16}" for name in counts) + "   matched / expected")
    matching = 0
    for scenario in scenarios:
        cells = [counts[name].get(scenario, (0, 0)) for name in counts]
        is_match = all(matched == expected for matched, expected in cells)
        matching += is_match
        told = "".join(f"{f'{matched} / {expected}':>16}" for matched, expected in cells)
        print(f"{scenario:<10}{told}   {'ok' if is_match else 'DIFFERS'}")
    _report_tables(comparisons)
    for comparison in comparisons:
        for difference in comparison.differences:
            print(f"  {comparison.name}: {difference}")
    print(f"\n{matching} of {len(scenarios)} scenarios match")
    return 0 if all(not comparison.differences for comparison in comparisons) else 1


def _report_truth(comparisons: Sequence[Comparison], at_least: Decimal) -> int:
    _report_tables(comparisons)
    for comparison in comparisons:
        for difference in comparison.differences[:_MOST_SHOWN]:
            print(f"  {comparison.name}: {difference}")
        if (more := len(comparison.differences) - _MOST_SHOWN) > 0:
            print(f"  {comparison.name}: and {more} more")
    mrr = next((comparison for comparison in comparisons if comparison.name == "mrr_month_end"), comparisons[0])
    worst = Counter(scenario_of(key[0]) for key in mrr.wrong_keys).most_common(5)
    print(f"\n{mrr.share:.2%} of {mrr.expected:,} customer-months equal the truth (wanted {at_least:.0%})")
    if worst:
        print("most months wrong: " + ", ".join(f"{customer} {months}" for customer, months in worst))
    return 0 if mrr.share >= at_least else 1


def _report_tables(comparisons: Sequence[Comparison]) -> None:
    print(f"\n{'table':<16}{'matched / expected':>20}{'differences':>14}")
    for comparison in comparisons:
        told = f"{comparison.matched:,} / {comparison.expected:,}"
        print(f"{comparison.name:<16}{told:>20}{len(comparison.differences):>14,}")


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.scenarios", description="Run a folder of objects and compare."
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--truth", action="store_true", help="compare with DIR/truth instead of DIR/expected")
    parser.add_argument("--at-least", type=Decimal, default=Decimal("0.95"), help="share for --truth to pass")
    parser.add_argument("--home", type=Path, help="keep the warehouse here instead of in a temporary folder")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
