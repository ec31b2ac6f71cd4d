"""Invented papers for tests of the pages: enough to page through, with facts, and one that means harm."""

from __future__ import annotations

from typing import Any

#: What a stranger may write into a record. When a page takes it for more than text, `window.owned` is set.
SCRIPT = "<script>window.owned = 1</script>"
IMAGE = '"><img src=x onerror="window.owned = 1">'
URL = "javascript:window.owned=1"


def kite(number: int) -> dict[str, Any]:
    """One of a row of papers that differ by number: KITTI, a number, code for every second one."""
    paper = {
        "id": f"kite-{number:02}",
        "title": f"Kite {number}: depth from one lens",
        "abstract": f"A small network guesses depth from one picture. On KITTI it reaches {60 + number}.5% accuracy. "
        "It is fast.",
        "authors": ["Ada Ray", "Bo Lind"],
        "date": f"{2018 + number % 6}-03-{1 + number:02}",
        "venue": "CVPR" if number % 3 else "ICRA",
        "upvotes": number,
    }
    if number % 2:
        paper["code_urls"] = [f"https://github.com/lab/kite-{number}"]
    return paper


LARK = {
    "id": "lark",
    "title": "Lark hears rivers on AudioSet",
    "abstract": "River noise is told from rain. We reach 72.5% accuracy on AudioSet. "
    "We evaluate on KITTI too. Our code will be released at https://github.com/lab/lark soon.",
    "authors": ["Cy Moor"],
    "date": "2024-01-09",
    "venue": "ICASSP",
    "keywords": ["river noise", "rain"],
    "arxiv_id": "2401.00042",
    "doi": "10.1000/lark",
    "url": "https://example.org/lark.pdf",
    "upvotes": 40,
    "listings": [{"page": "listing.txt", "date": "2024-01-10"}],
    "reviewer": "kept as it is",
}
FERN = {"id": "fern", "title": "Fern and the shape of leaves", "abstract": "Leaves.", "year": 2022}
MOSS = {
    "id": "moss/v1?x=1#y",
    "title": "Moss grows",
    "abstract": "Growth is slow. The code will be made publicly available.",
    "source": "hf-daily",
    "listings": [{"page": "daily.txt", "date": "XXXX-09-29"}],
}
EVIL = {
    "id": f"evil{IMAGE}",
    "title": f"Evil {SCRIPT} title {IMAGE} \u202eback",
    "abstract": f"Evil abstract {SCRIPT}. {IMAGE} On KITTI, evil reaches 99.5% accuracy {SCRIPT}. See {URL} and "
    f"https://github.com/evil/repo{IMAGE} for it.",
    "authors": [f"Eve {SCRIPT}", IMAGE],
    "date": "2017-01-01",
    "venue": f"Venue {IMAGE}",
    "keywords": [SCRIPT, IMAGE],
    "url": URL,
    "code_urls": [URL],
    "source": f"source{SCRIPT}",
    f"key{SCRIPT}": f"value{IMAGE}",
    "listings": [{"page": f"page{SCRIPT}", "date": "2017-01-01"}],
}
KITES = 28
PAPERS = [*(kite(number) for number in range(KITES)), LARK, FERN, MOSS, EVIL]
