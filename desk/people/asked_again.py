"""Asks whoever sits at the desk for the own password once more, before a weighty deed."""

from flask import request

from desk.frame.access import me
from server.errors import Invalid
from server.http.tries import counting_failures, network
from server.services.people import passwords


def own_password_given(said: str = "现在的密码不对。请再输一遍。") -> None:
    """Go on only where the form's `old` is the own password; wrong ones count as at the door.

    Raises Invalid password-wrong (in the words `said`), TooMany too-many-tries.
    """
    with counting_failures("password", network(), me().login or "", person_of=me):
        if not passwords.password_is(me(), request.form.get("old", "")):
            raise Invalid("password-wrong", said, fields={"old": said})
