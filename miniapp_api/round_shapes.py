"""The shapes of rounds, inspection copies and rectifications on phones."""

from marshmallow import fields

from miniapp_api.reading_rows import Out
from miniapp_api.shapes import StatusOut


class PlateOut(Out):
    """One plate of a station; a phone offline knows by `token` which one it scanned."""

    plate_no = fields.Integer(required=True)
    state = fields.String(required=True)
    live = fields.Boolean(required=True)
    token = fields.String(required=True)


class RoundBrief(Out):
    """A round in one line."""

    id = fields.Integer(required=True)
    period = fields.String(required=True)
    name = fields.String(required=True)
    opens_on = fields.Date(required=True)
    due_on = fields.Date(required=True)
    closed = fields.Boolean(required=True)
    demo = fields.Boolean(required=True)


class SeenBy(Out):
    """Somebody has been there."""

    id = fields.UUID(required=True)
    by = fields.String(required=True, attribute="inspector_name")
    by_id = fields.Integer(required=True, attribute="inspector_id")
    at = fields.AwareDateTime(required=True, attribute="finished_at")
    outcome_label = fields.String(required=True)


class VisitOut(Out):
    """A station of a round in the inspector's list."""

    id = fields.Integer(required=True, attribute="visit.id")
    station_id = fields.Integer(required=True, attribute="station.id")
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    township_code = fields.String(allow_none=True)
    township_name = fields.String(required=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    head_name = fields.String(required=True)
    mine = fields.Boolean(required=True)
    inspector_name = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    state_label = fields.String(required=True, attribute="state.label")
    plates = fields.List(fields.Nested(PlateOut), required=True)
    inspections = fields.List(fields.Nested(SeenBy), required=True, attribute="all")


class RoundTownship(Out):
    """How far a township is; `mine` of its stations are this inspector's."""

    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    total = fields.Integer(required=True)
    mine = fields.Integer(required=True)
    done = fields.Integer(required=True)


class RoundOut(RoundBrief):
    """A round with all its stations that this person may see."""

    totals = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    townships = fields.List(fields.Nested(RoundTownship), required=True)
    visits = fields.List(fields.Nested(VisitOut), required=True)


class RoundsOut(Out):
    """The open rounds."""

    server_now = fields.AwareDateTime(required=True)
    today = fields.Date(required=True)
    campaigns = fields.List(fields.Nested(RoundOut), required=True)


class StandardBrief(Out):
    """A standard and the hash of its file."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    sha256 = fields.String(required=True)


class MendOut(Out):
    """An open rectification in one line."""

    id = fields.Integer(required=True)
    clause = fields.String(required=True)
    title = fields.String(required=True)
    due_on = fields.Date(required=True)
    state = fields.String(required=True)


class CopyStation(Out):
    """Whose inspection it is."""

    id = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    level_label = fields.String(required=True, attribute="level.label")
    township_name = fields.String(required=True)
    demo = fields.Boolean(required=True)


class CopyCampaign(Out):
    """Which round."""

    id = fields.Integer(required=True)
    period = fields.String(required=True)
    name = fields.String(required=True)


class CopyValue(Out):
    """What was measured or read on a clause."""

    fact = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class CopyRow(Out):
    """One clause as frozen."""

    code = fields.String(required=True)
    clause = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    level = fields.String(required=True)
    verdict = fields.String(required=True)
    verdict_label = fields.String(required=True, attribute="label")
    counts_against = fields.Boolean(required=True)
    word = fields.String(allow_none=True)
    why = fields.String(required=True)
    mend = fields.String(required=True)
    note = fields.String(required=True)
    values = fields.List(fields.Nested(CopyValue), required=True)
    keeper_verdict_label = fields.String(required=True, attribute="keeper_label")
    photo_ids = fields.List(fields.UUID(), required=True)
    since = fields.String(required=True, allow_none=True)
    insisted = fields.Boolean(required=True)


class SinceOut(Out):
    """One thing that the register says otherwise now."""

    label = fields.String(required=True)
    then = fields.String(required=True)
    now = fields.String(required=True)


class SignaturesOut(Out):
    """Signatures as SVG paths in a box of 600 x 200."""

    inspector = fields.String(required=True)
    keeper = fields.String(required=True)
    second = fields.String(required=True)


class CopyOut(Out):
    """An inspection as keeper, inspector and office read it."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    station = fields.Nested(CopyStation, required=True)
    campaign = fields.Nested(CopyCampaign, required=True, allow_none=True)
    inspector_name = fields.String(required=True)
    second_name = fields.String(required=True)
    keeper_name = fields.String(required=True)
    arrived_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True)
    time_verified = fields.Boolean(required=True)
    day_on = fields.Date(required=True)
    method = fields.String(required=True)
    sign_remark = fields.String(required=True)
    distance_m = fields.Float(allow_none=True)
    outcome = fields.String(required=True)
    outcome_label = fields.String(required=True)
    outcome_note = fields.String(required=True)
    status = fields.Nested(StatusOut, required=True)
    fails = fields.Integer(required=True)
    answered = fields.Integer(required=True)
    unanswered = fields.List(fields.String(), required=True)
    rows = fields.List(fields.Nested(CopyRow), required=True)
    signatures = fields.Nested(SignaturesOut, required=True)
    standards = fields.List(fields.Nested(StandardBrief), required=True)
    frozen_sha256 = fields.String(required=True)
    document_sha256 = fields.String(required=True, allow_none=True)
    signed_how = fields.String(required=True, allow_none=True)
    signed_how_label = fields.String(required=True)
    office_asks = fields.String(
        required=True,
        metadata={"description": "why the office wants it amended; empty for nothing"},
    )
    since = fields.List(fields.Nested(SinceOut), required=True)
    waits_for_you = fields.Boolean(required=True, attribute="waits_for_keeper")
    confirmed_at = fields.AwareDateTime(allow_none=True)
    refused_at = fields.AwareDateTime(allow_none=True)
    refusal = fields.String(required=True)
    refusal_answer = fields.String(required=True)
    amends_id = fields.UUID(allow_none=True)
    amended_because = fields.String(required=True)
    newer_id = fields.UUID(allow_none=True)
    mends = fields.List(fields.Nested(MendOut), required=True)


class InspectionLine(Out):
    """An inspection in the keeper's list."""

    id = fields.UUID(required=True)
    station_id = fields.Integer(required=True)
    day_on = fields.Date(required=True)
    inspector_name = fields.String(required=True)
    outcome = fields.String(required=True)
    outcome_label = fields.String(required=True)
    status = fields.Nested(StatusOut, required=True)
    fails = fields.Integer(required=True)
    waits_for_you = fields.Boolean(required=True)


class InspectionsOut(Out):
    """The inspections of the own stations, the newest first."""

    inspections = fields.List(fields.Nested(InspectionLine), required=True)


class StepOut(Out):
    """One move of a rectification."""

    action = fields.String(required=True)
    label = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    who = fields.String(required=True)
    photo_id = fields.UUID(allow_none=True)
    note = fields.String(required=True)


class RectificationOut(MendOut):
    """A rectification to be judged."""

    station_id = fields.Integer(required=True)
    station_code = fields.String(allow_none=True, attribute="station.code")
    station_name = fields.String(required=True, attribute="station.name")
    township_name = fields.String(required=True)
    state_label = fields.String(required=True)
    why = fields.String(required=True)
    what_to_do = fields.String(required=True)
    subject = fields.String(allow_none=True)
    days_left = fields.Integer(allow_none=True)
    overdue = fields.Boolean(required=True)
    notice = fields.String(required=True, attribute="notice_text")
    steps = fields.List(fields.Nested(StepOut), required=True)


class RectificationsOut(Out):
    """Rectifications in this person's scope."""

    rectifications = fields.List(fields.Nested(RectificationOut), required=True)
