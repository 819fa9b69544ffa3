"""Which Spark a build uses, from the settings alone: what is refused, and what dbt and pyspark are told."""

import os
import sys
from pathlib import Path

import pytest

from orchestration.settings import Settings, SettingsError, UserError, load_settings
from orchestration.spark.build import check_spark, dbt_target, spark_session

FEWER = f"--conf spark.sql.shuffle.partitions={4 * (os.cpu_count() or 1)}"


def on_spark(tmp_path: Path, spark: str = "local[2]") -> Settings:
    return Settings(home=tmp_path, destination=str(tmp_path / "lake"), engine="spark", spark=spark)


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"REVFUNNEL_ENGINE": "spark"}, "set REVFUNNEL_DESTINATION to a folder"),
        ({"REVFUNNEL_ENGINE": "polars"}, "^REVFUNNEL_ENGINE: .*'duckdb' or 'spark'"),
        ({"REVFUNNEL_SPARK": "host:7077"}, "^REVFUNNEL_SPARK: 'host:7077' is no place where Spark runs; use local"),
        ({"REVFUNNEL_SPARK": "local[0]"}, "^REVFUNNEL_SPARK: "),
        ({"REVFUNNEL_MEMORY": "7 GB"}, "^REVFUNNEL_MEMORY: '7 GB' is no amount of memory like 4g"),
        ({"REVFUNNEL_SPARK_MEMORY": "much"}, "^REVFUNNEL_SPARK_MEMORY: 'much' is no amount of memory like 4g"),
    ],
)
def test_what_cannot_be_used_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str], line: str
) -> None:
    monkeypatch.setenv("REVFUNNEL_HOME", str(tmp_path))
    monkeypatch.delenv("REVFUNNEL_DESTINATION", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=line) as caught:
        load_settings(None)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("spark", "target", "told"),
    [
        ("local[*]", "spark", {"PYSPARK_SUBMIT_ARGS": f"--master local[*] {FEWER} pyspark-shell"}),
        ("spark://host:7077", "spark", {"PYSPARK_SUBMIT_ARGS": "--master spark://host:7077 pyspark-shell"}),
        ("sc://host:15002", "spark", {"SPARK_REMOTE": "sc://host:15002"}),
        (
            "thrift://ann@host",
            "spark_thrift",
            {"REVFUNNEL_SPARK_HOST": "host", "REVFUNNEL_SPARK_PORT": "10000", "REVFUNNEL_SPARK_USER": "ann"},
        ),
    ],
)
def test_every_place_is_told_to_dbt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spark: str, target: str, told: dict[str, str]
) -> None:
    monkeypatch.delenv("PYSPARK_SUBMIT_ARGS", raising=False)
    settings = on_spark(tmp_path, spark)
    assert dbt_target(settings) == target
    with spark_session(settings):
        assert {name: os.environ.get(name) for name in told} == told
    assert not {name for name in told if name in os.environ}


def test_the_users_own_arguments_come_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", "--conf spark.executor.memory=8g pyspark-shell")
    with spark_session(on_spark(tmp_path, "spark://host:7077")):
        arguments = os.environ["PYSPARK_SUBMIT_ARGS"]
    assert arguments == "--master spark://host:7077 --conf spark.executor.memory=8g pyspark-shell"


def test_a_builds_own_tables_are_deleted_even_when_it_fails(tmp_path: Path) -> None:
    made = []
    with pytest.raises(KeyboardInterrupt), spark_session(on_spark(tmp_path)):
        made.append(Path(os.environ["REVFUNNEL_SPARK_WAREHOUSE"]))
        (made[0] / "marts.db").mkdir(parents=True)
        raise KeyboardInterrupt
    assert made[0].is_relative_to(tmp_path / "lake" / "spark_tables")
    assert not made[0].exists()


@pytest.mark.parametrize(
    ("lake", "named", "spark_lake"),
    [
        ("s3://bucket/lake", None, "s3a://bucket/lake"),
        ("gs://bucket/lake", None, "gs://bucket/lake"),
        (
            "az://box/lake",
            "abfss://box@account.dfs.core.windows.net/lake",
            "abfss://box@account.dfs.core.windows.net/lake",
        ),
    ],
)
def test_spark_has_names_of_its_own_for_stores(tmp_path: Path, lake: str, named: str | None, spark_lake: str) -> None:
    assert Settings(home=tmp_path, destination=lake, engine="spark", spark_destination=named).spark_lake == spark_lake


def test_missing_packages_and_java_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    check_spark(Settings(home=tmp_path))  # DuckDB needs neither
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "pyspark", None)
        with pytest.raises(UserError, match=r"needs .*pyspark.*`make setup-spark` installs them"):
            check_spark(on_spark(tmp_path))
    monkeypatch.setattr("orchestration.spark.build._is_installed", lambda _: True)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UserError, match="needs Java 17 or later"):
        check_spark(on_spark(tmp_path))
    check_spark(on_spark(tmp_path, "sc://host:15002"))  # Java is the server's
