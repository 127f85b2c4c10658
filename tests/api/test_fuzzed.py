"""Whatever is sent to the phones' door, by whoever, the answer is no fault of ours."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from werkzeug.datastructures import Headers

from server.models.person import Person
from server.models.rectification import Rectification
from tests.api.events import batch, check_in, count, jpeg, note, photo
from tests.api.rounds import inspection, mend
from tests.factories import Cast, make_sign_in
from tests.fuzzing import ENGINES, LONG, spoilt, tried

HIS_OWN = {"Authorization", "Content-Length", "Content-Type", "Host", "Cookie"}


class Faults:
    """What went wrong, and of how many tries."""

    def __init__(self) -> None:
        self.tries = 0
        self.found: list[str] = []

    def look(self, answer: Any, told: str) -> None:
        """One answer: nothing of ours, and every refusal with its code and a sentence."""
        self.tries += 1
        if answer.status_code >= 500:
            self.found.append(f"{answer.status_code} {told}")
        elif answer.status_code >= 400:
            body = answer.get_json(silent=True) or {}
            if not (body.get("code") and body.get("detail")):
                self.found.append(f"{answer.status_code} without words {told}")


@pytest.fixture
def passes(session: Session, world: dict[str, Any]) -> dict[str, dict[str, str]]:
    return renewed(session, world)


def renewed(session: Session, world: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What each person's phone sends along; a case may have signed somebody out."""
    people: dict[str, Person] = world["people"]
    held = {name: make_sign_in(session, person).headers for name, person in people.items()}
    session.commit()
    return {"nobody": {}, **held}


def said(**request: Any) -> str:
    return json.dumps(request, default=repr, ensure_ascii=True)[:3000]


def is_header(name: str, value: str) -> bool:
    try:
        Headers([(name, value)])
        (name + value).encode("latin-1")
    except (ValueError, UnicodeEncodeError):
        return False
    return name not in HIS_OWN


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.timeout(7200 if LONG else 300)
def test_what_the_document_allows_and_forbids(
    client: FlaskClient, session: Session, world: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    import schemathesis

    faults, ids = Faults(), {name: str(one) for name, one in world.items() if name != "content"}
    document = client.get("/api/v1/openapi.json").json

    def ask(passes: dict[str, dict[str, str]], drawn: tuple[Any, str, bool]) -> None:
        case, who, known = drawn
        if known:
            case.path_parameters = {
                name: ids.get(name, value) for name, value in case.path_parameters.items()
            }
        headers = {
            name: str(value)
            for name, value in (case.headers or {}).items()
            if is_header(name, str(value))
        }
        body: dict[str, Any] = {}
        if not isinstance(case.body, schemathesis.core.NotSet):
            raw = isinstance(case.body, bytes)
            body["data"] = case.body if raw else json.dumps(case.body, default=str)
            body["content_type"] = case.media_type
        address = f"{case.method} {case.formatted_path}"
        answer = client.open(
            case.formatted_path, method=case.method, query_string=case.query or {},
            headers=headers | passes[who], **body,
        )  # fmt: skip
        faults.look(
            answer, said(who=who, address=address, query=case.query, headers=headers, body=body)
        )

    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation, held = found.ok(), renewed(session, world)
        for mode in schemathesis.GenerationMode:
            cases = st.tuples(
                operation.as_strategy(generation_mode=mode),
                st.sampled_from(sorted(held)),
                st.booleans(),
            )
            tried(cases, partial(ask, held), some=2, many=90)
    if LONG:
        with capsys.disabled():
            print(f"\n{faults.tries} cases of the document")
    assert faults.tries > (4000 if LONG else 100)
    assert not faults.found, "\n".join(faults.found[:20])


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.timeout(7200 if LONG else 300)
def test_good_records_with_something_odd_in_them(
    client: FlaskClient, session: Session, cast: Cast, world: dict[str, Any],
    passes: dict[str, dict[str, str]], capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    faults, at = Faults(), cast.c1.id
    mended = session.get_one(Rectification, int(world["rectification_id"]))
    good: list[tuple[str, str, Callable[[], Any]]] = [
        ("老李", "/sync", lambda: batch(check_in(at, "C0001", method="typed"))),
        ("老李", "/sync", lambda: batch(check_in(at, world["token"]))),
        ("老李", "/sync", lambda: batch(count(at), count(at))),
        ("老李", "/sync", lambda: batch(note(at, photo(jpeg())))),
        ("老李", "/sync", lambda: batch(mend(mended, photo(jpeg()), note="好了"))),
        ("王督导", "/sync", lambda: batch(inspection(cast.c1, failing=["A3-42b"]))),
        ("老李", "/self-checks", lambda: {"device_id": "phone-1", "checks": [{"key": "camera"}]}),
        ("老李", f"/photos/{world['photo_id']}/withdrawn", lambda: {"reason": "lost"}),
        ("老李", f"/keeper/inspections/{world['inspection_id']}/confirm", lambda: {"agree": True}),
        ("县办", f"/rounds/rectifications/{mended.id}/return", lambda: {"reason": "看不清"}),
        ("nobody", "/session/bind", lambda: {"code": "ABCD-EFGH", "device_id": "phone-1"}),
    ]

    def ask(who: str, path: str, body: Any) -> None:
        text = json.dumps(body)
        answer = client.post(
            f"/api/v1{path}", data=text, content_type="application/json", headers=passes[who]
        )
        faults.look(answer, said(who=who, path=path, body=text))

    for who, path, make in good:
        tried(st.builds(make).flatmap(spoilt), partial(ask, who, path), some=6, many=200)
    if LONG:
        with capsys.disabled():
            print(f"\n{faults.tries} odd records")
    assert not faults.found, "\n".join(faults.found[:20])
