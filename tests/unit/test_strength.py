"""How strong a password is said to be: with the machine's libpwquality, and without any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.host.strength import Strength, strength
from zeus_installer.system.secrets import Secret


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeus_installer.host.strength.LIBRARY", "libpwquality.so.0")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "No password supplied"),
        ("zeus", "The password is shorter than 8 characters"),
        ("xyz12321zyx", "The password is a palindrome"),
        ("Qroot-17x", "The password contains the user name in some form"),
    ],
)
def test_libpwquality_says_what_is_wrong(text: str, why: str) -> None:
    assert strength(Secret(text)) == Strength(score=0, word="too weak", why=why)


@pytest.mark.parametrize(
    ("text", "word"),
    [("password", "too weak"), ("12345678", "too weak"), ("Vw7nqLp4s", "fair"), ("Zz9!kfQw02xY", "strong")],
)
def test_libpwquality_gives_a_score(text: str, word: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert strength(Secret(text)).word == word
    # cracklib writes there when it misses its dictionary, across the screen of whoever asked.
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("no_library")
@pytest.mark.parametrize(
    ("text", "score", "word"),
    [
        ("", 0, "too weak"),
        ("zeus", 18, "too weak"),
        ("aaaaaaaaaaaaaaaa", 4, "too weak"),
        ("abcdefgh87654321", 10, "too weak"),
        ("hjkvplsd", 32, "too weak"),
        ("hwkvplsd", 37, "weak"),
        ("Hk8wpXsd4v", 59, "fair"),
        ("Zz9!kfQw02xY", 78, "strong"),
        ("mozna prilis zlutoucky kun", 100, "strong"),
    ],
)
def test_without_libpwquality_it_is_an_estimate(text: str, score: int, word: str) -> None:
    found = strength(Secret(text))
    assert (found.score, found.word, found.why, found.estimate) == (score, word, "", True)


ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_there_is_an_answer_to_any_text(text: str) -> None:
    assert 0 <= strength(Secret(text)).score <= 100


@given(ANY_TEXT)
def test_there_is_an_estimate_of_any_text(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zeus_installer.host.strength.LIBRARY", "libpwquality.so.0")
        found = strength(Secret(text))
    assert found.estimate
    assert 0 <= found.score <= 100
