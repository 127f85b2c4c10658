"""One day on WebKitGTK, the nearest thing to an iPhone here: bind, count without a net, arrive."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.models.phone_event import ParcelCount, Photo
from tests.app.conftest import House, house, phones_database  # noqa: F401 - as Chromium's
from tests.webkit.driver import missing, webkit

pytestmark = pytest.mark.webkit

SHOT = """
const canvas = document.createElement('canvas'); canvas.width = 800; canvas.height = 600;
canvas.getContext('2d').fillRect(100, 100, 300, 200);
const blob = await new Promise((give) => canvas.toBlob(give, 'image/jpeg', 0.8));
const { shrinkPhoto } = await import('/app/camera/reading.js');
const small = await shrinkPhoto(new File([blob], 'a.jpg', { type: 'image/jpeg' }));
const { keepRecord, station } = await import('/app/state.js');
const said = await keepRecord({ kind: 'photo_note', station_id: station.value.id, payload: { note: '' },
    photos: [{ subject: 'shelves', bytes: small.bytes, size: small.size, taken_ms: Date.now(), camera: 'camera', notes: {} }] });
return said.item ? small.size : said.problem;
"""
LEFT = (
    """const { phone } = await import('/app/state.js'); return (await phone.read()).items.length"""
)


class Net:
    """The net between the phone and the county: there, or not."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.there = True
        self._open: list[socket.socket] = []
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self) -> None:
        while True:
            try:
                phone, _ = self._door.accept()
            except OSError:
                return
            if not self.there:
                phone.close()
                continue
            county = socket.create_connection(("127.0.0.1", self._to))
            self._open += [phone, county]
            for source, sink in ((phone, county), (county, phone)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                sink.sendall(part)
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Gone, with everything on its way."""
        self.there = False
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def close(self) -> None:
        self.cut()
        self._door.close()


@pytest.fixture
def net(house: House) -> Iterator[Net]:  # noqa: F811
    net = Net(int(house.url.rsplit(":", 1)[1]))
    yield net
    net.close()


def test_a_day_on_webkit_survives_a_lost_net_and_a_reload(
    house: House,  # noqa: F811
    net: Net,
    tmp_path: Path,
) -> None:
    lacking = missing()
    assert not lacking, f"{'、'.join(lacking)} missing; run: make browser"
    app = f"http://127.0.0.1:{net.port}/app/"
    with webkit(str(tmp_path)) as browser:
        browser.goto(f"{app}#/bind/{house.bind_code(house.cast.li)}")
        browser.press("就是我，进去")
        browser.press("好，开始用")
        browser.reads("还没签到")
        browser.wait(
            "await navigator.serviceWorker.ready; return Boolean(navigator.serviceWorker.controller)"
        )
        for screen in ("home", "count"):
            browser.wait(f"return Boolean(await caches.match('/app/views/{screen}.js'))")

        net.cut()
        browser.goto(f"{app}#/count")
        browser.type("#received", "12")
        browser.type("#sent", "3")
        browser.press("存好交上去")
        browser.reads("件数记好了")
        assert browser.run(SHOT) < 300 * 1024
        browser.goto(f"{app}#/")
        browser.reload()
        browser.reads("手机里还有 2 条（1 张照片）没交")
        assert house.rows(ParcelCount) == []

        net.there = True
        browser.wait(f"return (await (async () => {{ {LEFT} }})()) === 0")
    (count,), (photo,) = house.rows(ParcelCount), house.rows(Photo)
    assert (count.received, count.sent) == (12, 3)
    assert photo.arrived_at is not None
