"""What is counted, that all processes count together, and who may read it."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server import jobs
from server.chores import Handler, Workshop
from server.db import writing
from server.http import clock
from server.metrics import RESERVED_BYTES, Counters
from server.settings import settings_from
from server.worker import Worker
from tests.api.events import batch, count, jpeg, note, photo, put
from tests.factories import Cast

TOKEN = "a token of good length"
COUNT_ONE = """
import sys
from server.metrics import Counters
from server.services.common.phone_items import ItemResult
counters = Counters()
counters.taken_in([ItemResult("1", "ok")])
counters.job_ended("examine_photo", "done", 0.2)
print(counters.folder, flush=True)
sys.stdin.read()
"""


def sample(text: str, name: str) -> float:
    """The value of one series, as it stands in the text."""
    found = [line.rpartition(" ")[2] for line in text.splitlines() if line.startswith(f"{name} ")]
    assert found, f"{name} is not in\n{text}"
    return float(found[0])


def read(client: FlaskClient, **how: Any) -> str:
    answer = client.get("/metrics", **how)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_requests_records_photos_and_their_lag_are_counted(
    client: FlaskClient, cast: Cast, signed_in: Any
) -> None:
    headers, content = signed_in(cast.li), jpeg()
    shot = photo(content)
    sent = batch(note(cast.c1.id, shot), count(cast.c1.id), count(cast.c2.id))
    for _ in range(2):
        assert client.post("/api/v1/sync", json=sent, headers=headers).status_code == 200
        put(client, headers, shot["id"], content)

    text = read(client)

    route = 'method="POST",rule="/api/v1/sync",status="200"'
    assert sample(text, f"czt_requests_total{{{route}}}") == 2
    assert sample(text, 'czt_sync_results_total{code="",result="ok"}') == 2
    assert sample(text, 'czt_sync_results_total{code="",result="same"}') == 2
    assert sample(text, 'czt_sync_results_total{code="station-not-yours",result="invalid"}') == 2
    assert sample(text, 'czt_photos_received_total{answer="new"}') == 1
    assert sample(text, 'czt_photos_received_total{answer="same"}') == 1
    assert sample(text, "czt_photo_bytes_total") == len(content)
    for kind in ("photo_note", "parcel_count", "photo"):
        labels = f'county="140926",kind="{kind}"'
        assert sample(text, f"czt_arrival_lag_seconds_count{{{labels}}}") == 1
    assert sample(text, 'czt_photos{state="kept"}') == 1
    assert sample(text, 'czt_photos{state="announced"}') == 0
    assert sample(text, 'czt_jobs{state="due"}') == 1


def test_the_oldest_waiting_job_tells_its_age(client: FlaskClient, engine: Engine) -> None:
    now = clock.now()
    with writing(engine) as session:
        jobs.enqueue(session, "a", {}, now=now, run_at=now - timedelta(hours=2))
        jobs.enqueue(session, "later", {}, now=now, run_at=now + timedelta(hours=2))

    age_s = sample(read(client), "czt_oldest_due_job_age_seconds")

    assert 7_200 <= age_s < 7_500


def test_the_worker_counts_its_jobs_by_how_they_ended(engine: Engine, blobs: Any) -> None:
    counters = Counters()

    def fails(*_: object) -> Any:
        raise ValueError

    handlers = {"good": Handler(lambda *_: lambda _session: None), "bad": Handler(fails)}
    with writing(engine) as session:
        for kind in ("good", "bad", "good"):
            jobs.enqueue(session, kind, {}, now=clock.now())
    worker = Worker(Workshop(engine, blobs), handlers=handlers, told=counters.job_ended)

    while worker.do_one():
        pass

    with Session(engine) as session:
        text = counters.text(session, now=clock.now()).decode()
    assert sample(text, 'czt_job_seconds_count{kind="good",outcome="done"}') == 2
    assert sample(text, 'czt_job_seconds_count{kind="bad",outcome="failed"}') == 1


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({}, 200),
        ({"environ_base": {"REMOTE_ADDR": "::1"}}, 200),
        ({"environ_base": {"REMOTE_ADDR": "192.168.1.9"}}, 404),
        ({"environ_base": {"REMOTE_ADDR": "nonsense"}}, 404),
        ({"headers": {"X-Forwarded-For": "127.0.0.1"}}, 404),
        ({"headers": {"Forwarded": "for=127.0.0.1"}}, 404),
        ({"headers": {"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}"}}, 200),
        ({"headers": {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer wrong"}}, 404),
        ({"headers": {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer \xe5\x8f\xa3"}}, 404),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_metrics_are_for_this_machine_and_holders_of_the_token(
    app: Flask, client: FlaskClient, how: dict[str, Any], status: int
) -> None:
    object.__setattr__(app.extensions["settings"], "metrics_token", TOKEN)
    assert client.get("/metrics", **how).status_code == status


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_without_a_token_set_none_opens(client: FlaskClient) -> None:
    headers = {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer "}

    assert client.get("/metrics", headers=headers).status_code == 404


def test_a_token_that_can_be_guessed_is_refused_at_start(tmp_path: Path) -> None:
    from server.errors import Invalid

    with pytest.raises(Invalid, match="CZT_METRICS_TOKEN 太短"):
        settings_from({"CZT_HOME": str(tmp_path), "CZT_METRICS_TOKEN": "short"})


def _process(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", COUNT_ONE],
        env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _shared_text(folder: Path, database: str) -> str:
    """What a process of its own reads out of the folder."""
    code = (
        "import sys; from datetime import UTC, datetime; from sqlalchemy.orm import Session;"
        "from server.db import open_engine; from server.metrics import Counters;"
        "session = Session(open_engine(sys.argv[1]));"
        "text = Counters().text(session, now=datetime(2023, 7, 5, tzinfo=UTC));"
        "import json; print(json.dumps(text.decode()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, database],
        env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return str(json.loads(done.stdout))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_processes_count_together_and_nothing_drops_when_one_is_killed(
    engine: Engine, tmp_path: Path
) -> None:
    folder, database = tmp_path / "metrics", engine.url.render_as_string(hide_password=False)
    first, second = _process(folder), _process(folder)
    for process in (first, second):
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(folder)
    first.kill()
    first.communicate()

    third = _process(folder)  # takes the dead one's place and counts on
    assert third.stdout is not None
    third.stdout.readline()
    text = _shared_text(folder, database)
    for process in (second, third):
        process.communicate()

    assert sample(text, 'czt_sync_results_total{code="",result="ok"}') == 3
    done = 'kind="examine_photo",outcome="done"'
    assert sample(text, f"czt_job_seconds_count{{{done}}}") == 3
    places = {path.name for path in folder.glob("counter_*.db")}
    assert places == {"counter_0.db", "counter_1.db", "counter_2.db"}  # the reader's is the third
    assert {path.stat().st_size for path in folder.glob("*.db")} == {RESERVED_BYTES}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_damaged_file_or_no_room_keeps_nobody_from_working(
    engine: Engine, tmp_path: Path
) -> None:
    folder, database = tmp_path / "metrics", engine.url.render_as_string(hide_password=False)
    folder.mkdir()
    (folder / "counter_0.db").write_bytes(b"\xff" * 4096)
    nowhere = tmp_path / "a file"
    nowhere.write_text("in the way of the folder")

    counted = _process(folder)
    told, _ = counted.communicate()
    alone = _process(nowhere)
    said, _ = alone.communicate()

    assert told.strip() == str(folder)
    assert (
        sample(_shared_text(folder, database), 'czt_sync_results_total{code="",result="ok"}') == 1
    )
    assert "None" in said
    assert (counted.returncode, alone.returncode) == (0, 0)
