"""Patterns around dataset names, each named for what a match says; used by `candidates` and `datasets`.

Those without capitals are for text in small letters (`hints.fold`), which is three times as fast as ignoring case.
"""

from __future__ import annotations

import re

PLURAL_OR_SINGLE = (
    r"(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|databases?|test sets?|testsets?|challenges?|"
    r"collections?|test suites?|leaderboards?|suites?)"
)
#: The words above hold one of these.
SET_HINTS = ("data", "bench", "corp", "test", "challenge", "collection", "leaderboard", "suite")
#: `datasets such as X`, `datasets (X`, `benchmark called X`, `datasets: X`, `datasets, i.e., X`
BEFORE = re.compile(
    r"\b"
    + PLURAL_OR_SINGLE.replace("challenges?", r"challenges?(?!\s(?:of|in|from|are|is|like|including|includes?)\b)")
    + r"(?:\s*[:(]+|\s-\s|\s?[–—―]\s?|\s+(?:of|in|like|are|is|including|(?<=s\s)includes?)|"
    r"\s*,?\s*(?:such as|including|namely|i\.e\.,?|e\.g\.,?|"
    r"(?:we )?(?:call(?:ed)?|name(?:d|ly)?|dub(?:bed)?|term(?:ed)?|refer(?:red)? to "
    r"as)))+\s*\(?(?:(?<!challenges: )(?<!challenges: \()\(?[1ai]\)\s)?"
    r"(?:the\s|e\.g\.,?\s|i\.e\.,?\s|both\s|like\s|[\"'“`]+)*\Z",
)
COMMA_BEFORE = re.compile(
    rf"\b(?:an?|the|new|our|previous|existing|large-scale|"
    rf"collected)\b[^,.;]{{0,60}}?\b{PLURAL_OR_SINGLE}(?:\s\w+){{0,3}},\s*\Z",
)
PLURAL_COMMA = re.compile(
    r"\b(?:datasets|data sets|benchmarks|corpora|test sets|databases)"
    r"(?:\s|,\s(?:i\.e\.,?\s)?|\s(?:with|of|for|from|on|in)\s(?:[\w-]+\s){1,6}\((?:i\.e\.,?\s|e\.g\.,?\s|namely,?\s)?)[\"'“`]?\Z",
)
#: What is said so is a set whatever comes behind it: `datasets such as X can`, `a dataset called X based on`.
SAYS_IT_IS = re.compile(
    r"\b(?:such as|including|namely|like|called|named|dubbed|termed)\s\(?(?:the\s|both\s|[\"'“`]+)*\Z"
)
#: `a dataset for toy naming called X`, `a benchmark we propose called X`
CALLED_BEHIND = re.compile(
    r"\b(?:datasets?|benchmarks?|corpus|corpora|databases?|test sets?|test suites?|challenge sets?)"
    r"(?:\s(?!(?:and|or|using|with|via|by|model|method|framework|approach|system|network|pipeline|algorithm|metric)s?\s)[\w-]+){1,8}?,?"
    r"\s(?:called|named|dubbed|termed|coined|namely)\s(?:the\s|[\"'“`*]+)*\Z"
)
#: `a dataset of over 7,000 toys that were named by five people, called X`
CALLED_FAR = re.compile(
    r"\b(?:dataset|benchmark|corpus|database)\s(?:of|with|containing|comprising|consisting\sof|for)\s(?:(?!(?:model|method|system|"
    r"framework|approach|algorithm|metric|task)s?\b)[^.;:()\s]{1,30}\s){2,16}(?<=,\s)(?:called|named|dubbed|termed|coined)\s(?:the\s|[\"'“`*]+)*\Z"
)
#: `two datasets: a) X with toys, and b) Y`
ENUMERATED = re.compile(
    r"\b(?:datasets|data sets|benchmarks|corpora|databases|test sets)\b[^.;:]{0,30}[:,]?\s\(?(?:a|1|i)\)\s[^.]{3,250}?"
    r"(?:[,;]|\band)\s\(?(?:b|2|ii|c|3|iii)\)\s(?:the\s)?\Z"
)
#: `datasets for naming toys, such as X`
PLURAL_FAR = re.compile(
    r"\b(?:datasets|data sets|benchmarks|corpora|databases|test sets)"
    r"\s(?:for|of|from|in|on|with)\s[\w-]+(?:\s[\w-]+){0,5},\s"
    r"(?:such as|including|namely|like|e\.g\.,?|i\.e\.,?)\s(?:the\s)?\Z"
)
#: `a dataset of toys called X`, `benchmarks: X`
NAMED_SET = re.compile(
    r"\b(?:datasets?|benchmarks?|corpus|corpora|databases?|test sets?)"
    r"(?:\s(?:[\w-]+\s){0,4}(?:called|named|dubbed|termed|namely)|:|\s[–-])\s(?:the\s)?[\"'“`]*\Z"
)
#: Capitalised words, perhaps with small ones between them, and the bracket behind: `Toys in Context (`.
SPELLED_OUT = re.compile(
    r"\b[A-Z][\w’'-]*(?:\s(?:(?:of|for|in|on|the|and|with|to|by|from|via|a|an|as)\s){0,2}(?:[A-Z][\w’'-]*|\d+)){1,9}\s\(\Z"
)
#: What follows a name right behind `dataset` that is no subject: `a dataset FrobQuest for`, `datasets Frobby and`.
AFTER_DIRECT = re.compile(
    r"[\"'”]?(?:[,.;)]|\s?[(\[–—]|\s(?:for|to|which|that|and|in|on|with|by|as|from|where|while|using|but|collected|created|released|"
    r"ha(?:s|ve)|shows?|demonstrates?|indicates?|validates?|verif(?:y|ies)|proves?|confirms?|consist\w*|contain\w*|compris\w*)\b)"
)
DIRECT = re.compile(r"\b(?:datasets?|benchmarks?|corpus|corpora|databases?)\s(?:and\s)?[\"'“`]*\Z")
#: Before a name that a word such as `dataset` follows: `the`, `our`, perhaps with praise or what was done to the data.
THE_BEFORE = re.compile(
    r"\b(?:the|our|on|from|using|this)\s(?:(?:challenging|popular|public|standard|new|novel|large-scale|large|existing|"
    r"recent|full|original|real-world|famous|latest|simulated|rich|own|(?:publicly|widely|freely|openly) available|"
    r"[a-z-]++(?<=ed)|[a-z]++(?<=ly))\s){0,3}\Z"
)
#: `the FROB riddle answering dataset`: what the data are of stands between their name and the word for them.
HEAD_WITH_SUBJECT = re.compile(
    r"(?:\s(?!(?:on|in|for|of|with|to|from|by|at|as|and|or|is|are|was|were|has|have|can|that|which|using|than|when|where|"
    r"into|via|over|based|trained|we|it|an?|the|our|its|this|any|[a-z]+ly)\b)[a-z][a-z-]*+){1,4}?(?:\s\([A-Z]{2,6}\))?"
    r"\s(?:data-?set|data set|benchmark|corpus|database|test set|challenge|leaderboard)\b"
)
SINGLE_HEAD = re.compile(
    # `FROB (Frob Radio Broadcast) dataset`; what is one word in a bracket goes with the word before it
    r"(?:\)|\s\((?=[^()\n]{1,38}\s)[^()\n]{1,40}\))?"
    r"\s(?:data-?set|data set|benchmark|corpus|database|challenge|treebank|test set)\b",
)
#: Behind the short form of a task: it is a set's or a campaign's, too: `(FTF) dataset`, `(FTF) 2018 shared task`.
NAMES_ITS_SET = re.compile(rf"{SINGLE_HEAD.pattern}|\)\s(?:(?:19|20)\d\d\s)?shared tasks?\b")
MARKUP_OPENS = re.compile(r"(?:[*_]{1,4}|\\[a-z]{2,8}\{)\Z")
MARKUP_CLOSES = re.compile(r"[*_]{1,4}|\}")
#: `Long Name of Toys (LNT) dataset`
SHORT_FORM_HEADED = re.compile(rf"\)\s{PLURAL_OR_SINGLE}\b")
AFTER_APPOSITION = re.compile(r"\s*(?:[,.;:)]|\(|which|that|to|with|for|contain|compris|consist|cover|featur|and\b)")
#: `on` with the beginning of a name shortly behind it; it opens with a letter, which `re` skips to quickly.
ON_SOMETHING = re.compile(r"n(?<=\b[Oo].)\s(?=[^A-Z0-9]{0,70}[A-Z0-9]|ogb)")
ON = re.compile(
    r"\b(?:[Oo]n|over|across|from|against|of|in|under|using|to|with)\s(?:the\s|both\s|standard\s|popular\s|"
    r"public\s|challenging\s)*[\"'“`]*\Z"
)
#: A list of names given: `benchmarks that test code, called X and Y`
NAMED = re.compile(
    r"(?:\b(?:called|named|dubbed)|(?<!methods, )(?<!models, )(?<!solutions, )(?<!systems, )(?<!algorithms, )"
    r"\b(?:namely|i\.e\.,?))\s[\"'“`]*\Z"
)
EVALUATED = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|test(?:ed|s)?|validat\w*|results?|performance|benchmark\w*|accurac\w+|"
    r"outperform\w*|train(?:ed|ing)?|state[- ]of[- ]the[- ]art|"
    r"sota|achiev\w*|improve\w*|score\w*|surpass\w*|effective\w*|conduct\w*|ap|map|f1|auc|top-1|"
    r"error|bleu|perplexity)\b",
)
STRONG_ON = re.compile(r"\b[Oo]n\s(?:the\s|both\s|standard\s|popular\s|public\s|challenging\s|large-scale\s)*\Z")
#: They name what data are of, others say what somebody does: `reading comprehension dataset`, `using the dataset`.
_NO_NOUN_OF_DOING = "".join(
    rf"(?<!\b{noun})"
    for noun in (
        "reading answering learning understanding reasoning tracking parsing tagging captioning planning grounding "
        "editing driving shopping cooking writing programming matching linking ranking meeting recording grasping "
        "imaging counting singing sensing building listening engineering mapping drawing clothing challenging existing "
        "outstanding pioneering"
    ).split()
)
SET_HEAD = (
    r"(?:(?:\w+ing |evaluation |\w+ answering )?(?:\([a-z0-9-]{2,9}\) )?"
    r"(?:data-?sets?|data sets?|benchmarks?|corpus|corpora|"
    r"databases?|challenge|test ?sets?|test suites?|testbed|leaderboard|treebank|collection|suite|"
    r"competition|shared task|lexicon|wordnet|lexical resource|lexical database|data repository|gold standard))"
)
OF_THE_SET = re.compile(
    rf"(?:\s*\([^()\n]{{1,60}}\)|\))?(?:\s*[,:–—-]+\s*|\s(?:is|are|as)\s|\s(?=an?\s))(?:(?:establishing|"
    rf"forming|which (?:is|are)|making it|constituting|representing)\s)?(?:to (?:the best of )?our (?:best "
    rf")?knowledge,?\s)?(?:also\s)?(?:an?|the|our|one of the|two|three)\s"
    rf"(?:(?!(?:for|on|that|which|of|with|to|from|trained|using|based|by|in|we|\w+ing{_NO_NOUN_OF_DOING}|framework|method|model|"
    rf"approach|algorithm|network|system|technique|library)\s)[^\s.;:]{{1,30}}\s){{0,12}}?{SET_HEAD}"
    r"(?=[\s,.;:()]*(?:\Z|[.,;:()]|that\b|which\b|for\b|of\b|with\b|to\b|in\b|consist|contain|cover|compris|"
    r"design|featur|spann?|includ|collect|built|build|focus|where\b|"
    r"and\b|from\b|on\b|based|aim|deriv|annotat|as\b|we\b|is\b|tailor|specific|creat|construct|"
    r"craft|compos|across|cover|evaluat|assess|available|targeting|has\b|provid|encompass|made|"
    r"introduced|rang|[a-z]{2,}ed\b|[a-z]{2,}ly\b|under\b|drawn\b|taken\b|whose\b|sourced\b|"
    r"(?:captur|differ|enabl|offer|reflect|address|reveal|challeng|measur|support|facilitat|requir|allow|document|describ|involv|explor|"
    r"span|show|list|link|group|record|hold|represent|cater|extend|serv)ing\b))",
)
#: `X, the Frob Toys in Boxes Benchmark, `: words in capitals with small ones between them
OF_THE_NAMED_SET = re.compile(
    r"(?:,|:|\s[–-])\s(?:[Tt]he|[Oo]ur|[Aa]n?)\s(?:(?:[A-Z][\w’'-]*|of|in|for|on|and|the|with|to|from|by)\s){1,10}"
    r"(?:Dataset|Benchmark|Corpus|Database|Challenge|Suite|Data\s?[Ss]et|Test\s[Ss]et)\b(?!\s\([A-Z])"
)
#: `X, a suite of models`, `X: a collection of tools`
OF_OTHERS = re.compile(
    r".{0,200}\b(?:suite|collection|set)\sof\s(?:[\w-]+\s){0,5}?(?:models?|methods?|tools?|algorithms?|metrics?|"
    r"networks?|techniques?|modules?|libraries|scripts?|agents?|encoders?|systems?|services?|functions?|strategies|"
    r"approaches|parsers?|llms|vlms)\b",
    re.DOTALL,
)
#: `the Corpus of Spoken `, `the Moscow Database of `
SET_OF_NAMED = re.compile(
    r"\b(?:[Tt]he|[Oo]ur)\s(?P<name>(?:[A-Z][\w-]+\s){0,4}(?:Corpus|Database|Treebank|Dataset|DataBase|Archive|Atlas)\sof\s(?:the\s)?)\Z"
)
#: `the Frobby Corpus for `
SET_FOR_NAMED = re.compile(
    r"(?<![A-Z][a-z]\s)\b(?P<name>(?:[A-Z][\w-]+\s){1,4}(?:Corpus|Dataset|Benchmark|Challenge)\s(?:of|for|in|on)\s(?:the\s)?)\Z"
)
#: `the Heavy Frobs in `
JOINED_BY_SMALL_WORD = re.compile(
    r"\b(?:the|our|The|Our)\s(?P<name>[A-Z][\w-]+\s(?:[A-Z][\w-]+\s){0,3}(?:of|in|for|on)\s(?:the\s)?)\Z"
)
#: `sampling from X is a significant challenge`
IS_A_CHALLENGE = re.compile(r"\)?\s(?:is|are|as)\s.*\b(?:challenge|gold\sstandard)\Z", re.DOTALL)
INTRODUCED = re.compile(
    r"\b(?:introduc|present|propos|releas|construct|creat|buil[dt]|develop|contribut|collect|curat|establish|"
    r"publish|annotat|generat|assembl|design|offer|provid|open-sourc|compil|call|nam|dub|term)\w*\b"
    r"(?:\s+[^\s.;]{1,30}){0,9}?\s*[\"'“`(]*\Z",
)
#: `we propose the`, `this paper presents here the`: the name itself is what is brought.
BRINGS = re.compile(
    r"\b(?:introduc|present|propos|releas|construct|creat|buil[dt]|develop|collect|compil|contribut|describ|publish)(?:es?|s|ed|d|t|ing)?\s"
    r"(?:here\s)?(?:the|an?|our)\s(?:(?!(?:of|on|in|for|with|to|from|by|at|using|over|and)\s)[\w-]+\s){0,5}\Z"
)
#: A sentence begins with the name, perhaps spelled out: `The `, `The Frobby corpus (`.
ONLY_OPENS = re.compile(r"(?:the|our)\s(?:(?:[\w-]+\s){2,6}\()?\Z")
#: `The FROB corpus contains`, `The Frobby corpus (FC) has`
CONTAINS = re.compile(
    r"(?:\s\([^()]{2,12}\)|\))?(?:\s(?:dataset|corpus|benchmark|database|treebank))?\s"
    r"(?:contains|consists|comprises|includes|covers|features|has|holds|provides|spans)\b"
)
NEW_BEFORE = re.compile(
    r"\b(?:new|novel|our|first|newly|self-collected|proposed|introduced|this)\s(?:[\w-]+\s){0,6}\Z",
)
TITLE_HEAD = re.compile(
    r"\b(?:data[- ]?sets?|benchmarks?|benchmarking|corpus|corpora|database|challenge|test ?bed|test "
    r"suite|treebank|leaderboard|collection|shared task|suite|test set)\b",
)
TITLE_EVALUATES = re.compile(
    r"\b(?:evaluat(?:e|es|ing|ions?)|assess(?:es|ing)?|measur(?:e|es|ing)|prob(?:e|es|ing)|test(?:s|ing)?(?!-)|"
    r"how (?:well|far|good)|can|towards?)\b",
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
)
#: `we propose X`; what was `recently introduced` is another's.
NAMED_METHOD = re.compile(
    r"\b(?:propos|present|introduc|develop|design|call|nam|dub|term|coin|"
    r"describ)\w*\b(?<!recently introduced)(?<!recently proposed)(?<!newly introduced)(?<!newly proposed)"
    r"(?:\s+[^\s.;]{1,30}){0,6}?\s*[\"'“`(,]*\Z",
)
IS_SUBJECT = re.compile(
    r"\s(?:is|are|can|achieves?|outperforms?|uses?|learns?|shows?|surpass\w*|improves?|consists|employs?|"
    r"leverages?|exploits?|trains?|enables?|allows?|generates?|models?|based|method|"
    r"framework|approach|algorithm|network|architecture|model)\b"
)
VERSION = re.compile(r"(?:19|20)\d\d\Z|[vV]?\d{1,4}(?:\.\d)?[A-WYZa-wyz]?\Z|V\d|v\d|[A-Z]\Z")
#: `Microsoft News Dataset (`
CAPITAL_HEAD = re.compile(r"\s(?P<first>[DCB])(?:ata ?[Ss]et|orpus|enchmark|hallenge|atabase)(?=\s\([A-Z])")
#: A challenge or suite in capitals is part of a name of several words.
CAPITAL_LAST = re.compile(r"\s(?:Grand\s)?(?:Challenge|Suite)\b(?!\s\()")
#: `..., X, is introduced`
PASSIVE_NEW = re.compile(
    r",?\s(?:is|are|was|were)\s(?:introduced|presented|proposed|released|constructed|created|collected|built)\b"
)
#: The data before it: `a dataset with a point cloud of every room, X, is introduced`.
SET_BEFORE = re.compile(
    r"\b(?:an?|the|our|new|novel)\b[^.;]{0,80}?\b(?:data-?set|benchmark|corpus|database)\b[^.;]{0,100},\s\Z", re.I
)
#: Tasks and methods are abbreviated, too: `few-shot learning (`, `Multi-Label Classification (`.
_TASK_NOUN = (
    r"[Ll]earning|[Cc]lassification|[Dd]etection|[Ss]egmentation|[Rr]ecognition|[Ee]stimation|[Gg]eneration|[Tt]ranslation|"
    r"[Mm]odel(?:l?ing)?|[Rr]etrieval|[Aa]nswering|[Pp]rediction|[Aa]daptation|[Ll]ocali[sz]ation|[Ss]ummari[sz]ation|"
    r"[Rr]econstruction|[Ss]ynthesis|[Ee]xtraction|[Ii]maging|[Mm]icroscopy|[Tt]omography|[Nn]avigation"
)
#: `Emotion Recognition in Conversation (`
TASK_OF_SOMETHING = re.compile(f"(?:{_TASK_NOUN})" + r"\s(?:in|of)\s(?:the\s)?(?:[\w-]+\s){1,3}\Z")
#: A long name goes on behind its first capitals: `Common Frobs in 3D (`
GOES_ON = re.compile(r"\s(?:in|of|for|on|with|from)\s(?:the\s)?(?:[A-Z0-9][\w-]*\s){1,4}\((?=[A-Z])")
#: The last word of a task's name.
TASK_NAME = re.compile(
    f"(?:{_TASK_NOUN}"
    + r"|Identification|Correction|Analysis|Parsing|Understanding|Matching|Tagging|Planning|Inference|Reasoning)\Z"
)
LAST_OF_TASK = re.compile(
    f"(?:{_TASK_NOUN}" + r"|[Aa]ttention|[Dd]istillation|[Ff]ramework|[Mm]ethod|[Nn]etworks?|[Aa]lgorithm)\Z"
)
TASK_LAST = re.compile(f"(?:{_TASK_NOUN})" + r"\s\Z")
#: What a small word before a bracket makes the short form in it, unless it is a word for a set: `frob search (`.
COMMON_NOUN = re.compile(
    r"(?<![A-Z][a-z]{2}\s)(?!(?:data-?sets?|sets?|corpus|corpora|benchmarks?|databases?|collections?|challenges?|suites?|"
    r"treebanks?|tests?|tasks?|data)\s)\b[a-z][a-z-]{2,}\s\Z"
)
#: .. or one that is of what the words say: `a dataset of odd toys (`
SET_OF = re.compile(r"\b(?:data-?sets?|corpus|corpora|benchmarks?|collection|test set)\s(?:of|for|with)\s[^.;]{3,60}\Z")
#: Capitals that are there for a short form: `LEgal eVENt`
ODD_CAPITALS = re.compile(r"\b[A-Z]{2,}[a-z]{2}|[a-z][A-Z]{2,}")
#: Words that begin the last part of a long name, behind the words that its short form is made of.
HEAD_LETTER = re.compile(r"\s(?P<first>[DBCTSG])(?:ata|ench|orp|hallenge|est|uite|et\b|ollect)")
#: `Out-of-Frob (OOF) detection`
TASK_NEXT = re.compile(r"\s" + f"(?:{_TASK_NOUN})" + r"\b(?!\s(?:data|benchmark|corp|challenge))")
#: `Frob: a collection of toys`, `Frob, a new benchmark`
EXPLAINED = re.compile(r"[\"'”’]?(?::|,|\s[–—-])\s(?:an?|our|the (?:first|largest))\s")
#: A clause begins with the paper's set: `Taken from Frobby exams, our dataset contains`.
OUR_CLAUSE = re.compile(
    r",\sour\s[^,.;]{0,60}?\b(?:data-?set|data set|benchmark|corpus|database)\s(?:contains|includes|has|is|provides|"
    r"covers|consists|comprises|features|shows|enables|offers|allows)\b"
)
#: `Frobby and Wuggy image datasets`
PLURAL_HEAD = re.compile(r"\s(?:[a-z-]+\s){0,2}?(?:datasets|data sets|benchmarks|corpora|databases|test sets)\b")
#: What stands before the last member of a list.
LAST_JOIN = re.compile(r"\b(?:and|or|as well as|vs)\b|[&/]")
EXAMPLES = re.compile(r"\b(?:such as|including|like|e\.g\.,?)\s\Z")
#: `we build a toy dataset and name it X`
NAMED_IT = re.compile(
    r"\b(?:data-?sets?|benchmarks?|corpus|corpora|database|test set|test suite)\b[^.;]{0,90}?\b"
    r"(?:name|call|term|dub|denote)(?:d|ed|bed|ing)?\s(?:it|this|them|(?:the|this|our)\s(?:new\s)?(?:data-?set|benchmark|corpus|database))(?:\s(?:as|the))?\s[\"'“`]*\Z"
)
#: `ImageNet 1,000 classes`, `ImageNet 128 x 128`
NUMBER_GOES_ON = re.compile(r",\d|\s?[x×]\s?\d")
#: `a public Frob Web dataset`: what the data are of
INDEFINITE = re.compile(
    r"\ban?\s(?:(?:wide\s|large\s|broad\s)?(?:variety|range|set|number|array)\sof\s)?"
    r"(?:(?!(?:the|our|its|of|to|in|on|called|named)\b)[\w-]+\s){0,3}\Z"
)
#: `we bring a toy dataset, X`
NEW_SET_COMMA = re.compile(
    r"\b(?:an?|new|novel|first)\s[^,.;]{0,80}\b(?:data-?set|benchmark|corpus)(?:\s\w+){0,3},\s\Z"
)
#: `the Frobbase knowledge graph`
KNOWLEDGE = re.compile(r"\sknowledge\s(?:graph|base)\b")
#: `on our new dataset and X`
SET_AND = re.compile(r"\bon\s(?:our|the|this|a)\s[^,.;]{0,50}?\b(?:data-?set|benchmark|corpus)s?\sand\s(?:the\s)?\Z")
#: `FROB 2007, 2010, 2012`, `FROB 2014/2015`, `FROB 2007 and 2012`, `FROB 2.0 and 2.1`
MORE_YEARS = re.compile(
    r"(?<=(?:19|20)\d\d)(?:(?:(?:,\s|/)(?:19|20)\d\d(?![\w%]|\.\d))+(?:,?\sand\s(?:19|20)\d\d\b)?|\sand\s(?:19|20)\d\d(?=\s[a-z]|[.,;)]))"
    r"|(?<=\d\.\d)\sand\s\d\.\d(?=\s[a-z])"
)
SHORT_FORM_BEFORE = re.compile(r"\w\s\([a-z][\w-]{1,11}\)\s\Z")
SHORT_FORM_OF_SET = re.compile(r"\b(?:dataset|corpus|benchmark|database|test set|challenge)\s\(\Z")
#: `Frob Pearl Noise (`
LONG_NAME_LAST = re.compile(r"[A-Z][\w’'-]*\s\(\Z")
SINGLE_SET = re.compile(r"\s(?:data-?set|data set|corpus|database)\b")
#: Names of measures and of parts of a paper.
NO_SET = re.compile(
    r"(?:\b[Ss]cores?|\b[Aa]ccuracy|\b[Rr]ate|\b[Mm]etrics?)\Z|\A(?:Section|Figure|Fig\.|Table|Appendix|Equation)\s\d"
)
#: `the Frobby corpus (Smith, 2005)`
CITED = re.compile(r",\s(?:19|20)\d\d[a-z]?[);]|\set\sal")
#: What works with data: `the Frobby corpus query system`.
TOOL_BEHIND = re.compile(
    r"\s(?:corpus|corpora|[Cc]orpus|database|dataset|suite)\s(?:of\s(?:[\w-]+\s)?tools\b|"
    r"(?:[a-z]+\s)?(?:query|infrastructure|toolkit|tools?|system|platform|interface|manager|workbench|browser|software|linguistics)\b)"
)
#: How data were made or what they are about, not what they are called: `Frob-made toy dataset`
DESCRIBES = re.compile(r"-(?:[a-z]+(?:ed|ing|tion)|based|made|driven|like|style|specific)\Z")
#: A coined word that is no mere version: `M3FD`, but not `v0.5`
MEMBER = re.compile(r"(?![vVrR]?\d[\d.]*\Z)(?=[\w-]*(?:[a-z][A-Z]|\d|[A-Z]{3}|[A-Z]{2}-[A-Z]))[A-Za-z][\w.-]{2,}\Z")
#: Whose dimensions are a task's: `FROB 3D object detection`.
DIMENSIONS_OF_TASK = re.compile(
    r"[23]D\s(?:object|detection|tracking|semantic|instance|panoptic|segmentation|multi|scene|pose|human|lane|occupancy|visual|"
    r"reconstruction|point|tasks?)\b",
    re.IGNORECASE,
)
BARE_VERSION = re.compile(r"[rv]\d[\d.]*\Z")
#: Measures are listed, too: `on X, EER falls`.
MEASURE = re.compile(
    r"(?:\d+\.\d+)?(?:mAP|m?IoU|AP\d*|BLEU|ROUGE(?:-\w)?|CIDEr|METEOR|PSNR|SSIM|FID|LPIPS|AUC|AUROC|R@\d+|F1|EER|WER|CER|MAE|RMSE)\Z"
)
#: `with FROB, WUG and TIC metrics`
MEASURES_BEHIND = re.compile(r"\s(?:[a-z-]+\s)?(?:metrics|scores|measures)\b")
#: Languages, and pairs of them, are what data are in: `German-English`, `Egyptian- Arabic`, `En→De`.
_LANGUAGE = (
    r"(?:English|German|French|Spanish|Chinese|Mandarin|Cantonese|Japanese|Korean|Russian|Arabic|Italian|Portuguese|Dutch|Czech|Polish|"
    r"Turkish|Finnish|Estonian|Latvian|Lithuanian|Romanian|Hungarian|Swedish|Danish|Norwegian|Icelandic|Greek|Hebrew|Hindi|Urdu|Bengali|"
    r"Bangla|Tamil|Telugu|Malayalam|Kannada|Marathi|Gujarati|Punjabi|Nepali|Sinhala|Sanskrit|Persian|Farsi|Pashto|Kurdish|Thai|Vietnamese|"
    r"Indonesian|Malay|Filipino|Tagalog|Myanmar|Burmese|Khmer|Lao|Mongolian|Kazakh|Uzbek|Uyghur|Tibetan|Ukrainian|Bulgarian|Serbian|"
    r"Croatian|Slovene|Slovenian|Slovak|Bosnian|Macedonian|Albanian|Armenian|Georgian|Basque|Catalan|Galician|Irish|Welsh|Breton|Scottish|"
    r"Maltese|Swahili|Hausa|Yoruba|Igbo|Amharic|Somali|Zulu|Xhosa|Afrikaans|Latin|Esperanto|Inuktitut|Quechua|Hinglish|Sorbian|Brazilian|"
    r"European|American|British|Egyptian|Levantine|Iraqi|Moroccan|Swiss|Bavarian|Simplified|Traditional|Old|Middle|Modern|Ancient|Spoken)"
)
_CODE = (
    r"(?:(?i:en|de|fr|es|zh|ja|ro|ru|cs|fi|et|tr|it|pt|nl|pl|hi|gu|lt|lv|vi|ar|ko|kk|eng|deu|ger|fra|spa|zho|hin|ron))"
)
LANGUAGES = re.compile(rf"{_CODE}-{_CODE}\Z|{_LANGUAGE}(?:(?:--?\s?|–|-to-|/|\s){_LANGUAGE})*\Z")
LANGUAGE_PAIR = re.compile(rf"{_CODE}-{_CODE}\Z|{_LANGUAGE}(?:-\s?|-to-|/){_LANGUAGE}\Z")
PAREN = re.compile(r"\s?\(\s?(?P<inner>[^()\n]{2,30}?)\s?\)")
HARDWARE = re.compile(
    r"\A(?:(?:RTX|GTX|TPU|GPU|CPU|A100|V100|H100|NVIDIA|Intel|Jetson|AMD|ARM|FPGA|Xavier|Titan|Tesla)\b|"
    r"\d+(?:D|d|x|X|K|k|M|B|GB|MB|Hz|fps|FPS|bit|th|st|nd|rd|s|ms|mm|cm|m|"
    r"shot|way|year|DOF|DoF|min|hours?)s?\Z|\d+-[a-z]+\Z|\d+x(?:\d+|[A-Z]\w*)\Z|(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)\b(?:\s\d+)?\Z|"
    r"[a-z]+-(?:2|to)-[a-z]+\Z|(?:[Ss]ub-?)?(?:[Tt]ask|[Tt]rack)s?(?:[- ]?[\dA-F]\w?)?\Z|"
    r"\d+(?:\.\d+)?(?:-\d+)?[A-Za-z]{0,2}\Z|[A-Z]\d?\Z)"
)
MODEL_NAME = re.compile(
    r"(?:Net|NET|Former|former|GAN|BERT|Bert|LLM|LM|GPT|RNN|CNN|LSTM|VAE|Transformer|NeRF|MLP|DQN|GNN|GCN|"
    r"Conv|Diffusion|AE|ViT|DETR|YOLO|SGD|LoRA|LLaMA|Llama|CLIP)(?:s|-?v?\d[\w.]*|\+\+)?\Z"
)
#: Families of models whose members are told apart by numbers and suffixes, and names with a count of parameters.
MODEL_FAMILY = re.compile(
    r"(?:VGG|GPT|ChatGPT|Qwen|QwQ|Gemma|Gemini|Mistral|Mixtral|Inception|T5|mT5|Flan|OPT|PaLM|Claude|Mamba|DeepSeek|"
    r"Phi|DINO|LLaVA|LLaMA|Llama|Vicuna|Alpaca|Pythia|BLOOM|Falcon|Swin|ViT|DeiT|BERT|RoBERTa|BLIP|InternVL|InternLM|"
    r"Whisper|wav2vec|Wav2Vec|HuBERT|YOLO|SDXL|Flux|FLUX|MobileNet|EfficientNet|XGBoost|Baichuan|Yi|ESM|SVM|"
    r"Stable Diffusion|Mobile\w+|Efficient\w+|ResNe[Xt]\w*|GLM|ChatGLM|[Ww]ord2[Vv]ec|GloVe|FastText|o1|o3)(?![a-z])"
    r"|(?:[\w.-]*[-_])?\d+(?:\.\d+)?B(?:[-_]|\Z)"
)
#: `92.1% accuracy on X`, `improves by 3 points on the X`: a number is reported right before.
_ON_X = r"\bon\s(?:both\s|the\s|popular\s|public\s|challenging\s|standard\s|large-scale\s|full\s)*[\"'“`]*\Z"
NUMBER_ON = re.compile(
    r"\d(?:\s?\\?%|\s?(?:dB|points?|pp|AP|mAP|mIoU|BLEU|F1|x)\b|×)?(?:\s(?!by\b|steps|hours|GPUs?|layers|"
    r"epochs)[\w@+/()-]{1,25}){0,5}?\s" + _ON_X
)
#: A clause begins with it: `On X,`, `; on X,`, `In detail, on the X`
CLAUSE_ON = re.compile(r"(?:\A|[;,] )[Oo]n (?:the )?\Z")
#: `experiments on X`, `first place on X`, `outperforms them on X`
RESULTS_ON = re.compile(
    r"\b(?:experiment\w*|evaluat\w*|test(?:s|ed|ing)?|validat\w*|benchmark\w*|results?|performance|accurac\w+|scores?|"
    r"state[- ]of[- ]the[- ]art|sota|outperform\w*|surpass\w*|beat(?:s|ing)?|gains?|improv\w+|"
    r"(?:first|1st|second|2nd|third|3rd|top)(?:[- ]place|[- ]rank\w*)?|superior\w*|comparisons?|"
    r"(?:pre-?)?train(?:ed|ing)|fine-?tun(?:ed|ing)|compared?)\b(?:[^.;\d]{0,50}\s)??" + _ON_X,
)
#: A coined word, perhaps with a version after it: `MGSM`, `Vox-O`, `CERT r4.2`; not `10-shot`, `SIFT-features`.
COINED_NAME = re.compile(
    r"(?=[\w.+&'-]*(?:[a-z][A-Z]|\d|[A-Z]{3}|[A-Z]\w*-[A-Z]))(?!\d+-[a-z])(?![CGTN]PUs?\b)(?![\w.-]*-(?!test\Z|mini\Z|full\Z|hard\Z|easy\Z)[a-z]{4,}\Z)"
    r"(?!(?:mAP|m?IoU|AP\d|Rank|BLEU|ROUGE|Rouge|CIDEr|METEOR|PSNR|SSIM|FID|LPIPS|AUC|AUROC|R@|F1|EER|WER)[\w-]*\Z)"
    r"[\w.+&'-]{3,}(?:\s(?:[rv]?\d[\w.-]*|(?=[\w-]*[A-Z]{2})(?![CGTN]PU)[A-Z][\w-]{1,12}))?\Z"
)
#: What follows the whole name of a set that is not described further.
ENDS_NAME = re.compile(
    r"\s?[,.;:)—]|\s?\Z|\s[–-]\s|\s(?:has|have|can|could)\s|\s\((?=[^\sa-z()]*\d|with\b)|['’]s\s(?:test|val|leaderboard)|\s(?:and|or|with|while|where|by|in\sterms|show\w*|demonstrat\w*|"
    r"indicat\w*|confirm\w*|verif\w*|validat\w*|without|using|under|when|than|over|compared|as\s(?:well|compared)|but|respectively|"
    r"the|an?|our|it|we|its|this|both|against|from|to|for|on|at|in|vs|is|are|was|after|before|even|only|"
    r"(?:reach|ris|drop|improv|increas)e?s|(?:achiev|compar|reach|show|yield|surpass|exceed|outperform|obtain|attain|highlight)ing)\b"
)
#: Machines are named like sets and stand after `on`, too.
MACHINE_WORDS = re.compile(
    r"\b(?:robot\w*|humanoids?|quadrup\w+|biped\w*|manipulators?|hardware|platforms?|drones?|quadrotors?|devices?|"
    r"processors?|chips?|boards?|accelerators?|gpus?|cpus?|fpgas?|phones?|smartphones?|sensors?|vehicles?)\b",
)
#: `we compile X`, `the authors record X`, `which yields X`
GATHERED = re.compile(
    r"\b(?:compil|collect|record|gather|curat|assembl|contribut|releas|publish|yield|introduc|present|creat|"
    r"construct|buil[dt]|provid|shar|by-products? are)\w*\s(?:also\s|further\s)?(?:a\snew\s)?\Z"
)
#: `X, 5,404 coding tasks`, `X, a collection of 20k images`, `X, training records for`
_COUNTED = (
    r"(?:(?:which|that)\s\w+\s|an?\s(?:\w+\s)?(?:set|test|collection|pool|bank|suite)\sof\s|"
    r"(?:with|containing|comprising|consisting\sof|covering|spanning)\s)?(?:over\s|more\sthan\s|about\s|some\s|"
    r"around\s|approximately\s)?\d[\d,.]*[KkMB]?(?:\s(?:million|billion|thousand))?\s(?:[\w-]+\s){0,3}?(?!times|fold|layers|"
    r"parameters|steps|days|hours|seconds|minutes|years|GPUs)[a-z-]{3,}s\b"
)
_RECORDS = (
    r"(?:an?\s(?:[\w-]+\s){0,2}(?:set|test|collection)\sof|(?:[\w-]+\s){1,2}(?:records|recordings)\s(?:for|of|from))\b"
)
COUNTED_AFTER = re.compile(rf"(?:,\s|\s\(){_COUNTED}|,\s{_RECORDS}")
COUNTED_BEHIND_COMMA = re.compile(rf",\s(?:{_COUNTED}|{_RECORDS})")
#: Without a digit every match of the last holds one of these.
COUNTED_HINTS = ("record", "set", "test", "collection")
#: `X tests whether models can`, `X measures how well`
TESTS_SOMETHING = re.compile(
    r"\s(?:also\s)?(?:tests|evaluates|measures|assesses|probes|examines|benchmarks|challenges|asks)\s(?:whether|how|if|"
    r"the\s(?:ability|abilities|capabilit|degree|extent|robustness|reasoning|knowledge)|(?:\w+\s){0,2}?(?:LLMs|MLLMs|VLMs|models|agents)\b)"
)
#: A sentence without any of these gives an unlisted name nothing to be a dataset by.
HEAD_HINTS = tuple(
    (
        "dataset|benchmark|corpus|corpora|database|challenge|test set|test suite|data set|data-set|"
        "collection|leaderboard|suite|treebank|task|testset|competition|split| val|track|cohort|"
        "sets|testbed|data base|campaign|submi|participa|lexic|wordnet|data repository|gold standard"
    ).split("|")
)
#: Sure names in small letters begin with it.
SMALL_NAME_HINTS = ("ogb",)
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
    "ompil",
    "ollect",
    "ontribut",
    "eleas",
    "onstruct",
    "yield",
    "record",
)
COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|various|multiple|many|"
    r"different|diverse|public|popular|standard|common|existing|other|real-world)\s\Z",
)
CAMPAIGN = re.compile(
    r"\s(?:[\w-]+\s){0,2}(?:tasks?|tracks?|challenge|competition|campaign|workshop|edition)\b",
)
IN_BRACKETS_OF_SETS = re.compile(
    r"[^()\n]{0,30}\)\s(?:and\s|or\s)?(?:(?!(?:on|in|for|of|with|is|has|using|from|to|as)\b)[\w-]+\s){0,3}"
    r"(?:data ?sets?|test sets?|cohorts?|benchmarks?|corpora)\b",
)
TESTED_ON = re.compile(
    r"\b(?:evaluat\w*|experiment\w*|test(?:s|ed|ing)?|validat\w*|"
    r"benchmark\w*)\b[^.;]{0,50}?\bon\s(?:both\s)?(?:the\s)?\Z",
)
ENDS_PHRASE = re.compile(r"[,.;)]|\s(?:and|show|demonstrat|with|indicat|confirm|verif|validat|where|in terms|for)")
TITLE_NOUN = re.compile(
    r"(?!\s*(?!benchmarking|challenging)[a-z-]+ing\s)"  # `Making Datasets for`
    r"\s*(?:an?|the|towards|new|two|three|one)?\s*(?:(?!(?:for|on|via|with|from|using|by|of|in|"
    r"to)\b)[^\s.:]{1,30}\s){0,12}?"
    rf"(?:{TITLE_HEAD.pattern})(?=\s*(?:\Z|[,.:;(]|for\b|of\b|on\b|to\b|in\b|with\b|and\b|from\b|towards?\b|"
    rf"that\b|(?:construct|collect|annotat|deriv|creat|design|label|enrich|crawl|extract|bas)ed\b|built\b|"
    rf"(?:register|featur|contain|compris|cover|spann|consist|target|support|includ)ing\b))"
    r"|\s*benchmarking\b",
)
