"""Patterns around reported numbers, each named for what a match says; used by `metrics` and `assigning`."""

from __future__ import annotations

import re

FROM = re.compile(
    r"\bfrom\s(?:(?:around|about|roughly|approximately|an?|the|its|only|baseline|nearly|over|"
    r"original|previous|initial|current|baseline's|\w+['’]s)\s){0,3}[~≈$(]*\Z"
)
TO = re.compile(
    r"\A\s?\$?(?:[(\[][^()\[\]]{0,40}[)\]]\s?)?(?:[\w%@-]+\s){0,4}?(?:to|→|->|\\rightarrow|-->|"
    r"up to)\s(?:(?:around|about|roughly|approximately|an?|over|nearly|only|as high as|more "
    r"than|less than|under|below|just)\s)?[~≈$]?\Z"
)
#: `(48% → 52%)` is a step even without `from`.
ARROW = re.compile(r"\s?\$?\s?(?:→|--?>|\\rightarrow|\\to)\s?\$?\s?[~≈$]?")
#: A bracket that tells a name and no number.
JUST_NAMED = re.compile(r"\((?=[A-Za-z])(?:(?!\s\d)[^()]){1,39}\Z")
RANGE = re.compile(r"\A\s?(?:\$?-{1,3}\$?|–|—|−|~|∼|\$?\\sim\$?)\s?\Z")
JUST_TO = re.compile(r"\A\s(?:to|and)\s\Z")
COUNTED = re.compile(
    r"\A\s(?:[\w/-]+\s){0,4}?(?:datasets?|benchmarks?|tasks?|languages?|images?|classes|categories|layers?|"
    r"parameters?|epochs?|steps?|hours?|days?|GPUs?|samples?|videos?|examples?|tokens?|words?|sentences?|"
    r"documents?|questions?|"
    r"models?|LLMs|methods?|domains?|subjects?|participants?|iterations?|users?|items?|pairs?|objects?|"
    r"scenes?|robots?|agents?|shots?|years?|people|frames?|papers?|nodes?|annotat\w+|instances?|dimensions?|"
    r"trials?|games?|"
    r"environments?|problems?|annotations?|articles?|queries|patients?|features?|runs?|seeds?|folds?|views?|"
    r"labels?|cases|settings|baselines|scenarios|dialogues?|conversations|topics|types|studies|sequences|"
    r"trajectories|"
    r"demonstrations|orders?|points\scloud|components|attacks|metrics|architectures|networks|"
    r"systems|competitors|teams|submissions|reasoning|levels|times|out of|other|"
    r"state-of-the-art)\b",
    re.IGNORECASE,
)
MAGNITUDE = re.compile(
    r"\A\s?(?:billion|million|trillion|thousand|hundred|B\b|M\b|K\b|k\b|-?\s?(?:bit|shot|way|"
    r"layer|dimensional|th|st|nd|rd|year|fold cross|D\b|d\b|step|hop|class|by-|mm\b|cm\b|nm\b|"
    r"[kcm]?m[23²³]|kg\b|km\b|DoF|DOF|x\d))",
    re.IGNORECASE,
)
#: `49 steps per second`: a rate, whatever is counted.
RATE = re.compile(r"\A\s(?!(?:b|m|tr)illion|thousand|hundred)[a-z]+\sper\s(?:second|sec|minute|hour|day)\b")
#: `1.6 and 3.1 billion`: one magnitude for both.
MAGNITUDE_OF_LIST = re.compile(
    r"\s?(?:-|–|,|to|and|or)\s?\d[\d.]*\s?-?(?:billion|million|trillion|thousand|hundred|[BMKk]\b)"
)
#: `in subtask 5.1`, `task No. 1`: a number that is a name.
LABEL = re.compile(
    r"\bout\sof\s(?:the\s)?\Z|\b(?:(?:[Ss]ub-?)?[Tt](?:asks?|racks?)|[Nn]os?\.|[Ll]ayers?|[Ff]actors?|[Ss]ections?|[Tt]ables?|[Ff]igures?)\s\Z"
    r"|\b(?:[Ss]ub-?)?[Tt](?:asks|racks)\s(?:[\d.]{1,4}(?:,\s|,?\sand\s|\sto\s)){1,4}\Z"
)
LIST_NUMBER = re.compile(r"\A\s?[).]{1,2}(?:\s|\Z)")
#: A sentence with one of these speaks of this paper.
OWN_HINTS = (
    "we ",
    "our ",
    "this paper",
    "this work",
    "this study",
    "this article",
    "this letter",
    "this thesis",
    "this survey",
    "this report",
    "herein",
    "propos",
    "experiment",
    "result",
)
TITLE_NAME = re.compile(r"(?P<name>[\w-]{3,20}):\s")
ONLY_JOIN = re.compile(
    r"\A(?:[\s,/&;~$+≈]|\band\b|\bas (?:much|high|low) as\b|\beven\b|\bor\b|\bas well as\b|\\?%|\bby\b|\bto\b|"
    r"[-–]|\brespectively\b|"
    r"\ba\b|\ban\b|\bof\b|\bpoints?\b|\bup to\b|∼|−)*\Z"
)
#: `a rate of 75%, a 15% improvement`
APPOSED = re.compile(r",\san?\s\Z")
SHORT_PHRASE = re.compile(
    r"\A(?:\s(?:[\w@&-]+\s){0,2}?(?:on|for|in|at|under|from|success(?:\srates?)?\s(?:on|in|"
    r"under))\s[^,;]{2,44})?,?\s(?:and|or|while|as well as)?\s?(?:by\s|an?\s|of\s|to\s|up to\s|"
    r"about\s)*[~+≈]?\Z"
    # `0.57 without queries and 0.60 with`
    r"|\A\s(?:with|without|when|using)\s[^,;\d]{2,40},?\sand\s(?:by\s|about\s|up to\s)?[~+]?\Z"
    # `950x over FrobNet and 170x over`
    r"|\A(?:\s[\w-]+){0,2}?\s(?:over|than|against|compared (?:to|with))\s(?:[\w.+'’-]+\s){1,5}"
    r"and\s(?:by\s|an?\s|up to\s|about\s)*[~+]?\Z"
)
DROPPED = re.compile(r"\([^()]{0,60}\)|(?:±|\+/-|\\pm)\s?[\d.]{1,8}%?")
OUT_OF = re.compile(
    r"\A\s(?P<out>out\s)?of\s(?:the\s)?(?P<all>\d{1,5})\s(?P<what>[\w-]+\s){0,2}?(?P<unit>tasks|datasets|"
    r"benchmarks|directions|languages|games|cases|metrics|settings|environments|subtasks|domains|"
    r"categories|classes|pairs|trials|types|problems|instances|questions|objects|"
    r"scenes|sequences|scenarios|attempts|runs|experiments|tests|criteria|aspects|dimensions|conditions|measures|relations)\b"
)
WINS = re.compile(
    r"\b(?:win|best|first|better|outperform|beat|surpass|exceed|solv|top|rank|succe|improv|complet|pass|correct)\w*"
    r"(?:\s[\w-]+){0,12}\s\Z",
    re.IGNORECASE,
)
TALLIED = re.compile(
    r"\A\s(?:of\s(?:the\s|all\s)?)?(?:[\w-]+\s){0,2}?(?P<unit>tasks?|datasets?|benchmarks?|games?|cases|languages|metrics|"
    r"settings|environments|problems|directions|domains|trials|attempts|runs)\b"
)
RATIO_USE = re.compile(
    r"\A\}?\s{0,2}-?\(?(?:(?:to\s)?(?:[\w-]+\s){0,2}?(?:improve\w*|gains?|increas\w*|reduc\w*|decreas\w*|boost|"
    r"higher|lower|better|worse|less|fewer|more|faster|slower|smaller|shorter|larger|speed\w*|accelerat\w*|"
    r"compress\w*|cheaper|longer|bigger|"
    r"greater|lighter|saving\w*|quick\w*|efficien\w*|deeper|stronger|rate|throughput|"
    r"acceleration|promotion|that (?:of|by|achieved|obtained)|(?!other|rather)[a-z]{3,}er\sthan|"
    r"the (?:speed|throughput|size|cost|number|memory|time|"
    r"performance)|as (?:fast|"
    r"many|large|much|efficient|long|high)|"
    r"(?:of\s)?(?:its|their)\s(?:(?:own|body|hip|total)\s){0,2}(?:weight|height|length|mass|size)|"
    r"(?:change|difference|variation|range)s?\sin\s[a-z]+))\b",
    re.IGNORECASE,
)
RATIO_CHANGE = re.compile(
    r"\b(?:by|speed-?ups?|speed|speeding up|acceleration|accelerat\w*|faster|improv\w*|gains?|reduc\w*|"
    r"increas\w*|factor|outperform\w*|compress\w*|boost\w*|sav\w*|throughput|latency|higher|lower)"
    r"(?:\s(?:[\w-]+\s){0,4}?(?:by|of|to|up|is|over|than|at|about|around|nearly|almost|"
    r"approximately|roughly|an?|average|between|from|factor|least|more|and|or))*\s?(?:up "
    r"to\s)?[~≈+$(>]*\Z",
    re.IGNORECASE,
)
#: `230x faster, or 5700x on a GPU`: what may stand behind the first of two ratios.
RATIO_TAIL = re.compile(r"\A\s(?:faster|slower|cheaper|smaller|higher|lower|larger|speed-?ups?)\b")
#: Members of a list that share the head of the last: `top-1, top-5 and top-20 accuracies`.
RANKS = re.compile(r"(?:\b(?:[Tt]op|[Rr]ank|[Rr]ecall|[Hh]its)[-@]\d{1,4}(?:,\s(?:and\s)?|\sand\s)){1,6}\Z")
RANK = re.compile(r"(?:[Tt]op|[Rr]ank|[Rr]ecall|[Hh]its)[-@]\d{1,4}")
FASTER = re.compile(
    r"\A\s?-?\(?(?:[\w-]+\s){0,2}?(?:faster|speed-?\s?ups?|acceleration|quicker|slower|as fast|"
    r"speed up|speeding up|more quickly|speedup)\b",
    re.IGNORECASE,
)
#: The other end of a range: `5 to 20-fold`.
RANGE_NEXT = re.compile(r"\s?(?:-{1,3}|–|—|−|to|~)\s?[~$]?\d[\d.,]*\s?(?:x\b|×|times\b|-?\s?folds?\b|\\times\b|%)")
#: .. and its beginning, before the other end.
RANGE_BEFORE = re.compile(r"(?<![\w.])\d[\d.,]*\s?(?:-{1,3}|–|—|−|to|~)\s?\Z")
QUICKER = re.compile(r"\s(?:faster|quicker)\b")
CHEAPER = re.compile(r"\s?-?(?:cheaper|less expensive|less costly)\b")
SMALLER = re.compile(r"\s?-?smaller\b(?! (?:than )?(?:error|loss|latency))")
#: What may be `90 times faster` or `smaller`; anything else is a machine or method.
COMPARED_QUANTITY = re.compile(r"(?:times?|speeds?|latency|latencies|runtimes?|throughput|durations?|errors?|costs?)\Z")
SPEED_LEFT = re.compile(
    r"\b(?:speed-?\s?ups?|speeding[- ]up|accelerat\w*|speeds? up|sped up|"
    r"faster)\b(?:\s[\w'’-]+){0,9}?\s?\(?(?:by|of|to|up to|is|over|than|at|about|around|"
    r"factor)?\s?(?:an?\s|factor of\s|up to\s|about\s|approximately\s|over\s|more than\s|"
    r"nearly\s|around\s)*[~$(]*\Z",
    re.IGNORECASE,
)
#: Before a dataset's name: it is what the paper measures on, not what it is compared with.
EVALUATION = re.compile(
    r"\b(?:[Oo]n|[Ii]n|[Ff]or|of|over|[Uu]sing|utiliz\w+|leverag\w+|use|uses|with)\s(?:the\s|both\s|"
    r"our\s)?(?:(?:[\w-]+\s){0,4}|(?:[\w-]+\s){4,8}?(?:data-?set|benchmark|corpus|database|test\sset)\s|(?:[\w-]+\s){1,6}\(|(?:[\w-]+\s){1,9}(?:data-?set|benchmark|corpus),\s)\Z"
)
#: .. or a campaign that it takes part in: `our submission to X`, `took part in X`.
TAKES_PART = re.compile(
    r"\b(?:submi\w+|systems?|participat\w+|took\spart|entry|entries|teams?|runs?|solutions?|contributions?)\b"
    r"[^.;:()]{0,60}\s(?:to|for|at|in|of)\s(?:the\s|this\s)?(?:[\w-]+\s){0,5}\(?\Z|(?:\sat\s|@\s?)(?:the\s)?\Z"
)
#: `The FROB shared task consists of`
SHARED_TASK_IS = re.compile(r"\s(?:[Ss]hared\s[Tt]asks?|[Cc]hallenge)\s(?:19|20)?(?:\d\d\s)?[a-z]+s\b")
#: .. which is one that tasks are set in.
CAMPAIGN = re.compile(
    r"[\s-](?:[\w&-]+\s){0,6}?(?:[Ss]hared|[Tt]asks?|[Ss]ub-?tasks?|[Cc]hallenge|[Cc]ompetition|[Tt]rack|[Cc]ampaign|[Ee]valuation)\b|\s?\)"
)
TASK_NAME = re.compile(r"[Tt]ask|[Cc]hallenge|Eval|CoNLL|IWSLT|WMT|SMM4H|CLEF|TREC|NTCIR|DSTC|WNUT|DCASE")
#: A dataset is the other side of a comparison: `compared with the older set, X`.
OTHER_SIDE = re.compile(
    r"\b(?:[Cc]ompared (?:to|with)|[Uu]nlike|than)(?: on| from)?\s(?:(?!(?:on|in|for|at)\b)[\w-]+,?\s){0,5}\Z"
)
THEN = re.compile(r",?\s(?:and|while)\s")
AND_LAST = re.compile(r"(?:\band|,)\s(?:by\s|of\s|an?\s|up to\s|as much as\s|about\s|over\s)?[~+]?\Z")
NEXT_ITEM = re.compile(r"(?:,|,?\sand)\s(?:(?:an?|by|of|up to|with|about|over)\s){0,2}[~+]?")
ONLY_IN = re.compile(r"\sin\s(?:the\s)?")
SET_TO = re.compile(r"\b(?:of|is|was|are|were)\b|[:=]")
#: `60% fewer actions`, `70% less fine-tuning data`: the counted thing is what is measured.
LESS_OF = re.compile(
    r"\s(?:fewer|less)\s(?:the\s)?(?P<what>(?:number\sof\s)?(?!(?:on|in|at|for|with|when|while|and|to|of)\b|than\b|per\b|expensive\b|[a-z]+(?:ent|ant|able|ible|ive|ful|ous|ust)\b(?!\s[a-z])|likely\b|accurate\b|sensitive\b|"
    r"prone\b)[A-Za-z][\w-]+(?:\s(?!than\b|on\b|for\b|in\b|with\b|while\b|when\b|and\b|compared\b|to\b|of\b|"
    r"as\b|at\b|is\b|are\b|but\b|over\b|by\b|"
    r"without\b|into\b|from\b|per\b|during\b|or\b|that\b|which\b|using\b|relative\b|we\b|required\b|"
    r"needed\b)[A-Za-z][\w-]+){0,3})"
)
#: `requires 10 minutes of speech`
PART_OF = re.compile(r"\sof\s(?!training|computation|inference|wall)")
TRAINED_FOR = re.compile(r"\sof\s(?:[\w-]+\s)?training\b")
#: `takes only 3 minutes`, `in under 2 hours`
TAKES = re.compile(
    r"\b(?:takes?|took|taking|requir(?:es?|ing)|needs?|consum(?:es?|ing)|"
    r"spend(?:s|ing)?|runs? in|(?:operat|run)\w* at|reduced to|"
    r"in (?=(?:about|around|roughly|only|just|under|less|approximately|nearly)\b)|"
    r"within)\s?"
    r"(?:(?:about|around|roughly|only|just|under|less than|approximately|nearly|an average of|"
    r"on average)\s){0,2}[~≈]?\Z"
)
#: `consumes only 5 W`
CONSUMES = re.compile(
    r"\b(?:consum|dissipat|draw|averag)(?:e?s|ing)\s"
    r"(?:(?:only|just|about|approximately|around|less than|under|up to|an average of)\s){0,2}[~≈]?\Z"
)
CONSUMED = re.compile(r"\s(?:of\s)?(?P<what>(?:electric\s|electrical\s)?(?:power|energy))\b")
POWERS = frozenset("W mW J mJ".split())
#: `achieves 78.6`, before `on X`
JUST_ATTAINS = re.compile(
    r"\b(?:achiev|reach|attain|obtain|get|report|yield|scor)(?:e?s|e|ing|ed)?\s"
    r"(?:about\s|around\s|up to\s|over\s|only\s)?[~≈]?\Z"
)
ON_DATA = re.compile(r"\s(?:on|in|for)\s(?:the\s)?")
#: `can find the grasps in 0.4 seconds`: how long the method takes.
DONE_IN = re.compile(
    r"\b(?:runs?|running|ran|comput|solv|find|search|discover|train|converg|generat|process|plans?|planned|reconstruct|infer|"
    r"address|complet|finish|finaliz|render|predict|synthesi[sz]|optimi[sz]|perform|execut|estimat|reach|respon[ds]|deploy|segment|"
    r"classif|detect|calibrat|recover|achiev|adapt|learn)\w*"
    r"(?:\s(?!(?:and|but|while|gathered|collected|recorded|captured)\b)[\w'’-]+){0,9}?\sin\s[~≈]?\Z"
)
AND_SOMETHING_BY = re.compile(
    r"\band\s(?!(?:by|on|for|in|up|of)\s)(?:[\w'-]+\s){1,6}by\s(?:up to\s|about\s|as much as\s)?[~]?\Z"
)
#: From one gain to the next of a list, each with its place or rival: `by 4% on cups and 5% on plates`.
NEXT_GAIN = re.compile(
    r"[\s%\\]*(?!in\s(?![A-Z]))(?=[^,]*(?:,|\band)\s)"
    r"(?:(?!(?:while|but|which|that|with|using|its|is|are|was|were|reduc\w+|improv(?:es|ed|ing)|increas(?:es|ed|ing)|"
    r"decreas(?:es|ed|ing)|achiev\w+|requir\w+|cut\w*)\b)[\w'’./@&+-]+,?\s){1,12}?"
    r"(?:(?:by|an?|up to|about|over)\s)*[+~]?"
)
#: .. which is where something rose, if it is no name: `5% in speed`, but `5% in Hindi`.
IN_SOMETHING = re.compile(r"[\s%\\]*(?:points\s)?in\s(?![A-Z])")
#: .. and what the last of them has behind it: `5% on plates in terms of F1`.
NAMED_LAST = re.compile(
    r"(?:\s(?:on|over|for|in(?=\s[A-Z]))\s[^,;()\d]{2,40}?)?,?(?:\srespectively,?)?"
    r"\s(?:in(?:\sterms\sof)?|with(?:\srespect\sto)?|measured by)\s(?:the\s|both\s)?(?:[\w-]+\s){0,1}?"
)
#: `.. 92.9%, outperforming the best earlier one by`
OUTDONE_BY = re.compile(
    r"\b(?:outperform|surpass|exceed|beat)(?:s|es|ing|ting)?\s(?:(?!(?:and|while|in|by)\s)[\w'’.-]+\s){1,8}by\s"
    r"(?:(?:up to|about|around|over|more than|an average of|nearly|almost)\s){0,2}[~+]?\Z"
)
#: From a level to the gain that it is: `.. 0.6, i.e. an improvement of`, `.. 71%, a 3%`.
A_GAIN = re.compile(
    r"[\s%\\]*(?:\s(?:on|in|for|at)(?:\s(?!and\b)[\w'’.-]+){1,4})?\s?[,(–]+\s?"
    r"(?:i\.e\.,?\s|which\s(?:is|means|represents)\s|representing\s|marking\s|yielding\s|with\s|corresponding\sto\s)?"
    r"(?:an?\s|the\s)(?:[a-z]+\s)?(?:(?:absolute|relative)\s)?"
    r"(?:(?:improvement|gain|increase|reduction|decrease|drop)\s(?:of|by)\s(?:an?\s)?"
    r"(?:(?:about|over|up to|nearly|almost|more than|around)\s)?)?[~+]?"
)
#: From a change to the step that it is: `by 4x, from`.
STEP_FROM = re.compile(r"[\s%\\]*,\s(?:i\.e\.,?\s)?(?:from\s)?[~]?")
NEXT_RIVAL = re.compile(r",?\s(?:and\s)?[A-Z][\w.-]*(?:\s[\w.-]+){0,2}\sby\s|,?\s(?:and\s)?(?:by\s)?")
#: Verbs of reaching: what they govern is a result.
ATTAINS = re.compile(
    r"\b(?:achiev|reach|attain|obtain|yield|earn|deliver|record|capable of|estimated with|measured with|"
    r"localiz\w* with|exhibit|demonstrat|show|exert|generat|provid|produc|withstand)\w*\s[^,;:]{0,60}\Z"
)
#: `can carry up to 8 kg`
LIFTS = re.compile(
    r"\b(?:carr|lift|hold|held|withst|bear|pull|push|support)\w*\s(?:[\w-]+\s){0,5}?"
    r"(?:up to|over|more than|at least|as much as)\s[~≈]?\Z"
)
#: Units of what is lifted.
LOADS = frozenset("kg g N kN mN grams gram kilograms".split())
#: `under 40 kPa pressure`
SET_BY = re.compile(r"(?:\b(?:upon|under|at|with|from|by|for)\s(?:an?\s)?|\()\Z")
#: `a tolerance of 0.3 mm is achieved`
ATTAINED = re.compile(
    r"(?:\s(?!and\b|that\b|which\b)[\w-]+){0,5}?\s(?:is|are|was|were|can be|could be|has been|have been)\s"
    r"(?:[a-z]+ly\s)?(?:achiev|obtain|reach|attain|report|observ|measur|record|demonstrat|realiz)ed\b"
)
#: `97% of the fully supervised performance`, `2% of the ensemble's energy`: a share of what another reaches or costs.
SHARE_OF = re.compile(
    # but `70% of decision accuracy` is a level
    r"\sof\s(?!(?!(?:the|its|their|our|all|original|full|total|complete|entire|fully|supervised|baseline|teacher|dense)\b)"
    r"(?:[\w-]+\s)?accurac(?:y|ies)\b)(?:the\s|its\s|their\s|our\s|all\s|original\s|full\s|total\s|complete\s|entire\s|"
    r"(?:[\w-]+\s){0,2}[\w-]+['’]s\s)*+"
    r"(?P<what>(?:(?!(?:in|on|for|with|from|when|where|that|which|to|by|and|is|are|the|an?)\b)[\w-]+\s){0,4}?"
    r"(?:performance|quality|accuracy|costs?|parameters|FLOPs|FLOPS|compute|computations?|"
    r"memory(?:\s(?:consumption|usage|footprint))?|runtime|energy|operations|"
    r"(?:training|inference|running|planning|computation|execution|processing|search|run)\stime|storage|bandwidth|"
    r"(?:model|map|memory|network|file|index)\ssize))\b"
    r"(?!\s(?:budget|costs?|time|complexity|requirements?|resources?|(?:is |are )?(?:retained|kept|remaining))\b)"
    r"|\sthe\s(?P<much>(?:model\s|parameter\s)?size|costs?|speed|parameters|memory|latency|price|energy|FLOPs|compute)\sof\b"
    r"|\s(?P<whose>performance)\sof\s(?:the|its|their|an?)\s"
    r"|\s(?P<how>performance|accuracy)\sof\s(?:the\s|its\s|a\s)*(?:fully|full|supervised|teacher|original|oracle|upper)\b"
)
#: `cuts the bit rate to 26%`: what is left of a cost, which has no percentages of its own.
CUT_TO = re.compile(
    r"\b(?:reduc|decreas|cut|lower|shrink|compress)\w*\s(?:the\s|its\s|their\s|our\s)?"
    r"(?P<what>(?:(?!(?:the|by|from|to|and|in)\b)[\w-]+\s){0,3}?(?:costs?|energy|time|memory|parameters|"
    r"(?:model|network|memory|map|file|index)\ssize|FLOPs|computations?|bit-?\s?rate|bandwidth|storage|consumption|usage|tokens|traffic|runtime|latency)"
    r"(?:\sof(?:\s[\w-]+){1,3})?)\sto\s(?:(?:only|just|about|under|below|less than|as low as|nearly|approximately|"
    r"around|roughly|merely|up to)\s)*[~$]?\Z"
)
_SPENT = (
    r"(?:costs?|energy|time|memory|parameters|FLOPs|computations?|bit-?\s?rate|bandwidth|storage|consumption|usage|"
    r"traffic|runtime|latency)"
)
#: .. likewise `the energy used by the lamp is reduced to about 30%`; only what is said of it stands before the verb
WAS_CUT_TO = re.compile(
    r"\b(?P<what>(?:(?!(?:[Tt]he|by|from|to|and|in|of|that|[Ii]ts|[Oo]ur)\b)[\w-]+\s){0,2}?"
    rf"{_SPENT})\s(?:(?:of|for|in|on|at|by|to|per|when|during|with|that|which|spent|[a-z]+ed)\s"
    r"(?:[^,;:.()\d]{1,50}?\s)?)?(?:is|are|was|were|can be|could be|been)\s(?:[a-z]+ly\s)?"
    r"(?:reduced|decreased|cut|lowered|compressed)\s(?:down\s)?to\s"
    r"(?:(?:only|just|about|under|below|less than|as low as|nearly|approximately|around|roughly|merely|up to)\s)*"
    r"[~$]?\Z"
)
#: `filters out up to 70%`, but not `when pruning 70%`
REMOVES = re.compile(
    r"\b(?:prun|filter|remov|discard|drop|skip|eliminat)"
    r"(?:es?|s|ed|ing|p(?:ed|ing))?\s(?:out\s|away\s)?"
    r"(?:(?:up to|over|about|around|almost|nearly|approximately|roughly|at least|at most|more than|as much as)\s)?"
    r"[~≈]?\Z",
    re.IGNORECASE,
)
#: `of the frames can be dropped`
REMOVED = re.compile(
    r"\sof\s(?:[\w-]+\s){1,5}(?:(?:can|could|may)\sbe|is|are)\s(?:[a-z]+ly\s)?"
    r"(?:prun|remov|discard|dropp|skipp|eliminat|filter|sav|reduc)ed\b"
)
#: What is taken from data is a setting.
OF_DATA = re.compile(
    r"\sof\s(?:[\w-]+\s){0,3}?(?:data|labels?|labell?ed|unlabell?ed|samples|training|images|examples|annotations?|inputs?)\b"
)
#: The number stands in a clause that says when something holds.
CONDITION = re.compile(r"\b(?:[Ww]hen|[Ii]f|[Aa]fter|[Ww]hile|[Uu]ntil)\b[^,;]{0,60}\Z")
#: `a pruning rate of 40%`, `of up to 40%`
OF_SHARE = re.compile(r"\bof\s(?:(?:up to|over|about|around|almost|only|less than|more than)\s){0,2}[~≈]?\Z")
#: A factor that is a setting: `upsampled by a factor of 4`.
SCALED = re.compile(
    r"\b(?:up|down|super|over|sub)-?\s?(?:scal|sampl)\w*\s(?:[\w-]+\s){0,5}(?:by|of|to)\s(?:an?\s)?(?:factor\sof\s)?\Z",
    re.I,
)
#: A factor that is a setting: `for 4-fold acceleration`.
AT_FACTOR = re.compile(r"\b(?:for|at|under)\s(?:an?\s)?\Z")
#: `a 42 cm long robot`: how far, not how well.
EXTENT = re.compile(
    r"(?:\s?(?:-|–|to)\s?\d[\d.]*\s?[a-zµ]+)?\s(?:long|wide|high|tall|thick|deep|away|apart|in diameter)\b(?!\sthan)"
)
#: `1.8x faster than X with 0.5% higher accuracy`
#: .. or `with 6% improvements`
COMPARED_NEXT = re.compile(
    r"\s(?:(?:absolute|relative|average)\s)?(?:(?:higher|lower|better|more|less|fewer|smaller|larger)\s|"
    r"(?:improvement|gain|increase|reduction|boost)s?\b)"
)
NEXT_BRACKET = re.compile(
    r"[^()]{0,10}\)(?:,|\sand|,\sand)\s[\w@-]+(?:\s[\w@-]+)?\s?\((?:\+|by\s|\$?\\(?:up|down)arrow\$?\s?|[↑↓]\s?)?"
)
#: From one value in brackets to the next of the same: `on Frob (41%), Quux (43%)`.
NEXT_PLACE = re.compile(
    r"[\s%\\]{0,4}\)(?:,|,?\sand)\s[A-Z][\w-]*(?:\s[\w-]+)?\s?\((?:\+|by\s|\$?\\(?:up|down)arrow\$?\s?|[↑↓]\s?)?"
)
#: `a gain of accuracy is seen, ranging from 0.4%`
_CHANGES = "(?:improvement|gain|reduction|increase|decrease|drop|boost|saving)s?"
CHANGE_RANGING = re.compile(rf"\b{_CHANGES}\b[^,;:.\d]{{0,40}},\s(?:ranging|varying)\s(?:from|between)\s[~≈]?\Z")
#: `clear gains on long texts (e.g., 3.4%`
CHANGE_SUCH_AS = re.compile(
    rf"\b{_CHANGES}(?:\s(?:in|on|over|for|of)\s[^,;()\d]{{1,60}})?\s?\((?:e\.g\.|i\.e\.),?\s"
    r"(?:up to\s|about\s|over\s)?[~≈]?\Z"
)
#: `gains (in accuracy) of 3%`, `improvements over earlier methods (about 4%`
CHANGE_ASIDE = re.compile(
    rf"\b{_CHANGES}\s(?:\((?=[a-z])[^()\d]{{1,60}}\)\sof\s|over\s(?:[^,;()\d]|\d[A-Z]){{1,60}}\s\()"
    r"(?:up to\s|about\s)?[~≈+]?\Z"
)
#: `13%↑`
ARROW_BEHIND = re.compile(r"\s?\$?(?:\\uparrow|\\downarrow|↑|↓)")
#: `(up to 95%) reduces`
CHANGE_BEHIND = re.compile(r"\)\s(?:reduc|increas|improv|boost|decreas|fewer\b|less\b|faster\b)")
#: `brings an additional 1.4% of`, `wins by a large margin, i.e., 3.1%`
GAINED = re.compile(
    r"(?:\b(?:an|the)\s(?:additional|extra)\s|"
    r"\bmargins?(?:,|:|\s\()\s?(?:(?:i\.e\.|e\.g\.|namely|by),?\s)?(?:up to\s|over\s|about\s)?[+~]?)\Z"
)
#: `71.3% vs. 70.5%`: two levels.
VERSUS_NEXT = re.compile(r"\s?\(?(?:vs\.?|v\.s\.|versus)\s[~$]?\d")
BY = re.compile(r"\bby\s(?:up to\s|about\s|an average of\s)?[~+]?\Z")
WITHIN = re.compile(r"\bwithin\s(?:\w+\s)?\Z")
DURATIONS = frozenset(
    "ms msec s sec secs second seconds milliseconds minute minutes min hour hours day days GPU-days GPU-hours".split()
)
#: `12 ms per image`
PER_ITEM = re.compile(
    r"\s?(?:per|for each|for every|/)\s?(?:image|frame|sample|query|token|step|iteration|scan|video|sentence|page|"
    r"object|point|megapixel|inference|scene|instance|document|prediction|planning|cycle|pair)s?\b"
)
#: Units that one error or accuracy is told in: of position and orientation, of force and torque.
PAIRED_UNITS = (
    (
        frozenset("mm cm m um μm µm nm millimeters centimeters meters".split()),
        frozenset("° deg degree degrees rad".split()),
    ),
    (frozenset("N mN kN".split()), frozenset("Nm mNm".split())),
)
#: What is measured in them.
TIMES = re.compile(r"time|latenc|delay|duration|period|hours|cost|speed|overhead", re.IGNORECASE)
#: A sentence that goes on about the result before it.
THIS = re.compile(
    r"(?:This|That|These|Which|It) (?:is|are|was|were|[a-z]+s) "
    r"|(?:This|These|Such|Such an?) (?:achievement|result|score|number|value|performance)s? (?:[a-z]+ly )?[a-z]+ "
)
#: `0.42 nats per pixel improvement over`
CHANGE_NEXT = re.compile(
    r"\s(?:[A-Za-z/-]+\s){0,3}?(?:improvement|gain|reduction|increase|decrease|boost|drop|difference)s?\b"
)
#: Modifiers that share the noun of the last: `verb, object and noun-role accuracy`.
COORDINATED = re.compile(
    r"(?P<of>\b(?:on|in|for|of|by|the|both|average|overall|%)\s)(?P<rank>[Tt]op-\d{1,2}\s)?"
    r"(?P<words>(?:[\w-]+,\s){0,2}[\w-]+,?\sand\s)\Z"
)
#: .. of two numbers, wherever the two stand: `achieving shelf and aisle errors`, `Maximum shelf and aisle speeds`.
COORDINATED_TWO = re.compile(
    r"(?:\A|[\s(])(?P<rank>(?:[Mm]aximum|[Mm]inimum|[Aa]verage|[Mm]ean|[Mm]edian|[Mm]aximal|[Oo]verall)\s)?"
    r"(?P<words>[a-z][a-z-]+\sand\s)\Z"
)
COORDINATE = re.compile(r",?\sand\s|,\s")
#: `at a bending pressure of`: what was set, not read.
AT_SETTING = re.compile(
    r"\b(?:[Aa]t|[Uu]nder|[Ff]or|[Ff]rom|[Gg]iven)\s(?:an?|the)\s(?:[\w-]+\s){1,4}of\s[^,;]{0,20}\Z"
)
#: Units of what a method costs; a share such as accuracy is never given in them.
COST_UNITS = frozenset("MB GB KB FLOPs GFLOPs FPS fps Hz ms s second seconds minute minutes hour hours days".split())
#: `an improvement of 3.71`, `gains of up to 2.4`
CHANGE_OF = re.compile(
    r"\b(?:improvement|gain|reduction|increase|decrease|drop|boost)s?\s(?:of|by)\s"
    r"(?:(?:up to|at least|at most|about|around|over|nearly|approximately|roughly|almost|more than|an|a|"
    r"average|further|"
    r"additional|another)\s){0,3}[~+]?\Z"
)
#: `20 times larger than earlier data sets`: a size of data.
LARGER_DATA = re.compile(
    r"\s?(?:larger|bigger|smaller|more\s[\w-]+)\sthan\s(?:(?!(?:on|in|for|at|with)\b)[\w'’-]+\s){0,6}?"
    r"(?:data-?sets?|data sets?|corpus|corpora|benchmarks?|collections?|databases?)\b"
)
#: `our dataset is 5x larger than`: a size of data, too.
DATASET_IS = re.compile(
    r"\bdatasets?\b[^;]{0,80}?\s(?:is|are|being)\s(?:[a-z]+\s){0,3}[~≈]?(?:\d+\s?(?:to|-|–|~)\s?)?\Z"
)
LARGER = re.compile(r"\s?(?:larger|bigger|as (?:large|big)|more\s(?:[\w-]+\s){1,3}than)\b")
#: `even 10x larger models`: the size of what it is compared with.
LARGER_RIVAL = re.compile(
    r"\s?-?(?:larger|bigger)(?:,?\s(?!(?:and|or|with|than)\b)[\w-]+){0,3}?\s(?:models?|M?LLMs?|networks?|architectures?|approach(?:es)?|"
    r"methods?|counterparts?|competitors?|baselines?|systems?|teachers?|data-?sets?|corp(?:us|ora)|databases?)\b"
)
#: `by a factor of 250`, `an up to tenfold reduction by a factor of roughly 10`
BY_FACTOR = re.compile(
    r"\bby\s(?:(?:up to|at least|about|around|over|nearly|almost|approximately|roughly|more than|as much as)\s)?"
    r"(?:an?|some)\s(?:[\w-]+\s)?factors?\s(?:of\s)?(?:(?:up to|at least|at most|about|around|over|nearly|almost|"
    r"approximately|roughly|more than|as much as|between|to)\s)*[~$≈>]*\Z"
)
#: `improvements ranging from 2% to 11%`: two ends of a range, not a step from one to the other.
RANGING = re.compile(
    r"\b(?:rang(?:es?|ed|ing)|var(?:y|ies|ied|ying)|"
    r"(?:[Ii]mprovement|[Gg]ain|[Rr]eduction|[Ii]ncrease|[Dd]ecrease)s\s(?:[\w-]+\s){0,4}(?:are|were))"
    r"\sfrom\s[~≈$(]*\Z"
)
#: `a saving of memory from 20% to 60%`: such a change goes from the smaller to the larger, so both are ends of a range.
SAVING_FROM = re.compile(
    r"\b(?:reduction|decrease|drop|saving)s?\s(?:in|of)\s(?:(?!(?:and|with|by)\b)[\w-]+\s){1,6}from\s[~≈$(]*\Z"
)
#: Between a percentage and the name of its metric: ` harmonic mean `, ` (labeled) attachment `.
MODIFIERS = re.compile(
    r"\s(?:\(?(?!(?:of|on|in|for|with|and|or|from|at|by|to|than|data|labels?|samples?|training|noise|the|an?|more|less|higher|lower|better)\b)[\w-]+\)?\s){0,3}"
)
#: `scoring 0.81 on A`
SCORES = re.compile(r"\bscor(?:es|ed|ing)\s(?:about\s|around\s|up to\s|only\s)?\Z")
#: `an improvement in handling long texts of up to 63%`
CHANGE_IN = re.compile(
    rf"\b(?:{_CHANGES}\s(?:in|on|for)|(?:reduction|increase|decrease|drop|saving)s?\sof)\s"
    r"(?:(?!(?:with|and|to|from|an?|at)\b)[\w-]+\s){1,6}of\s"
    r"(?:up to\s|about\s|around\s|over\s|approx\.\s|approximately\s)?\Z"
)
#: `gains in BLEU, of up to 7`, `a drop of accuracy that is less than 1%`, `a reduction in the use of salt (18%`
CHANGE_TOLD = re.compile(
    rf"\b{_CHANGES}(?:\s(?:in|on|of|for|over)\s[^,;:()\d]{{1,40}})?,\sof\sup to\s[~≈+]?\Z"
    rf"|\b{_CHANGES}\s(?:in|of)\s[^,;:()\d]{{1,60}}\sthat\s(?:is|are|ranges?|varies)\s"
    r"(?:(?:between|from|less than|below|up to|about|at most|within)\s)?\Z"
    rf"|\b{_CHANGES}\s(?:in|on)\s[^;:()\d]{{1,60}}\s(?:above|exceeding)\s\Z"
    r"|\b(?:reduction|decrease|increase|saving|drop)s?\s(?:in|of)\s[^,;:()\d]{1,60}\s\((?:about\s|up to\s)?[~≈]?\Z"
)
#: `at a loss of`, before `0.2% in accuracy`
A_LOSS_OF = re.compile(r"\ban?\s(?:[a-z]+\s)?loss\sof\s(?:(?:only|about|just|less than|at most)\s)?\Z")
#: `with a loss of accuracy of less than 0.2%`
LOSS_OF = re.compile(
    r"\bloss(?:es)?\s(?:of|in)\s(?:[\w-]+\s){1,3}?(?:of\s|(?:is|was|are|were)\s)?"
    r"(?:less than|below|under|within|only|up to|at most|about)\s\Z"
)
COMPARATIVE_NEXT = re.compile(
    r"\s(?:slower|faster|shorter|longer|higher|lower|less|more|better|worse)\s(?:(?:than|on average)\b|\()"
)
#: `0.03% (or 0.0003) parameters`
RESTATED = re.compile(r"\((?:(?:or|i\.e\.,?)\s)?[+-]?[\d.]{1,8}\\?%?\)")
#: `$1 - \\varepsilon$`
FORMULA = re.compile(r"\s?[-+/^]\s?[\\(]")
FRAME_RATES = frozenset("FPS fps Hz kHz".split())
#: `runs in real time (40 Hz)`, `inferred at 25 fps`: how fast the method is
RUNS = re.compile(
    r"\b(?:real[- ]{1,2}time|runn?(?:s|ing)?|ran|speeds?|faster|fast|infer\w*|achiev\w*|reach\w*|"
    r"process\w*|operat\w*|produc\w*|update rate|"
    r"frame[- ]?rates?|execut\w*|control\w*|estimat\w*|track\w*|detect\w*|perform\w*|deliver\w*)\b[^,;]{0,50}\Z",
    re.IGNORECASE,
)
#: `28.1 mask AP at 60 fps`
RATE_BESIDE = re.compile(r"\d(?:\s|%\s?)(?:[\w@%-]+\s){0,3}(?:at|with)\s(?:over\s|about\s|around\s)?[~≈]?\Z")
#: .. unless it is how fast the input comes.
RECORDED = re.compile(
    r"\b(?:videos?|camera|sampl\w+|record\w*|captur\w*|stream\w*|sensors?|frequenc\w+)\b[^,;]{0,30}\Z", re.I
)
#: A version number: `outperforms Tool 2.0 by`.
VERSION = re.compile(r"(?<![.?!]\s)\b(?!S[Oo]TA\s)[A-Z][\w-]*\s\Z")
DEVIATION = re.compile(r"\s?\$?\s?(?:±|\\pm|pm|\+/-|\+/−|\+-)\s?\$?\s?\d")
COSTS = re.compile(r"flops|parameter|model size|per second|\bfps\b|agreement|\bkappa\b", re.IGNORECASE)
#: `models trained on X`, `training with the X`
LEARNS_FROM = re.compile(
    r"(?<![\w-])(?:pre-?)?train(?:ed|ing)\s"
    r"(?:only\s|solely\s|models\s)?(?:on|with|using|over)\s(?:the\s)?\Z"
)
ASIDE = re.compile(r"[\s-](?:pre-?train\w*|supervised|weights|initiali[sz]\w*|features|backbone|init)\b")
#: Between two datasets: the second has a number of its own.
NUMBER_OF_NEXT = re.compile(r"\band\s(?:by\s)?\+?\d|\d\s?\\?%|\s\d+\.\d")
#: What may follow a whole number that is a result: no unit or counted thing of its own.
PHRASE_END = re.compile(
    r"[\s$]*(?:[,.;:)\](]|\Z|[+-]|(?:and|or|on|for|in|to|with|at|over|compared|when|while|by|from|which|after|"
    r"using|under|respectively|across|against|without|than|is|are|points?(?!\sclouds?)|as|that|within|via|higher|lower|"
    r"better|out of|frames|tokens)\b)"
)
UNLISTED = re.compile(
    r"(?<![\w-])(?P<name>(?=[\w@&-]{0,9}[A-Z])[A-Za-z][\w@&-]{1,9})(?:\s(?:score|value|"
    r"rate))?(?:\s?[:=]\s|\sof\s|\s\()(?:up to\s|about\s|over\s)?[~$]?\Z"
)
RIVAL_BEFORE = re.compile(
    r"\b(?:over|than|beats?|outperforms?|surpass(?:es)?|vs\.?|versus|against)\s(?:the\s)?(?:[a-z-]+\s){0,2}\Z"
)
POINTS_OF = re.compile(r"\s(?P<name>[A-Za-z]?[A-Z][A-Za-z]*[A-Z][\w-]*)\s(?:absolute\s)?points?\b")
#: `(r = 0.95)`
SINGLE = re.compile(r"(?<![\w-])(?P<name>r|R|ρ|ICC|κ|[Kk]appa)\s?=\s?[~$]?\Z")
#: `increases the performance of toys by`: no quantity, and that of the words before is another.
PERFORMANCE_BY = re.compile(
    r"[a-z]\sperformances?(?:\s(?:of|on|in|for)(?:\s[\w'’-]+){1,6}?)?\s(?:[a-z]+ly\s)?by\s"
    r"(?:(?:up to|at least|about|around|over|an average of|more than|nearly|almost|as much as)\s){0,2}[~+]?\Z"
)
#: What is spent, in which nothing is outperformed.
SPENT = re.compile(
    r"time\b|times\b|latency|costs?\b|speed|parameters|runtime|FLOPs|memory|sizes?\b|footprint", re.IGNORECASE
)
NOT_SHARES = re.compile(
    r"loss|time\b|times\b|latency|cost|speed|parameters|perplexity|FID|PSNR|distance|per second|"
    r"throughput",
    re.IGNORECASE,
)
SHARES = re.compile(r"accurac|precision|recall|\bF1|score|\bAP\b|mAP|IoU|success|BLEU", re.IGNORECASE)
CHANGES = re.compile(
    r"\b(?:improv|increas|reduc|decreas|boost|rais|lower|elevat|enhanc|drop|ris|grow|fall|cut|"
    r"from .{0,20}(?:to|→))\w*\b",
    re.IGNORECASE,
)
#: What is enumerated has names of its own.
ITEM = re.compile(r"\((?:\d|i{1,3}|iv|v|[a-e])\)\s")
CLAUSE_END = re.compile(r"[,;]|\b(?:with|while|and|but|whereas|when|if|that|which|where)\b")
POINTS_AT = re.compile(
    r"\b(?:on|in|for|of|over|at|from|under|using|across)\s(?:the\s|both\s)?(?:[\w-]+\s){0,4}?\Z|"
    r"\(\s?\Z"
)
SLASH = re.compile(r"\s?/\s?[+~]?")
#: Between two numbers of one run.
NEXT_IN_RUN = re.compile(r"\s?(?:/|,|-|–|,?\s?and|&|to)\s?[+~]?")
#: Behind a dataset: the languages that it is used for.
LANGUAGE_PAIRS = re.compile(
    r"\A(?:\s(?:and\s)?[A-Z][A-Za-z]+(?:-to-|<?-+>?|→|↔)[A-Z][A-Za-z]+){1,3}(?:\s(?:translation|tasks?|data-?sets?))*(?=[,\s])"
)
#: From a dataset to a number of it, though more follow: `on X at 17 FPS`.
AT_ONCE = re.compile(r"(?:\s[a-z-]+){0,2}?\s(?:at|with|by)\s(?:an?\s)?[$~]?")
#: Between a number and a dataset: a clause of its own begins, so the number is not of that dataset.
LEAVES = re.compile(r";|,\s(?:as well as|while|whereas|but|and (?:on|with|for|in))\b|\)\sas\swell\sas\b")
#: Behind a dataset: it is what its own clause is about.
GOES = re.compile(r"\s[a-z]+s\sby\b")
#: `0.92 Pearson correlation on an internal dataset`
ON_UNNAMED = re.compile(
    r"(?:\s(?!on\b|than\b|while\b|and\b)[\w-]+){0,4}\son\s(?:an?|another|several|two|three|four|five|six|seven|eight|nine|ten|\d+|"
    r"other|various|multiple|unseen)\s(?:[\w-]+\s){0,4}?(?:data-?sets?|data sets?|benchmarks?|corp(?:us|ora)|"
    r"test sets?)\b"
)
#: A sentence about data without a name: `on four text datasets`, `using a long dataset`.
OTHER_DATA = re.compile(
    r"\b(?:[Oo]n|[Ii]n|[Ff]or|[Uu]sing|[Aa]cross|with|over)\s(?:an?|another|two|three|four|five|six|seven|eight|nine|ten|\d+|"
    r"several|multiple|various|other|different)\s(?:[\w-]+\s){0,5}?"
    r"(?:data-?sets?|data sets?|benchmarks?|corp(?:us|ora)|domains)\b"
)
#: What is brought for training: `a pre-training corpus`, `To train it, we collect`.
TO_TRAIN = re.compile(
    r"\b[Tt]o\s(?:pre-?)?train\b|\b(?:pre-?training|instruction[- ]tuning|fine-?tuning)\s(?:data|corp)"
)
#: A sentence about trials without data, or about more than the one named: `on a real robot`, `on both datasets`.
NO_DATA = re.compile(
    r"\b(?:(?:[Hh]uman|[Uu]ser)\s(?:evaluat\w+|judge?s?|judge?ments?|raters?|stud(?:y|ies))|"
    r"(?:real|physical|[A-Z][a-z]+)[\s-](?:(?:world|life)\s)?robots?\b|real-world\s(?:experiments|trials|deployment)|"
    r"(?:[Oo]n|[Ff]or|[Aa]cross|[Oo]ver)\s(?:both|all)\s(?:[\w-]+\s){0,2}?(?:data-?sets|benchmarks|corpora)\b)"
)
IN_ORDER = re.compile(
    r"\brespectively\b|\bin (?:the same|that|this) order\b"
    r"|\b(?:on|for|over|across)\s(?:these|those|the|both|all)\s(?:two\s|three\s|four\s|five\s)?(?:[\w-]+\s)?(?:data-?sets|benchmarks|corpora)\b"
)
#: Behind a list of numbers that goes with the datasets of a sentence before: `4% and 5%, respectively`.
ON_THOSE = re.compile(
    r"[\s%\\]*(?:(?:[\w@%-]+\s){0,6}?(?:on|for|in|over|across)\s(?:these|those|the|both|all)\s(?:two\s|three\s|four\s|five\s|above\s)*"
    r"(?:[\w-]+\s)?(?:data-?sets|benchmarks|corpora|tasks)\b|,?\s?respectively\b)"
)
#: From one dataset to the one that what was learnt there is tested on: `GTA to Cityscapes`.
TRANSFERRED = re.compile(r"\s?(?:-?to-?|→|--?>|\$?\\(?:right(?:left)?arrow|to)\$?)\s?")
#: `LAS 95%, UAS 96% and LA 98%`: a short form in the place of those before it.
PARALLEL = re.compile(r"\d\s?\\?%?\)?(?:,|,?\sand|;)\s(?P<name>[A-Z][A-Z\d-]{1,6})\s\Z")
#: `a 3x inference speedup`: what is sped up belongs to the name.
SPED_UP = re.compile(
    r"(?:[a-z-]+\s)?(?:[a-z-]+ing|test-time|(?:training/)?inference|computation(?:al)?|runtime|wall-clock|end-to-end|simulation|generation|annotation|"
    r"convergence|search)\sspeed-?ups?",
    re.IGNORECASE,
)
#: `9x faster inference performance`
FASTER_PERFORMANCE = re.compile(r"\s?-?(?:faster|quicker)\s(?:[a-z-]+\s){0,2}performance\b")
#: From a list of numbers to the names it has in order.
FOR_NAMES = re.compile(r"[\s%]*\s(?:for|in|on|in terms of|with respect to|w\.r\.t\.)\s(?:the\s)?")
NEXT_NAME = re.compile(r"(?:\s\([^()]{1,30}\))?(?:,|,?\sand|\s?/)\s?(?:the\s)?")
#: Before the name that holds for all numbers of a clause.
MEASURED_BY = re.compile(
    r"\s\(?(?:in\sterms\sof|(?:as\s)?measured\s(?:by|in|with)|w\.r\.t\.?|with\s(?:respect|regard)\sto|based\son|regarding|evaluated\s(?:by|with|in))\s"
    r"(?:the\s|both\s)?(?:average\s|overall\s)?\Z"
)
JUST_WITH = re.compile(r"\bwith\s(?:[\w-]+\s)?\Z")
CLAUSE_ENDS = re.compile(r"\s?(?:[.;)]|\Z)")
#: .. and what a clause does not reach across.
ENDS_CLAUSE = re.compile(
    r";|\b(?:while|whereas|which|although|but|achiev\w+|reach\w+|outperform\w*|surpass\w*|improv(?:es|ed|ing)|increas(?:es|ed|ing)|"
    r"reduc(?:es|ed|ing)|requir(?:es|ed|ing)|uses|is|are|was|were|has|have)\b"
)
#: `15.8 vs. 18.3`: the other side of a comparison, up to what both measure.
OTHER_VALUE = re.compile(r"\s?\(?(?:vs\.?|v\.s\.|versus)\s[~$]?\d[\d.]*\s?%?")
RANGE_GAP = re.compile(r"\A[\s%]*(?:-|–|—|−|~|to|\\%)+[\s~]*\Z")
#: Performance is no measured quantity, except where it means speed.
UNMEASURED = re.compile(
    r"scores?\Z|(?!.*\b(?:supervised|end-to-end|computational|runtime|inference|training|kernel|GPU|"
    r"hardware)\b).*\bperformance\Z",
    re.IGNORECASE,
)
#: A unit and no quantity: `220 A100 GPU hours`.
COMPUTE_TIME = re.compile(r"(?:[\w-]+\s){0,2}GPU[- ](?:hour|day)s?", re.IGNORECASE)
#: `in 93% of trials`: how often an event happened, whatever was counted; it has no name.
OF_TRIALS = re.compile(
    r"\sof\s(?:the\stimes?\b|(?:the\s|all\s|our\s|these\s|those\s|its\s|their\s)?(?:(?!of\b)[a-z-]+\s){0,2}?(?:cases?|trials|instances|"
    r"situations|experiments|runs|tests|attempts|grasps|episodes|tasks|objects|scenes|scenarios|problems|questions|"
    r"subjects|participants|patients|users|people|players|respondents|annotators|population|websites|flights?)\b)"
)
#: `finds 47% of the errors`: how many, not how large.
OF_FAULTS = re.compile(
    r"\sof\s(?:all\s)?(?:the|all|these|those|its|their|our)\s(?:[a-z-]+\s){0,2}(?:errors|losses|hallucinations)\b"
)
#: `13% for the new tidiness metric`: what a metric is said to measure, or its short form in brackets.
METRIC_SAID = re.compile(
    r"\s(?:(?:absolute|relative)\s)?(?:(?:improvements?|gains?|increases?|reductions?|drops?)\s)?(?:on|in|for|of|under|with)\s"
    r"(?:the|our|an?)\s(?:(?:newly|introduced|proposed|standard|new|novel|popular|main|primary|official|common)\s){0,3}"
    r"(?P<what>(?:(?!(?:on|in|for|of|with|and|same|evaluation|automatic|other|following|above)\b)[\w@-]+\s){1,4}?)"
    r"(?:\((?P<short>[\w@-]{2,10})\)\s)?(?:metric|measure)\b(?!\s(?:[A-Z]|accurac))"
)
#: `with 30 FPS`: beside a result, the unit names the other one.
WITH = re.compile(r"\bwith\s(?:(?:about|around|over|up to|nearly)\s)?[~]?\Z")
#: `by`, with words between it and the number that tell how exact it is.
BY_ANY = re.compile(
    r"\bby\s(?:(?:up to|at least|about|around|over|nearly|almost|approximately|roughly|more than|as much as|an?|some|"
    r"factors?|of|average|between|to)\s)*[~$≈>(]*\Z"
)
#: A verb of change and what may stand between it and its object.
CHANGE_VERB = re.compile(
    r"\b(?:reduc|decreas|increas|rais|cut|lower|shrink|improv|boost|enhanc|minimi[sz]|sav)\w*\s"
    r"(?:(?:the|its|their|our|both|[a-z]+ly|average|overall|total)\s)*\Z"
)
#: What an object does not reach across: another clause or another number.
ENDS_OBJECT = re.compile(r"[;:]|\b(?:and|while|but|which|that|by)\s[a-z-]+(?:s|ing|ed)\b|\d\s?(?:%|x\b|×|times\b)")
#: `at a high rate (72%`, `at a rate of up to 30%`
RATE_ITSELF = re.compile(
    r"\b(?:at|with)\s(?:an?|the)\s(?:[a-z]+\s)?(?P<name>rate)\s(?:\(|of\s)?"
    r"(?:(?:up to|about|over|around|nearly|more than)\s)?[~≈]?\Z"
)
#: An abbreviation nobody listed in one list with listed ones: `gains of 3.2% and 2% in MR and AP`.
UNLISTED_BESIDE = re.compile(
    r"\b(?:in|on|of|for|by|the|both|improves?|achiev(?:es|ing))\s"
    r"(?P<name>[A-Za-z]?[A-Z][A-Za-z]{0,6}[A-Z][\w@-]{0,4}|[A-Z]{2,7}(?:@\d+)?)(?:,?\sand\s|,\s|\s?/\s?)\Z"
)
#: What costs are of, which are quantities by themselves.
SPENDINGS = frozenset(("computation", "computational", "memory", "training", "inference", "communication", "energy"))
SIZE = re.compile(r"\bsizes?\Z")
#: Nothing between a noun and its number but how exact that is.
ROUGHLY_ONLY = re.compile(r"\s(?:(?:up to|about|over|nearly|almost|approximately|more than|at least)\s)?")
DIGIT = re.compile(r"\d")
SPEEDS_UP = re.compile(r"[\s-]ups?\b(?!\sto\b)")
