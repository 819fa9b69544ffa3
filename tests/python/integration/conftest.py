"""What several test files share: an account that lives, and what is read of one run."""

from pathlib import Path

import pytest
from filelock import FileLock

from orchestration.scenarios import run_folder
from tests.python.conftest import StartSandbox
from tests.python.raw_layer.account import Account
from tests.python.raw_layer.cases import SEED, Living
from tests.python.rule_cases.book import all_cases


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small generated company."""
    from sandbox.company import generate

    folder = tmp_path_factory.mktemp("company")
    generate(folder, customers=12, months=4, seed=SEED, as_of=None)
    return folder


@pytest.fixture
def living(sandbox_server: StartSandbox, small_company: Path) -> Living:
    """Accounts that live, each by a seed and on a server of its own."""
    return lambda seed: Account(sandbox_server(small_company), small_company, seed)


@pytest.fixture(scope="session")
def rules_folder(rules_home: Path) -> Path:
    """The folder of all rule cases."""
    return rules_home.parent / "book"


@pytest.fixture(scope="session")
def rules_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The home of a run over all rule cases; one run, however many processes want it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "rules"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / "lock"):
        if not (shared / "home" / "published.duckdb").exists():
            all_cases().write(shared / "book")
            run_folder(shared / "book", shared / "home")
    return shared / "home"
