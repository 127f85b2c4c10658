"""A township officer's own table of stations: each line a proposal, which the office decides."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.errors import Conflict, Invalid, NotAllowed
from server.models.county import County
from server.models.person import Person
from server.models.proposal import Proposal, ProposalKind, ProposalState
from server.models.station import Station
from server.policy.standard.facts import JUDGED
from server.services.common.written import reason_given
from server.services.registry.fields import FIELDS
from server.services.registry.proposal_decisions import MOST
from server.services.registry.proposals import WHY, propose_edit, propose_new
from server.services.registry.sheet_imports import ImportPlan, plan_import
from server.services.registry.sheet_rows import Planned
from server.services.registry.sheet_table import Fault

NEW_FIELDS = {"name"}
"""What a new station may be proposed with; the rest is asked for once it stands."""


def plan_proposals(
    session: Session, *, county: County, content: bytes, filename: str, by: Person, now: datetime
) -> ImportPlan:
    """Say line by line what a township's table would propose; changes nothing.

    Lines of other townships, numbers, what only an inspector or the office can say, and stations
    of which this person's wish waits already are wrong. Raises NotAllowed
    proposal-not-your-township; Invalid as `plan_import`, proposal-too-many.
    """
    if by.township_code is None:
        raise NotAllowed("proposal-not-your-township", "您的账号还没有写上乡镇，不能提交变更。")
    waiting = set(
        session.scalars(
            select(Proposal.station_id).where(
                Proposal.county == county.code,
                Proposal.state == ProposalState.WAITING,
                Proposal.kind == ProposalKind.EDIT,
                Proposal.proposed_by == by.id,
            )
        )
    )
    own = set(
        session.scalars(
            select(Station.id).where(
                Station.county == county.code, Station.township_code == by.township_code
            )
        )
    )

    def hold(planned: Sequence[Planned]) -> None:
        for one in planned:
            one.faults += _faults(one, by, own=own, waiting=waiting)

    plan = plan_import(
        session, county=county, content=content, filename=filename, now=now, hold=hold
    )
    asked = plan.count("new") + plan.count("changed")
    if asked > MOST:
        raise Invalid(
            "proposal-too-many", f"这张表里有{asked}份变更，一次最多提交{MOST}份。请分几张表交。"
        )
    return plan


def propose_list(
    session: Session,
    *,
    county: County,
    content: bytes,
    filename: str,
    mark: str,
    reason: str,
    by: Person,
    now: datetime,
) -> list[Proposal]:
    """Hand in every line of a table whose preview carried `mark`; all or none.

    Raises as `plan_proposals`; Invalid import-has-errors, reason-needed, text-too-long, and what
    `propose_edit` and `propose_new` raise; Conflict import-outdated.
    """
    plan = plan_proposals(
        session, county=county, content=content, filename=filename, by=by, now=now
    )
    if not plan.ok:
        first = next(row for row in plan.rows if row.errors)
        raise Invalid(
            "import-has-errors",
            f"有{plan.count('wrong')}行不对，一份也没有提交。第{first.line}行：{first.errors[0]}"
            "改好后再上传。",
        )
    if plan.mark != mark:
        raise Conflict("import-outdated", "您看预览的时候登记有了变化，请看一下新的预览。")
    because = reason_given(reason, WHY, into=Proposal.reason)
    made = []
    for one in plan.planned:
        found = None
        if one.action == "changed":
            found = propose_edit(
                session,
                station=session.get_one(Station, one.station_id),
                changes={change["field"]: change["new"] for change in one.changes},
                by=by,
                now=now,
                reason=because,
            )
        elif one.action == "new":
            found = propose_new(
                session,
                county=county,
                level=one.level,
                township_code=one.township_code,
                village_code=one.village_code,
                name=str(one.values.get("name", "")),
                by=by,
                now=now,
                reason=because,
            )
        if found is not None:
            made.append(found)
    return made


def _faults(one: Planned, by: Person, *, own: set[int], waiting: set[int | None]) -> list[Fault]:
    """What is wrong with a line as a proposal, though the office might import it."""
    if one.faults:
        return []
    here = one.station_id in own if one.station_id else one.township_code == by.township_code
    if not here:
        return [Fault("不是本乡镇的站，不能提。请删掉这一行。")]
    found = []
    if one.code is not None:
        found.append(Fault(f"编号{one.code}由县里编发，这一格请空着。"))
    if one.facts:
        said = "、".join(JUDGED[key].title for key in one.facts)
        found.append(Fault(f"“{said}”要有人到场核实，不在登记里改。请照原样留着或空着。"))
    if one.station_id is None and (more := set(one.values) - NEW_FIELDS):
        labels = "、".join(FIELDS[key].label for key in FIELDS if key in more)
        found.append(Fault(f"新站先只提地方和名称，“{labels}”等县里采纳以后再提。"))
    if one.station_id in waiting and one.changes:
        found.append(Fault("您提过这个站的变更，县里还没有审。请先到“待审变更”里改那一份。"))
    return found
