"""Opens a finished PDF again and tells what stands on its pages (decision 0005)."""

import re
import threading
import unicodedata

PDFIUM = threading.Lock()
"""Held by whoever reads a PDF: pdfium is not made for several threads at once."""
_DPI = 110


class PaperUnreadable(Exception):  # noqa: N818 - named like the problems a person reads
    """A finished page does not say what was set on it; nothing is released.

    It means a mistake of ours (template, fonts, encoder), so it is no `Problem` of the user's.
    """


def words_in(pdf: bytes) -> str:
    """Everything that can be read in a PDF, page after page, without blanks and line ends."""
    import pypdfium2

    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        return re.sub(
            r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in document)
        )


def codes_on_first_page(pdf: bytes) -> list[str]:
    """What a scanner reads on the first page of a PDF."""
    import pypdfium2
    import zxingcpp

    with PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        shades = document[0].render(scale=_DPI / 72, grayscale=True).to_numpy()
    found = zxingcpp.read_barcodes(
        shades.reshape(shades.shape[:2]), zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found]


def refuse_unless_it_reads(pdf: bytes, wanted: list[str], codes: list[str]) -> None:
    """Raise PaperUnreadable unless these words stand in the PDF and its first page these codes.

    Signs that a face draws alike (wide and narrow, a radical and its character) are the same.
    """
    words = _plain(words_in(pdf))
    lost = [one for one in wanted if _plain(one) not in words]
    if lost:
        raise PaperUnreadable(f"not in the finished pages: {lost}")
    if codes and not set(codes) <= set(seen := codes_on_first_page(pdf)):
        raise PaperUnreadable(f"the code reads {seen or 'nothing'}, not {codes}")


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
