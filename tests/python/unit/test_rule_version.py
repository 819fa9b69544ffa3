"""The rule version of a close covers every switch that changes MRR."""

import re

from orchestration.settings import PROJECT_ROOT


def test_the_rule_version_covers_the_policies_that_stand_under_mrr_rules() -> None:
    """The section of dbt_project.yml and the macro's list: a switch that is in one only could change MRR unnamed."""
    section = re.search(r"# MRR rules.*?\n(.*?)\n +#", (PROJECT_ROOT / "dbt_project.yml").read_text(), re.DOTALL)
    macros = (PROJECT_ROOT / "dbt_project" / "macros" / "closing.sql").read_text()
    listed = re.search(r"macro revenue_policies\(\).*?return\(\[(.*?)\]\)", macros, re.DOTALL)
    assert section and listed
    policies = re.findall(r"^ +(\w+):", section[1], re.MULTILINE)
    assert len(policies) >= 7
    assert set(re.findall(r"'(\w+)'", listed[1])) == set(policies)
