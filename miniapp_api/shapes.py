"""The shapes of answers to phones, as the OpenAPI document shows them."""

from marshmallow import fields, validate

from miniapp_api.consent_shapes import ConsentOut
from miniapp_api.photo_shapes import PhotoLine
from miniapp_api.reading_rows import Out
from miniapp_api.request_shapes import RequestOut
from server.models.person import Role
from server.models.signal import SignalState
from server.policy.signals.options import KINDS
from server.policy.signs.placed import Outcome
from server.policy.standard.examine import Status
from server.policy.standard.facts import Level
from server.policy.standard.standards import RuleLevel
from server.services.home.tasks import TaskKind
from server.services.signals.questions import OUTCOMES

BINARY = {"type": "string", "format": "binary"}
LEVELS = validate.OneOf([level.value for level in Level])


class StatusOut(Out):
    """达标, 达标·整改未办结, 不达标, 待核实 or 未评估; null where the county has no standard."""

    code = fields.String(
        required=True,
        attribute="value",
        validate=validate.OneOf([one.value for one in Status]),
    )
    label = fields.String(required=True)


class PersonOut(Out):
    """Who is signed in."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf([role.value for role in Role]))
    role_label = fields.String(required=True, attribute="role.label")


class CountyOut(Out):
    """The county, and whom to call."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    demo = fields.Boolean(required=True)
    hotline = fields.String(required=True)


class TelephoneOut(Out):
    """A number that anybody may call, and whose it is (鹅城镇, 县里)."""

    number = fields.String(required=True)
    of = fields.String(required=True)


class StationBrief(Out):
    """A station in one line."""

    id = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    level = fields.String(required=True, validate=LEVELS)


class TaskOut(Out):
    """One thing to do, as facts; the phone says it in its own words.

    title and why are names and reasons as they were kept, no sentences for a screen.
    """

    key = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in TaskKind]))
    title = fields.String(required=True, allow_none=True)
    why = fields.String(required=True, allow_none=True)
    clause = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    done = fields.Boolean(required=True)
    rectification_id = fields.Integer(allow_none=True)
    inspection_id = fields.UUID(allow_none=True)
    due_on = fields.Date(allow_none=True)
    until = fields.AwareDateTime(allow_none=True)
    state = fields.String(allow_none=True)
    returned_because = fields.String(allow_none=True)
    photo_id = fields.UUID(allow_none=True)
    signal_id = fields.Integer(allow_none=True)
    day_on = fields.Date(allow_none=True)


class CountOut(Out):
    """One version of a day's parcels."""

    version = fields.Integer(required=True)
    received = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    agri_sent = fields.Integer(required=True)
    on_hand = fields.Integer(required=True)
    by_brand = fields.Dict(keys=fields.String(), values=fields.Integer())
    reason = fields.String()


class DayCountOut(CountOut):
    """The count that holds for a day, under the name it was sent with."""

    id = fields.UUID(required=True)
    day_on = fields.Date(required=True)


class CheckInOut(Out):
    """One check-in."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, attribute="occurred_at")
    method = fields.String(required=True)
    time_verified = fields.Boolean(required=True)


class OpeningOut(Out):
    """What was told of a day's opening: closed or early, and when."""

    opening = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    label = fields.String(required=True)


class TodayOut(Out):
    """What is done today."""

    check_in = fields.Nested(CheckInOut, allow_none=True)
    count = fields.Nested(CountOut, allow_none=True)
    photos = fields.Integer(required=True)
    opening = fields.Nested(OpeningOut, allow_none=True)


class FailOut(Out):
    """One clause that the station fails, and what mends it."""

    code = fields.String(required=True)
    clause = fields.String(required=True)
    title = fields.String(required=True)
    why = fields.String(required=True)
    mend = fields.String(required=True, attribute="rule.mend")


class HomeStation(Out):
    """One kept station with today's tasks."""

    id = fields.Integer(required=True)
    code = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    level = fields.String(required=True, validate=LEVELS)
    level_label = fields.String(required=True, attribute="level.label")
    township_name = fields.String(required=True)
    hours = fields.List(fields.Raw(), required=True)
    hours_lines = fields.List(fields.String(), required=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    plate_token = fields.String(allow_none=True)
    demo = fields.Boolean(required=True)
    status = fields.Nested(StatusOut, required=True, allow_none=True)
    todo = fields.List(fields.Nested(TaskOut), required=True)
    today = fields.Nested(TodayOut, required=True)
    counts = fields.List(fields.Nested(DayCountOut), required=True)
    missing_photos = fields.Integer(required=True)
    fails = fields.List(fields.Nested(FailOut), required=True)


class VoiceOut(Out):
    """听一听: the sentences of a county's recording by name, [where each begins, how long] in s."""

    version = fields.String(required=True)
    placeholder = fields.Boolean(required=True, metadata={"description": "a machine speaks"})
    sentences = fields.Dict(keys=fields.String(), values=fields.List(fields.Float()), required=True)


class HomeOut(Out):
    """A keeper's home; counts of the `approved_months` (their first days) need a reason."""

    server_now = fields.AwareDateTime(required=True)
    today = fields.Date(required=True)
    county = fields.Nested(CountyOut, required=True)
    help = fields.Nested(TelephoneOut, required=True)
    person = fields.Nested(PersonOut, required=True)
    stations = fields.List(fields.Nested(HomeStation), required=True)
    approved_months = fields.List(fields.Date(), required=True)
    requests = fields.List(fields.Nested(RequestOut), required=True)
    voice = fields.Nested(VoiceOut, required=True, allow_none=True)
    consents = fields.List(fields.Nested(ConsentOut), required=True)
    privacy = fields.List(
        fields.String(), required=True, metadata={"description": "what is kept without asking"}
    )


class DayOut(Out):
    """What was sent for one day."""

    day_on = fields.Date(required=True)
    station_id = fields.Integer(required=True)
    check_ins = fields.List(fields.Nested(CheckInOut), required=True)
    count = fields.Nested(CountOut, allow_none=True)
    photos = fields.List(fields.Nested(PhotoLine), required=True)
    opening = fields.Nested(OpeningOut, allow_none=True)


class HistoryOut(Out):
    """Days, newest first; `next` goes on as `before`."""

    days = fields.List(fields.Nested(DayOut), required=True)
    next = fields.Date(required=True, allow_none=True)


class QuestionOut(Out):
    """What looked odd, what the keeper said to it, and what came of it."""

    id = fields.Integer(required=True, attribute="signal.id")
    station_id = fields.Integer(required=True, attribute="station.id")
    station_name = fields.String(required=True, attribute="station.name")
    kind = fields.String(
        required=True, attribute="signal.kind", validate=validate.OneOf(list(KINDS))
    )
    title = fields.String(required=True)
    question = fields.String(required=True, attribute="signal.question")
    day_on = fields.Date(required=True, attribute="signal.day_on")
    state = fields.String(
        required=True,
        attribute="signal.state",
        validate=validate.OneOf([state.value for state in SignalState]),
    )
    answer = fields.String(required=True, attribute="signal.answer")
    answered_at = fields.AwareDateTime(
        required=True, attribute="signal.answered_at", allow_none=True
    )
    decision = fields.String(
        required=True, attribute="signal.decision", validate=validate.OneOf(["", *OUTCOMES])
    )
    decision_label = fields.String(required=True)
    reason = fields.String(required=True, attribute="signal.reason")
    settled_at = fields.AwareDateTime(required=True, attribute="signal.settled_at", allow_none=True)
    raised_at = fields.AwareDateTime(required=True, attribute="signal.raised_at")


class QuestionsOut(Out):
    """Questions, newest first; `next` goes on as `before`, `open` are still without an answer."""

    questions = fields.List(fields.Nested(QuestionOut), required=True)
    next = fields.Integer(required=True, allow_none=True)
    open = fields.Integer(required=True)


class PhotoKept(Out):
    """The receipt of a photo."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["kept"]))


class PhotoWithdrawn(Out):
    """What became of a photo whose phone says that it will not come."""

    id = fields.UUID(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["withdrawn", "kept"]))


class InspectedBrief(StationBrief):
    """A station in the inspector's list."""

    level_label = fields.String(required=True, attribute="level.label")
    township_name = fields.String(required=True)
    status = fields.Nested(StatusOut, required=True, allow_none=True)
    plate_token = fields.String(allow_none=True)


class InspectedList(Out):
    """The stations an inspector may look at."""

    stations = fields.List(fields.Nested(InspectedBrief), required=True)


class InspectedStation(InspectedBrief):
    """A scanned station's register facts."""

    ownership_label = fields.String(required=True)
    area = fields.String(allow_none=True)
    address = fields.String(required=True)
    operator = fields.String(required=True, attribute="operator_name")
    head_name = fields.String(required=True)
    hours_lines = fields.List(fields.String(), required=True)
    demo = fields.Boolean(required=True)


class SignOut(Out):
    """The plate that was scanned."""

    plate_no = fields.Integer(required=True)
    state = fields.String(required=True)


class FindingOut(Out):
    """One clause held against the station, with the newest picture that shows it."""

    code = fields.String(required=True)
    clause = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True, attribute="rule.text")
    level = fields.String(required=True, validate=validate.OneOf(list(RuleLevel.labels())))
    verdict = fields.String(required=True)
    verdict_label = fields.String(required=True, attribute="label")
    word = fields.String(allow_none=True)
    word_label = fields.String(allow_none=True)
    since = fields.Date(allow_none=True)
    why = fields.String(required=True)
    mend = fields.String(required=True, attribute="rule.mend")
    standard_id = fields.String(required=True)
    photo_id = fields.UUID(allow_none=True)


class ReadingOut(Out):
    """What the machine read in a photo of a sign or hours board, beside the register."""

    outcome = fields.String(required=True, validate=validate.OneOf(list(Outcome.labels())))
    label = fields.String(required=True)
    why = fields.String(required=True)
    check_ins = fields.String(required=True)
    aside = fields.String(required=True)


class InspectedPhoto(Out):
    """A station's newest photo of a subject."""

    id = fields.UUID(required=True)
    subject = fields.String(required=True)
    subject_label = fields.String(required=True)
    taken_at = fields.AwareDateTime(required=True)
    day_on = fields.Date(required=True)
    state = fields.String(required=True)
    complaints = fields.List(fields.String(), required=True)
    reading = fields.Nested(ReadingOut, required=True, allow_none=True)


class Counts30Out(Out):
    """The parcels of thirty days."""

    received = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    days = fields.Integer(required=True, attribute="days_counted")


class ScanOut(Out):
    """Everything an inspector wants to know in front of the plate."""

    station = fields.Nested(InspectedStation, required=True)
    sign = fields.Nested(SignOut, allow_none=True)
    method = fields.String(required=True, validate=validate.OneOf(["scan", "typed"]))
    status = fields.Nested(StatusOut, required=True, allow_none=True)
    findings = fields.List(fields.Nested(FindingOut), required=True)
    photos = fields.List(fields.Nested(InspectedPhoto), required=True)
    last_check_in = fields.AwareDateTime(allow_none=True)
    counts_30d = fields.Nested(Counts30Out, required=True)


class FilingOut(Out):
    """末端备案."""

    filed = fields.Boolean(required=True)
    on = fields.Date(allow_none=True)


class PublicStation(Out):
    """What anybody may know of a station; `today` is what its keeper told, empty as usual."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    level_label = fields.String(required=True)
    county_name = fields.String(required=True)
    township_name = fields.String(required=True)
    address = fields.String(required=True)
    hours_lines = fields.List(fields.String(), required=True)
    today = fields.String(required=True)
    services = fields.List(fields.String(), required=True)
    filing = fields.Nested(FilingOut, required=True)
    hotline = fields.String(required=True)
    demo = fields.Boolean(required=True)


class ProblemOut(Out):
    """RFC 9457, with a stable `code` and a `detail` in plain Chinese."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    fields_ = fields.Raw(data_key="fields")
    retry_after_s = fields.Integer()
