"""The text of a PDF file, page by page, with pypdf, which loads when it is first used.

Runs in the process of `reader`, because a PDF can be made to take all memory or to never end.
"""

from __future__ import annotations

from pathlib import Path

MOST_PAGES = 2000
MOST_CHARACTERS = 4_000_000


class PdfFault(Exception):
    """Why a PDF cannot be read, for people: "it is encrypted"."""


def read_pdf(path: Path) -> str:
    """The text of all pages, an empty line between them; `PdfFault` says why not."""
    import logging

    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfFault("it is encrypted")
        if len(reader.pages) > MOST_PAGES:
            raise PdfFault(f"it has more than {MOST_PAGES} pages")
        pages: list[str] = []
        for page in reader.pages:
            pages.append(page.extract_text())
            if sum(map(len, pages)) > MOST_CHARACTERS:
                raise PdfFault("its text is too long")
    except PdfFault:
        raise
    except FileNotDecryptedError:
        raise PdfFault("it is encrypted") from None
    except Exception as error:  # a broken file may raise anything
        raise PdfFault(f"it is damaged ({type(error).__name__})") from None
    if not any(page.strip() for page in pages):
        raise PdfFault("it has no text: perhaps pages that were scanned")
    return "\n\n".join(pages)
