"""Who is calling: one guard for each kind of person, attached to a whole blueprint."""

import hashlib
import hmac
from datetime import timedelta
from typing import Literal, NamedTuple

from flask import Blueprint, current_app, g, request
from sqlalchemy import bindparam, select, update

from server.errors import NotAllowed
from server.http import clock
from server.http.database import View, own_write, session, settings_of
from server.http.desk_cookie import desk_token
from server.http.downloads import note_downloads
from server.logs import of_person
from server.models.person import Person, Role, SignIn, SignInKind
from server.services.opendata.tokens import refuse_if_read_too_much, token_behind
from server.services.people.scope import AT_DESK, READS_ONLY, let_in_on

READS_ONLY_SAID = "reads-only"
SEEN_EVERY = timedelta(minutes=5)  # so often a sign of life at the desk is worth writing down
GUARDS: dict[str, "Guard"] = {}  # by the blueprint's name


class Guard(NamedTuple):
    """Who may use a blueprint: at which door, in which roles; `why` says why a door is open."""

    door: Literal["phone", "desk", "public", "machine"]
    roles: tuple[Role, ...] = ()
    why: str = ""


class SignInNeeded(Exception):  # noqa: N818 - an answer, not a fault
    """Nobody is signed in, or no longer: 401 for phones, the sign-in page for the desk."""


class OwnPasswordNeeded(Exception):  # noqa: N818
    """The password was given by somebody else: nothing opens until an own one was chosen."""


class ReadTokenNeeded(Exception):  # noqa: N818
    """Another system sent no read token, or one that is over: 401."""


class CsrfMissing(Exception):  # noqa: N818
    """A writing desk request without its page's token."""


_SIGNED_IN = (
    select(Person, SignIn)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(
        SignIn.token_sha256 == bindparam("token"),
        SignIn.kind == bindparam("kind"),
        SignIn.revoked_at.is_(None),
        SignIn.expires_at > bindparam("now"),
        let_in_on(bindparam("today")),
    )
)


def _signed_in(token: str | None, kind: SignInKind) -> tuple[Person, SignIn] | None:
    """The person behind an opaque token, unless revoked, expired or no longer let in."""
    if not token:
        return None
    found = (
        session()
        .execute(
            _SIGNED_IN,
            {
                "token": hashlib.sha256(token.encode()).hexdigest(),
                "kind": kind,
                "now": clock.now(),
                "today": clock.today(),
            },
        )
        .first()
    )
    if found is None:
        return None
    person, sign_in = found
    return person, sign_in


def bearer_token() -> str | None:
    """The bearer token a phone or another system sent, if any."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def guard_phones(blueprint: Blueprint, *roles: Role) -> None:
    """Only phones of people in these roles; sets `g.person` and `g.sign_in`."""
    GUARDS[blueprint.name] = Guard("phone", roles)

    @blueprint.before_request
    def check() -> None:
        ask_phone()
        if g.person.role not in roles:
            raise NotAllowed("not-your-page", "这一页不是给您用的。请用自己的账号打开。")


def ask_phone() -> None:
    """Set `g.person` and `g.sign_in` of the phone that asks; raises SignInNeeded.

    A view that takes the write lock by itself asks once more when it holds it.
    """
    who = _signed_in(bearer_token(), SignInKind.PHONE)
    if who is None:
        raise SignInNeeded
    g.person, g.sign_in = who
    of_person(g.person.id)


def guard_desk(
    blueprint: Blueprint, *roles: Role, own_account: bool = False, given_password: bool = False
) -> None:
    """Only people signed in at the desk in these roles; writing needs the page's CSRF token.

    Who only reads writes nothing, but on the pages of the `own_account`. Whose password somebody
    else chose opens those alone where a `given_password` is enough.
    """
    roles = roles or AT_DESK
    GUARDS[blueprint.name] = Guard("desk", roles)

    @blueprint.before_request
    def check() -> None:
        if not desk_person():
            raise SignInNeeded
        writes = request.method not in {"GET", "HEAD", "OPTIONS"}
        if writes and not csrf_is(g.sign_in):
            raise CsrfMissing
        if g.person.password_given_at is not None and not given_password:
            raise OwnPasswordNeeded
        # Before any page is asked: who only reads hears so everywhere, not each page's own reason.
        if writes and g.person.role in READS_ONLY and not own_account:
            raise NotAllowed(
                READS_ONLY_SAID,
                "审计账号只能查看和下载，不能登记或修改。有意见，请告诉县专班办公室。",
            )
        if g.person.role not in roles:
            raise NotAllowed("not-your-page", "您的账号没有这一项权限。如需办理，请联系县专班。")
        # Every file is told of as it left: no part of one is given, which nothing would tell.
        if not getattr(current_app.view_functions[request.endpoint or ""], "gives_parts", False):
            request.environ.pop("HTTP_RANGE", None)

    note_downloads(blueprint)


def gives_parts(view: View) -> View:
    """Mark a desk view that answers for a part of its file, and itself tells the history of it."""
    view.gives_parts = True  # type: ignore[attr-defined]
    return view


def asks_by_itself(view: View) -> View:
    """Mark a desk view that a page asks again and again: no sign that anybody sits before it.

    Not the 大屏, which hangs on a wall all day: nobody is there to sign in again.
    """
    view.asks_by_itself = True  # type: ignore[attr-defined]
    return view


def _asked_by_itself() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "asks_by_itself", False)


def guard_systems(blueprint: Blueprint) -> None:
    """Only other systems with a read token of a county; sets `g.read_token`."""
    GUARDS[blueprint.name] = Guard("machine", why="a county's system with a read token")

    @blueprint.before_request
    def check() -> None:
        token = token_behind(session(), bearer_token(), today=clock.today())
        if token is None:
            raise ReadTokenNeeded
        refuse_if_read_too_much(session(), token, today=clock.today())
        g.read_token = token


def desk_person() -> bool:
    """Whether somebody is signed in at the desk and was there lately; sets them in `g`.

    Whoever left the desk open and went is asked again: somebody else may sit there by now.
    """
    who = _signed_in(desk_token(), SignInKind.DESK)
    if who is None:
        return False
    person, sign_in = who
    idle = clock.now() - sign_in.seen_at
    if idle > timedelta(minutes=settings_of().desk_idle_min):
        return False
    if idle > SEEN_EVERY and not _asked_by_itself():
        # A transaction of its own: of a POST the guard asks before the lock is taken, and again.
        with own_write():
            session().execute(
                update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=clock.now())
            )
    g.person, g.sign_in = person, sign_in
    of_person(person.id)
    return True


def half_signed_in() -> tuple[Person, SignIn] | None:
    """Whoever has given the password and still owes the second factor; it opens nothing else."""
    return _signed_in(desk_token(), SignInKind.DESK_HALF)


def csrf_is(sign_in: SignIn) -> bool:
    """Whether a writing request carries the token of the page of this sign-in."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf")
    return hmac.compare_digest((sent or "").encode(), (sign_in.csrf or "-").encode())


def open_to_all(blueprint: Blueprint, why: str) -> None:
    """Say that a blueprint is public on purpose, and why."""
    GUARDS[blueprint.name] = Guard("public", why=why)


def may_open(blueprint: str, role: Role) -> bool:
    """Whether the guard of a blueprint lets this role in."""
    guard = GUARDS[blueprint]
    return guard.door == "public" or role in guard.roles
