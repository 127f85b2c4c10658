"""Whatever stands in a form or an address of the desk, the answer is no fault of ours."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from server.media.blobs import FolderStore
from server.models.person import Person, Role
from tests.bodies import make_auditor, make_bureau_person
from tests.desk.addresses import addresses
from tests.desk.held_rounds import hold
from tests.factories import Cast, Pass, make_person
from tests.fuzzing import ENGINES, LONG, ODD_TEXTS, tried
from tests.house.trees import text_of

FIELD = re.compile(r"""(?:form|values|args)(?:\.get|\.getlist)?[(\[]\s*"(\w+)\"""")
LEAVES = re.compile("/desk/sign-out|/devices/")  # nobody would be signed in any more


def fields_of(app: Flask, endpoint: str) -> list[str]:
    """The names that a route's module, and those that all share, ask a form or an address for."""
    module = app.view_functions[endpoint].__module__.replace(".", "/") + ".py"
    shared = ("desk/frame/uploads.py", "desk/frame/list_pages.py")
    return sorted({name for file in (module, *shared) for name in FIELD.findall(text_of(file))})


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.timeout(7200 if LONG else 300)
def test_odd_texts_in_every_field(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, blobs: FolderStore,
    standards: Any, at_desk: Callable[[Person], Pass], desk_of: Callable[[Person], Any],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    hold(desk_of(cast.office).client, session, cast, blobs, standards)
    operator = make_person(session, name="企业员", role=Role.OPERATOR, login="qiye",
                           operator_id=cast.c1.operator_id)  # fmt: skip
    people = [cast.office, cast.officer, cast.outsider, operator, make_bureau_person(session),
              make_auditor(session)]  # fmt: skip
    session.commit()
    client.goes_on = False  # type: ignore[attr-defined]
    found: list[str] = []
    tries = 0
    ways = [one for one in addresses(app, cast) if one[0].rule.startswith(("/desk", "/s/"))]
    for place, (rule, method, address) in enumerate(ways):
        if LEAVES.search(rule.rule) or (not LONG and method == "GET" and place % 4):
            continue
        who = people[place % len(people)] if not LONG and place % 2 else cast.office
        names = st.sampled_from(fields_of(app, rule.endpoint))
        forms = st.lists(st.tuples(names, ODD_TEXTS), max_size=12)
        for person in people if LONG else [who]:
            csrf = at_desk(person).csrf

            def ask(
                form: list[tuple[str, str]], method: str = method, address: str = address,
                csrf: str = csrf, who: str = person.name,
            ) -> None:  # fmt: skip
                told: dict[str, list[str]] = {}
                for name, text in form:
                    told.setdefault(name, []).append(text.encode(errors="replace").decode())
                sent = {"query_string" if method == "GET" else "data": told}
                answer = client.open(address, method=method, headers={"X-CSRF-Token": csrf}, **sent)
                answer.close()
                if answer.status_code >= 500:
                    found.append(f"{answer.status_code} {who} {method} {address} {told!r:.2000}")

            tries += tried(forms, ask, some=1, many=4)
    if LONG:
        with capsys.disabled():
            print(f"\n{tries} forms and addresses of the desk")
    assert tries > 150
    assert not found, "\n".join(found[:20])
