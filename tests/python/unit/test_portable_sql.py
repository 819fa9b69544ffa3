"""What only DuckDB, or only Spark, understands stands in macros/xdb (DECISIONS.md, "Spark")."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.dbt_manifest import manifest
from orchestration.settings import PROJECT_ROOT

# What is forbidden, and what to use instead.
FORBIDDEN = {
    r"\bqualify\b": "row_number() in a CTE",
    r"\bexclude\s*\(": "the columns by name",
    r"::": "cast()",
    r"//": "floor(a / b)",
    r"\bunnest\s*\(|\bgenerate_\w+\s*\(": "explode, explode_with_position, months_between",
    r"\bwith\s+recursive\b": "a window, or a table of months",
    r"\bsafe_cast\b": "try_bigint, iso_to_date, iso_to_timestamp or try_cast",
    r"\blistagg\b|\bstring_agg\b|\bgroup_concat\b": "joined_texts",
    r"(?<![\w.])concat\s*\(": "||",
    r"\bvarchar\b": "dbt.type_string()",
    r"\btry_cast\s*\((?:[^()]|\([^()]*\))*\s+as\s+(bigint|integer)\s*\)": "try_bigint",
    r"\btry_cast\s*\((?:[^()]|\([^()]*\))*\s+as\s+(date|timestamp\w*)\s*\)": "iso_to_date, iso_to_timestamp",
    r"\bfilter\s*\(\s*where\b": "sum(case when ... end)",
    r"\bdate_diff\s*\(|\bdatediff\s*\(|\bepoch\w*\s*\((?!_)|\bunix_\w+\s*\(": "seconds_between, days_between",
    r"\bstrftime\s*\(|\bdate_format\s*\(|\bto_char\s*\(": "a cast",
    r"\bto_months\s*\(|\bto_days\s*\(|\bdate_add\s*\(|\bdate_sub\s*\(|\bmake_\w*interval\s*\(": "add_months, add_days",
    r"\btimezone\s*\(|\b(from|to)_utc_timestamp\s*\(|\bat\s+time\s+zone\b": "local_time, utc, utc_midnight",
    r"\bfrom_json\s*\(|\bjson_\w*extract\w*\s*\(|->>": "json_struct, once a model, in staging",
    r"(?<![\w.])list_\w+\s*\((?<!list_contains\()|\barray_\w+\s*\(|\bmap_entries\s*\(": "a macro of xdb/json.sql",
    r"\bstring_split\s*\(|\bsplit\s*\(": "split_text",
    r"\bmd5\w*\s*\(|\bhash\s*\(|\bsha2?\w*\s*\(": "digest, text_weight",
    r"\b(arg_max|arg_min|max_by|min_by|any_value|first|last|mode)\s*\(": "row_number()",
    r"\b(median|quantile\w*|percentile\w*)\s*\(": "percentile",
    r"\bhugeint\b|\bubigint\b|\btimestamptz\b": "decimal or bigint, timestamp",
    r"\basof\s+join\b|\bsemi\s+join\b|\banti\s+join\b|\blateral\b": "a join with a condition",
    r"\bgroup\s+by\s+all\b|\border\s+by\s+all\b": "the columns by name",
    r"\bilike\b|\bsimilar\s+to\b|\brlike\b|\bregexp_\w+\s*\(": "lower() like",
}
# What is not SQL of the model itself: calls of macros, comments, texts.
# A join whose condition is one "or" the other: DuckDB finds its way, Spark compares every row with every row.
OR_JOIN = re.compile(r"\bon\n( +)\S[^\n]*(?:\n\1[^\n]*)*?\n\1or\b")
NOT_SQL = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|--[^\n]*|'[^'\n]*'|\"[^\"\n]*\"", re.DOTALL)


def sources() -> Iterator[Path]:
    yield from sorted((PROJECT_ROOT / "models").rglob("*.sql"))
    yield from sorted((PROJECT_ROOT / "tests" / "dbt").rglob("*.sql"))
    for path in sorted((PROJECT_ROOT / "dbt_project" / "macros").rglob("*.sql")):
        # incremental builds are DuckDB's alone
        if not {"xdb", "incremental"} & set(path.parts):
            yield path


def found_in(text: str) -> list[str]:
    """Each forbidden construct in the SQL of a file, without comments, texts and calls of macros."""
    sql = NOT_SQL.sub(" x ", text)
    return [
        f"{match[0].strip()!r}: use {instead}"
        for pattern, instead in FORBIDDEN.items()
        for match in re.finditer(pattern, sql, re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: path.stem)
def test_the_sql_of_a_model_is_understood_by_both_engines(path: Path) -> None:
    assert found_in(path.read_text()) == []


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: path.stem)
def test_windows_say_where_nulls_go(path: Path) -> None:
    """DuckDB puts them last, Spark first. The final order of a table is nobody's key."""
    text = re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(), flags=re.DOTALL)
    for clause in re.findall(
        r"(?<=[\s(])order by\s+(.*?)(?=\s+rows between|\n\s*\)|\)\s*(?:as|=|,|\n|rows)|\Z)", text, re.DOTALL
    ):
        if re.search(r"\border by\s+" + re.escape(clause) + r"\s*\Z", text):
            continue
        assert "nulls last" in clause, f"order by {' '.join(clause.split())}"


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: path.stem)
def test_no_join_has_a_condition_or_another(path: Path) -> None:
    assert not OR_JOIN.search(path.read_text()), "two joins and a union all"


def test_a_join_with_or_is_found() -> None:
    join = "select a from b\ninner join c\n    on\n        b.d = c.d\n"
    assert OR_JOIN.search(join + "        or b.e = c.e\n")
    assert not OR_JOIN.search(join + "        and (\n            b.e = 1\n            or c.e = 1\n        )\n")


@pytest.mark.parametrize(
    "sql",
    [
        "select a::int from b",
        "select a // 2 from b",
        "select * exclude (a) from b",
        "select a from b qualify row_number() over (order by c) = 1",
        "select cast(a as varchar) from b",
        "select try_cast(coalesce(a, b) as bigint) from c",
        "select concat(a, b) from c",
        "select sum(a) filter (where b) from c",
        "select unnest(a) from b",
        "select a ->> 'b' from c",
        "select date_diff('day', a, b) from c",
        "select median(a) from b",
    ],
)
def test_a_construct_that_one_engine_alone_understands_is_found(sql: str) -> None:
    assert found_in(sql)


def test_what_is_read_outside_dbt_is_said_to_be_served() -> None:
    """A check or command that reads a model must find it after a build on Spark too."""
    read = set()
    for path in (PROJECT_ROOT / "orchestration").rglob("*.py"):
        read |= set(re.findall(r"\b(?:intermediate|staging)\.(\w+)", path.read_text()))
    nodes = {node["alias"]: node for node in manifest()["nodes"].values() if node["resource_type"] == "model"}
    unserved = [
        name
        for name in sorted(read & nodes.keys())
        if not nodes[name]["config"].get("meta", {}).get("served")
        and nodes[name]["config"].get("incremental_strategy") != "append"
    ]
    assert read & nodes.keys()
    assert unserved == []
