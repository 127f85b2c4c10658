"""Which moves a problem allows now, and to whom: asked by deeds and by pages alike."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from server.errors import Conflict, NotAllowed
from server.labelled import Labelled
from server.models.matter import Matter, MatterSource, MatterStage
from server.models.person import Person, Role
from server.policy.plan.duties import Deed
from server.services.matters.sight import OPEN_STAGES, is_with
from server.services.people.scope import OFFICE, READS_ONLY, TOWNSHIP, deeds_open_to


class Move(Labelled):
    """What can be done with a problem."""

    REFER = "refer", "转办"
    PASS = "pass", "交办"
    ANSWER = "answer", "答复"
    PUNISH = "punish", "查处"
    RETURN = "return", "退回"
    ASK = "ask", "申请延期"
    DECIDE = "decide", "批延期"
    CHECK = "check", "核查"
    CLOSE = "close", "办结"
    REOPEN = "reopen", "重新办理"
    NOTE = "note", "补充"


_HANDLING = (MatterStage.HANDLING,)
STAGES: Mapping[Move, tuple[MatterStage, ...]] = {
    Move.REFER: (MatterStage.REGISTERED, MatterStage.HANDLING),
    Move.PASS: _HANDLING,
    Move.ANSWER: _HANDLING,
    Move.PUNISH: _HANDLING,
    Move.RETURN: _HANDLING,
    Move.ASK: _HANDLING,
    Move.DECIDE: _HANDLING,
    Move.CHECK: (MatterStage.CHECKING,),
    Move.CLOSE: (MatterStage.REGISTERED, MatterStage.CHECKED),
    Move.REOPEN: (MatterStage.CLOSED,),
    Move.NOTE: OPEN_STAGES,
}
_REGULAR = (MatterSource.COMPLAINT, MatterSource.OFFICE)


def moves_open_to(session: Session, by: Person, matter: Matter) -> frozenset[Move]:
    """What this person can do with it now; what the form is not offered for is refused as well."""
    theirs = _theirs(session, by, matter)
    found = {one for one in theirs if matter.stage in STAGES[one]}
    if matter.wanted_on is None:
        found.discard(Move.DECIDE)
    else:
        found.discard(Move.ASK)
    if by.id == matter.answered_by:
        found.discard(Move.CHECK)
    return frozenset(found)


def refuse_unless(session: Session, by: Person, matter: Matter, move: Move) -> None:
    """Raise unless this person can do this now.

    Raises NotAllowed matter-not-yours, deed-not-yours; Conflict matter-moved-on, matter-own-work.
    """
    if move not in _theirs(session, by, matter):
        if move is Move.PUNISH:
            raise NotAllowed(
                "deed-not-yours",
                "查处只能由监管部门作出。您可以写明办理情况，或者退回县专班，请它转给监管部门。",
            )
        raise NotAllowed("matter-not-yours", f"这件事不归您{move.label}。如需办理，请联系县专班。")
    if matter.stage not in STAGES[move]:
        raise Conflict(
            "matter-moved-on",
            f"这件事现在是“{matter.stage.label}”，不能再{move.label}。请看一看办理经过。",
        )
    if move is Move.CHECK and by.id == matter.answered_by:
        raise Conflict("matter-own-work", "这件事是您自己答复的，请另一位同志来核查。")


def sources_open_to(session: Session, by: Person) -> tuple[MatterSource, ...]:
    """From which sources somebody may register a problem; none for who may not at all."""
    deeds = deeds_open_to(session, by)
    if Deed.RECORD_PROBLEM not in deeds:
        return ()
    if by.role in OFFICE:
        return tuple(one for one in MatterSource if one is not MatterSource.ROUND)
    further = {MatterSource.DISPATCH: Deed.DISPATCH, MatterSource.SPOT_CHECK: Deed.SPOT_CHECK}
    return tuple(one for one in MatterSource if one in _REGULAR or (further.get(one) in deeds))


def _theirs(session: Session, by: Person, matter: Matter) -> set[Move]:
    """What the person's office, body and duties allow, whatever the stage."""
    if by.county != matter.county or by.role in READS_ONLY:
        return set()
    if by.role in OFFICE:
        return {
            Move.REFER, Move.ANSWER, Move.DECIDE, Move.CHECK, Move.CLOSE, Move.REOPEN, Move.NOTE
        }  # fmt: skip
    found = {Move.NOTE}
    if is_with(by, matter):
        found |= {Move.ANSWER, Move.RETURN, Move.ASK}
    if by.role in TOWNSHIP:
        found.add(Move.CHECK)
        if matter.holder_township and by.township_code == matter.holder_township:
            found |= {Move.PASS, Move.ANSWER}
    if by.role is Role.BUREAU:
        found |= _of_a_bureau(session, by, matter)
        if not deeds_open_to(session, by):
            return set()
    return found


def _of_a_bureau(session: Session, by: Person, matter: Matter) -> set[Move]:
    """By its duties a body refers what came in, and a regulator alone punishes what it has."""
    deeds = deeds_open_to(session, by)
    found = set()
    if Deed.REFER in deeds and matter.stage is MatterStage.REGISTERED:
        found.add(Move.REFER)
    if Deed.PUNISH in deeds and is_with(by, matter):
        found.add(Move.PUNISH)
    return found
