"""Shapes of what a keeper reads about subsidies."""

from marshmallow import fields, validate

from miniapp_api.reading_rows import Out
from server.models.subsidy import EntitlementState


class SubsidyOut(Out):
    """One amount of one station; `sentence` says for what, `said` how it stands and why."""

    id = fields.Integer(required=True)
    station_id = fields.Integer(required=True)
    station = fields.String(required=True)
    title = fields.String(required=True)
    period = fields.String(required=True)
    amount_fen = fields.Integer(required=True)
    amount = fields.String(required=True)
    sentence = fields.String(required=True)
    payee = fields.String(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf([state.value for state in EntitlementState])
    )
    state_label = fields.String(required=True)
    said = fields.String(required=True)


class MonthOut(Out):
    """A month of one station: what its keeper reported, and in `said` what it waits for."""

    station_id = fields.Integer(required=True)
    period = fields.String(required=True, metadata={"description": "2023-05"})
    received = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    days = fields.Integer(required=True, metadata={"description": "days with a count"})
    approved = fields.Boolean(required=True)
    said = fields.String(required=True)


class SubsidiesOut(Out):
    """What the own stations get, the newest period first, and their newest six months.

    `months` is empty where the county pays nothing by the piece.
    """

    subsidies = fields.List(fields.Nested(SubsidyOut), required=True)
    months = fields.List(fields.Nested(MonthOut), required=True)
