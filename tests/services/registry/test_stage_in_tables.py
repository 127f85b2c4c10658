"""建设情况 goes out with the stations' table and comes back unchanged: acceptances change it."""

from sqlalchemy.orm import Session

from server.models.station import Stage
from server.services.registry.sheets import export_csv
from tests.databases import ON_SQLITE
from tests.factories import Cast
from tests.services.registry.office import look

pytestmark = ON_SQLITE


def test_an_export_says_how_far_each_has_come_and_no_table_changes_it(
    session: Session, cast: Cast
) -> None:
    cast.c1.stage = Stage.BUILT
    session.flush()
    content = export_csv(session, county=cast.county).decode("utf-8-sig")

    assert "建成" in next(line for line in content.splitlines() if line.startswith("C0001"))
    assert look(session, cast, content.encode(), "站点.csv").count("same") == 4
    found = look(session, cast, "编号,建设情况\nC0001,拟建\n".encode(), "站点.csv")
    assert "“建设情况”写的是“拟建”，登记是“建成”" in found.rows[0].errors[0]
    found = look(session, cast, "编号,建设情况,地址\nC0001,已经盖好了,村东头\n".encode(), "a.csv")
    assert found.ok
    assert "“建设情况”这一列有1行（第2行起）写的不是系统里的说法" in found.table.notes[-1]
