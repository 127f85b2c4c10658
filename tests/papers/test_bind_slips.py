"""The slips that bind keepers' phones: every code reads, and nothing runs over the cut."""

import pypdfium2
import zxingcpp

from server.papers.bind_slips import Slip, SlipSheet, slips_pdf

POINTS_A_MM = 72 / 25.4
SLIP_MM = (95.0, 62.0)


def slip(number: int, **given: object) -> Slip:
    code = f"K7QX-2M{number:02d}"
    return Slip(
        str(given.get("person", f"王某{number}")),
        tuple(given.get("stations", (f"C{number:04d} 寇店村快递便民服务点",))),  # type: ignore[arg-type]
        code,
        f"https://kuaidi.example.gov.cn/app/#/bind/{code}",
    )


def pdf(*sheets: SlipSheet) -> bytes:
    return slips_pdf(sheets, county="西平县", hotline="0396-6221234", until="2026年12月6日 10:00")


def test_every_printed_code_reads_as_its_keeper_s_address_and_townships_begin_pages() -> None:
    first = SlipSheet("五沟营镇", tuple(slip(number) for number in range(11)))
    second = SlipSheet("权寨镇", (slip(50),))

    with pypdfium2.PdfDocument(pdf(first, second)) as paper:
        assert len(paper) == 3
        read = [
            {code.text for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())}
            for page in paper
        ]
        heads = [page.get_textpage().get_text_bounded() for page in paper]

    assert read[0] | read[1] == {one.address for one in first.slips}
    assert read[2] == {second.slips[0].address}
    assert "权寨镇" in heads[2]
    assert "权寨镇" not in heads[0]


def test_the_longest_slip_keeps_all_its_words_within_its_edges() -> None:
    long = slip(0, person="辛" * 40, stations=("C0001 " + "乙" * 60,) * 5)

    with pypdfium2.PdfDocument(pdf(SlipSheet("五沟营镇", (long, slip(1))))) as paper:
        top = paper[0].get_height() - 16 * POINTS_A_MM
        words = (
            paper[0]
            .get_textpage()
            .get_text_bounded(
                left=10 * POINTS_A_MM,
                right=(10 + SLIP_MM[0]) * POINTS_A_MM,
                top=top,
                bottom=top - SLIP_MM[1] * POINTS_A_MM,
            )
        )

    plain = "".join(words.split())
    assert plain.count("辛") == 40
    assert plain.count("乙") == 120  # two are named, five are counted
    assert "等5个站" in plain
    assert "K7QX-2M00" in plain
    assert plain.endswith("请打电话0396-6221234。")
