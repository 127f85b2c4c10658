"""A town that works and remembers each yes: keepers, an inspector who has visits signed, a cashier."""

import base64
import hashlib
import http.client
import io
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder

from server.http.desk_cookie import DESK_COOKIE
from server.models.person import SignInKind
from server.policy.standard.standards import standards_in
from server.settings import ROOT
from tests.api.documents import documented
from tests.api.events import batch
from tests.api.rounds import inspection, open_round, visit_of
from tests.drills.house import LONG, PATIENCE_S, Installation
from tests.drills.real_phone import RealPhone
from tests.factories import TODAY, Cast, Pass, make_sign_in
from tests.services.subsidies import world as money

WORK_S = 12.0 if LONG else 4.0
PDF = b"%PDF-1.7\npaid\n%%EOF\n"


@dataclass(frozen=True)
class Heard:
    """One yes of the house: when it was heard, of what, and what must be there ever after."""

    at: float
    what: str  # event, photo, signed, paid
    id: str
    sha256: str = ""


@dataclass
class Ears:
    """All that the people of this drill were told."""

    heard: list[Heard] = field(default_factory=list)

    def hear(self, what: str, id_: str, sha256: str = "") -> None:
        """Note a yes, at the moment at which it has been read."""
        self.heard.append(Heard(time.time(), what, id_, sha256))


class ListeningPhone(RealPhone):
    """A keeper's phone that tells at once what it hears."""

    ears: Ears

    def _http(self, method: str, path: str, body: str, sha256: str) -> str:
        said = super()._http(method, path, body, sha256)
        answer = json.loads(said) if said else {}
        if answer.get("status") in (200, 201):
            if sha256:
                self.ears.hear("photo", path.rsplit("/", 1)[1], sha256)
            for one in (answer["body"] or {}).get("results", ()):
                if one.get("result") == "ok":
                    self.ears.hear("event", one["id"])
        return said


class Town:
    """静乐 with two keepers and an inspector, 西平 with money to pay: who acts, and on what."""

    def __init__(self, home: Path, url: str | None, template: Path | None) -> None:
        self.ears = Ears()
        self.signed: list[dict[str, Any]] = []
        self.lines: list[tuple[int, int]] = []
        self.installation = Installation(home, url, template=template, more=self._build)
        self.installation.engine.dispose()

    def _build(self, session: Session, cast: Cast) -> None:
        standards = standards_in(ROOT / "standards")
        round_ = open_round(session, cast, standards)
        self.inspector = make_sign_in(session, cast.wang)
        for station in (cast.c1, cast.c2, cast.xz1):
            sent = inspection(station, visit_of(session, round_, station))
            self.signed.append(
                documented(
                    session,
                    sent,
                    station=station,
                    campaign=round_,
                    by=cast.wang,
                    standards=standards,
                )
            )
        paying = money.xiping(session, cast, points=12)
        rows = money.approved(session, paying)
        money.accounts(session, paying, rows)
        _, lines = money.released(session, paying, rows)
        self.lines = [(one.batch_id, one.id) for one in lines]
        self.cashier: Pass = make_sign_in(session, paying.first, SignInKind.DESK)

    def work(
        self,
        address: tuple[str, int],
        chance: random.Random,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """Everybody works for a while; whoever fails says so. `meanwhile` is done each second."""
        over = time.monotonic() + WORK_S
        troubles: list[BaseException] = []

        def told(what: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                try:
                    what()
                except BaseException as trouble:  # noqa: BLE001 - told in the test's own thread
                    troubles.append(trouble)

            return run

        doing = [lambda: self._keeper(0, address, over), lambda: self._keeper(1, address, over),
                 lambda: self._inspector(address, over, chance),
                 lambda: self._cashier(address, over, chance)]  # fmt: skip
        threads = [threading.Thread(target=told(one)) for one in doing]
        for one in threads:
            one.start()
        while meanwhile is not None and time.monotonic() < over:
            meanwhile()
            threads[0].join(1)
        for one in threads:
            one.join(WORK_S + PATIENCE_S)
        if troubles:
            raise troubles[0]

    def _keeper(self, which: int, address: tuple[str, int], over: float) -> None:
        token, person_id, station_id = self.installation.keepers[which]
        phone = ListeningPhone(address, token, person_id, station_id, f"C000{which + 1}")
        phone.ears = self.ears
        turn = 0
        while time.monotonic() < over:
            turn += 1
            if turn % 3:
                phone.count(turn) if turn % 2 else phone.check_in(30_000)
            else:
                phone.note(14_000, 60_000)
            phone.sync()

    def _inspector(self, address: tuple[str, int], over: float, chance: random.Random) -> None:
        headers = {**self.inspector.headers, "Content-Type": "application/json"}
        for one in self.signed:
            time.sleep(chance.uniform(0, max(0.0, (over - time.monotonic()) / 3)))
            body = json.dumps(batch(one)).encode()
            said = _asked(address, "POST", "/api/v1/sync", body, headers)
            [result] = json.loads(said.body)["results"]
            assert (said.status, result["result"]) == (200, "ok"), said.body.decode()
            text = one["payload"]["document"].encode()
            self.ears.hear("signed", one["id"], hashlib.sha256(text).hexdigest())

    def _cashier(self, address: tuple[str, int], over: float, chance: random.Random) -> None:
        for batch_id, line in self.lines:
            time.sleep(chance.uniform(0, max(0.0, (over - time.monotonic()) / 6)))
            paper = PDF + str(line).encode()
            form = EnvironBuilder(
                method="POST",
                data={
                    "csrf": self.cashier.csrf, "what": "paid", "line": str(line),
                    "on": TODAY.isoformat(), "receipt": (io.BytesIO(paper), "回单.pdf"),
                },
            )  # fmt: skip
            sent = form.get_environ()
            headers = {
                "Content-Type": sent["CONTENT_TYPE"],
                "Cookie": f"{DESK_COOKIE}={self.cashier.token}",
            }
            where = f"/desk/subsidies/batches/{batch_id}"
            said = _asked(address, "POST", where, sent["wsgi.input"].read(), headers)
            assert (said.status, said.headers["Location"]) == (303, where), said.body.decode()
            notice = said.headers["Set-Cookie"].partition("=")[2].partition(".")[0]
            assert b'"bad"' not in base64.urlsafe_b64decode(f"{notice}==")
            self.ears.hear("paid", str(line), hashlib.sha256(paper).hexdigest())


class Said(NamedTuple):
    """One answer."""

    status: int
    headers: Message
    body: bytes


def _asked(
    address: tuple[str, int], method: str, path: str, body: bytes, headers: dict[str, str]
) -> Said:
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, headers | {"Connection": "close"})
        answer = connection.getresponse()
        return Said(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
