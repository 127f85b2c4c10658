"""The shape of what a keeper asked the office for."""

from marshmallow import fields

from miniapp_api.reading_rows import Out


class RequestOut(Out):
    """What a keeper asked the office for; `answer` is the office's sentence once it is decided."""

    id = fields.UUID(required=True, attribute="request.id")
    station_id = fields.Integer(required=True, attribute="request.station_id")
    station = fields.String(required=True, attribute="station.name")
    about = fields.String(required=True, attribute="request.about.value")
    said = fields.String(required=True)
    note = fields.String(required=True, attribute="request.note")
    asked_at = fields.AwareDateTime(required=True, attribute="request.asked_at")
    state = fields.String(required=True, attribute="request.state.value")
    state_label = fields.String(required=True, attribute="request.state.label")
    answer = fields.String(required=True, attribute="request.answer")
    decided_at = fields.AwareDateTime(allow_none=True, attribute="request.decided_at")
