"""Links, repositories and code statements, in the dirt that real abstracts bring."""

import pytest

from searchidx.extraction import extract, normalise_repo


def links(text: str) -> list[tuple[str, str]]:
    return [(link.url, link.kind) for link in extract("A title", text).links]


@pytest.mark.parametrize(
    "written",
    [
        "Code is available at https://github.com/toylab/toynet.",
        "Code: https://github.com/toylab/toynet",
        'Our code is at https://github.com/toylab/toynet."',
        "Code is available at \\url{https://github.com/toylab/toynet}.",
        "Code is available at url{https://github.com/toylab/toynet}.",
        "Code is here: \\href{https://github.com/toylab/toynet}{code}.",
        "Code is available [here](https://github.com/toylab/toynet).",
        "Code is at [https://github.com/toylab/toynet](https://github.com/toylab/toynet).",
        "Code (https://github.com/toylab/toynet) is public.",
        "Code is released at https: //github. com/toylab/toynet.",
        "Code is released at https://github.com/toylab/ toynet.",
        "Our implementation is available at github.com/toylab/toynet.",
        "Code is available athttps://github.com/toylab/toynet.",
        "Code is available at https://github.com/toylab/toynet.Our results are good.",
        "Code is available at https://github.com/toylab/toynet{code}.",
        "We release code <https://github.com/toylab/toynet>; enjoy.",
        "Code: https://github.com/toylab/toynethttps://github.com/toylab/toynet",
    ],
)
def test_a_dirty_code_link_comes_out_as_a_reader_would_open_it(written: str) -> None:
    assert links(written) == [("https://github.com/toylab/toynet", "code")]
    found = extract("A title", written)
    assert found.repo == "github.com/toylab/toynet"
    assert found.code == "released"


def test_latex_escapes_inside_a_url_are_undone() -> None:
    assert links("Code: \\url{https://github.com/toylab/toy\\_net}.") == [("https://github.com/toylab/toy_net", "code")]


def test_the_path_is_kept_in_the_link_but_not_in_the_repository() -> None:
    found = extract("A title", "Code is at https://github.com/toylab/models/tree/master/toy/.")
    assert found.links[0].url == "https://github.com/toylab/models/tree/master/toy/"
    assert found.repo == "github.com/toylab/models"


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        ("Data: https://huggingface.co/datasets/toylab/toys.", "https://huggingface.co/datasets/toylab/toys", "data"),
        ("Try https://huggingface.co/spaces/toylab/toy.", "https://huggingface.co/spaces/toylab/toy", "demo"),
        ("Weights: https://huggingface.co/toylab/toy-7b.", "https://huggingface.co/toylab/toy-7b", "model"),
        ("A video is at https://youtu.be/abc123.", "https://youtu.be/abc123", "video"),
        ("Get it: https://pypi.org/project/toynet/", "https://pypi.org/project/toynet/", "package"),
        ("Videos are at https://toynet.github.io.", "https://toynet.github.io", "project"),
        ("Videos of toys are at https://robots.example.edu/toys.", "https://robots.example.edu/toys", "project"),
        ("A video is at http://tinyurl.com/toys-18.", "http://tinyurl.com/toys-18", "video"),
        (
            "Accuracy grows on this dataset. https://github.com/toylab/toynet",
            "https://github.com/toylab/toynet",
            "code",
        ),
        ("It helps much.11Code and data: https://toys.example.org/wah", "https://toys.example.org/wah", "project"),
        ("Project page: https://toys.example.org/net", "https://toys.example.org/net", "project"),
        ("We release the weights of ToyNet at github.com/toylab/w.", "https://github.com/toylab/w", "model"),
        ("The dataset is at https://github.com/toylab/toyset.", "https://github.com/toylab/toyset", "data"),
        ("The leaderboard is at https://toybench.example.org.", "https://toybench.example.org", "other"),
        ("It was built on https://github.com/other/engine.", "https://github.com/other/engine", "other"),
    ],
)
def test_the_kind_of_a_link_follows_from_its_host_and_its_words(text: str, url: str, kind: str) -> None:
    assert links(text) == [(url, kind)]


def test_two_links_in_one_sentence_are_judged_by_their_own_words() -> None:
    text = (
        "Our code is at https://github.com/toylab/sae, and our explanations are at https://github.com/toylab/expl-data."
    )
    assert links(text)[0] == ("https://github.com/toylab/sae", "code")
    assert extract("A title", text).repo == "github.com/toylab/sae"


def test_somebody_elses_repository_is_not_the_papers_own() -> None:
    assert extract("A title", "Our planner is built on https://github.com/other/engine.").repo is None


def test_a_list_of_papers_is_a_repository_but_not_released_code() -> None:
    found = extract("A Survey of Toys", "We maintain a list of papers at https://github.com/toylab/awesome-toys.")
    assert (found.repo, found.links[0].kind, found.code) == ("github.com/toylab/awesome-toys", "code", "none")


@pytest.mark.parametrize(
    "text",
    [
        "We release code for training and evaluation.",
        "Our source code is publicly available.",
        "We make our code and models publicly available.",
        "Codes and data are attached as supplementary.",
        "We present ToyKit, an open-source Python library for toys.",
        "We provide all our code and a demo.",
        "The task is solved well.11Code is available at https://toys.example.org.",
        "ToySLAM is available as open-source software.",
        "We describe a modular, portable and open-source testbed for toys.",
        "The code has been put online.",
        "Code and weights ship with ToyHub.",
        "Code and models are out: https://toys.example.org",
        "Data and source: https://github.com/toylab/toynet",
        "Our implementation can be found online and is released under MIT.",
        "Our code is now public available.",
        "We present frob, an open-source C++ framework for toys.",
        "This is Frobby, a tool. Frobby is open-source and widely used.",
        "The system is available under an open-source license.",
        "This comes with software released under the BSD license.",
        "We distribute the toy crawler as open source software.",
        "We make this tool freely available for children.",
        "We open-source implementations of all toys.",
        "The code used in this paper has been released to all.",
    ],
)
def test_code_that_is_given_away_is_released(text: str) -> None:
    assert extract("A title", text).code == "released"


@pytest.mark.parametrize(
    "text",
    [
        "Code will be released.",
        "We will make our code publicly available upon acceptance.",
        "The source code will be available at https://github.com/toylab/toynet.",
        "Our code and models are to be released soon.",
        "Code would be made public after publication.",
        "Release of code and data is announced.",
        "Code is promised once the paper has been accepted.",
        "The authors promise code at https://github.com/toylab/toynet.",
        "Code is to appear at https://github.com/toylab/toynet.",
    ],
)
def test_code_that_is_announced_is_promised(text: str) -> None:
    assert extract("A title", text).code == "promised"


@pytest.mark.parametrize(
    "text",
    [
        "We release the dataset and its annotations.",
        "We release checkpoints of the 20B model.",
        "We study code generation with open-source models.",
        "Error-correcting output codes are available in many forms.",
        "The neural code is shared by all subjects.",
        "We ran the experiments with a publicly available implementation of SLAM.",
        "An efficient implementation on GPUs is provided in hardware.",
        "We build a labelling tool on top of the open-source tool ToyLabel.",
        "Few papers release their code, and most are not available.",
        "",
    ],
)
def test_code_as_a_topic_or_as_others_work_is_no_statement(text: str) -> None:
    assert extract("A title", text).code == "none"


@pytest.mark.parametrize(
    ("url", "repo"),
    [
        ("https://github.com/A/b", "github.com/A/b"),
        ("https://github.com/A/b-c_d/", "github.com/A/b-c_d"),
        ("http://www.GitHub.com/A/b.git", "github.com/A/b"),
        ("github.com/A/b", "github.com/A/b"),
        ("github.com/A/b/tree/main/src?x=1#readme", "github.com/A/b"),
        ("git@github.com:A/b.git", "github.com/A/b"),
        ("https://github.com/A/b.", "github.com/A/b"),
        ("https://github.com/A/b).", "github.com/A/b"),
        ("https://gitlab.com/group/sub/name/-/tree/main", "gitlab.com/group/sub/name"),
        ("https://bitbucket.org/A/b/src", "bitbucket.org/A/b"),
        ("https://codeberg.org/A/b", "codeberg.org/A/b"),
        ("https://anonymous.4open.science/r/Toy-1A2B/README.md", "anonymous.4open.science/r/Toy-1A2B"),
        ("https://github.com/A", None),
        ("https://github.com/topics/nlp", None),
        ("https://github.com/Search/nlp", None),
        ("https://github.com/A/xxxx", None),
        ("https://github.com/A/" + "b" * 2_000, None),
        ("https://huggingface.co/spaces/A/b", None),
        ("https://a.github.io/b", None),
        ("not a url", None),
        ("", None),
    ],
)
def test_repositories_have_one_spelling(url: str, repo: str | None) -> None:
    assert normalise_repo(url) == repo


def test_spans_cover_the_links_in_title_and_abstract() -> None:
    title, abstract = "ToyNet", "See https://github.com/toylab/toynet. Video: https://youtu.be/abc."
    text = f"{title}\n{abstract}"
    for link in extract(title, abstract).links:
        assert link.span is not None
        assert text[slice(*link.span)].rstrip(".") == link.url


def test_a_sentence_glued_to_a_pages_host_is_not_part_of_it():
    found = [url for url, _ in links("It learns many objectives.somelab.github.io/net")]
    assert found == [url for url, _ in links("See somelab.github.io/net.")] == ["https://somelab.github.io/net"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Both the nets and our toy engineering tools are made available to the research community.", "released"),
        ("Our corpus and tool are publicly available.", "released"),
        ("The data and baselines are released at https://github.com/frob/toys.", "released"),
        ("The FrobToys dataset and baselines are available at https://github.com/frob/toys.", "released"),
        ("Our toy baseline is available on GitHub.", "released"),
        ("All the involved tools are freely available.", "none"),
        ("We ask whether both toy tools are freely available.", "none"),
        ("All toy baselines are available on GitHub.", "none"),
        ("Our baselines are released on GitHub by their authors.", "none"),
        ("We compare our net to a toy baseline is available on GitHub.", "none"),
    ],
)
def test_tools_and_baselines_given_away_are_code(text: str, expected: str) -> None:
    assert extract("A title", text).code == expected
