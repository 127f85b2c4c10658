"""What people do in every story: sign in, find their way, bind a phone, read a slip."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journey.camera import page_of, page_saying
from tests.journey.house import House
from tests.journey.pictures import Pictures


def sign_in(desk: Page, house: House, login: str, password: str, pictures: Pictures) -> None:
    """As a county's office, from an empty browser to the first page."""
    desk.goto(f"{house.url}/desk/")
    desk.get_by_label("账号").fill(login)
    pictures.take(desk, "desk-signin.png")
    desk.get_by_label("密码").fill(password)
    desk.get_by_role("button", name="登录").click()
    expect(desk.get_by_role("heading", name="今天要办")).to_be_visible()


def first_sign_in(desk: Page, house: House, login: str, given: str, pictures: Pictures) -> None:
    """As the one whose password somebody else chose: nothing opens before an own one is there."""
    desk.goto(f"{house.url}/desk/")
    desk.get_by_label("账号").fill(login)
    pictures.take(desk, "desk-signin.png")
    desk.get_by_label("密码").fill(given)
    desk.get_by_role("button", name="登录").click()
    expect(desk.get_by_text("您现在的密码是别人设的")).to_be_visible()
    desk.get_by_label("现在的密码").fill(given)
    for field in ("新密码", "再输一遍新密码"):
        desk.get_by_label(field, exact=True).fill("三个不相干的词：核桃、公交、月亮")
    desk.get_by_role("button", name="改密码").click()
    expect(desk.get_by_text("密码已经改好")).to_be_visible()


def menu(desk: Page, word: str) -> None:
    """One of the desk's pages, by its word in the menu."""
    desk.get_by_role("navigation", name="主菜单").get_by_role("link", name=word).click()


def look_up(desk: Page, name: str) -> None:
    """A station's page, from the board."""
    menu(desk, "站点看板")
    desk.get_by_role("link", name=name, exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(name)


def code_on_the_slip(desk: Page, pictures: Pictures) -> str:
    """A one-time code, as it stands on the slip that a person is given."""
    desk.get_by_role("button", name="发绑定码").click()
    code = desk.locator(".slip .big").inner_text()
    pictures.take(desk, "desk-invite.png")
    return code


def print_plaques(desk: Page, township: str, folder: Path, pictures: Pictures) -> bytes:
    """The PDF of a township, asked for in the print form and downloaded by the browser."""
    menu(desk, "编号与标识牌")
    desk.get_by_label("范围").select_option(label=township)
    desk.get_by_label("哪些").select_option(label="所有在用的牌")
    pictures.take(desk, "desk-plaques.png")
    with desk.expect_download() as coming:
        desk.get_by_role("button", name="生成 PDF").click()
    path = folder / "标识牌.pdf"
    coming.value.save_as(path)
    pdf = path.read_bytes()
    pictures.keep(page_of(pdf, page_saying(pdf, "C0001"), 700), "plaque-a4.png")
    return pdf


def bind(phone: Page, code: str, name: str, pictures: Pictures) -> None:
    """Type the slip's code into a new phone."""
    phone.goto("/app/")
    phone.get_by_label("绑定码").fill(code)
    if name == "老李":
        pictures.take(phone, "phone-bind.png")
    phone.get_by_role("button", name="就是我，进去").click()
    expect(phone.get_by_role("heading", name=f"{name}，您好")).to_be_visible()
    phone.get_by_role("button", name="好，开始用").click()
    phone.wait_for_selector(".tabs")


def finding(inspector: Page, title: str) -> Locator:
    """The clause with this title on an inspector's phone, opened."""
    found = inspector.locator("details.finding", has=inspector.get_by_text(title, exact=True))
    found.locator("summary").click()
    return found
