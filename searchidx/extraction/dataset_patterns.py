"""Patterns around dataset names, each named for what a match says; used by `candidates` and `datasets`."""

from __future__ import annotations

import re

from searchidx.extraction import runs

HEAD = runs.HEAD_WORD
PLURAL_OR_SINGLE = (
    r"(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|test sets?|testsets?|challenges?|"
    r"collections?|test suites?|leaderboards?|suites?)"
)
#: `datasets such as X`, `datasets (X`, `benchmark called X`, `datasets: X`, `datasets, i.e., X`
BEFORE = re.compile(
    rf"\b{PLURAL_OR_SINGLE}(?:\s*[:(]+|\s[–-]\s|\s+(?:of|in|from|like|are|is|including|includes?)|"
    rf"\s*,?\s*(?:such as|including|namely|i\.e\.,?|e\.g\.,?|"
    r"(?:we )?(?:call(?:ed)?|name(?:d|ly)?|dub(?:bed)?|term(?:ed)?|refer(?:red)? to "
    r"as)))+\s*\(?(?:the\s|e\.g\.,?\s|i\.e\.,?\s|both\s|like\s|[\"'“`]+)*\Z",
    re.IGNORECASE,
)
COMMA_BEFORE = re.compile(
    rf"\b(?:an?|the|new|our|previous|existing|large-scale|"
    rf"collected)\b[^,.;]{{0,40}}?\b{PLURAL_OR_SINGLE}(?:\s\w+){{0,3}},\s*\Z",
    re.IGNORECASE,
)
PLURAL_COMMA = re.compile(
    r"\b(?:datasets|data sets|benchmarks|corpora|test sets|databases),\s(?:i\.e\.,?\s)?\Z", re.IGNORECASE
)
DIRECT = re.compile(r"\b(?:datasets?|benchmarks?|corpus|corpora|databases?)\s(?:and\s)?[\"'“`]*\Z", re.IGNORECASE)
SINGLE_HEAD = re.compile(
    r"\s(?:data-?set|data set|benchmark|corpus|database|challenge|treebank|test set)\b", re.IGNORECASE
)
AFTER_APPOSITION = re.compile(r"\s*(?:[,.;:)]|\(|which|that|to|with|for|contain|compris|consist|cover|featur|and\b)")
ON = re.compile(
    r"\b(?:on|over|across|from|against|of|in|under|using|to|with)\s(?:the\s|both\s|standard\s|popular\s|"
    r"public\s|challenging\s)*[\"'“`]*\Z"
)
EVALUATED = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|test(?:ed|s)?|validat\w*|results?|performance|benchmark\w*|accurac\w+|"
    r"outperform\w*|train(?:ed|ing)?|state[- ]of[- ]the[- ]art|"
    r"SOTA|achiev\w*|improve\w*|score\w*|surpass\w*|effective\w*|conduct\w*|AP|mAP|F1|AUC|top-1|"
    r"error|BLEU|perplexity)\b",
    re.IGNORECASE,
)
STRONG_ON = re.compile(r"\bon\s(?:the\s|both\s|standard\s|popular\s|public\s|challenging\s|large-scale\s)*\Z")
SET_HEAD = (
    r"(?:(?:\w+ing |evaluation |\w+ answering )?(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|"
    r"databases?|challenge|test ?sets?|test suites?|testbed|leaderboard|treebank|collection|suite|"
    r"competition|shared task))"
)
OF_THE_SET = re.compile(
    rf"(?:\s*\([^()\n]{{1,60}}\)|\))?(?:\s*[,:–—-]+\s*|\s(?:is|are|as)\s|\s(?=an?\s))(?:(?:establishing|"
    rf"forming|which (?:is|are)|making it|constituting|representing)\s)?(?:to (?:the best of )?our (?:best "
    rf")?knowledge,?\s)?(?:also\s)?(?:an?|the|our|one of the|two|three)\s"
    rf"(?:(?!(?:for|on|that|which|of|with|to|from|trained|using|based|by|in|we|\w+ing|framework|method|model|"
    rf"approach|algorithm|network|system|technique|library)\s)[^\s.;:]{{1,30}}\s){{0,12}}?{SET_HEAD}"
    r"(?=[\s,.;:()]*(?:\Z|[.,;:()]|that\b|which\b|for\b|of\b|with\b|to\b|in\b|consist|contain|cover|compris|"
    r"design|featur|spann?|includ|collect|built|build|focus|where\b|"
    r"and\b|from\b|on\b|based|aim|deriv|annotat|as\b|we\b|is\b|tailor|specific|creat|construct|"
    r"craft|compos|across|cover|evaluat|assess|available|targeting|has\b|provid|encompass|made|"
    r"introduced|rang))",
    re.IGNORECASE,
)
INTRODUCED = re.compile(
    r"\b(?:introduc|present|propos|releas|construct|creat|buil[dt]|develop|contribut|collect|curat|establish|"
    r"publish|annotat|generat|assembl|design|offer|provid|open-sourc|compil|call|nam|dub|term)\w*\b"
    r"(?:\s+[^\s.;]{1,30}){0,9}?\s*[\"'“`(]*\Z",
    re.IGNORECASE,
)
NEW_BEFORE = re.compile(
    r"\b(?:new|novel|our|first|newly|self-collected|proposed|introduced|this)\s(?:[\w-]+\s){0,6}\Z",
    re.IGNORECASE,
)
TITLE_HEAD = re.compile(
    r"\b(?:data-?sets?|benchmarks?|benchmarking|corpus|corpora|database|challenge|test ?bed|test "
    r"suite|treebank|leaderboard|collection|shared task|suite|test set)\b",
    re.IGNORECASE,
)
TITLE_EVALUATES = re.compile(
    r"\b(?:evaluat\w+|assess\w+|measur\w+|prob\w+|test\w*|how (?:well|far|good)|can|towards?)\b",
    re.IGNORECASE,
)
OUR_SET = re.compile(
    r"\b(?:our|[Ww]e (?:\w+ )?(?:introduce|present|propose|release|create|construct|develop|build)(?: an?| "
    r"the| our)?)\s(?:[\w-]+\s){0,4}?"
    r"(?:benchmark|dataset|corpus|test suite|database|test set)\b"
)
METHOD_WORDS = re.compile(
    r"(?:\s*\([^()\n]{1,60}\))?,?\s*(?:an?|the|our)\s(?:[^\s.;:]{1,30}\s){0,8}?(?:method|model|framework|"
    r"approach|algorithm|network|architecture|system|technique|agent|"
    r"mechanism|strategy|module|library|toolkit|pipeline|paradigm|transformer|policy|planner|"
    r"tool|platform|simulator|loss|attack|variant|extension|criterion|metric|measure|score|"
    r"indicator|evaluator|protocol|objective|optimizer|scheme|procedure|study|survey|theory|"
    r"procedure)\b",
    re.IGNORECASE,
)
NAMED_METHOD = re.compile(
    r"\b(?:propos|present|introduc|develop|design|call|nam|dub|term|coin|"
    r"describ)\w*\b(?:\s+[^\s.;]{1,30}){0,6}?\s*[\"'“`(,]*\Z",
    re.IGNORECASE,
)
IS_SUBJECT = re.compile(
    r"\s(?:is|are|can|achieves?|outperforms?|uses?|learns?|shows?|surpass\w*|improves?|consists|employs?|"
    r"leverages?|exploits?|trains?|enables?|allows?|generates?|models?|based|method|"
    r"framework|approach|algorithm|network|architecture|model)\b"
)
VERSION = re.compile(r"(?:19|20)\d\d\Z|[vV]?\d{1,4}(?:\.\d)?[A-Za-z]?\Z|V\d|v\d|[A-Z]\Z")
PAREN = re.compile(r"\s?\(\s?(?P<inner>[^()\n]{2,30}?)\s?\)")
HARDWARE = re.compile(
    r"\A(?:(?:RTX|GTX|TPU|GPU|CPU|A100|V100|H100|NVIDIA|Intel|Jetson|AMD|ARM|FPGA|Xavier|Titan|Tesla)\b|"
    r"\d+(?:D|d|x|X|K|k|M|B|GB|MB|Hz|fps|FPS|bit|th|st|nd|rd|s|ms|mm|cm|m|"
    r"shot|way|year|DOF|DoF|min|hours?)s?\Z|\d+(?:\.\d+)?(?:-\d+)?[A-Za-z]{0,2}\Z|[A-Z]\d?\Z)"
)
MODEL_NAME = re.compile(
    r"(?:Net|NET|Former|former|GAN|BERT|Bert|LLM|LM|GPT|RNN|CNN|LSTM|VAE|Transformer|NeRF|MLP|DQN|GNN|GCN|"
    r"Diffusion|AE|ViT|DETR|YOLO|SGD|LoRA|LLaMA|Llama|CLIP)(?:s|-?v?\d[\w.]*|\+\+)?\Z"
)
#: A sentence without any of these gives an unlisted name nothing to be a dataset by.
HEAD_HINTS = tuple(
    (
        "dataset|benchmark|corpus|corpora|database|challenge|test set|test suite|data set|data-set|"
        "collection|leaderboard|suite|treebank|task|testset|competition|split| val|track|cohort|"
        "sets|testbed|data base"
    ).split("|")
)
#: A sentence without any of these gives nothing a name.
NAMING_HINTS = (
    "propos",
    "resent",
    "ntroduc",
    "evelop",
    "esign",
    "call",
    "named",
    "dub",
    "term",
    "coin",
    "escrib",
)
COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|various|multiple|many|"
    r"different|diverse|public|popular|standard|common|existing|other|real-world)\s\Z",
    re.IGNORECASE,
)
CAMPAIGN = re.compile(
    r"\s(?:[\w-]+\s){0,2}(?:tasks?|tracks?|challenge|competition|campaign|workshop|edition)\b", re.IGNORECASE
)
IN_BRACKETS_OF_SETS = re.compile(
    r"[^()\n]{0,30}\)\s(?:and\s|or\s)?(?:(?!(?:on|in|for|of|with|is|has|using|from|to|as)\b)[\w-]+\s){0,3}"
    r"(?:data ?sets?|test sets?|cohorts?|benchmarks?|corpora)\b",
    re.IGNORECASE,
)
TESTED_ON = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|test(?:s|ed|ing)?|validat\w*|"
    r"benchmark\w*)\b[^.;]{0,50}?\bon\s(?:both\s)?(?:the\s)?\Z",
    re.IGNORECASE,
)
ENDS_PHRASE = re.compile(r"[,.;)]|\s(?:and|show|demonstrat|with|indicat|confirm|verif|validat|where|in terms|for)")
TITLE_NOUN = re.compile(
    r"\s*(?:An?|The|Towards|New|Two|Three|One)?\s*(?:(?!(?:for|on|via|with|from|using|by|of|in|"
    r"to)\b)[^\s.:]{1,30}\s){0,12}?"
    rf"(?:{TITLE_HEAD.pattern})(?=\s*(?:\Z|[,.:;(]|for\b|of\b|on\b|to\b|in\b|with\b|and\b|from\b|towards?\b|"
    rf"that\b))"
    r"|\s*Benchmarking\b",
    re.IGNORECASE,
)
