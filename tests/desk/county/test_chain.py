"""An administrator alters a row with SQL and is found: by the command, the night and the desk."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from server.__main__ import main
from server.chain_guards import drop_guards, put_guards
from server.chores import Workshop
from server.http import clock
from server.media.blobs import FolderStore
from server.models.chain import ChainLine
from server.models.history import HistoryLine
from server.models.person import Person
from tests.bodies import make_auditor
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import PASSWORD, Cast
from tests.nightly import done_everywhere

pytestmark = ON_SQLITE
DeskOf = Callable[[Person], Desk]
EVENING = datetime(2023, 7, 5, 10, 0, tzinfo=UTC)


def done_by_the_worker(engine: Engine, kind: str, blobs: FolderStore) -> None:
    done_everywhere(Workshop(engine, blobs), kind, clock.now())


def test_an_administrator_alters_a_row_with_sql_and_is_found(
    engine: Engine,
    session: Session,
    cast: Cast,
    desk_of: DeskOf,
    blobs: FolderStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    monkeypatch.setenv("CZT_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    desk = desk_of(cast.office)
    desk.done(f"/people/{cast.officer.id}/password")
    desk.done("/operators", name="杜家村快递公司", licence_number="晋邮20230020")
    session.commit()
    done_by_the_worker(engine, "anchor_the_day", blobs)
    page = text_of(desk.get("/history/chain"))
    paper = next(line for line in page.split("  ") if "存证 2023年7月5日" in line)
    anchor = paper[paper.index("存证 2023年7月5日") :].partition(" 校验")
    typed = f"{anchor[0]} 校验{anchor[2][:16]}"
    assert main(["audit", "verify"]) == 0
    assert "全部对得上" in capsys.readouterr().out
    assert "认得" in text_of(desk.get(f"/history/chain?anchor={typed}"))

    added = session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id.desc())).first()
    assert added is not None
    with pytest.raises(sa.exc.DatabaseError, match="never changed"):
        session.execute(sa.update(HistoryLine).values(summary="另一家"))
    session.rollback()
    with engine.begin() as connection:
        drop_guards(connection)
        connection.execute(
            sa.text("UPDATE history SET summary = '另一家' WHERE id = :id"), {"id": added.id}
        )
        put_guards(connection)

    assert main(["audit", "verify", "--county", "140926"]) == 1
    said = capsys.readouterr().out
    assert f"变更记录{added.id}号（2023-07-05 18:00）“另一家”被改过" in said
    done_by_the_worker(engine, "verify_chains", blobs)
    assert "存证对不上" in text_of(desk.get("/"))
    auditor = desk_of(make_auditor(session))
    page = text_of(auditor.get("/history/chain"))
    assert "有1处对不上" in page
    assert f"变更记录{added.id}号" in page


def test_an_anchor_that_the_chain_does_not_bear_out_is_told_in_words(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.done("/operators", name="杜家村快递公司", licence_number="晋邮20230020")
    line = session.get_one(ChainLine, ("140926", 1))

    def told(typed: str) -> str:
        return text_of(desk.client.get("/desk/history/chain", query_string={"anchor": typed}))

    assert "认得" in told(f"存证 2023年7月5日 序号1 校验{line.hash[:16]}")
    assert "抄错" in told(f"存证 2023年7月5日 序号1 校验{'0' * 16}")
    assert "截断" in told(f"存证 2023年7月5日 序号999999999999 校验{line.hash[:16]}")
    assert "看不出是存证" in told("序号1")
    assert "411721的" in told(f"411721 存证 2023年7月5日 序号1 校验{line.hash[:16]}")


def test_sign_ins_failures_resets_changes_and_files_taken_are_lines(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    desk.done(f"/people/{cast.officer.id}/password")
    desk.get("/months.xlsx")
    desk.get("/")
    desk.post("/account/password", old="falsch", new="x", again="x")
    from server.services.people.passwords import set_password

    set_password(session, person=cast.office, password=PASSWORD)
    session.commit()
    desk.post("/account/password", old=PASSWORD, new="neues-wort-1", again="neues-wort-1")
    gate = desk.client.get("/desk/sign-in").get_data(as_text=True)
    token = gate.partition('name="gate" value="')[2].partition('"')[0]
    for login, password in (("xian", "falsch"), ("xian", "neues-wort-1"), ("nobody", "x")):
        desk.client.post(
            "/desk/sign-in", data={"login": login, "password": password, "gate": token}
        )

    session.expire_all()
    said = [
        (one.action, one.summary)
        for one in session.scalars(sa.select(HistoryLine).order_by(HistoryLine.id))
    ]
    assert [action for action, _ in said] == [
        "password-set", "file-exported", "sign-in-failed", "password-changed", "sign-in-failed",
        "signed-in",
    ]  # fmt: skip
    assert "falsch" not in str(said)
    assert "nobody" not in str(said)
    asked = sa.select(sa.func.count()).where(ChainLine.kind == HistoryLine.__tablename__)
    chained = session.scalar(asked)
    assert chained == len(said)
    office = desk_of(cast.office)
    assert "在电脑上登录" not in text_of(office.get("/history"))
    assert "在电脑上登录没有成功，来自127.0.0.1" in text_of(office.get("/history?action=comings"))
