"""The scores on the annotated abstracts, where they are at hand (they are not shipped)."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest

from searchidx.extraction import extract

SHARED = Path(os.environ.get("SEARCHIDX_SHARED", Path(__file__).parents[2] / "shared"))
GOLD = SHARED / "data" / "gold" / "dev.jsonl"
SCORER = SHARED / "tools" / "score_extraction.py"
#: Below these a change has broken something.
FLOORS = {
    "links": 0.99,
    "link kinds": 0.99,
    "repo": 0.99,
    "code": 0.99,
    "datasets": 0.92,
    "values": 0.92,
    "value+kind": 0.92,
    "value+metric": 0.85,
    "value+dataset": 0.80,
}

pytestmark = pytest.mark.skipif(
    not (GOLD.exists() and SCORER.exists()), reason=f"no annotated abstracts at {GOLD}; set SEARCHIDX_SHARED"
)


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_extraction", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def predictions(scorer: ModuleType) -> dict[str, dict[str, object]]:
    papers = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return {scorer.squash(p["title"]): extract(p["title"], p["abstract"]).to_json() for p in papers}


@pytest.mark.parametrize("field", FLOORS)
def test_the_annotated_abstracts_are_read_well(
    field: str, scorer: ModuleType, predictions: dict[str, dict[str, object]]
) -> None:
    _, _, f1, *_ = scorer.score(scorer.load(GOLD), predictions, field)
    assert f1 >= FLOORS[field]
