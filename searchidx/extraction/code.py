"""What a paper's text says of its code: released, promised, or nothing.

Read sentence by sentence: a sentence counts when it holds a word for code and says that this code is given away.
Releasing only data, weights or a list of papers is not releasing code; code as a topic (`code generation`,
`error-correcting codes`, `latent code`) or as somebody's tool (`using an open-source implementation`) is nothing.

Patterns are for text in small letters (`hints.fold`), which is three times as fast as ignoring case.
"""

from __future__ import annotations

import re

from searchidx.extraction import hints
from searchidx.paper import CodeStatement, Span

#: A sentence without any of these says nothing of code.
CODE_HINTS = (
    "code",
    "implementation",
    "software",
    "tool",
    "librar",
    "script",
    "package",
    "repo",
    "sourc",
    "plug",
    "simulator",
    "baseline",
)
#: A sentence that gives code away holds one of these, or a URL, beside a word for code.
GIVING_HINTS = (
    "avail",
    "releas",
    "public",
    "open",
    "provid",
    "shar",
    "found",
    "publish",
    "here",
    "host",
    "access",
    "download",
    "make",
    "made",
    "offer",
    "contribut",
    "upload",
    "attach",
    "suppl",
    "soon",
    "includ",
    "visit",
    "ship",
    "promis",
    "announc",
    "appear",
    " out",
    "online",
    "comes with",
)
#: Words that mean program text wherever something is given away.
_SURE = (
    r"(?:source[- ]?codes?|codes?|code[- ]?bases?|scripts?|(?:github|code|software|git) ?repositor(?:y|ies)|"
    r"repo)"
)
#: Words that also name ideas, so that a clearer statement is asked for.
_VAGUE = (
    r"(?:(?:re-?)?implementations?|softwares?|tool-?kits?|tool-?box(?:es)?|librar(?:y|ies)|packages?|"
    r"plug-?ins?|simulators?|frameworks?)"
)
_CODE = rf"(?:{_SURE}|{_VAGUE})"
_ADVERB = (
    r"(?:(?:also|now|all|both|publicly|freely|openly|fully|made|been|currently|being|already|completely|"
    r"entirely|made)\s+){0,3}"
)
_BE = (
    r"(?:is|are|was|were|be|been|being|has|have|can|could|may|will|shall|would|become|becomes|made|to|'s|"
    r"soon)"
)
_GIVEN_STATE = (
    r"(?:available|accessible|released|open[- ]?sourced?|public|publicly|published|shared|downloaded|"
    r"downloadable|accessed|out|put (?:online|on)|"
    r"provided|found|hosted|obtained|here|online|attached|distributed|open|uploaded|offered|viewed)"
)
_GAP = r"(?:[\s,/&()]+[^\s.;:]{1,40}){0,%d}?[\s,]+"

_GIVEN_CLEARLY = (
    r"(?:available|accessible|released|open[- ]?sourced?|publicly|published|downloadable|here|offered as|"
    r"shared publicly)"
)
#: `our code (for X) is (publicly) available`, `codes and models will be made public`
_IS_GIVEN = re.compile(
    rf"\b(?:{_SURE}\b{_GAP % 14}{_BE}\s+{_ADVERB}(?:{_BE}\s+){{0,2}}{_ADVERB}{_GIVEN_STATE}\b"
    rf"|{_VAGUE}\b{_GAP % 10}{_BE}\s+{_ADVERB}(?:{_BE}\s+){{0,2}}{_ADVERB}{_GIVEN_CLEARLY}\b)",
)
#: `Code available at`, `codes publicly available`, `code here:`
_ADJACENT = re.compile(
    rf"(?:\b{_SURE}|\b(?:our|the|full|open[- ]source|pytorch|python|matlab|reference|official) {_VAGUE})\b"
    rf"(?:[\s,]+(?:and|&)\s+[\w-]+(?: [\w-]+)?)?(?: for [\w-]+)?\s*[:,]?\s*(?:publicly|freely|openly|"
    rf"made)?\s*"
    r"(?:available|accessible|public|released|online|here|open[- ]?sourced)\b",
)
#: `we release / open-source / publish ... code`
_WE_RELEASE = re.compile(
    r"\b(?:releas(?:e|es|ed|ing)|(?:we|and|to|will|also|fully|by|have|hereby)\s+open[- ]?sourc(?:e|es|ed|"
    r"ing)|publish(?:es)?|publicly shar(?:e|ing)|"
    r"shar(?:e|ing)|publiciz(?:e|ed)|contribute|upload(?:ed)?|opened?)\b"
    rf"{_GAP % 14}(?:{_SURE}|(?:our|its|the|an?|all|open[- ]source)\s+(?:[\w'-]+\s+){{0,4}}?{_VAGUE})\b",
)
#: `we provide our code`, `we make the code ... (available)`
_WE_PROVIDE = re.compile(
    r"\b(?:we|authors?|is|are|and|also|which|that|to|will|by|please|paper)\s+(?:\w+\s+){0,2}?(?:provid(?:e|"
    r"es|ed|ing)|mak(?:e|es|ing)|made|find|see|visit|host|offer|"
    r"access|download|deliver|supply|put|include)\b"
    rf"(?P<what>{_GAP % 12}){_CODE}\b",
)
_AVAILABLE = re.compile(
    r"\b(?:publicly|public|available|accessible|open[- ]?sourced?|online|github|download\w*|supplement\w*)\b",
)
#: `the framework is open-source`, `X has been open-sourced`
_IS_OPEN = re.compile(
    r"\b(?:(?:project|framework|system|pipeline|platform|method|simulator|toolkit|tool|library|everything|work|"
    r"package|algorithm|software|design)\b"
    rf"{_GAP % 8}(?:is|are|be|been|being)\s+{_ADVERB}open[- ]?sourced?\b(?!\s+(?:models?|llms?))"
    r"|(?:available|released|distributed|provided|offered|published) as (?:an? )?(?:fully )?(?:open[- "
    r"]source|free) (?:\w+ ){0,3}"
    r"(?:software|packages?|librar(?:y|ies)|toolkit|toolbox|project|plug-?in|framework|tool|implementation)\b"
    r"|(?:present|introduc|propos|develop|releas|describ|design|creat|build|built|"
    r"launch)\w*\b[^.;]{0,80}?\b(?:an?|our|first)\s+(?:[\w-]+,?\s+){0,5}?"
    r"(?:(?:free\s?(?:/|and)\s?)?open[- ]?sourced?|"
    r"(?:freely|publicly|openly)[- ]available(?!\s(?:[\w-]+\s){0,2}?(?:web|online|browser))),?\s+"
    r"(?:[\w/+#.-]+,?\s+){0,5}?(?:software|packages?|librar(?:y|ies)|toolkit|toolbox|"
    r"plug-?in|framework|tool|"
    r"implementation|simulator|platform|code-?base|system|testbed|environment|engine|parser|tagger|application)\b"
    r"|\bis\s(?:fully\s)?open[- ]?source(?:\s(?:and|software|under)\b|[,.])"
    r"|we (?:have |will |also |fully |are )*open[- ]?sourc(?:e|ed|ing) (?:our|the|all|this|everything|it)\b"
    r"(?! (?:\w+ ){0,2}(?:data|dataset|datasets|models?|weights|checkpoints|benchmark|corpus|llms?)\b))",
)
#: `the tool is released under the GPL licence`, `we distribute it as open source`, `we make this tool freely available`
_IS_LICENSED = re.compile(
    r"\b(?:(?:project|framework|system|pipeline|platform|simulator|toolkit|tools?|library|package|software|parser|tagger|"
    r"program|application|interface|plug-?in|implementation)\b[^.;]{0,60}?\b(?:available|released|distributed|licensed)\s"
    r"(?:[\w:/-]+\s){0,4}?(?:under\s(?:the\s|an?\s)?(?:[\w.,/-]+\s){0,5}?licen[sc]e|"
    r"as\s(?:[\w-]+\s)?open[- ]source\s(?:software|project|code))"
    r"|distribut\w+\s(?:the|our|this|its|all)\s[^.;]{0,50}?\sas\s(?:[\w-]+\s)?open[- ]source"
    r"|\b(?:we|and|also|to)\sopen[- ]source\s(?:efficient\s|reference\s|official\s)?implementations\sof\b"
    r"|\b(?:make|made|making)\s(?:the|this|our|these|its)\s(?:\w+\s){0,3}?(?:tools?|toolkit|toolbox|software|library|package|"
    r"plug-?in|parser|tagger|implementations?|simulator)\s(?:also\s)?(?:freely|publicly|openly)\s(?:available|accessible)"
    r"|\b(?:our|this|proposed)\s(?!involved)(?:[\w-]+\s){0,7}?(?:tools?|toolkit|toolbox|software)\s(?:is|are)\s(?:also\s)?(?:made\s)?"
    r"(?:(?:freely|publicly|openly)\savailable|available\s(?:to|for)\sthe\s(?:\w+\s)?community)"
    r"|\b(?:(?:our|this|proposed)\s(?:(?!(?:to|with|than|and|over|against)\b)[\w-]+\s){0,3}?|data(?:-?set)?\sand\s)"
    r"(?:baselines?|system|framework|tool)\s(?:is|are)\s(?:(?:made|also|publicly|freely)\s){0,3}(?:available|released)\s"
    r"(?:at|on|via)\s(?:github|\ufffc)(?!\sby\s(?:their|its)\sauthors))"
)
#: Every match of the last holds one of these.
_IS_LICENSED_HINTS = (
    "licen",
    "open source",
    "open-source",
    "freely",
    "publicly",
    "openly",
    "community",
    "github",
    "baseline",
)
#: `release of code is planned`, `code is promised`, `we promise code`, `code is to appear`, `code ships with X`
_ANNOUNCED = re.compile(
    rf"\b(?:{_SURE}\b{_GAP % 6}(?:(?:is|are|has been|have been)\s+(?:\w+\s+)?(?:promised|announced|planned|"
    rf"to (?:appear|follow|come))|ships?|comes with)\b"
    rf"|(?:promis(?:e|es|ed|ing)|announc(?:e|es|ed|ing))\b(?:\s+[\w-]+){{0,4}}?\s+{_SURE}\b"
    rf"|releases? of (?:(?:the|our|its|all|source|full)\s+)*{_SURE}\b)",
)
#: Every match of the last holds one of these,
_ANNOUNCED_HINTS = (
    *("promis", "announc", "planned", "to appear", "to follow", "to come"),
    *("ship", "comes with", "release of", "releases of"),
)
#: .. and every match of `_IS_OPEN` one of these.
_IS_OPEN_HINTS = ("open", "free", "publicly")
_OPEN_OR_LICENSED_HINTS = tuple(dict.fromkeys((*_IS_OPEN_HINTS, *_IS_LICENSED_HINTS)))
#: `Code: URL`, `code at URL`, `(code: URL)`, `Our code is https://...`
_LABEL = re.compile(
    rf"\b{_CODE}\b(?:[\s,]+[^\s.;:]{{1,30}}){{0,7}}?\s*(?:\s(?:at|in|on|from|via|is|are|under|with|through|"
    rf"as|here|the)\b|:|->|\(|\[|-|,)"
    r"[\s:(\[{\\*]*(?:url|href|here|github|link)?[:{(\[\]\s]*\ufffc",
)


_FUTURE = re.compile(
    r"\b(?:(?:will|shall|would)\s+(?:\S+\s+){0,6}?(?:available|accessible|releas\w+|open[- ]?sourc\w+|open|"
    r"public\w*|publish\w*|shar(?:e|ed|ing)|"
    r"provided?|made|make|online|found|host(?:ed)?|distributed|upload(?:ed)?|downloaded|here|put)\b"
    r"|(?:to be|plan(?:ning)? to|going to|intend to|aim to|promise to|commit "
    r"to)\s+(?:\w+\s+){0,4}?(?:releas\w+|open\w*|publish\w*|shar\w+|"
    r"mak\w+|made|public\w*|available)\b"
    r"|(?:upon|after|following|on|pending|subject to)\s+(?:\w+\s+){0,3}(?:acceptance|publication|accepted|"
    r"published|review)\b"
    r"|(?:once|when|if|after)\s+(?:\w+\s+){0,4}(?:accepted|published|acceptance|publication)\b"
    r"|(?:is|are) (?:\w+ )?(?:to (?:appear|follow|come|be (?:made|released|published|shared))|promised|announced|"
    r"planned|forthcoming|pending)\b"
    r"|(?:promis|announc)(?:e|es|ing)\s+(?:[\w-]+\s+){0,4}?(?:codes?|release)\b"
    r"|coming soon\b|(?:available|released?|public|online|"
    r"open-sourced?)\s+(?:very\s+)?(?:soon|later)\b|soon\s+(?:be\s+)?(?:available|released)\b)",
)
#: Code as the subject matter, taken out before anything is looked for.
_TOPIC = re.compile(
    r"\b(?:(?:source )?codes?[- ](?:generat\w+|complet\w+|search\w*|review\w*|summari[sz]\w+|understanding|"
    r"models?|intelligence|llms?|lms?|agents?|"
    r"snippets?|repair|retriev\w+|translation|datasets?|analysis|synthesis|representations?|execution|"
    r"reasoning|mix\w+|switch\w*|tasks?|"
    r"changes?|edit\w*|clones?|quality|tokens?|benchmarks?|embeddings?|comments?|samples?|books?|lengths?|"
    r"distance|words?|smells?|"
    r"vulnerabilit\w*|interpreters?|languages?|corpus|corpora|data\b|solutions?|problems?|domain|files?|"
    r"pieces|infilling|rates?|bits?|"
    r"coverage|vectors?|dictionar\w+|blocks?|structure\w*|space|capabilit\w*)\b"
    r"|(?:generat\w+|writ\w+|malicious|legacy|bar|qr|binary|hash|zip|sparse|latent|neural|olfactory|rank|"
    r"population|temporal|"
    r"error[- ]correcting(?: output)?|machine|assembly|discrete|visual|auto-?generated|synthetic|morse|student|input|"
    r"buggy|local|icd|"
    r"structured|color|numerical|existing|previous\w*|efficient|physical|hardware|practical|parallel|"
    r"real-time|distributed|general|fast)[- ](?:codes?|implementations?)\b"
    r"|code[- ]?named?\b|code of conduct\b|package (?:delivery|insert)\w*|(?:digital|image|video|"
    r"audio|music|speech|skill|motion|template)s? librar\w+"
    r"|(?:using|with|on|via|existing|published|of|by|previously|many|popular|leverag\w+|deploy\w+|"
    r"current)\s+(?:an?\s+|the\s+|most\s+)?"
    r"(?:\(?anonymous\)?\s+)?(?:publicly[- ]available\s+|open[- ]?source[ds]?\s+|available\s+)(?:\w+\s+){0,2}"
    r"(?:implementations?|softwares?|toolkits?|librar(?:y|ies)|codes?|packages?|simulators?|frameworks?)\b)",
)
#: Others' code, or its absence.
_NOT_OURS = re.compile(
    r"\b(?:not|no|without|rarely|seldom|closed)\s+(?:\w+\s+){0,3}(?:available|releas\w+|public\w*|open[- ]?source\w*)\b"
    r"|\bun-?(?:available|released|published)\b"
    r"|\b(?:lack of|whose|their|existing|many|most|previous|prior|several) (?:\w+ ){0,3}(?:codes?|"
    r"implementations?|software|libraries|toolkits|frameworks|papers)\b"
    r"|\bpapers (?:\w+ ){0,2}(?:releas|provid)\w+ ",
)
_LIST_OF_PAPERS = re.compile(
    r"\b(?:papers|literature|reading|resources?) (?:list|collection)|\blists? of (?:\w+ ){0,3}(?:papers|"
    r"resources)|"
    r"\b(?:repository|repo) (?:\w+ ){0,6}(?:papers|literature|survey|resources)\b|\bawesome\b|"
    r"(?:papers|survey) (?:\w+ ){0,6}(?:repository|repo)\b",
)
_PLAIN_CODE = re.compile(r"\bcodes?\b|\bimplementations?\b|\bsoftware\b|\bscripts?\b|\btoolkit\b|\bcode-?base\b")


#: Every sentence that gives code away names it so, or holds a hint of the two patterns that ask for less.
_NAMES_CODE = re.compile(rf"\b{_CODE}\b")


#: The mark of a footnote printed before its text: `by 5%.11Code is available`. It opens with a digit, to which `re`
#: skips quickly; what stands before that is asked behind it.
_FOOTNOTE = re.compile(
    r"\d(?<![\w-].)\d?(?=(?:Our|The|All)?\s?(?:[Cc]ode|[Ss]ource|Video|Data|Project|Available|Implementation)s?\b)"
)


def without_footnotes(sentence: str) -> str:
    """`sentence` without digits glued to the text of a footnote."""
    return _FOOTNOTE.sub(" ", sentence)


def sentence_statement(sentence: str) -> CodeStatement:
    """What one sentence says of the paper's code. URLs must have been replaced by U+FFFC."""
    sentence = without_footnotes(sentence)
    folded = hints.fold(sentence)
    if not _may_give_code(folded):
        return "none"
    topics = [match.span() for match in _TOPIC.finditer(folded)]
    plain = _without(folded, topics)
    if not _gives_code(plain, _without(sentence, topics)):
        return "none"
    if _NOT_OURS.search(plain) and "\ufffc" not in sentence:
        return "none"
    if _LIST_OF_PAPERS.search(plain) and not _PLAIN_CODE.search(plain):
        return "none"
    return "promised" if _FUTURE.search(folded) else "released"


def promises(sentence: str) -> bool:
    """Whether a sentence speaks of a release to come."""
    return _FUTURE.search(hints.fold(sentence)) is not None


def _without(sentence: str, spans: list[Span]) -> str:
    """`sentence` with a blank for each of some spans."""
    for start, end in reversed(spans):
        sentence = f"{sentence[:start]} {sentence[end:]}"
    return sentence


def _may_give_code(folded: str) -> bool:
    """Whether a sentence names code at all: most hold `resource` or `description`. What is left of it without topics
    has no word that it does not have."""
    return _NAMES_CODE.search(folded) is not None or hints.holds_any(folded, _OPEN_OR_LICENSED_HINTS)


def _gives_code(sentence: str, as_written: str) -> bool:
    """Whether a sentence in small letters gives code away."""
    if _IS_GIVEN.search(sentence) or _ADJACENT.search(sentence) or _WE_RELEASE.search(sentence):
        return True
    if hints.holds_any(sentence, _ANNOUNCED_HINTS) and _ANNOUNCED.search(sentence):
        return True
    has_link = "\ufffc" in sentence
    if has_link and _LABEL.search(sentence):
        return True
    if hints.holds_any(sentence, _IS_OPEN_HINTS) and _IS_OPEN.search(sentence):
        return True
    if hints.holds_any(sentence, _IS_LICENSED_HINTS) and _IS_LICENSED.search(sentence):
        return True
    # `we provide our code`: with a link, a word such as `publicly`, or possession
    provide = _WE_PROVIDE.search(sentence)
    if provide is None:
        return False
    what = as_written[slice(*provide.span("what"))]
    return has_link or bool(_AVAILABLE.search(sentence)) or bool(re.search(r"\b(?:our|source|all)\b", what))
