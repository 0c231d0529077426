"""Which passwords are taken for no protection."""

import random
import string

import pytest

from monitoring_as_code.passwords import SHORTEST, WORDS, weakness

FIRST = "is one that is tried first"


@pytest.mark.parametrize(
    "password",
    [
        "admin", "password", "changeme", "grafana", "Grafana123!", "ChangeMe123!", "prom-operator", "admin-admin-admin", "secret", "P@ssw0rd2026",
        "your_password_here", "your-smtp-password", "please-change-me", "supersecretpassword", "123456789012", "000000000000", "aaaaaaaaaaaaaa",
        "abcdefghijklmnop", "qwerty123456", "Prometheus2026!", "  admin\n", "password123456789", "test1234test", "correcthorsebatterystaple",
        "987654321098", "adminadmin1234", "Sommer2026!!", "Winter2026#winter", "qwertyuiopasdf", "asdfghjkl123456",
    ],
)  # fmt: skip
def test_a_default_or_a_favourite_is_tried_first(password: str) -> None:
    assert weakness(password) == FIRST


@pytest.mark.parametrize(("password", "why"), [("", "is empty"), (" \n", "is empty"), ("x8#kQ2!v", "has fewer than 12 characters")])
def test_an_empty_and_a_short_one_are_no_protection(password: str, why: str) -> None:
    assert weakness(password) == why


@pytest.mark.parametrize(
    "password",
    [
        "veritable-oxide-27-mumbles", "xK2admin9fQz", "correct horse lamp tractor", "ahghe4Eequoe", "84629175530461", "Tr0ub4dor&3xx",
        "пароль-длинный-и-свой", "mein-haus-am-see-77", "grafana-is-guarded-by-otters", "sommerregen-auf-blech", "springboard-71-lemur",
    ],
)  # fmt: skip
def test_a_good_one_is_left_alone(password: str) -> None:
    assert weakness(password) is None


def test_what_a_generator_makes_is_never_refused() -> None:
    chance = random.Random(7)
    alphabet = string.ascii_letters + string.digits + "+/"
    for _ in range(5000):
        password = "".join(chance.choice(alphabet) for _ in range(chance.randrange(16, 40)))
        assert weakness(password) is None, password
    for _ in range(1000):
        assert weakness("".join(chance.choice("0123456789abcdef") for _ in range(32))) is None


def test_the_words_are_in_the_order_in_which_they_are_taken_out_and_no_answer_has_the_password() -> None:
    assert [len(each) for each in WORDS] == sorted((len(each) for each in WORDS), reverse=True)
    for password in ("grafana-admin", "x8#kQ2!v"):
        assert password not in str(weakness(password))
    assert str(SHORTEST) in str(weakness("x8#kQ2!v"))


def test_words_of_its_own_surroundings_suggest_themselves() -> None:
    assert weakness("Weaver-Admin-2026", "weaver") == FIRST
    assert weakness("Weaver-Admin-2026") is None
