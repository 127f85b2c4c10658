"""A number is dialled as it is meant, on the phone and on the public page alike."""

import json

import pytest

from server.policy.dialling import dialled
from tests.app.quick import Core


@pytest.fixture(scope="module")
def core() -> Core:
    return Core()


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("0350-1234567（工作日 9:00—17:00）", "03501234567"),
        ("(0350)6521234转801", "03506521234"),
        ("138 0000 1111", "13800001111"),
        ("0350-1234567 13800001111", "03501234567"),
        ("13800001111、13900002222", "13800001111"),
        ("电话：０３５０－６５２１２３４", "03506521234"),
        ("12345", "12345"),
        ("请到县邮政公司问", ""),
        ("", ""),
    ],
)
def test_the_first_number_is_dialled_and_nothing_behind_it(
    core: Core, written: str, digits: str
) -> None:
    assert dialled(written) == digits
    assert core.run(f"return dialled({json.dumps(written)});") == digits
