"""数据导出: a file is asked for, made, taken in parts; a token is shown once and ended."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.chores import Workshop
from server.http import clock
from server.models.history import HistoryLine
from server.models.open_data import OpenExport, ReadToken
from server.models.person import Person
from server.worker import Worker
from tests.bodies import make_auditor
from tests.databases import ON_SQLITE
from tests.desk.conftest import Desk, text_of
from tests.factories import Cast
from tests.services.opendata.lived import event

DeskOf = Callable[[Person], Desk]


def told(session: Session, action: str) -> list[str]:
    session.rollback()
    asked = select(HistoryLine.summary).where(HistoryLine.action == action)
    return list(session.scalars(asked.order_by(HistoryLine.id)))


@ON_SQLITE
def test_a_file_is_asked_for_made_and_its_download_goes_on_where_it_broke_off(
    app: Flask, session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    session.add_all([event(cast.c1, cast.li, number) for number in range(1, 60)])
    auditor = make_auditor(session)
    session.commit()
    desk = desk_of(auditor)
    wrong = desk.shown(
        "/exports", kind="events", form="csv", since="2023-07-09", until="2023-07-01"
    )
    assert "开始的日子在结束的日子后面" in text_of(wrong)
    page = desk.shown("/exports", kind="events", form="csv", since="2023-07-01", until="2023-07-31")
    assert "排队" in text_of(page)
    assert 'hx-trigger="every 3s"' in page.get_data(as_text=True)
    row = session.scalars(select(OpenExport)).one()
    path = f"/exports/{row.id}/file"
    assert desk.get(path).status_code == 404  # not made yet
    workshop = Workshop(session.get_bind(), app.extensions["blobs"])
    session.rollback()
    assert Worker(workshop).do_one()

    listed = desk.get("/exports/list")
    session.refresh(row)
    assert "59 行" in text_of(listed)
    assert row.file_sha256 in text_of(listed)
    assert "every 3s" not in listed.get_data(as_text=True)
    whole = desk.get(path)
    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert whole.headers["ETag"] == f'"{row.file_sha256}"'
    assert hashlib.sha256(whole.data).hexdigest() == row.file_sha256

    def part(asked: str, **headers: str) -> Any:
        answer = desk.client.get(f"/desk{path}", headers={"Range": asked} | headers)
        assert answer.data
        answer.close()
        return answer

    etag = {"If-Range": whole.headers["ETag"]}
    rest = part("bytes=100-", **etag)
    size = len(whole.data)
    assert (rest.status_code, rest.headers["Content-Range"]) == (
        206,
        f"bytes 100-{size - 1}/{size}",
    )
    assert whole.data[:100] + rest.data == whole.data
    assert part("bytes=-10", **etag).data == whole.data[-10:]
    changed = part("bytes=100-", **{"If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, whole.data)
    assert part("bytes=0-1,4-5").data == whole.data
    beyond = part(f"bytes={size}-")
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    assert "从头下载" in text_of(beyond)
    assert [f"59行，{size}字节" in one for one in told(session, "file-taken")] == [True] * 3
    resumed = told(session, "open-export-resumed")
    assert [one.partition("：")[2].partition("，")[0] for one in resumed] == [
        f"第100到{size - 1}字节",
        f"第{size - 10}到{size - 1}字节",
    ]
    assert desk_of(cast.office).get(path).status_code == 404

    assert desk_of(auditor).post(f"/exports/{row.id}/drop").status_code == 303
    assert desk.get(path).status_code == 404


@ON_SQLITE
def test_a_token_is_shown_once_opens_the_data_and_is_ended_with_a_reason(
    session: Session, cast: Cast, desk_of: DeskOf
) -> None:
    desk = desk_of(cast.office)
    # A firm that cannot be read is no word for the whole county.
    whole = {"system": "数据平台", "holder": "数据局", "kinds": "stations", "operator": "9" * 12}
    assert "刷新这一页" in text_of(
        desk.shown("/exports/tokens", **whole, until_on=clock.today().isoformat())
    )
    assert session.scalars(select(ReadToken)).all() == []
    refused = desk.shown("/exports/tokens", system="数据平台", holder="")
    assert "请写哪个单位、谁负责" in text_of(refused)
    assert "数据平台" in refused.get_data(as_text=True)
    page = desk.shown(
        "/exports/tokens", system="数据平台", holder="数据局", kinds="stations",
        township=cast.township.code, until_on=clock.today().isoformat(),
    )  # fmt: skip
    token = text_of(page).partition("czt_")[2].partition(" ")[0]
    assert len(token) == 43
    row = session.scalars(select(ReadToken)).one()
    assert row.token_sha256 == hashlib.sha256(f"czt_{token}".encode()).hexdigest()
    header = {"Authorization": f"Bearer czt_{token}"}
    read = desk.client.get("/api/open/v1/stations", headers=header)
    assert {one["station_code"] for one in read.json["rows"]} == {"C0001", "C0002", "XZ0001"}
    other = desk_of(cast.outsider)
    assert token not in text_of(other.get("/exports/tokens"))
    assert other.post(f"/exports/tokens/{row.id}/revoke", reason="x").status_code == 404
    desk = desk_of(cast.office)
    assert "最近一个月的使用" in text_of(desk.get("/exports/tokens"))
    assert "请写一句为什么停用" in text_of(desk.shown(f"/exports/tokens/{row.id}/revoke"))
    desk.post(f"/exports/tokens/{row.id}/revoke", reason="平台下线")
    assert desk.client.get("/api/open/v1/stations", headers=header).status_code == 401
    assert any("停用数据平台" in one for one in told(session, "read-token-revoked"))
