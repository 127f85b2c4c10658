"""A villager with a phone and no account: fills in the form behind a plate, looks again later."""

import io
import re
from typing import Any, NamedTuple, Protocol

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from server.models.complaint import ComplaintKind
from server.models.station import Station
from server.services.complaints.said import Said
from server.services.complaints.taking import Receipt, take_in
from tests.factories import NOW

SECRET = "for tests only"
WORDS = "圆通的件没送来，叫我自己去取，还收了两块。打13800005678，取件码8-2-3045。"


class HasC1(Protocol):
    """Whoever knows C0001."""

    @property
    def c1(self) -> Station:
        """The station of 马家沟."""


class Told(NamedTuple):
    """The two numbers of a receipt."""

    number: str
    code: str


def form_of(page: str) -> str:
    """The signed name of the form on a page."""
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def fill_in(client: FlaskClient, plate: str, form: str = "", **fields: Any) -> TestResponse:
    """Hand in the form behind a plate; a fresh one unless `form` is given."""
    form = form or form_of(client.get(f"/s/{plate}/complain").text)
    typed = {"form": form, "kind": "charging", "words": WORDS}
    return client.post(
        f"/s/{plate}/complain", data=typed | fields, content_type="multipart/form-data"
    )


def receipt(client: FlaskClient, answer: TestResponse) -> Told:
    """The numbers on the screen that a form leads to."""
    assert answer.status_code == 303, answer.text
    page = client.get(answer.headers["Location"])
    assert page.status_code == 200
    number, code = re.findall(r'class="big">([^<]+)<', page.text)
    return Told(number, code)


def look_again(client: FlaskClient, told: Told) -> tuple[str, str]:
    """The page with number and code: its address and its text."""
    answer = client.post("/s/complaint", data={"number": told.number, "code": told.code})
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    return where, client.get(where).text


def photo(**save: Any) -> io.BytesIO:
    """A photo of a phone, with where and by which phone it was taken."""
    picture = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "HUAWEI"
    exif.get_ifd(0x8825)[2] = (38.0, 21.0, 30.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, **save)
    out.seek(0)
    return out


def complained(session: Session, cast: HasC1, form: str = "f1", **changed: Any) -> Receipt:
    """A complaint about C0001 that came by the page."""
    said = Said(ComplaintKind.CHARGING, WORDS, phone="13800005678")
    given: dict[str, Any] = {"station": cast.c1, "said": said, "photos": [], "now": NOW}
    return take_in(
        session, secret=SECRET, form=form, source=changed.pop("source", f"10.0.0.{len(form)}"),
        **(given | changed),
    )  # fmt: skip
