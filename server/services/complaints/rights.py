"""Which moves a complaint allows now, and to whom: asked by deeds and by pages alike."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from server.errors import Conflict, NotAllowed
from server.labelled import Labelled
from server.models.complaint import Complaint, ComplaintState
from server.models.person import Person
from server.policy.plan.duties import Deed
from server.services.people.scope import OFFICE, READS_ONLY, SEES_ROUNDS, deeds_open_to


class Move(Labelled):
    """What can be done with a complaint."""

    ACCEPT = "accept", "受理"
    FORWARD = "forward", "转办"
    ANSWER = "answer", "答复"
    CALL = "call", "记电话回访"
    NOTE = "note", "补充"
    LOOK = "look", "看原文和电话"
    CODE = "code", "重发查询码"


OPEN = (ComplaintState.RECEIVED, ComplaintState.ACCEPTED, ComplaintState.HANDLING)
_EVERY = tuple(ComplaintState)
STATES: Mapping[Move, tuple[ComplaintState, ...]] = {
    Move.ACCEPT: (ComplaintState.RECEIVED,),
    Move.FORWARD: OPEN,
    Move.ANSWER: OPEN,
    Move.CALL: (ComplaintState.ANSWERED,),
    Move.NOTE: _EVERY,
    Move.LOOK: _EVERY,
    Move.CODE: _EVERY,
}


def moves_open_to(session: Session, by: Person, complaint: Complaint) -> frozenset[Move]:
    """What this person can do with it now."""
    theirs = _theirs(session, by, complaint)
    return frozenset(one for one in theirs if complaint.state in STATES[one])


def refuse_unless(session: Session, by: Person, complaint: Complaint, move: Move) -> None:
    """Raise NotAllowed complaint-not-yours or Conflict complaint-moved-on."""
    if move not in _theirs(session, by, complaint):
        raise NotAllowed(
            "complaint-not-yours", f"这件投诉不归您{move.label}。如需办理，请联系县专班。"
        )
    if complaint.state not in STATES[move]:
        raise Conflict(
            "complaint-moved-on",
            f"这件投诉现在是“{complaint.state.label}”，不能再{move.label}。请看一看办理经过。",
        )


def may_record(session: Session, by: Person) -> bool:
    """Whether somebody may write down complaints that came by telephone, visit, 12345, 12305."""
    return by.role in SEES_ROUNDS and Deed.RECORD_PROBLEM in deeds_open_to(session, by)


def may_read_all(by: Person) -> bool:
    """Whether somebody may ask for the villager's own words and telephone: the county office."""
    return by.role in OFFICE


def _theirs(session: Session, by: Person, complaint: Complaint) -> frozenset[Move]:
    """The office has the whole of it; other bodies what follows from their duties."""
    if by.county != complaint.county or by.role in READS_ONLY:
        return frozenset()
    if by.role in OFFICE:
        return frozenset(Move)
    deeds = deeds_open_to(session, by)
    theirs = {Deed.RECORD_PROBLEM: Move.NOTE, Deed.REFER: Move.FORWARD}
    return frozenset(move for deed, move in theirs.items() if deed in deeds)
