"""Schemas that pass over what they do not know, and the position every event may carry."""

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate


class Lenient(Schema):
    """Unknown fields are passed over: phones in the field are older or newer than the server."""

    class Meta:
        """See above."""

        unknown = EXCLUDE

    error_messages = {"type": "这里的内容看不懂。请更新手机页面后再交。"}


class Strict(Schema):
    """For other systems' questions: what is passed over in silence would answer another one."""

    class Meta:
        """See above."""

        unknown = RAISE

    error_messages = {"unknown": "没有这个参数，请对照接口说明。"}


class PositionIn(Lenient):
    """One fix of the phone; WGS-84."""

    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    accuracy_m = fields.Float(load_default=None, allow_none=True, validate=validate.Range(0, 1e6))
    fix_age_s = fields.Float(load_default=None, allow_none=True, validate=validate.Range(0, 1e7))


class PositionField(fields.Nested):
    """A position that makes no sense counts as none: position never blocks anything."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PositionIn, load_default=None, allow_none=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            return None
