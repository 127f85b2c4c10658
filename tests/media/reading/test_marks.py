"""Marks of the text map that are no one line: a column with its number close below it."""

import cv2
import numpy as np

from server.media.reading.marks import _medians, parts_of_mark


def contour(*boxes: tuple[int, int, int, int], lean: float = 0) -> np.ndarray:
    """The outline of boxes that touch, each left, top, right, below."""
    shape = np.zeros((400, 400), np.uint8)
    for left, top, right, below in boxes:
        corners = np.array([(left, top), (right, top), (right, below), (left, below)], float)
        corners[:, 0] += lean * corners[:, 1]
        cv2.fillPoly(shape, [corners.round().astype(np.int32)], 1)
    found, _ = cv2.findContours(shape, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    assert len(found) == 1
    return np.asarray(found[0])


def test_a_column_and_the_number_below_it_are_two_lines() -> None:
    for lean in (0, 0.05):
        mark = contour((100, 40, 118, 220), (100, 220, 150, 232), lean=lean)
        sizes = sorted(sorted(cv2.minAreaRect(part)[1]) for part in parts_of_mark(mark))
        assert np.allclose(sizes, [[12, 50], [18, 180]], atol=9), sizes


def test_a_leaning_column_is_cut_where_its_wider_number_begins() -> None:
    for number in ((100, 350, 130, 362), (98, 352, 128, 360)):
        neck = (106, 349, 109, 353)
        mark = contour((100, 20, 118, 350), neck, number, lean=0.06)
        sizes = sorted(sorted(cv2.minAreaRect(part)[1]) for part in parts_of_mark(mark))
        assert len(sizes) == 2, sizes
        assert abs(sizes[1][1] - 330) < 8, sizes


def test_what_is_one_line_stays_one() -> None:
    for line in ((20, 100, 300, 124), (100, 20, 124, 300)):
        for lean in (0, 0.2):
            assert len(parts_of_mark(contour(line, lean=lean))) == 1
    banner = [(x, round(100 + 0.0006 * (x - 200) ** 2)) for x in range(20, 380)]
    bent = contour(*((x, y, x + 1, y + 24) for x, y in banner))
    assert len(parts_of_mark(bent)) == 1


def test_running_medians_are_those_of_each_beginning() -> None:
    numbers = np.random.default_rng(1).integers(0, 9, 40).tolist()
    each = [float(np.median(numbers[: count + 1])) for count in range(len(numbers))]
    assert _medians(numbers) == each
