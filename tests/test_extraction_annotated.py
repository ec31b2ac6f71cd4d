"""Annotated papers joined with their abstracts."""

import json
from pathlib import Path

import pytest
import zstandard

from searchidx.extraction.annotated import digest, read_annotated, read_lines

ANNOTATIONS = sorted((Path(__file__).parent / "annotations").glob("*.jsonl"))


def write(path: Path, *objects: dict[str, object]) -> Path:
    text = "".join(json.dumps(each) + "\n" for each in objects).encode()
    path.write_bytes(zstandard.ZstdCompressor().compress(text) if path.suffix == ".zst" else text)
    return path


def test_the_abstract_that_was_read_is_taken_from_among_those_of_its_title(tmp_path: Path) -> None:
    gold = write(tmp_path / "x.jsonl", {"title": "On  Things", "digest": digest("second"), "datasets": []})
    papers = write(
        tmp_path / "papers.jsonl.zst",
        {"title": "On things", "abstract": "first"},
        {"title": "On Things", "abstract": "second"},
        {"title": "Other"},
    )
    assert read_annotated([gold], [papers]) == [
        {"title": "On  Things", "digest": digest("second"), "datasets": [], "set": "x", "abstract": "second"}
    ]


def test_a_line_with_an_abstract_needs_no_papers(tmp_path: Path) -> None:
    gold = write(tmp_path / "gold_x.jsonl", {"title": "t", "abstract": "a"})
    assert read_annotated([gold], []) == [{"title": "t", "abstract": "a", "set": "x"}]


def test_a_missing_abstract_is_an_error(tmp_path: Path) -> None:
    gold = write(tmp_path / "x.jsonl", {"title": "t", "digest": digest("a")})
    papers = write(tmp_path / "papers.jsonl", {"title": "t", "abstract": "another"})
    with pytest.raises(ValueError, match="of: t"):
        read_annotated([gold], [papers])


@pytest.mark.parametrize("path", ANNOTATIONS, ids=lambda path: path.stem)
def test_shipped_annotations_hold_no_abstracts_and_only_known_kinds(path: Path) -> None:
    for paper in read_lines(path):
        assert paper.keys() == {"title", "digest", "links", "repo", "code", "datasets", "metrics", "tasks"}
        kinds = {claim["kind"] for claim in paper["metrics"]}
        assert kinds <= {"absolute", "delta", "ratio"}
