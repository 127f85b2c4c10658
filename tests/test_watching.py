"""What is seen of the house from outside: gauges, log lines, slow statements, alerts, a dashboard."""

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server import jobs
from server.commits import Commits
from server.db import open_engine, writing
from server.http import clock
from server.logs import set_up_logs
from server.models.chain import ChainCheck
from server.models.job import JobState
from server.models.person import Person
from server.models.snapshot import SnapshotDay, StationSnapshot
from server.models.station import Stage
from server.models.webhook import DeliveryState
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.prepared import prepared
from server.services.backup.place import NOTE, State, as_said
from server.services.common.house_notes import write_note
from server.services.office.gauges import gauges
from server.settings import ROOT
from server.slow_statements import tell_slow_statements
from tests.api.events import batch, count, jpeg, note, photo, put
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.queries import queries

PROMETHEUS = ROOT / "ops" / "prometheus"
RULES = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]


def stand(session: Session, county: str, status: Status, stations: int) -> None:
    """As the night wrote it down, without the night."""
    now = clock.now()
    session.merge(
        SnapshotDay(
            county=county, day_on=clock.today(), taken_at=now - timedelta(hours=5),
            stations=stations, sha256="0" * 64,
        )
    )  # fmt: skip
    session.add_all(
        StationSnapshot(
            county=county, station_id=1000 * list(Status).index(status) + number, from_on=clock.today(),
            code=f"C{number}", name="站", level=Level.VILLAGE_POINT, stage=Stage.BUILT, status=status,
            open_work=0, bound=True,
        )
        for number in range(stations)
    )  # fmt: skip


def test_gauges_say_how_counties_stand_from_what_the_night_wrote_down(
    client: FlaskClient, engine: Engine, session: Session, cast: Cast, app: Flask
) -> None:
    now = clock.now()
    set_up = (now - cast.other_county.created_at).total_seconds()
    stand(session, "140926", Status.MEETS, 3)
    stand(session, "140926", Status.FAILS, 1)
    stand(session, "411721", Status.MEETS, 2)
    state = State(backup_at=now - timedelta(hours=7), drill_at=now - timedelta(days=3))
    write_note(session, NOTE, as_said(state), now=now)
    session.add(
        ChainCheck(
            county="140926", at=now - timedelta(hours=9), lines=1, head="0" * 64,
            faulty=2, faults=[],
        )
    )  # fmt: skip
    jobs.enqueue(session, "examine_photo", {}, now=now, run_at=now - timedelta(minutes=1))
    jobs.beat(session, owner="w", now=now - timedelta(seconds=40))
    session.commit()

    text = client.get("/metrics").get_data(as_text=True)

    for line in (
        'czt_stations{county="140926",stage="built",standing="meets"} 3.0',
        'czt_stations{county="140926",stage="built",standing="fails"} 1.0',
        'czt_stations{county="411721",stage="built",standing="meets"} 2.0',
        'czt_jobs_due{kind="examine_photo"} 1.0',
        'czt_chain_faulty{county="140926"} 2.0',
    ):
        assert line in text
    for name, about in (
        ('snapshot_age_seconds{county="140926"}', 5 * 3600),
        ('county_age_seconds{county="411721"}', set_up),
        ("backup_age_seconds", 7 * 3600),
        ("backup_drill_age_seconds", 3 * 86400),
        ('chain_look_age_seconds{county="140926"}', 9 * 3600),
        ("worker_silent_seconds", 40),
    ):
        found = re.search(rf"^czt_{re.escape(name)} (\S+)$", text, re.MULTILINE)
        assert found, name
        assert about <= float(found[1]) < about + 60

    # Whoever asks often is answered from what was found: half a minute long, the same.
    with queries(session) as first:
        list(gauges(session, now=now))
    assert len(first) <= 12
    session.execute(sa.delete(StationSnapshot))
    session.commit()
    again = client.get("/metrics").get_data(as_text=True)
    assert 'czt_stations{county="140926",stage="built",standing="meets"} 3.0' in again


def test_log_lines_name_the_request_and_a_number_for_the_person_and_tell_of_nobody(
    client: FlaskClient, app: Flask, engine: Engine, session: Session, cast: Cast,
    signed_in: Any, at_desk: Any, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    set_up_logs()
    app.config["LOG_REQUESTS"] = True
    cast.li.phone = "13812345678"
    session.commit()
    headers, content = signed_in(cast.li), jpeg()
    said = note(cast.c1.id, shot := photo(content))
    said["payload"]["note"] = "王大娘的包裹，电话13998765432"
    client.post("/api/v1/sync", json=batch(said, count(cast.c1.id)), headers=headers)
    put(client, headers, shot["id"], content)
    client.get("/api/v1/keeper/home", headers=headers)
    client.get("/api/v1/keeper/home", headers={"Authorization": "Bearer wrong-token-0123"})
    client.post("/desk/sign-in", data={"login": "xian", "password": "a wrong password"})
    at_desk(cast.office)
    client.get("/desk/people?q=王大娘")

    # What a database says of a row that it does not take, as a bug would log it.
    with pytest.raises(IntegrityError) as refused, writing(engine) as own:
        own.add(Person(**_like(cast.office), name="赵秘书", phone="13711112222"))
    structlog.get_logger().error("bug", error=str(refused.value.orig), exc_info=refused.value)

    told = capsys.readouterr().err
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 7
    assert all(len(line["request_id"]) >= 8 for line in requests)
    by_rule = {line["rule"]: line.get("person") for line in requests}
    assert by_rule["/api/v1/sync"] == cast.li.id
    assert by_rule["/desk/people"] == cast.office.id
    assert by_rule["/desk/sign-in"] is None
    [bug] = [line for line in lines if line["event"] == "bug"]
    assert "IntegrityError" in bug["exception"]
    for secret in (
        "13812345678", "13998765432", "13711112222", "王大娘", "赵秘书", "老李", "马家沟",
        headers["Authorization"].split()[1], "wrong-token-0123", "a wrong password", "xian",
    ):  # fmt: skip
        assert secret not in told, secret


def _like(person: Person) -> dict[str, Any]:
    """What a second row of the same person would have."""
    return {"county": person.county, "role": person.role, "login": person.login}


def test_a_slow_statement_is_told_with_its_text_and_without_values(
    engine: Engine, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs()
    own = open_engine(engine.url.render_as_string(hide_password=False))
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
        " SELECT count(*), max(:name) FROM n"
    )
    tell_slow_statements(own, slower_than_ms=20)
    with own.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        connection.execute(sa.text(slow), {"name": "王大娘"})
    own.dispose()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    [told] = [
        line for line in lines if line["event"] == "slow statement" and "RECURSIVE" in str(line)
    ]
    assert told["ms"] >= 20
    assert "count(*)" in told["sql"]
    assert "王大娘" not in str(lines)


SLOWLY = prepared(
    sa.select(sa.func.max(sa.bindparam("name", type_=sa.String))).select_from(
        sa.text(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
            " SELECT i FROM n) AS numbers"
        )
    )
)


def test_a_slow_statement_of_the_short_way_is_told_as_well(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs()
    own = open_engine(engine.url.render_as_string(hide_password=False))
    tell_slow_statements(own, slower_than_ms=20)
    commits = Commits(own)
    with commits.reading() as straight:
        straight.execute(SLOWLY, {"name": "王大娘"})
    commits.write(lambda straight: straight.execute(SLOWLY, {"name": "王大娘"}))
    own.dispose()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [line for line in lines if line["event"] == "slow statement"]
    assert ["RECURSIVE" in line["sql"] for line in told] == [True, True]
    assert all(line["ms"] >= 20 for line in told)
    assert "王大娘" not in str(lines)


def test_whatever_a_phone_hands_in_goes_past_the_log_of_slow_statements(
    client: FlaskClient, cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, content = signed_in(cast.li), jpeg()
    shot = photo(content)
    told: list[str] = []
    monkeypatch.setattr("server.commits.slow_ms_of", lambda _engine: 0.0)
    monkeypatch.setattr("server.prepared.tell", lambda statement, _took_ms: told.append(statement))

    client.post("/api/v1/sync", json=batch(note(cast.c1.id, shot)), headers=headers)
    assert any(one.startswith("INSERT INTO phone_events") for one in told), told
    told.clear()
    put(client, headers, shot["id"], content)
    assert any(one.startswith("UPDATE photos") for one in told), told


def _used(expressions: list[str]) -> dict[str, set[str]]:
    """Series that expressions name, each with the labels that are asked of it or kept."""
    used: dict[str, set[str]] = {}
    for text in expressions:
        kept = {one for by in re.findall(r"by \(([^)]*)\)", text) for one in by.split(", ")}
        for name, chosen in re.findall(r"\b(czt_\w+)(?:\{([^}]*)\})?", text):
            asked = set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", chosen))
            used.setdefault(name, set()).update(asked | kept)
    return used


@ON_SQLITE
def test_alerts_and_dashboard_ask_for_series_and_labels_that_there_are(
    client: FlaskClient, session: Session, cast: Cast, signed_in: Any, engine: Engine, app: Flask
) -> None:
    headers, content = signed_in(cast.li), jpeg()
    shot = photo(content)
    client.post("/api/v1/sync", json=batch(note(cast.c1.id, shot)), headers=headers)
    put(client, headers, shot["id"], content)
    app.extensions["counters"].job_ended("examine_photo", "done", 0.1)
    app.extensions["counters"].answered("GET", "-", 503, 0.0)  # as the gate turns people away
    text = client.get("/metrics").get_data(as_text=True)
    there: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(czt_\w+)(?:\{([^}]*)\})? ", text, re.MULTILINE):
        there.setdefault(name, set()).update(re.findall(r"(\w+)=\"", labels))
    there |= {f"czt_{one.name}": set(one.labels) for one in gauges(session, now=clock.now())}

    board = json.loads((ROOT / "ops" / "grafana.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked += [one["query"] for one in board["templating"]["list"] if one["type"] == "query"]
    for name, labels in _used([*asked, *(rule["expr"] for rule in RULES)]).items():
        assert name in there, name
        assert labels <= there[name] | {"le"}, (name, labels)
    # A value that is asked for by name is one that is said, or can be.
    said = set(re.findall(r"(\w+=\"[^\"]*\")", text)) | {
        f'state="{one.value}"' for one in (*JobState, *DeliveryState)
    }
    scrape = yaml.safe_load((PROMETHEUS / "scrape.yml").read_text())["scrape_configs"]
    said |= {f'job="{one["job_name"]}"' for one in scrape}
    for text in (*asked, *(rule["expr"] for rule in RULES)):
        chosen = " ".join(re.findall(r"\{([^}]*)\}", text))
        assert set(re.findall(r"(\w+=\"[^\"]*\")", chosen)) <= said, text
    # What the house says of the counties is all on the page.
    assert {f"czt_{one.name}" for one in gauges(session, now=clock.now())} <= set(_used(asked))
    for panel in board["panels"]:
        assert panel["title"]
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24


PROOFS = sorted(PROMETHEUS.glob("alerts*.test.yml"))


def _proved(rules: list[dict[str, Any]], folder: Path) -> set[str]:
    """Which of these rules do not speak, or are not quiet, as their tests say."""
    places = os.pathsep.join([os.environ["PATH"], str(ROOT / ".venv/prometheus/usr/bin")])
    promtool = shutil.which("promtool", path=places)
    if promtool is None and not os.environ.get("CI"):
        pytest.skip("no promtool here")
    assert promtool, "tools/setup.sh should have brought promtool"
    for proof in PROOFS:
        shutil.copy(proof, folder)
    made = {"groups": [{"name": "cunzhantong", "rules": rules}]}
    (folder / "alerts.yml").write_text(yaml.safe_dump(made, allow_unicode=True))
    done = subprocess.run(
        [promtool, "test", "rules", *(proof.name for proof in PROOFS)],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = set(re.findall(r"^ *name: (\w+),$", done.stdout + done.stderr, re.MULTILINE))
    assert bool(failed) == bool(done.returncode), done.stdout + done.stderr
    return failed


def test_each_alert_says_what_to_do_and_speaks_and_is_quiet_when_it_should(tmp_path: Path) -> None:
    every = [case for file in PROOFS for case in yaml.safe_load(file.read_text())["tests"]]
    assert sorted(case["name"] for case in every) == sorted(rule["alert"] for rule in RULES)
    for case in every:
        told = [one["exp_alerts"] for one in case["alert_rule_test"]]
        assert {len(one) for one in told} == {0, 1}, case["name"]
        assert {one["alertname"] for one in case["alert_rule_test"]} == {case["name"]}
        assert all(one[0]["exp_annotations"]["do"] for one in told if one)
    assert _proved(RULES, tmp_path) == set()


def _otherwise(rule: dict[str, Any], part: str, pattern: str, instead: str) -> dict[str, Any]:
    return rule | {part: re.sub(pattern, instead, rule[part])}


@pytest.mark.parametrize(
    ("part", "pattern", "instead"),
    [
        ("for", r".+", "0s"),
        ("for", r"^", "10"),
        ("expr", r"(>|==)(?!.*(>|==)) [\d.* ]+$", r"\1 1e9"),
        ("expr", r"(>|==)(?!.*(>|==)) [\d.* ]+$", r">= -1"),
        ("expr", r"\b(czt_\w+|up)\b", r"\1_gone"),
        ("expr", r"\{[^}]*\}", ""),
        ("expr", r"\b(max|sum) by \([^)]*\)", r"\1"),
    ],
    ids=["at-once", "far-later", "never-reached", "always-reached", "another-name", "any-label", "as-one"],
)  # fmt: skip
def test_an_alert_that_says_something_else_does_not_pass_its_test(
    part: str, pattern: str, instead: str, tmp_path: Path
) -> None:
    made = [_otherwise(rule, part, pattern, instead) for rule in RULES]
    changed = {new["alert"] for new, rule in zip(made, RULES, strict=True) if new != rule}

    assert len(changed) >= 5
    assert _proved(made, tmp_path) == changed
