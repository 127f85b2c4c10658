"""The shapes of a keeper's photos in the history: how each stands, and who has looked at it."""

from marshmallow import fields

from miniapp_api.reading_rows import Out


class LookedOut(Out):
    """A person of the county, the township or a round has looked at a photo, and what was found."""

    at = fields.AwareDateTime(required=True)
    by = fields.String(required=True, metadata={"description": "县里, 乡镇 or 督导员"})
    found = fields.String(required=True)


class PhotoLine(Out):
    """A sent photo in the keeper's history; `reused` says of an older one sent again what to do."""

    id = fields.UUID(required=True)
    subject = fields.String(required=True)
    subject_label = fields.String(required=True)
    state = fields.String(required=True)
    complaints = fields.List(fields.String(), required=True)
    reused = fields.String(required=True)
    looked = fields.Nested(LookedOut, required=True, allow_none=True)
    has_thumb = fields.Boolean(required=True)
