"""Who gets a thread, who waits, and who is sent away while it is still worth it."""

import json

import pytest

from server.gate.lanes import Lanes, lane_of
from server.gate.refusals import refusal


def served(lanes: Lanes[str]) -> list[str]:
    """Everybody who may begin now."""
    found = []
    while (one := lanes.next()) is not None:
        found.append(one[1])
    return found


def test_floods_of_photos_and_exports_leave_threads_for_check_ins() -> None:
    lanes: Lanes[str] = Lanes(8)
    for n in range(100):
        lanes.put(f"photo {n}", lane="photos", now_s=0.0)
        lanes.put(f"export {n}", lane="files", now_s=0.0)

    assert len(served(lanes)) == 4 + 2

    lanes.put("check-in", lane="people", now_s=0.5)
    assert served(lanes) == ["check-in"]


def test_no_more_are_served_than_there_are_threads_the_oldest_first_and_watchers_before_all() -> (
    None
):
    lanes: Lanes[str] = Lanes(2)
    for n in range(5):
        lanes.put(f"check-in {n}", lane="people", now_s=float(n))
    assert served(lanes) == ["check-in 0", "check-in 1"]
    lanes.put("page", lane="desk", now_s=2.5)
    lanes.put("healthz", lane="watch", now_s=9.0)

    order = []
    for _ in range(5):
        lanes.done("people", 0.0)  # whoever it was: each has one thread
        order += served(lanes)

    assert order == ["healthz", "check-in 2", "page", "check-in 3", "check-in 4"]


def test_who_has_waited_longer_than_somebody_waits_for_an_answer_is_sent_away() -> None:
    lanes: Lanes[str] = Lanes(1)
    lanes.put("served", lane="people", now_s=0.0)
    assert served(lanes) == ["served"]
    for lane in ("people", "desk", "files"):
        lanes.put(lane, lane=lane, now_s=0.0)

    assert list(lanes.sent_away(1.5)) == []
    assert list(lanes.sent_away(1.6)) == [("people", "people")]
    assert list(lanes.sent_away(6.1)) == [("desk", "desk")]
    lanes.done("people", 0.0)
    assert served(lanes) == ["files"]


def test_the_slower_serving_is_the_sooner_the_others_are_sent_away() -> None:
    lanes: Lanes[str] = Lanes(1)
    for _ in range(100):
        lanes.put("slow", lane="people", now_s=0.0)
        assert served(lanes) == ["slow"]
        lanes.done("people", 0.6)
    lanes.put("next", lane="people", now_s=0.0)
    assert list(lanes.sent_away(0.55)) == []
    assert list(lanes.sent_away(0.65)) == [("people", "next")]

    for _ in range(100):
        lanes.put("slower", lane="people", now_s=0.0)
        assert served(lanes) == ["slower"]
        lanes.done("people", 9.0)
    lanes.put("next", lane="people", now_s=0.0)
    assert list(lanes.sent_away(0.37)) == [], "a moment is always left"
    assert list(lanes.sent_away(0.38)) == [("people", "next")]


@pytest.mark.parametrize(
    ("lane", "method", "path", "kind"),
    [
        ("watch", "GET", "/healthz", ""),
        ("people", "POST", "/api/v1/sync", "application/json"),
        ("people", "GET", "/s/abc", ""),
        ("photos", "PUT", "/api/v1/photos/9b2e", "image/jpeg"),
        ("photos", "GET", "/desk/photos/9b2e/thumb", ""),
        ("desk", "GET", "/desk/stations", ""),
        ("desk", "POST", "/desk/county", "application/x-www-form-urlencoded"),
        ("files", "GET", "/desk/stations.xlsx", ""),
        ("files", "POST", "/desk/import", "multipart/form-data; boundary=x"),
    ],
)
def test_a_request_finds_its_lane(lane: str, method: str, path: str, kind: str) -> None:
    assert lane_of(method, path, kind) == lane


def test_the_gate_speaks_to_programs_and_to_people() -> None:
    head, _, body = refusal(503, path="/api/v1/sync", retry_after_s=7).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"Retry-After: 7" in head
    assert b"Content-Length: %d\r\n" % len(body) in head
    said = json.loads(body)
    assert (said["status"], said["code"]) == (503, "busy")
    assert "不会丢" in said["detail"]

    page = refusal(503, path="/desk/stations").decode()
    assert "Content-Type: text/html" in page
    for answer in (head.decode(), page):
        assert "X-Content-Type-Options: nosniff\r\n" in answer
        assert "default-src 'none'" in answer
        assert "frame-ancestors 'none'" in answer
    assert "系统正忙" in page
