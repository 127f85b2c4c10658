"""How consents look on the wire."""

from marshmallow import fields, validate

from miniapp_api.reading_rows import Out
from server.models.consent import ConsentState


class ConsentOut(Out):
    """What a keeper is free to refuse: the text that is shown, its version, and how it stands."""

    purpose = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    sha256 = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(ConsentState.labels())))
