"""问责线索: facts picked, drafted as a letter, sent by a second person, answered, withdrawn."""

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from desk.frame.access import county_of_desk, me
from desk.frame.marks import carries
from desk.frame.merging import MergedForm, merged, opened
from desk.frame.pages import answering, done, page
from desk.frame.papers import made_out, zip_out
from server.calendar import full_day_text
from server.errors import Invalid, Problem
from server.http import clock
from server.http.database import blobs_of, own_write, session, settings_of
from server.http.downloads import DOCX, PDF
from server.http.guards import guard_desk
from server.http.rulebook import standards_here
from server.models.referral import Referral, ReferralItem
from server.policy.plan.duties import Deed
from server.policy.plan.referral import FactKind, ReferralState
from server.policy.typed_days import read_day
from server.services.common.seals import Value, seal
from server.services.people.organisations import organisations_of
from server.services.people.people import names_of
from server.services.people.scope import READS_HISTORY, refuse_unless_may_do
from server.services.referrals.picking import offers
from server.services.referrals.referrals import (
    COLUMNS,
    DATED,
    Wording,
    content_of,
    draft_referral,
    draft_shown,
    drop,
    hear,
    item_shown,
    items_of,
    may_send,
    pick,
    record_answer,
    save_draft,
    send,
    withdraw_referral,
)
from server.services.referrals.sight import (
    is_whole,
    may_hand_on,
    referral_for,
    referrals_in_sight,
)
from server.services.reporting.reports import content_hash

blueprint = Blueprint("desk_referrals", __name__, url_prefix="/desk/referrals")
guard_desk(blueprint, *READS_HISTORY)
MIMES = {"pdf": PDF, "docx": DOCX}
OUTSIDE = ("县纪委监委", "县委县政府督查室")
"""Bodies that no plan names and that referrals are often addressed to: only offered, never set."""


def _referral(referral_id: int) -> Referral:
    return referral_for(session(), referral_id=referral_id, reader=me())


def _at(referral: Referral) -> str:
    return url_for("desk_referrals.referral", referral_id=referral.id)


def _list(problem: Problem | None = None) -> Any:
    every = referrals_in_sight(session(), reader=me())
    people = [one for row in every for one in (row.drafted_by, row.issued_by) if one]
    return page(
        "referrals.html",
        problem=problem,
        referrals=every,
        who=names_of(session(), person_ids=people),
        makes=may_hand_on(session(), me()),
        states=ReferralState,
    )


@blueprint.get("")
def referrals() -> Any:
    """The referrals of the county."""
    return _list()


@blueprint.post("")
def draft() -> Any:
    """Begin a draft."""
    refuse_unless_may_do(session(), me(), Deed.HAND_ON)
    with answering(_list):
        made = draft_referral(session(), county=county_of_desk(), by=me(), now=clock.now())
    return done("草稿起好了，先选线索。", _at(made))


def _held(referral: Referral) -> dict[str, Any]:
    return {one.field: one.text for one in draft_shown(referral)}


def _merged(referral: Referral) -> MergedForm:
    held = _held(referral)
    sent = {name: request.form.get(name, one) for name, one in held.items()}

    def told(field: str, value: Value) -> tuple[str, str]:
        return COLUMNS[field][0] if field in COLUMNS else DATED, str(value)

    return merged(held, sent, told)


def _page(referral_id: int, problem: Problem | None = None, heard_of: int | None = None) -> Any:
    found = _referral(referral_id)
    saving = bool(problem) and "title" in request.form
    form = _merged(found) if saving else opened(_held(found))
    content = content_of(session(), found, now=clock.now())
    items = items_of(session(), found)
    makes = may_hand_on(session(), me())
    writes = makes and found.state is ReferralState.DRAFT
    bodies = [one.name for one in organisations_of(session(), county=me().county)]
    people = [found.drafted_by, found.written_by]
    people += [one for one in (found.issued_by, found.answered_by, found.withdrawn_by) if one]
    return page(
        "referral.html",
        heard_of=heard_of,
        seal_of=lambda item: seal(item_shown(item)),
        problem=problem,
        referral=found,
        content=content,
        items=items,
        facts=list(zip(items, content["facts"], strict=True)),
        form=form,
        values=form.values,
        longest={name: column.type.length for name, (_, column) in COLUMNS.items()},
        labels={name: label for name, (label, _) in COLUMNS.items()},
        dated=full_day_text(date.fromisoformat(content["date"])) if content["date"] else "",
        seen=content_hash(content),
        whole=found.issued_at is None or is_whole(found),
        bodies=list(dict.fromkeys((*OUTSIDE, *bodies))),
        states=ReferralState,
        makes=makes,
        writes=writes,
        second=writes and may_send(found, me()),
        statement_longest=ReferralItem.statement.type.length,
        who=names_of(session(), person_ids=people),
    )


@blueprint.get("/<int:referral_id>")
def referral(referral_id: int) -> Any:
    """One referral: a draft to be written on, or as it was sent."""
    return _page(referral_id)


@blueprint.post("/<int:referral_id>")
@carries("seal")
def save(referral_id: int) -> Any:
    """Keep what was written."""
    found = _referral(referral_id)
    with answering(lambda problem: _page(referral_id, problem)):
        shown = seal(draft_shown(found))
        form = _merged(found)
        form.refuse("referral-changed-meanwhile", "这份移送")
        dated = str(form.values["dated_on"]).strip()
        save_draft(
            session(),
            referral=found,
            wording=Wording(
                {name: str(form.values[name]) for name in COLUMNS},
                read_day(dated, DATED, latest=None) if dated else None,
            ),
            by=me(),
            now=clock.now(),
            seal=shown,
        )
    return done(f"草稿存好了，还没有移送。{form.told()}", _at(found))


def _pick_page(referral_id: int, problem: Problem | None = None) -> Any:
    found = _referral(referral_id)
    return page(
        "referral_pick.html",
        problem=problem,
        referral=found,
        offers=offers(session(), county=found.county, on=clock.today()),
        picked={(one.kind.value, one.ref) for one in items_of(session(), found)},
        chosen={text.rpartition(":")[0] for text in request.form.getlist("fact")},
    )


@blueprint.get("/<int:referral_id>/pick")
def pick_form(referral_id: int) -> Any:
    """What can be put into a draft."""
    return _pick_page(referral_id)


@blueprint.post("/<int:referral_id>/pick")
def put_in(referral_id: int) -> Any:
    """Put the chosen facts (`fact`: kind:key) into a draft, and keep their records' papers."""
    from server.papers.referral import keep_records

    found = _referral(referral_id)
    with answering(lambda problem: _pick_page(referral_id, problem)):
        chosen = {}
        for text in request.form.getlist("fact"):
            kind, _, rest = text.partition(":")
            ref, _, mark = rest.partition(":")
            if kind not in FactKind.labels():
                raise Invalid("referral-fact-unknown", "选的线索看不懂。请刷新页面重新选。")
            chosen[FactKind(kind), ref] = mark
        if not chosen:
            raise Invalid("referral-wrong", "还没有选线索。请至少选一条。", fields={"fact": "请选"})
        now = clock.now()
        number = pick(session(), referral=found, facts=chosen, by=me(), now=now, seen=chosen)
        font_dir = settings_of().font_dir
        keep_records(
            session(), referral=found, standards=standards_here(), now=now, font_dir=font_dir
        )
    return done(f"列入了{number}条线索，连同证据。", _at(found))


@blueprint.post("/<int:referral_id>/facts/<int:fact_id>/drop")
@carries("fact_seal")
def take_out(referral_id: int, fact_id: int) -> Any:
    """Take a fact out of a draft."""
    found = _referral(referral_id)
    shown = request.form.get("fact_seal")
    with answering(lambda problem: _page(referral_id, problem)):
        drop(session(), referral=found, item_id=fact_id, by=me(), now=clock.now(), seal=shown)
    return done("这条线索拿出来了，原来的记录不变。", _at(found))


@blueprint.post("/<int:referral_id>/facts/<int:fact_id>/heard")
@carries("fact_seal")
def heard(referral_id: int, fact_id: int) -> Any:
    """Write down what somebody concerned said."""
    found, form = _referral(referral_id), request.form
    with answering(lambda problem: _page(referral_id, problem, fact_id)):
        on = form.get("on", "").strip()
        hear(
            session(),
            referral=found,
            item_id=fact_id,
            who=form.get("who", ""),
            on=read_day(on, "哪天听的", latest=None) if on else None,
            words=form.get("words", ""),
            by=me(),
            now=clock.now(),
            seal=form.get("fact_seal"),
        )
    return done("记下了本人说的，会印在移送函里。", _at(found))


@blueprint.post("/<int:referral_id>/send")
@carries("seen")
def hand_over(referral_id: int) -> Any:
    """Confirm a draft as it was looked at, and keep its papers."""
    from server.papers.referral import keep_records, referral_paper

    found, font_dir = _referral(referral_id), settings_of().font_dir
    with answering(lambda problem: _page(referral_id, problem)):
        now = clock.now()
        if found.state is ReferralState.DRAFT:
            keep_records(
                session(), referral=found, standards=standards_here(), now=now, font_dir=font_dir
            )
        send(session(), referral=found, seen=request.form.get("seen", ""), by=me(), now=now)
        for kind in MIMES:
            referral_paper(session(), referral=found, kind=kind, now=now, font_dir=font_dir)
    return done("核对移送了，内容和证据从此固定。", _at(found))


@blueprint.post("/<int:referral_id>/answer")
def answer(referral_id: int) -> Any:
    """Write down what came back."""
    found, form = _referral(referral_id), request.form
    with answering(lambda problem: _page(referral_id, problem)):
        record_answer(
            session(),
            referral=found,
            words=form.get("words", ""),
            on=read_day(form.get("on", ""), "反馈日期", latest=None),
            by=me(),
            now=clock.now(),
        )
    return done("反馈登记好了。", _at(found))


@blueprint.post("/<int:referral_id>/withdraw")
def withdraw(referral_id: int) -> Any:
    """Take a referral back, or throw a draft away, with a reason."""
    found = _referral(referral_id)
    with answering(lambda problem: _page(referral_id, problem)):
        reason = request.form.get("reason", "")
        withdraw_referral(session(), referral=found, reason=reason, by=me(), now=clock.now())
    return done("撤回了，原来的留着，标明已撤回。", url_for("desk_referrals.referrals"))


def _paper(found: Referral, kind: str) -> bytes:
    """A sent referral's paper as kept; of a draft how it would look, marked as one."""
    from server.papers.referral import referral_file, referral_paper
    from server.papers.table_letter import kept_letter

    font_dir = settings_of().font_dir
    if found.issued_at is None:
        content = content_of(session(), found, now=clock.now())
        return referral_file(content, kind, mark="草稿　没有移送", font_dir=font_dir)
    made = kept_letter(session(), of=found, kind=kind)
    if made is not None:
        return made
    with own_write():  # a reader cannot become a writer (decision 0004)
        return referral_paper(
            session(), referral=found, kind=kind, now=clock.now(), font_dir=font_dir
        )


def _named(found: Referral, ending: str) -> str:
    state = "" if found.state is ReferralState.SENT else f"（{found.state.label}）"
    return f"{found.title}{state}.{ending}"


@blueprint.get("/<int:referral_id>.<any(pdf, docx):kind>")
def referral_file(referral_id: int, kind: str) -> Any:
    """The letter."""
    found = _referral(referral_id)
    return made_out(_paper(found, kind), _named(found, kind))


@blueprint.get("/<int:referral_id>.zip")
def evidence(referral_id: int) -> Any:
    """The letter with all its evidence and the list of hashes."""
    from server.papers.referral import evidence_entries

    found = _referral(referral_id)
    letter = _paper(found, "pdf")
    content = content_of(session(), found, now=clock.now())
    entries = evidence_entries(session(), content=content, letter=letter, blobs=blobs_of())
    return zip_out(entries, _named(found, "zip"))
