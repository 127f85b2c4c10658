"""The shapes of what an inspector takes along: form, checks, stations, findings, small pictures."""

from marshmallow import fields

from miniapp_api.reading_rows import Out
from miniapp_api.round_shapes import MendOut, PlateOut, RoundBrief, StandardBrief
from miniapp_api.shapes import Counts30Out, ReadingOut


class AskOut(Out):
    """One thing to tap, read or measure."""

    fact = fields.String(required=True, attribute="fact.name")
    title = fields.String(required=True, attribute="fact.title")
    kind = fields.String(required=True, attribute="fact.kind")
    yes = fields.String(required=True, attribute="fact.yes")
    no = fields.String(required=True, attribute="fact.no")
    unit = fields.String(required=True)


class FormRowOut(Out):
    """One rule of the form."""

    code = fields.String(required=True, attribute="rule.code")
    clause = fields.String(required=True, attribute="rule.clause")
    title = fields.String(required=True, attribute="rule.title")
    text = fields.String(required=True, attribute="rule.text")
    level = fields.String(required=True, attribute="rule.level")
    mend = fields.String(required=True, attribute="rule.mend")
    standard_id = fields.String(required=True, attribute="rule.standard_id")
    subject = fields.String(allow_none=True)
    asks = fields.List(fields.Nested(AskOut), required=True)
    check = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the rule's check as data: `kind` and its arguments"},
    )
    why = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        attribute="rule.why",
        metadata={"description": "the rule's own wording by verdict; {found} is the check's"},
    )


class SaidOut(Out):
    """A word that says otherwise than the finding."""

    word = fields.String(required=True)
    value = fields.Raw(required=True)
    on = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)


class PackedFinding(Out):
    """How a clause stands before the visit: the whole finding, as a record freezes it."""

    standard = fields.String(required=True)
    code = fields.String(required=True)
    clause = fields.String(required=True)
    title = fields.String(required=True)
    level = fields.String(required=True)
    verdict = fields.String(required=True)
    label = fields.String(required=True)
    counts_against = fields.Boolean(required=True)
    word = fields.String(required=True, allow_none=True)
    since = fields.String(required=True, allow_none=True)
    why = fields.String(required=True)
    mend = fields.String(required=True)
    text = fields.String(required=True)
    evidence = fields.List(fields.String(), required=True)
    contradicted_by = fields.List(fields.Nested(SaidOut), required=True)
    mended_on = fields.String(required=True, allow_none=True)
    verdict_label = fields.String(required=True)
    word_label = fields.String(required=True, allow_none=True)
    photo_id = fields.UUID(required=True, allow_none=True)


class KeeperFindingOut(Out):
    """How a clause stands on nobody's word but the keeper's."""

    code = fields.String(required=True)
    verdict = fields.String(required=True)
    label = fields.String(required=True)
    why = fields.String(required=True)
    since = fields.String(required=True, allow_none=True)
    word = fields.String(required=True, allow_none=True)
    evidence = fields.List(fields.String(), required=True)


class RegisterWordsOut(Out):
    """The station as the register names it, for the text that is signed."""

    id = fields.Integer(required=True)
    level = fields.String(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True)
    township = fields.String(required=True)
    operator = fields.String(required=True)
    keeper = fields.String(required=True)
    address = fields.String(required=True)


class PackedPhoto(Out):
    """The keeper's newest photo of a subject."""

    id = fields.UUID(required=True)
    subject = fields.String(required=True)
    subject_label = fields.String(required=True)
    day_on = fields.Date(required=True)
    taken_at = fields.AwareDateTime(required=True)
    reading = fields.Nested(ReadingOut, required=True, allow_none=True)


class EarlierWordOut(Out):
    """One clause as an earlier visit froze it, and what has become of it since."""

    code = fields.String(required=True)
    verdict = fields.String(required=True)
    verdict_label = fields.String(required=True, attribute="label")
    why = fields.String(required=True)
    note = fields.String(required=True)
    mending = fields.String(required=True)


class EarlierVisitOut(Out):
    """One of the last two visits before this round."""

    id = fields.UUID(required=True)
    day_on = fields.Date(required=True)
    by = fields.String(required=True, attribute="inspector_name")
    round = fields.String(required=True)
    covert = fields.Boolean(required=True)
    said = fields.List(fields.Nested(EarlierWordOut), required=True)


class PackedStationOut(Out):
    """One station with everything its form needs; no visit outside a round."""

    visit_id = fields.Integer(required=True, allow_none=True)
    station_id = fields.Integer(required=True, attribute="id")
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    level_label = fields.String(required=True, attribute="level.label")
    ownership_label = fields.String(required=True)
    address = fields.String(required=True)
    operator = fields.String(required=True, attribute="known.operator_name")
    head_name = fields.String(required=True)
    head_phone_masked = fields.String(required=True)
    registered_name = fields.String(required=True)
    hours_lines = fields.List(fields.String(), required=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    plates = fields.List(fields.Nested(PlateOut), required=True)
    asked = fields.List(fields.String(), required=True)
    findings = fields.List(fields.Nested(PackedFinding), required=True)
    keeper_findings = fields.List(fields.Nested(KeeperFindingOut), required=True)
    register = fields.Nested(RegisterWordsOut, required=True)
    facts = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "what the checks need: level, name, filed_name, place, code, operator, "
            "address, `known`: what is settled today of each fact, and `fixed`: why no check is "
            "held against a rule"
        },
    )
    photos = fields.List(fields.Nested(PackedPhoto), required=True)
    open_mends = fields.List(fields.Nested(MendOut), required=True, attribute="mends")
    open_work = fields.String(required=True)
    last_check_in = fields.AwareDateTime(allow_none=True, attribute="month.last_check_in_at")
    counts_30d = fields.Nested(Counts30Out, required=True, attribute="month")
    earlier = fields.List(fields.Nested(EarlierVisitOut), required=True)


class RemarkOut(Out):
    """A sentence of the county's; `rules` empty where it fits any."""

    text = fields.String(required=True)
    rules = fields.List(fields.String(), required=True)


class ColleagueOut(Out):
    """Somebody who may sign as the second inspector."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class PackageOut(Out):
    """What an inspector takes along; `thumbs` are base64 JPEGs by photo id.

    `taken_on` is the Beijing day whose register and findings these are.
    """

    taken_on = fields.Date(required=True)
    inspector = fields.String(required=True)
    options = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the county's choices that checks ask for"},
    )

    campaign = fields.Nested(RoundBrief, required=True, allow_none=True)
    township = fields.String(required=True, allow_none=True)
    standards = fields.List(fields.Nested(StandardBrief), required=True)
    form = fields.List(fields.Nested(FormRowOut), required=True)
    stations = fields.List(fields.Nested(PackedStationOut), required=True)
    thumbs = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    remarks = fields.List(fields.Nested(RemarkOut), required=True)
    colleagues = fields.List(fields.Nested(ColleagueOut), required=True)
