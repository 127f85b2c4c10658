"""More requests than a house can serve: sent when they are due, whether the last ones are back or not."""

import asyncio
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.models.county import County
from server.services.intake.quotas import KEY
from tests.api.events import batch, check_in
from tests.drills.house import Installation, Web
from tests.drills.processes import family_of

WAIT_S = 30.0


@dataclass(frozen=True)
class Answer:
    """One request's fate; `status` 0 where nobody answered."""

    record: str
    status: int
    took_s: float
    retry_after: str


def check_in_request(station_id: int, token: str, *, odd: bool = False) -> tuple[str, bytes]:
    """One new record in a batch of its own: its id, and the request's bytes.

    An odd one says more of its kind than any phone of ours: it goes the long way (decision 0042),
    which is several times as much work.
    """
    item = check_in(station_id, "C0001", method="typed")
    body = json.dumps(batch(item)).encode()
    head = (
        "POST /api/v1/sync HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Content-Type: application/json{'; of=another' if odd else ''}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return item["id"], head.encode() + body


async def _ask(address: tuple[str, int], record: str, request: bytes) -> Answer:
    began = time.perf_counter()
    status, after = 0, ""
    try:
        async with asyncio.timeout(WAIT_S):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(request)
            head, _, _ = (await reader.read()).partition(b"\r\n\r\n")
            writer.close()
        first, *lines = head.decode("latin-1").split("\r\n")
        status = int(first.split()[1])
        named = dict(line.split(": ", 1) for line in lines)
        after = named.get("Retry-After", "")
    except (OSError, TimeoutError, IndexError):
        pass
    return Answer(record, status, time.perf_counter() - began, after)


def sustained(address: tuple[str, int], made: Any, *, callers: int, seconds: float) -> list[Answer]:
    """Callers who each wait for an answer before they ask again: what the house serves at ease."""

    async def caller(until: float) -> list[Answer]:
        found = []
        while time.perf_counter() < until:
            found.append(await _ask(address, *made()))
        return found

    async def all_callers() -> list[Answer]:
        until = time.perf_counter() + seconds
        lists = await asyncio.gather(*(caller(until) for _ in range(callers)))
        return [one for found in lists for one in found]

    return asyncio.run(all_callers())


def rush(address: tuple[str, int], made: Any, *, rate: float, seconds: float) -> list[Answer]:
    """So many requests a second, whatever becomes of them."""

    async def all_requests() -> list[Answer]:
        began, asked = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            if (ahead := began + number / rate - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            asked.append(asyncio.create_task(_ask(address, *made())))
        return list(await asyncio.gather(*asked))

    return asyncio.run(all_requests())


def p95(answers: list[Answer]) -> float:
    """The time within which 95 of 100 were answered, in seconds."""
    took = sorted(one.took_s for one in answers)
    return took[math.ceil(0.95 * len(took)) - 1]


def widen_shares(installation: Installation) -> None:
    """Let one keeper hand in as much as a whole county's do."""
    with Session(installation.engine) as session:
        for county in session.scalars(sa.select(County)):
            county.options = {KEY: {"records_a_day": 20_000, "photo_mb_a_day": 20_000}}
        session.commit()


def memory_of(web: Web) -> int:
    """What the web's processes occupy together, in bytes."""
    kinds = [
        line.split()
        for pid in [web.process.pid, *family_of(web.process.pid)]
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    ]
    return sum(int(words[1]) * 1024 for words in kinds if words[0] == "Pss:")
