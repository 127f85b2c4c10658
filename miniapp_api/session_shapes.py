"""The shapes of whose phone it is, and of what made it theirs."""

from marshmallow import fields

from miniapp_api.reading_rows import Out
from miniapp_api.shapes import CountyOut, PersonOut, StationBrief, TelephoneOut


class CountyTelephonesOut(Out):
    """One county's public numbers."""

    name = fields.String(required=True)
    hotline = fields.String(required=True)
    townships = fields.List(fields.Nested(TelephoneOut), required=True)


class TelephonesOut(Out):
    """Every county's public numbers, for phones that nobody has bound yet."""

    counties = fields.List(fields.Nested(CountyTelephonesOut), required=True)


class SessionOut(Out):
    """Who this phone is, and whom it calls for help."""

    help = fields.Nested(TelephoneOut, required=True)
    person = fields.Nested(PersonOut, required=True)
    county = fields.Nested(CountyOut, required=True)
    stations = fields.List(fields.Nested(StationBrief), required=True)
    expires_at = fields.AwareDateTime(required=True)


class BoundOut(SessionOut):
    """The same, with the token; it is said only this once."""

    token = fields.String(required=True)


class OwnSlipOut(Out):
    """Whether a code was this person's own."""

    own = fields.Boolean(required=True)
