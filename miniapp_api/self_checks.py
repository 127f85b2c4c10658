"""A phone's self-check: what it and its browser can do, sent to the office that helps with it."""

from typing import Any

from flask import g
from marshmallow import fields

from miniapp_api.bodies import ApiBlueprint
from miniapp_api.fields import ShortList, Text, plain_json, plain_text
from miniapp_api.lenient import Lenient
from miniapp_api.reading_rows import Out
from server.http import clock
from server.http.database import session
from server.http.guards import guard_phones
from server.models.person import Role
from server.models.phone_help import SelfCheck
from server.services.common.written import cut
from server.services.intake.self_checks import keep_self_check

blp = ApiBlueprint("self_checks", __name__, url_prefix="/api/v1", description="看看手机行不行")
guard_phones(blp, *Role)
CHECKS_AT_MOST = 30


class Told(fields.Raw):
    """Anything small the phone says beside its checks; kept as plain JSON, never refused."""

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        kept = plain_json(value, 2)
        return kept if len(str(kept)) <= 300 else None


class CheckedIn(Lenient):
    """One thing the phone looked at; `ok` is null where it could not tell."""

    key = Text(30, required=True)
    label = Text(30, required=True)
    ok = fields.Boolean(required=True, allow_none=True, truthy={True}, falsy={False})
    detail = Text(200, load_default="")


class SelfCheckIn(Lenient):
    """What a phone found out about itself."""

    device_id = Text(64, shortest=1, required=True)
    device_label = Text(80, load_default="", metadata={"description": "such as 红米 Note 9"})
    user_agent = fields.String(load_default="", metadata={"description": "cut at 300 characters"})
    app_version = Text(40, load_default="")
    made_at = Told(load_default=None, metadata={"description": "what the phone's clock said"})
    took_ms = Told(load_default=None)
    screen = Told(load_default=None)
    checks = ShortList(
        fields.Nested(CheckedIn),
        most=CHECKS_AT_MOST,
        error=f"一次最多看{CHECKS_AT_MOST}样。",
        required=True,
    )


class SelfCheckOut(Out):
    """The receipt."""

    id = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True)


@blp.route("/self-checks", methods=["POST"])
@blp.arguments(SelfCheckIn)
@blp.response(201, SelfCheckOut)
def keep(sent: dict[str, Any]) -> Any:
    """Keep a phone's self-check; the office sees the newest of each phone."""
    result = {
        name: sent[name] for name in ("app_version", "made_at", "took_ms", "screen", "checks")
    }
    return keep_self_check(
        session(),
        person=g.person,
        device_id=sent["device_id"],
        device_label=sent["device_label"],
        user_agent=cut(plain_text(sent["user_agent"]), SelfCheck.user_agent),
        result=result,
        now=clock.now(),
    )
