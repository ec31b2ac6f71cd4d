"""Answers kept: the same as those made anew, bounded, and gone with their generation."""

import json

import pytest

import searchidx
from searchidx.web.answers import Answers


def test_an_answer_comes_back_with_the_time_it_took_now():
    answers = Answers(10_000)
    body = rb'{"query":"a \"took_ms\":7 b","took_ms":12.5,"hits":[]}'
    assert answers.get("a", 0.1) is None
    answers.keep("a", body)
    again = json.loads(answers.get("a", 0.25))
    assert again == {**json.loads(body), "took_ms": 0.25}


def test_the_oldest_go_when_room_is_needed():
    answers = Answers(5_000)
    for number in range(10):
        answers.keep(number, b'{"took_ms":1.0,"x":"' + b"y" * 500 + b'"}')
        answers.get(0, 1.0)
    assert 2 <= len(answers) <= 5
    assert answers.get(0, 1.0)  # asked for all the time
    assert answers.get(9, 1.0)
    assert answers.get(1, 1.0) is None


@pytest.mark.parametrize("most", [0, 100])
def test_what_does_not_fit_is_not_kept(most):
    answers = Answers(most)
    answers.keep("a", b'{"took_ms":1.0}' + b" " * 100)
    assert len(answers) == 0


def test_a_server_answers_the_same_twice_and_from_the_newest_generation(tmp_path):
    testclient = pytest.importorskip("starlette.testclient")
    from searchidx.web.app import Options, create_app

    def publish(*titles):
        lines = [json.dumps({"id": title, "title": title, "abstract": "Depth."}) for title in titles]
        (tmp_path / "papers.jsonl").write_text("\n".join(lines))
        searchidx.build([tmp_path / "papers.jsonl"], tmp_path / "index")

    publish("Rivers of depth")
    app = create_app(tmp_path / "index", options=Options(allow_hosts=("testserver",), follow_s=0.0))
    client = testclient.TestClient(app)
    first, second = (client.get("/api/search", params={"q": "depth"}).json() for _ in range(2))
    assert len(app.state.answers) == 1
    assert {**first, "took_ms": 0} == {**second, "took_ms": 0}
    assert first["total"] == 1
    publish("Rivers of depth", "Lakes of depth")
    assert client.get("/api/search", params={"q": "depth"}).json()["total"] == 2
