"""Dataset names in a text: listed ones, and unlisted ones that the words around them give away.

Every run of name-like words (see `runs`) is cut into candidates by the gazetteer; each candidate then needs as much evidence
from its place as its own look leaves open: a sure name none, an ambiguous or unknown one a word such as `dataset` beside it,
a list it stands in together with a dataset, or a sentence that introduces it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from searchidx.extract import gazetteer, hints, runs
from searchidx.extract.names import canonical_dataset, dataset_key
from searchidx.paper import DatasetMention, DatasetRole, Span

_HEAD = runs.HEAD_WORD
_PLURAL_OR_SINGLE = r"(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|test sets?|testsets?|challenges?|collections?|test suites?|leaderboards?|suites?)"
#: `datasets such as X`, `datasets (X`, `benchmark called X`, `datasets: X`, `datasets, i.e., X`
_BEFORE = re.compile(
    rf"\b{_PLURAL_OR_SINGLE}(?:\s*[:(]+|\s[–-]\s|\s+(?:of|in|from|like|are|is|including|includes?)|\s*,?\s*(?:such as|including|namely|i\.e\.,?|e\.g\.,?|"
    r"(?:we )?(?:call(?:ed)?|name(?:d|ly)?|dub(?:bed)?|term(?:ed)?|refer(?:red)? to as)))+\s*\(?(?:the\s|e\.g\.,?\s|i\.e\.,?\s|both\s|like\s|[\"'“`]+)*\Z",
    re.IGNORECASE,
)
_COMMA_BEFORE = re.compile(
    rf"\b(?:an?|the|new|our|previous|existing|large-scale|collected)\b[^,.;]{{0,40}}?\b{_PLURAL_OR_SINGLE}(?:\s\w+){{0,3}},\s*\Z",
    re.IGNORECASE,
)
_PLURAL_COMMA = re.compile(
    r"\b(?:datasets|data sets|benchmarks|corpora|test sets|databases),\s(?:i\.e\.,?\s)?\Z", re.IGNORECASE
)
_DIRECT = re.compile(r"\b(?:datasets?|benchmarks?|corpus|corpora|databases?)\s(?:and\s)?[\"'“`]*\Z", re.IGNORECASE)
_SINGLE_HEAD = re.compile(r"\s(?:data-?set|data set|benchmark|corpus|database|challenge|treebank|test set)\b", re.IGNORECASE)
_AFTER_APPOSITION = re.compile(r"\s*(?:[,.;:)]|\(|which|that|to|with|for|contain|compris|consist|cover|featur|and\b)")
_ON = re.compile(
    r"\b(?:on|over|across|from|against|of|in|under|using|to|with)\s(?:the\s|both\s|standard\s|popular\s|public\s|challenging\s)*[\"'“`]*\Z"
)
_EVALUATED = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|test(?:ed|s)?|validat\w*|results?|performance|benchmark\w*|accurac\w+|outperform\w*|train(?:ed|ing)?|state[- ]of[- ]the[- ]art|"
    r"SOTA|achiev\w*|improve\w*|score\w*|surpass\w*|effective\w*|conduct\w*|AP|mAP|F1|AUC|top-1|error|BLEU|perplexity)\b",
    re.IGNORECASE,
)
_STRONG_ON = re.compile(r"\bon\s(?:the\s|both\s|standard\s|popular\s|public\s|challenging\s|large-scale\s)*\Z")
_SET_HEAD = r"(?:(?:\w+ing |evaluation |\w+ answering )?(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|challenge|test ?sets?|test suites?|testbed|leaderboard|treebank|collection|suite|competition|shared task))"
_OF_THE_SET = re.compile(
    rf"(?:\s*\([^()\n]{{1,60}}\)|\))?(?:\s*[,:–—-]+\s*|\s(?:is|are|as)\s|\s(?=an?\s))(?:(?:establishing|forming|which (?:is|are)|making it|constituting|representing)\s)?(?:to (?:the best of )?our (?:best )?knowledge,?\s)?(?:also\s)?(?:an?|the|our|one of the|two|three)\s"
    rf"(?:(?!(?:for|on|that|which|of|with|to|from|trained|using|based|by|in|we|\w+ing|framework|method|model|approach|algorithm|network|system|technique|library)\s)[^\s.;:]{{1,30}}\s){{0,12}}?{_SET_HEAD}"
    r"(?=[\s,.;:()]*(?:\Z|[.,;:()]|that\b|which\b|for\b|of\b|with\b|to\b|in\b|consist|contain|cover|compris|design|featur|spann?|includ|collect|built|build|focus|where\b|"
    r"and\b|from\b|on\b|based|aim|deriv|annotat|as\b|we\b|is\b|tailor|specific|creat|construct|craft|compos|across|cover|evaluat|assess|available|targeting|has\b|provid|encompass|made|introduced|rang))",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?:introduc|present|propos|releas|construct|creat|buil[dt]|develop|contribut|collect|curat|establish|publish|annotat|generat|assembl|design|offer|provid|open-sourc|compil|call|nam|dub|term)\w*\b"
    r"(?:\s+[^\s.;]{1,30}){0,9}?\s*[\"'“`(]*\Z",
    re.IGNORECASE,
)
_NEW_BEFORE = re.compile(
    r"\b(?:new|novel|our|first|newly|self-collected|proposed|introduced|this)\s(?:[\w-]+\s){0,6}\Z",
    re.IGNORECASE,
)
_TITLE_HEAD = re.compile(
    r"\b(?:data-?sets?|benchmarks?|benchmarking|corpus|corpora|database|challenge|test ?bed|test suite|treebank|leaderboard|collection|shared task|suite|test set)\b",
    re.IGNORECASE,
)
_TITLE_EVALUATES = re.compile(
    r"\b(?:evaluat\w+|assess\w+|measur\w+|prob\w+|test\w*|how (?:well|far|good)|can|towards?)\b",
    re.IGNORECASE,
)
_OUR_SET = re.compile(
    r"\b(?:our|[Ww]e (?:\w+ )?(?:introduce|present|propose|release|create|construct|develop|build)(?: an?| the| our)?)\s(?:[\w-]+\s){0,4}?"
    r"(?:benchmark|dataset|corpus|test suite|database|test set)\b"
)
_METHOD_WORDS = re.compile(
    r"(?:\s*\([^()\n]{1,60}\))?,?\s*(?:an?|the|our)\s(?:[^\s.;:]{1,30}\s){0,8}?(?:method|model|framework|approach|algorithm|network|architecture|system|technique|agent|"
    r"mechanism|strategy|module|library|toolkit|pipeline|paradigm|transformer|policy|planner|tool|platform|simulator|loss|attack|variant|extension|criterion|metric|measure|score|indicator|evaluator|protocol|objective|optimizer|scheme|procedure|study|survey|theory|procedure)\b",
    re.IGNORECASE,
)
_NAMED_METHOD = re.compile(
    r"\b(?:propos|present|introduc|develop|design|call|nam|dub|term|coin|describ)\w*\b(?:\s+[^\s.;]{1,30}){0,6}?\s*[\"'“`(,]*\Z",
    re.IGNORECASE,
)
_IS_SUBJECT = re.compile(
    r"\s(?:is|are|can|achieves?|outperforms?|uses?|learns?|shows?|surpass\w*|improves?|consists|employs?|leverages?|exploits?|trains?|enables?|allows?|generates?|models?|based|method|"
    r"framework|approach|algorithm|network|architecture|model)\b"
)
_VERSION = re.compile(r"(?:19|20)\d\d\Z|[vV]?\d{1,4}(?:\.\d)?[A-Za-z]?\Z|V\d|v\d|[A-Z]\Z")
_PAREN = re.compile(r"\s?\(\s?(?P<inner>[^()\n]{2,30}?)\s?\)")
_HARDWARE = re.compile(
    r"\A(?:(?:RTX|GTX|TPU|GPU|CPU|A100|V100|H100|NVIDIA|Intel|Jetson|AMD|ARM|FPGA|Xavier|Titan|Tesla)\b|\d+(?:D|d|x|X|K|k|M|B|GB|MB|Hz|fps|FPS|bit|th|st|nd|rd|s|ms|mm|cm|m|"
    r"shot|way|year|DOF|DoF|min|hours?)s?\Z|\d+(?:\.\d+)?(?:-\d+)?[A-Za-z]{0,2}\Z|[A-Z]\d?\Z)"
)
_MODEL_NAME = re.compile(
    r"(?:Net|NET|Former|former|GAN|BERT|Bert|LLM|LM|GPT|RNN|CNN|LSTM|VAE|Transformer|NeRF|MLP|DQN|GNN|GCN|Diffusion|AE|ViT|DETR|YOLO|SGD|LoRA|LLaMA|Llama|CLIP)(?:s|-?v?\d[\w.]*|\+\+)?\Z"
)


#: A sentence without any of these gives an unlisted name nothing to be a dataset by.
_HEAD_HINTS = (
    "dataset", "benchmark", "corpus", "corpora", "database", "challenge", "test set", "test suite", "data set", "data-set", "collection", "leaderboard", "suite",
    "treebank", "task", "testset", "competition", "split", " val", "track", "cohort", "sets", "testbed", "data base",
)  # fmt: skip
#: A sentence without any of these gives nothing a name.
_NAMING_HINTS = ("propos", "resent", "ntroduc", "evelop", "esign", "call", "named", "dub", "term", "coin", "escrib")
_COUNTED = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|various|multiple|many|different|diverse|public|popular|standard|common|existing|other|real-world)\s\Z", re.IGNORECASE)
_CAMPAIGN = re.compile(r"\s(?:[\w-]+\s){0,2}(?:tasks?|tracks?|challenge|competition|campaign|workshop|edition)\b", re.IGNORECASE)
_IN_BRACKETS_OF_SETS = re.compile(r"[^()\n]{0,30}\)\s(?:and\s|or\s)?(?:[\w-]+\s){0,3}(?:data ?sets?|test sets?|cohorts?|benchmarks?|corpora)\b", re.IGNORECASE)
_TESTED_ON = re.compile(r"\b(?:evaluat\w*|experiment\w*|test(?:s|ed|ing)?|validat\w*|benchmark\w*)\b[^.;]{0,50}?\bon\s(?:both\s)?(?:the\s)?\Z", re.IGNORECASE)
_ENDS_PHRASE = re.compile(r"[,.;)]|\s(?:and|show|demonstrat|with|indicat|confirm|verif|validat|where|in terms|for)")


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a dataset is named. introduced: the words around it say that this paper brings it."""

    name: str
    start: int
    end: int
    introduced: bool = False


@dataclass(slots=True)
class _Candidate:
    """A possible name with what is known before and after looking at its place."""

    name: str
    start: int
    end: int
    entry: gazetteer.Entry | None
    sure: bool
    headed: bool
    accepted: bool = False
    introduced: bool = False
    refused: bool = False
    single_head: bool = False
    counted: bool = False


@dataclass(slots=True)
class _Sentence:
    """A sentence with candidates. has_head: it holds a word such as `dataset` somewhere."""

    span: Span
    candidates: list[_Candidate]
    has_head: bool


def find_mentions(text: str, sentences: tuple[Span, ...]) -> list[Mention]:
    """Every place where a dataset is named, in order. text: title, line break, abstract, URLs masked."""
    names = gazetteer.load()
    lowered = hints.lower_same_length(text)
    heads = hints.Places(lowered, _HEAD_HINTS)
    title_end = text.find("\n")
    read: list[_Sentence] = []
    for span in sentences:
        has_head = heads.within(span)
        candidates = _candidates(text, span, names, has_head)
        if candidates:
            read.append(_Sentence(span, candidates, has_head))
    own = _own_names(text, title_end, read, hints.Places(lowered, _NAMING_HINTS))
    for sentence in read:
        for candidate in sentence.candidates:
            _judge(text, sentence, candidate, own)
        _spread_in_lists(text, sentence.candidates, own)
    if title_end > 0:
        _judge_title_name(text, title_end, read)
    accepted = {dataset_key(c.name) for sentence in read for c in sentence.candidates if c.accepted}
    mentions = []
    for sentence in read:
        for candidate in sentence.candidates:
            # a name accepted once is a dataset everywhere in this paper, unless it is an ordinary word
            again = bool(accepted) and not candidate.refused and dataset_key(candidate.name) in accepted
            if candidate.accepted or (again and not runs.is_plain(candidate.name)):
                mentions.append(Mention(candidate.name, candidate.start, candidate.end, candidate.introduced))
    return _without_aliases(text, mentions)


def collect(mentions: list[Mention]) -> tuple[DatasetMention, ...]:
    """Each dataset once, as first written, with its role; order of first appearance."""
    chosen: dict[str, DatasetMention] = {}
    for mention in mentions:
        key = dataset_key(mention.name)
        role: DatasetRole = "introduced" if mention.introduced else "used"
        known = chosen.get(key)
        if known is None:
            chosen[key] = DatasetMention(
                mention.name, canonical_dataset(mention.name), role, (mention.start, mention.end)
            )
        elif mention.introduced and known.role == "used":
            chosen[key] = replace(known, role="introduced")
    return tuple(chosen.values())


def _candidates(text: str, span: Span, names: gazetteer.Gazetteer, has_head: bool) -> list[_Candidate]:
    found: list[_Candidate] = []
    for run in runs.find_runs(text, span[0], span[1], has_head):
        word = run.words[0].text
        if len(run.words) == 1 and not run.headed and word.isalpha() and runs.is_plain(word) and word.lower() not in names.entries:
            continue  # `However`, `Transformer`
        found.extend(_cut_run(text, run, span, names))
    return found


def _cut_run(text: str, run: runs.Run, span: Span, names: gazetteer.Gazetteer) -> list[_Candidate]:
    """Candidates of one run: the longest listed names from the left, and what is left between them."""
    found: list[_Candidate] = []
    words = run.words
    short = _short_form(text, run, span)
    if short is not None:
        return [short]
    position = 0
    rest: list[runs.Word] = []
    while position < len(words):
        entry, upto = _longest_listed(text, words, position, names)
        if entry is None:
            rest.append(words[position])
            position += 1
            continue
        if rest:
            found.extend(_unlisted(text, rest, False, span, names))
            rest = []
        while upto < len(words) and _VERSION.match(words[upto].text):
            upto += 1
        start, end = words[position].start, words[upto - 1].end
        headed = run.headed and upto == len(words)
        found.append(_Candidate(text[start:end], start, end, entry, entry.sure, headed))
        position = upto
    if rest:
        found.extend(_unlisted(text, rest, run.headed, span, names))
    if run.headed and len(words) > 1:
        if found and found[0].entry is not None and found[0].end == words[0].end and all(runs.is_plain(w.text) for w in words[1:]):
            return [replace(found[0], headed=True)]  # `OrganSMNIST Classification Challenge`
        if len(words) <= 5 and len(found) > 1 and any(c.sure for c in found):
            return _join_headed(text, run, found)
        if 3 <= len(words) <= 7 and not any(c.sure or _MODEL_NAME.search(c.name) for c in found):
            return [_Candidate(text[run.start : run.end], run.start, run.end, None, False, True)]
    return found


def _short_form(text: str, run: runs.Run, span: Span) -> _Candidate | None:
    """The acronym of a spelled-out name: `Open Access Series of Imaging Studies (OASIS) dataset` gives OASIS."""
    paren = _PAREN.match(text, run.end, min(span[1], run.end + 34))
    if paren is None or len(run.words) < 2 and not _broken_before(text, run):
        return None
    inner = paren["inner"]
    if " " in inner or not runs.is_name_like(inner) or not any(char.isupper() for char in inner):
        return None
    letters = [char for char in inner if char.isupper()]
    initials = "".join(word.text[0] for word in run.words).upper()
    if not (letters[-1] in initials or inner[0].upper() in initials):
        return None
    start = paren.start("inner")
    names = gazetteer.load()
    entry = names.find(inner)
    long_entry = names.find(text[run.start : run.end])
    after = runs.AFTER_IS_HEAD.match(text, paren.end(), min(span[1], paren.end() + 60))
    if any(dataset_key(word.text) in names.entries and names.entries[dataset_key(word.text)].sure for word in run.words) and long_entry is None and after is None:
        return None
    sure = (entry is not None and entry.sure) or (long_entry is not None and long_entry.sure)
    refused = inner in names.refused and long_entry is None
    return _Candidate(inner, start, start + len(inner), entry, sure, run.headed or after is not None, refused=refused)


def _broken_before(text: str, run: runs.Run) -> bool:
    """Whether a lower-case `of`, `and` ... joins the run to capitals before it: `Series of Imaging`."""
    return re.search(r"[A-Z]\w+ (?:of|and|for|in|the|on|with) (?:the )?\Z", text[max(0, run.start - 30) : run.start]) is not None


def _join_headed(text: str, run: runs.Run, found: list[_Candidate]) -> list[_Candidate]:
    """`ImageNet ILSVRC-2012 dataset`, `Sentinel-1 WV archive`: one name when the whole run is followed by `dataset`."""
    if any(candidate.refused or _MODEL_NAME.search(candidate.name) for candidate in found):
        return found
    start, end = run.start, run.end
    return [_Candidate(text[start:end], start, end, None, True, True)]


def _longest_listed(
    text: str, words: tuple[runs.Word, ...], first: int, names: gazetteer.Gazetteer
) -> tuple[gazetteer.Entry | None, int]:
    for last in range(min(len(words), first + min(names.longest, 6)), first, -1):
        entry = names.find(text[words[first].start : words[last - 1].end])
        if entry is not None:
            return entry, last
    return None, first


def _unlisted(
    text: str, words: list[runs.Word], headed: bool, span: Span, names: gazetteer.Gazetteer
) -> list[_Candidate]:
    if len(words) == 1:
        split = _split_token(words[0], headed, names)
        if split:
            return split
    start, end = words[0].start, words[-1].end
    if start == span[0] and runs.is_plain(words[0].text) and not headed:
        if len(words) == 1:
            return []
        start = words[1].start
        words = words[1:]
    name = text[start:end]
    refused = name in names.refused or all(word.text in names.refused or _HARDWARE.match(word.text) for word in words)
    refused = refused or (len(words) == 1 and _HARDWARE.match(name) is not None)
    return [_Candidate(name, start, end, None, gazetteer.is_bench_name(name), headed, refused=refused)]


def _split_token(word: runs.Word, headed: bool, names: gazetteer.Gazetteer) -> list[_Candidate]:
    """Candidates inside one token: `COCO/LVIS`, `Split-CIFAR100`, `ImageNet-pretrained`."""
    token = word.text
    if "/" in token:
        parts = token.split("/")
        entries = [names.find(part) for part in parts]
        if sum(entry is not None for entry in entries) >= 2:
            found, start = [], word.start
            for part, entry in zip(parts, entries, strict=True):
                if entry is not None:
                    found.append(_Candidate(part, start, start + len(part), entry, entry.sure, headed))
                start += len(part) + 1
            return found
        if entries[0] is not None and all(re.fullmatch(r"\d+\w?", part) for part in parts[1:]):
            return [_Candidate(token, word.start, word.end, entries[0], entries[0].sure, headed)]
        return []
    inside = names.inside(token)
    if inside is None:
        return []
    name, whole = inside
    return [_Candidate(name, word.start, word.start + len(name), names.find(name), True, headed and whole)]


def _judge(text: str, sentence: _Sentence, candidate: _Candidate, own: frozenset[str]) -> None:
    """Accept a candidate on its own evidence."""
    span, has_head = sentence.span, sentence.has_head
    if not (has_head or candidate.sure or " on " in text[max(candidate.start - 30, 0) : candidate.start]):
        return
    start, end = candidate.start, candidate.end
    before = text[max(span[0], start - 160) : start]
    after = text[end : min(span[1], end + 240)]
    if candidate.refused or (span[0] == 0 and (not candidate.sure or runs.is_plain(candidate.name))):
        return  # a title is in capitals throughout: only unmistakable names count there
    apposition = has_head and not candidate.headed and _OF_THE_SET.match(after) is not None
    listed_before = has_head and _BEFORE.search(before) is not None
    key = dataset_key(candidate.name)
    whole = text[end : end + 1] != " " or not runs.is_name_like(text[end + 1 : end + 3])
    if has_head and not candidate.sure and _DIRECT.search(before) and _distinctive(candidate):
        candidate.accepted = after[:1] in ",.;)" and key not in own and not _MODEL_NAME.search(candidate.name)
        if candidate.accepted:
            return
    if apposition or (listed_before and not _IS_SUBJECT.match(after)):
        candidate.accepted = True
        candidate.introduced = _INTRODUCED.search(before) is not None or _NEW_BEFORE.search(before) is not None
    elif candidate.sure:
        candidate.accepted = candidate.headed or key not in own
    elif candidate.headed:
        candidate.counted = _COUNTED.search(before) is not None
        candidate.single_head = _SINGLE_HEAD.match(after) is not None
        candidate.accepted = _may_be_headed(candidate) or (
            " " not in candidate.name and candidate.single_head and before.endswith(("the ", "on ", "The ")) and key not in own
        )
    elif (
        has_head
        and before.endswith(", ")
        and _COMMA_BEFORE.search(before)
        and _AFTER_APPOSITION.match(after)
        and not re.match(r"(?:On|In|For|Across|With)\b", text[span[0] : span[0] + 8])
    ):
        candidate.accepted = key not in own and (after[:1] == "," or not _MODEL_NAME.search(candidate.name))
    elif key not in own:
        listed = candidate.entry is not None and whole and _STRONG_ON.search(before) is not None
        candidate.accepted = (listed and _EVALUATED.search(text, span[0], span[1]) is not None) or (
            not runs.is_plain(candidate.name)
            and not _HARDWARE.match(candidate.name)
            and _placed_like_a_set(candidate, before, after)
        )
    if candidate.accepted and candidate.headed and not candidate.introduced:
        candidate.introduced = _NEW_BEFORE.search(before) is not None and _INTRODUCED.search(before) is not None


def _placed_like_a_set(candidate: _Candidate, before: str, after: str) -> bool:
    """Evidence for an unlisted, distinctive name with nothing beside it."""
    if re.search(r"(?:19|20)\d\d\Z", candidate.name) and _CAMPAIGN.match(after):
        return True
    if _MODEL_NAME.search(candidate.name):
        return False
    if _IN_BRACKETS_OF_SETS.match(after) and before.rstrip()[-1:] in ("(", "d"):
        return True
    return _TESTED_ON.search(before) is not None and _ENDS_PHRASE.match(after) is not None and re.search(r"[a-z][A-Z]|\d", candidate.name) is not None


def _may_be_headed(candidate: _Candidate) -> bool:
    """Whether a name may be one merely because `dataset` follows it."""
    if candidate.entry is not None:
        return True
    words = candidate.name.split()
    if len(words) == 1 and runs.is_plain(candidate.name):
        return False
    if len(words) > 1 and not candidate.single_head and candidate.counted and all(runs.is_plain(word) for word in words):
        return False  # `three Chinese Stock Index benchmarks`
    if len(words) > 7 or _HARDWARE.match(candidate.name) or len(candidate.name) < 3:
        return False
    if len(words) == 1 and len(candidate.name) <= 5 and candidate.name.isupper() and candidate.name.isalpha():
        return candidate.single_head  # `UDG datasets`: the sets of a task
    if len(words) == 1 and (_MODEL_NAME.search(candidate.name) and not re.search(r"\d|Net\Z", candidate.name)):
        return False
    return True


def _distinctive(candidate: _Candidate) -> bool:
    return not runs.is_plain(candidate.name) or candidate.entry is not None


def _spread_in_lists(text: str, candidates: list[_Candidate], own: frozenset[str]) -> None:
    """A name listed together with a dataset is one too: `on CIFAR-10, SVHN, and NewSet`."""
    chains: list[list[_Candidate]] = []
    for candidate in candidates:
        if (
            chains
            and runs.LIST_JOIN.match(text[chains[-1][-1].end : candidate.start])
            and candidate.start - chains[-1][-1].end < 80
        ):
            chains[-1].append(candidate)
        else:
            chains.append([candidate])
    for chain in chains:
        if len(chain) < 2:
            continue
        good = [c for c in chain if c.accepted]
        lead = text[max(0, chain[0].start - 60) : chain[0].start]
        if not good and not _PLURAL_COMMA.search(lead):
            continue
        plural = chain[-1].headed or _PLURAL_COMMA.search(lead) is not None or _BEFORE.search(text[max(0, chain[0].start - 60) : chain[0].start]) is not None
        on = _ON.search(text[max(0, chain[0].start - 40) : chain[0].start]) is not None
        for candidate in chain:
            if (
                candidate.accepted
                or candidate.refused
                or dataset_key(candidate.name) in own
                or _MODEL_NAME.search(candidate.name)
            ):
                continue
            if candidate.entry is not None or plural or (on and not runs.is_plain(candidate.name)):
                candidate.accepted = len(candidate.name) > 1 and not _HARDWARE.match(candidate.name)


def _own_names(text: str, title_end: int, read: list[_Sentence], naming: hints.Places) -> frozenset[str]:
    """Keys of names the paper gives to its method: `X: title`, `we propose X, a framework`."""
    own: set[str] = set()
    prefix, colon, rest = text[: max(title_end, 0)].partition(":")
    if colon and len(prefix) < 40 and not _TITLE_HEAD.search(rest) and not gazetteer.is_bench_name(prefix.strip()):
        own.add(dataset_key(prefix))
    for sentence in read:
        span = sentence.span
        if not naming.within(span):
            continue
        for candidate in sentence.candidates:
            before = text[max(span[0], candidate.start - 120) : candidate.start]
            after = text[candidate.end : min(span[1], candidate.end + 200)]
            if candidate.headed or not _NAMED_METHOD.search(before) or _ON.search(before):
                continue
            if _OF_THE_SET.match(after):
                own.discard(dataset_key(candidate.name))
            elif _METHOD_WORDS.match(after) or not hints.Places(before.lower(), _HEAD_HINTS):
                own.add(dataset_key(candidate.name))
    return frozenset(own)


def _judge_title_name(text: str, title_end: int, read: list[_Sentence]) -> None:
    """`X: A Benchmark for ...` introduces X."""
    prefix, colon, rest = text[:title_end].partition(":")
    if not colon or len(prefix) > 60:
        return
    key = dataset_key(prefix)
    named = [c for sentence in read for c in sentence.candidates if dataset_key(c.name) == key]
    if not named:
        return
    calls_itself = _TITLE_HEAD.search(rest) is not None and _title_head_is_noun(rest)
    if not calls_itself:
        evaluates = _TITLE_EVALUATES.search(rest) is not None and _OUR_SET.search(text) is not None
        a_method = any(_METHOD_WORDS.match(text, c.end, c.end + 200) for c in named)
        if a_method or not (evaluates or gazetteer.is_bench_name(prefix.strip())):
            return
    for candidate in named:
        if not _METHOD_WORDS.match(text, candidate.end, candidate.end + 200):
            candidate.accepted = candidate.introduced = True
            candidate.refused = False


_TITLE_NOUN = re.compile(
    r"\s*(?:An?|The|Towards|New|Two|Three|One)?\s*(?:(?!(?:for|on|via|with|from|using|by|of|in|to)\b)[^\s.:]{1,30}\s){0,12}?"
    rf"(?:{_TITLE_HEAD.pattern})(?=\s*(?:\Z|[,.:;(]|for\b|of\b|on\b|to\b|in\b|with\b|and\b|from\b|towards?\b|that\b))"
    r"|\s*Benchmarking\b",
    re.IGNORECASE,
)


def _title_head_is_noun(rest: str) -> bool:
    """`A Dataset for X` names a data set; `Dataset Distillation via X` and `Beating the Benchmark` do not."""
    return _TITLE_NOUN.match(rest) is not None


def _without_aliases(text: str, mentions: list[Mention]) -> list[Mention]:
    """Drop one of two names for one dataset: `Long Name (LN)` keeps LN, `BigName-Hard (BNH)` keeps BigName-Hard."""
    dropped: set[str] = set()
    for first, second in zip(mentions, mentions[1:], strict=False):
        between = text[first.end : second.start]
        if re.fullmatch(r"(?:\s\w+)?\s?\(\s?", between) and text[second.end : second.end + 2].lstrip()[:1] == ")":
            long_is_token = " " not in first.name
            dropped.add(dataset_key(second.name if long_is_token else first.name))
    return [mention for mention in mentions if dataset_key(mention.name) not in dropped]
