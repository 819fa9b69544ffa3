"""seeds/benchmarks.csv: every bad row is named with its line and what is allowed; a good new row needs no code."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration import run, transform
from orchestration.checks import seed_rules
from orchestration.checks.metrics import Metric, known_metrics, metrics_of
from orchestration.checks.seed import BENCHMARKS_CSV, read_benchmarks
from orchestration.checks.seed_rules import COLUMNS, check_benchmarks, problems
from orchestration.dbt_manifest import manifest
from orchestration.settings import UserError

METRICS = {
    "win_rate": Metric("win_rate", "int_benchmark_rates", "ratio", ("all", "smb"), "select 1"),
    "cac": Metric("cac", "int_benchmark_unit_economics", "money", ("all",), "select 1"),
}
HEADER = ",".join(COLUMNS)
GOOD = "win_rate,all,0.20,0.30,at_least,error,20,ratio,3,HubSpot deals,a guide,Review lost deals."


def of(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> list[str]:
    file = tmp_path / "benchmarks.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return problems(file, METRICS)


def test_the_file_that_comes_with_the_project_has_no_problem() -> None:
    check_benchmarks()
    assert len(read_benchmarks()) == BENCHMARKS_CSV.read_text(encoding="utf-8").count("\n") - 1


def test_a_new_row_for_a_known_metric_and_segment_is_a_benchmark(tmp_path: Path) -> None:
    assert of(tmp_path, GOOD, GOOD.replace("all", "smb")) == []
    found = read_benchmarks(tmp_path / "benchmarks.csv")
    assert list(found) == [("win_rate", "all"), ("win_rate", "smb")]
    smb = found["win_rate", "smb"]
    assert (smb.title, smb.severity, smb.window_months, smb.min_n) == ("win rate (smb)", "error", 3, 20)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("win_rate", "winrate", "metric 'winrate' is not known; known: cac, win_rate"),
        ("win_rate", "win_rate ", "metric 'win_rate ' is not known; known: cac, win_rate"),
        ("all", "start-ups", "segment 'start-ups' does not exist for win_rate; allowed: all, smb"),
        ("0.20", "0.40", "low 0.40 is above high 0.30"),
        ("0.20", "20 %", "low '20 %' is no number; allowed: a number with a point, as 0.32, or nothing"),
        ("0.20", ".", "low '.' is no number; allowed: a number with a point, as 0.32, or nothing"),
        ("0.20", "nan", "low 'nan' is no number; allowed: a number with a point, as 0.32, or nothing"),
        ("0.20", "0.1234567", "low '0.1234567' cannot be kept; allowed: below 1,000,000,000,000, up to 6 decimals"),
        ("0.30", "30", "high 30 is no fraction of one; 32 % is written 0.32"),
        ("0.20", "", "direction at_least needs a number in low"),
        ("at_least", "more", "direction 'more' is not allowed; allowed: at_least, at_most, between"),
        ("error", "fatal", "severity 'fatal' is not allowed; allowed: warn, error"),
        (",20,", ",0,", "min_n '0' is not allowed; allowed: a whole number from 1 on"),
        (",3,", ",3.5,", "window_months '3.5' is not allowed; allowed: a whole number from 1 to 36"),
        (",3,", ",37,", "window_months '37' is not allowed; allowed: a whole number from 1 to 36"),
        ("ratio", "percent", "unit 'percent' is not allowed for win_rate; allowed: ratio"),
        ("a guide", " ", "source is empty"),
        (
            "0.20",
            "0,20",
            "has 13 fields, the header 12; a text with a comma in it stands between double quotes",
        ),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_what_is_allowed(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert of(tmp_path, GOOD.replace("all", "smb"), GOOD.replace(old, new, 1)) == [f"benchmarks.csv line 3: {told}"]


def test_money_is_in_a_currency(tmp_path: Path) -> None:
    row = "cac,all,200,1000,at_most,error,10,{},3,spend,a guide,Move budget."
    assert of(tmp_path, row.format("sek")) == []
    allowed = "unit 'USD' is not allowed for cac; allowed: a currency code in small letters, as usd"
    assert of(tmp_path, row.format("USD")) == [f"benchmarks.csv line 2: {allowed}"]


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    found = of(tmp_path, GOOD.replace("ratio", "days").replace("error", "loud"), "", GOOD.replace("0.20", "0.5"))
    assert [line.split(": ")[0] for line in found] == [
        "benchmarks.csv line 2",
        "benchmarks.csv line 2",
        "benchmarks.csv line 4",
        "benchmarks.csv line 4",
    ]
    assert found[-1] == "benchmarks.csv line 4: win_rate of segment all stands in line 2 already; keep one of them"


def test_a_line_is_counted_where_it_begins(tmp_path: Path) -> None:
    long = GOOD.replace("Review lost deals.", '"Review\nlost deals."').replace("all", "smb")
    assert of(tmp_path, long, GOOD.replace("ratio", "days")) == [
        "benchmarks.csv line 4: unit 'days' is not allowed for win_rate; allowed: ratio"
    ]


def test_a_missing_column_and_a_swedish_spreadsheet_are_told(tmp_path: Path) -> None:
    (told,) = of(tmp_path, GOOD, header=HEADER.replace("high", "hgih"))
    assert told == f"benchmarks.csv line 1: column high is missing; the columns are {', '.join(COLUMNS)}"
    (told,) = of(tmp_path, header=HEADER.replace(",", ";"))
    assert told.startswith("benchmarks.csv line 1: the columns are separated by semicolons; save the file with commas")
    (told,) = of(tmp_path, GOOD.replace("a guide", "försäljning"), encoding="latin-1")
    assert told.startswith("benchmarks.csv: is no CSV file in UTF-8")
    assert of(tmp_path, GOOD, encoding="utf-8-sig") == []


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    assert problems(tmp_path / "benchmarks.csv", METRICS) == [
        "benchmarks.csv: cannot be read (No such file or directory)"
    ]
    assert read_benchmarks(tmp_path / "benchmarks.csv") == {}


def test_bad_rows_are_one_error_with_a_line_each(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.csv"
    file.write_text(f"{HEADER}\n{GOOD.replace('win_rate', 'x')}\n{GOOD.replace('ratio', 'days')}\n", encoding="utf-8")
    with pytest.raises(UserError) as raised:
        check_benchmarks(file)
    assert [line.split(";")[0] for line in raised.value.lines] == [
        "benchmarks.csv line 2: metric 'x' is not known",
        "benchmarks.csv line 3: unit 'days' is not allowed for win_rate",
    ]


@pytest.fixture
def bad_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with two bad rows in the place of the project's."""
    file = tmp_path / "benchmarks.csv"
    file.write_text(f"{HEADER}\n{GOOD.replace('win_rate', 'x')}\n{GOOD.replace('ratio', 'days')}\n", encoding="utf-8")
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    for module in (seed_rules, transform):
        monkeypatch.setattr(module, "check_benchmarks", lambda: check_benchmarks(file))


@pytest.mark.usefixtures("bad_seed")
def test_make_run_tells_a_line_a_problem_and_builds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([]) == 1
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert lines[0].startswith("revfunnel: benchmarks.csv line 2: metric 'x' is not known; known: acv, ")
    assert lines[1] == "revfunnel: benchmarks.csv line 3: unit 'days' is not allowed for win_rate; allowed: ratio"
    assert (len(lines), told.out) == (2, "")
    assert not (tmp_path / "warehouse.duckdb").exists()
    assert not (tmp_path / "sandbox").exists()


@pytest.mark.usefixtures("bad_seed")
def test_the_dbt_step_fails_with_a_line_a_problem_before_dbt_starts(tmp_path: Path) -> None:
    result = dg.materialize([transform.dbt_models], resources={"dbt": transform.dbt}, raise_on_error=False)
    (event,) = [event for event in result.all_events if event.is_step_failure]
    message = str(event.step_failure_data.user_failure_data and event.step_failure_data.user_failure_data.description)
    assert [line.split(":")[0] for line in message.splitlines()] == ["benchmarks.csv line 2", "benchmarks.csv line 3"]
    assert not (tmp_path / "dbt").exists()


def test_what_cannot_be_read_is_no_benchmark(tmp_path: Path) -> None:
    """Dagster loads all the same, and shows the checks of the good rows; the models are not built."""
    file = tmp_path / "benchmarks.csv"
    file.write_text(f"{HEADER}\n{GOOD.replace(',20,', ',many,')}\nwin_rate\n{GOOD}\n{GOOD}\n", encoding="utf-8")
    assert list(read_benchmarks(file)) == [("win_rate", "all")]


def test_every_model_that_gives_metrics_is_among_the_values_and_the_reverse() -> None:
    """The only other place that would have to know of a new model."""
    nodes = manifest()["nodes"]
    parents = nodes["model.revfunnel.int_benchmark_values"]["depends_on"]["nodes"]
    assert {nodes[parent]["name"] for parent in parents} == {metric.model for metric in known_metrics().values()}


def test_two_models_cannot_give_one_metric() -> None:
    told = {"unit": "ratio", "segments": ["all"], "rows": "select 1"}
    nodes = {name: {"name": name, "config": {"meta": {"benchmarks": {"win_rate": told}}}} for name in ("a", "b")}
    with pytest.raises(ValueError, match="metric win_rate is given by a and by b"):
        metrics_of({"nodes": nodes})
