"""What is said about a key that works but should not be used."""

import pytest
from pydantic import SecretStr

from orchestration.settings import Settings
from orchestration.stripe.client import key_warning


@pytest.mark.parametrize(
    ("key", "base", "said"),
    [
        ("sk_live_1", None, "restricted"),
        ("sk_test_1", "http://127.0.0.1:1", "restricted"),
        ("rk_test_1", None, "test-mode"),
        ("rk_test_1", "http://127.0.0.1:1", None),
        ("rk_live_1", None, None),
    ],
)
def test_a_key_of_the_wrong_kind_is_told_in_one_line(key: str, base: str | None, said: str | None) -> None:
    settings = Settings(stripe_api_key=SecretStr(key), hubspot_access_token=SecretStr("t"), stripe_api_base=base)
    warning = key_warning(settings)
    if said is None:
        assert warning is None
    else:
        assert warning and said in warning and "Create restricted key" in warning
        assert key not in warning and "\n" not in warning
