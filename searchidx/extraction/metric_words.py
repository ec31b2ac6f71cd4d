"""Names of measured quantities in a sentence: `top-1 accuracy`, `median volume estimation error`, `FID`.

A name is a listed abbreviation, or a head noun (`accuracy`, `error`, `rate`) with the words before it that belong to
it. The sentence is read word by word, so the cost is one look-up a word.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from searchidx.extraction.remembered import remembered

#: Abbreviations that are metrics by themselves; letter case counts.
_ABBREVIATION = re.compile(
    r"m?APH|mAP(?:@[\w.:\[\]-]{1,9}|50(?:-95)?|[LH]{1,2})?|m?AP@t?IoU|m?AP(?:@[\d.]+|_?(?:50|75|25|[3B][SDE]V?|[smlrb]|bb|mask|"
    r"box))?|[A-Za-z]{0,3}IoU(?:@[\d.]+)?|mIOU|IOU|PQ|NDS|AMOTA|"
    r"(?:ROUGE|METEOR|CIDEr|Dice)-[Ss]cores?|FID(?:-\d+k?)?|gFID|rFID|FVD|KID|LPIPS|PSNR|PSNR-[YB]|MS-SSIM|SSIM|CLIPScore|CLIP-[STI]|BLEU-?[1-4]?|"
    r"BLEU@[1-4]|SacreBLEU|sacreBLEU|chrF(?:\+\+)?|COMET(?:-22)?|[A-Za-z]{0,6}BERTScore|BLEURT|ROUGE(?:-?[12LS](?:sum)?)?|"
    r"Rouge-[12L]|"
    r"METEOR|CIDEr(?:-D)?|SPICE|PPL|WER|CER|EER|DER|minDCF|SI-SDRi?|SI-SNRi?|SDRi?|SNR|PESQ|STOI|MOS|CMOS|"
    r"MAE|MSE|RMSE|RMSD|MAPE|sMAPE|NRMSE|NLL|BPD|BPC|bpp|R2|R\^2|R²|r\^2|r2|MPJPE|PA-MPJPE|"
    r"MPVPE|PVE|PCKh?(?:@[\d.]+)?|ADE|FDE|minADE\d*|minFDE\d*|m?MOTA|HOTA|IDF1|AssA|EAO|J&F|J\\&F|AUROC|AUPRC?|"
    r"AUC(?:-?ROC|-?PR)?|ROC-?AUC|PR-?AUC|MCC|QWK|[nN]?DCG(?:@\d+)?|BLEU-?[1-4]?-[Ss]cores?|MRR(?:@\d+)?|MAP(?:@\d+)?|"
    r"[A-Za-z]{1,10}-(?:F1|m?IoU|mAP|BLEU|MOTA|PSNR)|R@\d+|[Rr]ecall@\d+|[Pp]recision@\d+|P@\d+|Prec@[\d.]+|[Hh]its?@\d+|HR@\d+|Acc@[\d.]+|(?:pass|Pass|"
    r"PASS)@\d+|maj@\d+|[Ff]1(?:@[\d.]+)?|F_?1|[Ff][-_]?1-?[Ss]cores?|F₁(?:-?[Ss]cores?)?|F1s|[Mm](?:ac|ic)ro-[Ff]1(?:-[Ss]cores?)?|[Mm]acroF1|[Mm]a?i?cro-F|"
    r"F1-(?:[Mm]icro|[Mm]acro|[Mm]easures?)|F0\.5|F_0\.5|F-?[2-5]-[Ss]cores?|[Ff]measures?|"
    r"UAS|LAS|SPL|ASR|NMI|ARI|ACC|Acc|ECE|FPR(?:95|@95)?|TPR|DSC|HD95|ASD|EM|SR|PLCC|SRCC|SROCC|EPE|CTR|CVR|"
    r"GMV|ELO|Elo|FPS|fps|G?FLOPs?|G?Flops|MACs|BD-?[Rr]ate|[Rr]ank[-@]?\d{1,3}|[A-Za-z][\w-]{0,9}@(?:\d[\w.%]{0,8}|[kKnN])|[Tt]op-?[15]|[Tt]op@[15]|PCC|CCC|"
    r"SMATCH|Smatch|UAR|TEDS|ANLS|ImageReward|HPSv?2(?:\.1)?|GenEval|AbsRel|Abs-Rel|IS|C-index|c-index|"
    r"SARI|PPV|NPV|GLEU|TM-score|lDDT|GDT(?:-TS)?|mAcc|UPDRS|MASE|CRPS|"
    r"LogLoss|Logloss|BWT|SISNRi|IoUs|APs|mAPs|PER|TER|nRMSE|EDR|CAGR|WAR|UF1|MRE|MME|Dice"
)
#: Abbreviations that are as often something else (a model, a language): metrics only right beside a number.
_DOUBTFUL = frozenset("MAE IS EM SR PER TER ASR MAP ASD COMET Dice GenEval ACC ARI LAS MME WAR CTR".split())

#: Head nouns that make a metric alone or with words before them.
_HEADS = frozenset(
    "accuracy accuracies precision recall sensitivity specificity f-score f-measure f1-score f1-scores "
    "f1-measure f1-measures f-measures f-scores fscore f-1 error errors perplexity perplexities correlation "
    "correlations kappa loss losses latency throughput speedup speedups speed-up speed-ups runtime runtimes run-time "
    "regret auroc auc fairness faithfulness factuality similarity score scores coverage consistency "
    "agreement memory computation computations flops parameters reward rewards return returns quality "
    "diversity robustness efficiency bias performance speed speeds velocity velocities distance success cost costs "
    "tau rho r-squared deviation displacement ppl overhead jaccard iou f1 bleu rouge wer "
    "delay delays drift repeatability "
    "psnr ssim fid miou toxicity hallucination hallucinations log-likelihood log-likelihoods".split()
)
#: Heads that need one of these words before them.
_NEED: dict[str, frozenset[str]] = {
    head: frozenset(words.split())
    for head, words in (
        (
            "time",
            "annotation completion computation computational compute convergence cpu decoding "
            "compilation cycle delivery development evaluation execution generation gpu inference landing "
            "mission operation "
            "optimization planning pre-training prediction processing reaction reconstruction rendering "
            "response rise run "
            "running search settling simulation solving startup surgery task testing training transit travel "
            "turnaround "
            "user wait waiting wall-clock",
        ),
        (
            "cost",
            "annotation api communication computation computational compute computing cot energy "
            "inference labeling labelling labor memory monetary operational search storage token "
            "training travel",
        ),
        (
            "usage",
            "bandwidth compute cpu data energy gpu memory parameter resource storage token tokens vram",
        ),
        ("consumption", "energy fuel gpu memory power resource token"),
        ("footprint", "carbon memory"),
        (
            "efficiency",
            "compression computational data energy inference memory parameter sample search token training",
        ),
        ("complexity", "computational memory model parameter sample space time"),
        ("size", "bundle file memory model parameter storage"),
        ("count", "flop parameter token"),
        ("coefficient", "clustering correlation dice gini jaccard kappa pearson silhouette similarity spearman"),
        ("index", "c concordance gini jaccard rand silhouette similarity"),
        ("match", "exact"),
        ("measure", "f"),
        ("ratio", "compression hit recognition success successful win winning"),
        ("depth", "penetration"),
        ("second", "per"),
        ("sec", "per"),
        ("minute", "per"),
        ("hour", "per"),
        ("dimension", "per"),
        ("dim", "per"),
        ("character", "per"),
        ("pixel", "per"),
        ("byte", "per"),
        ("predictions", "correct"),
        ("answers", "correct"),
        ("divergence", "kl"),
        ("gap", "duality generalization optimality"),
        ("hours", "gpu"),
        ("likelihood", "log"),
        ("information", "mutual"),
        ("requirement", "memory"),
        ("length", "context path sequence token trajectory"),
        ("power", "computational computing"),
    )
}
_PLURALS = {
    "times": "time",
    "costs": "cost",
    "rates": "rate",
    "coefficients": "coefficient",
    "sizes": "size",
    "counts": "count",
    "requirements": "requirement",
    "lengths": "length",
}
#: Words a name that is no abbreviation may end in.
_ENDS = _HEADS.union(_NEED, ["rate"], [plural for plural, head in _PLURALS.items() if head in _NEED or head == "rate"])
_GENERIC = frozenset(
    "performance quality efficiency robustness score scores speed parameters loss losses speedup diversity "
    "memory similarity distance bias consistency agreement return returns reward rewards coverage "
    "accelerations computation computations fairness depth deviation displacement overhead".split()
)
#: Words after a head that make it something else: `reward model`, `loss function`.
_NOT_BEFORE = frozenset(
    "model models function functions learning signal signals modeling shaping bound bounds landscape "
    "landscapes estimation estimators estimator prediction predictor system systems map maps bank matching "
    "network networks "
    "constraints constraint analysis methods method term terms propagation hacking efficient surface "
    "correction detection guidance distribution distributions measure measures weights weighting budget "
    "budgets module "
    "metric metrics estimates field fields matrix scaling requirements benchmark benchmarks "
    "benchmarking threshold thresholds optimization based from-scratch machines augmentation-free improvements-based "
    "of-the-art trade-off tradeoff tradeoffs task tasks dataset datasets problem problems experiment "
    "experiments".split()
)
#: Words that may stand before a head without belonging to the name.
_NOT_MODIFIER = frozenset(
    "a an the our its their his this that these those of in on at to by from for with and or as is are was "
    "were be been has have had we it they than over under per via using both "
    "absolute relative average averaged best better good higher high highest lower low lowest "
    "state-of-the-art sota new great strong competitive comparable similar significant significantly "
    "superior "
    "improved improve improves improving increase increases increased increasing reduce reduces reduced "
    "reducing achieve achieves achieved achieving obtain obtains obtained obtaining reach reaches "
    "attain attains yields yielding yield gain gains boost boosts boosting outperform outperforms surpass "
    "surpassing improvement improvements reduction drop decrease more less fewer faster "
    "percent percentage points point % which while where when up only also even still further respectively "
    "typical various lesser published shorten shortens minimize minimizes maximize maximizes minimise maximise "
    "optimize optimizes optimise "
    "excellent remarkable impressive promising same different every each all "
    "any such own most least not no can could will would may about around nearly almost approximately "
    "roughly very highly report reports reported reporting shows show showing demonstrate demonstrates "
    "terms consistently near record leading previous prior enhanced enhance enhances enhancing baseline "
    "human-level maintain maintaining maintains preserving decent considerable substantial notable "
    "increased decreased decreasing larger smaller greater consistent relatively another one two three four "
    "five new current degrade degrades without between within "
    "lowering raising raises measuring measured comparing compared perfect worse poor large small additional "
    "extra and/or if then so but yet increase, reduced cut cuts cutting doubling doubles "
    "accelerates saving saves save retain retains retaining preserve preserves exceed exceeds exceeding has "
    "having required requires require requiring uses use used lifting lifts lift x vs vs. versus "
    "gives giving give gave mean-while tested produces producing delivers delivering deliver offers offering "
    "offer sacrificing trading match matches matching ensuring ensure comparably incurs incurring "
    "original corresponding respective first second third recent current full highest-ever promising "
    "decreases bringing brings drops dropping minimizing maximizing minimal little slight slightly "
    "overall-best unprecedented satisfactory outstanding exceptional near-perfect acceptable reasonable "
    "mb gb kb mm cm ms db hz fps \u03bcm \u00b5m nm deg degree degrees "
    "real-time noticeable certain much evaluated verified-only resulting many existing known "
    "behind against across during through into along toward towards upon onto lags lag lagging "
    "boosted experimental best-in-class lossless minimal top only model's method's optimal end "
    "consistent, stronger weaker huge dramatic drastic tremendous marginal pre-trained "
    "pretrained based proposed vanilla allow allows given "
    "stable efficient fast whose regarding concerning margin margins "
    "lowers lowered raise raised shrinks shrink sacrifice doubled halves shorter longer respectable shown "
    "showed observed observe observes observing found pp "
    "produced demonstrated exhibited revealed indicated yielded see sees saw "
    "find finds get gets got expect expects garner garnered scored attained registers registered encouraging realtime "
    "tractable tolerable undesired extreme available fastest enough w.r.t wrt competitable fair "
    "extraordinary tiny compact long good-enough favorable favourable to-date "
    "evaluate evaluates evaluating assess assesses quantify quantifies analyze analyzes analyse analyses push pushes "
    "estimate estimates investigate compute computes".split()
)
#: Words that no noun phrase holds.
_NO_NOUNS = (
    _NOT_MODIFIER
    - frozenset("average averaged absolute relative reduction improvement improvements gain sampling".split())
) | frozenset(
    "he she you i us them him her who what whose how do does did should might here there too some being above below "
    "down out".split()
)
#: Words in -ly that are no adverbs.
_LY_NOUNS = frozenset("assembly disassembly anomaly family supply reply poly butterfly".split())
#: What is called by who thought of it: `Fleiss' kappa`, `Pearson's correlation`.
_NAMED_AFTER = re.compile(r"[A-Z][a-z]+s\Z")
_STATISTICS = frozenset("kappa alpha rho tau r κ α ρ τ rank correlation correlations coefficient coefficients".split())
#: Participles that govern a metric rather than belong to its name.
_VERBS = frozenset(
    "improving increasing reducing achieving obtaining reaching attaining yielding boosting surpassing "
    "outperforming enhancing maintaining preserving raising lowering measuring comparing retaining requiring "
    "cutting doubling saving exceeding lifting giving producing delivering offering sacrificing trading "
    "matching ensuring incurring bringing dropping minimizing maximizing having using demonstrating showing "
    "reporting "
    "considering evaluating including causing affecting degrading gaining losing keeping getting making "
    "setting providing leading resulting exhibiting following balancing optimizing beating advancing "
    "accelerating "
    "setting establishing pushing recording scoring-of hitting guaranteeing allowing enabling "
    "decreasing improves tripling halving underperforming compromising harming hurting enjoying".split()
)
#: Words that belong to an abbreviation also where they are capitalised or another word stands between.
_SHORT_MODIFIERS = frozenset(
    "mean box mask macro micro weighted 3d bev sentence corpus spearman pearson token span "
    "entity relation slot joint answer average-precision averaged macro-averaged micro-averaged "
    "l1 l2 test validation top-1 keypoint moderate roc pr attention training inference robust overall bounding".split()
)
#: Other words in -s before a head are verbs as a rule: `compresses model parameters`.
_NO_PLURAL = ("ss", "us", "is", "ics", "bias", "news", "sales", "sports", "series", "atlas", "words", "class", "lens")
_MOST_WORDS = 4
#: What is measured in absolute or relative terms by name; before other words these say how a change is counted.
_MEASURED_SO = frozenset(
    "pose trajectory transform translation translational rotation rotational position root root-mean-square depth "
    "orientation localization".split()
)
#: What kind of average it is: `weighted average`, `root mean square`.
_BEFORE_AVERAGE = frozenset("root root- average mean maximum minimum weighted micro macro normalized overall".split())
_CHANGE_NOUNS = ("reduction", "decrease", "improvement", "drop", "increase", "gain")
_DIMENSIONS = re.compile(r"[1-9][dD]\Z")
#: What stands between words besides white space.
_NO_WORDS = str.maketrans(dict.fromkeys(",;:()[]{}=~<>|—", " "))
#: Rates that are settings.
_NOT_RATES = frozenset(
    "learning sampling dropout masking mask pruning update decay refresh data heart sample high "
    "low fast slow linear fixed first-rate exponential optimal adaptive control bit fps interest".split()
)
#: What is written right behind a number: `14.6mAP`.
_GLUED = frozenset("mAP mIoU AP BLEU dB".split())
_TAILS = frozenset("score scores rate rates ratio ratios index coefficient coefficients footprint".split())
#: .. and those behind an abbreviation, which alone is a value: `LPIPS error`, `mAP accuracy`.
_ABBREVIATION_TAILS = _TAILS | frozenset("error errors accuracy accuracies roc".split())
#: .. and behind those that are measures by name: `F1 measure`, `F measure`.
_MEASURES = ("F1", "F-1", "F_1", "F-Measure", "f1")
#: Words that follow an abbreviation without changing it: `the AUC metric`.
_SHORT_TAILS = frozenset("metric metrics measure measures optimization detection prediction estimation based".split())
_RANKED = re.compile(r"(?:top|rank|recall|hit|hits|pass|maj)[-@]?\d", re.IGNORECASE)
#: Heads that are metrics also where they are called so: `the Labeled Attachment Score metric`.
_MEASURED_BY = frozenset("error accuracy score".split())
#: Heads that other heads modify.
_SECOND_HEADS = frozenset(
    "accuracy accuracies time times cost costs error errors rate rates score scores loss losses "
    "speed efficiency complexity overhead usage consumption similarity consistency correlation "
    "distance reduction speedup gap computation computations".split()
)


class MetricName(NamedTuple):
    """A metric's name in the text. generic: a word such as `performance`, taken only when nothing better is there;
    doubtful: an abbreviation that is often something else."""

    text: str
    start: int
    end: int
    generic: bool
    doubtful: bool = False


def find_metric_names(text: str, start: int, end: int) -> list[MetricName]:
    """Metric names of `text[start:end]` in order, without overlaps."""
    written = text[start:end].translate(_NO_WORDS).split()
    if text.find("/", start, end) >= 0:
        written = [part for whole in written for part in _parts(whole)]
    may_end = list(map(_may_end_name, written))
    long_phrase = text.find("nder", start, end) >= 0 or text.find("nion", start, end) >= 0
    phrases = list(_PHRASE.finditer(text, start, end)) if long_phrase else []
    if not phrases and not any(may_end):
        return []
    words = _place(text, written, start)
    found: list[MetricName] = []
    index = 0
    used = 0
    while index < len(words):
        if not may_end[index]:
            index += 1
            continue
        word, begin, finish = words[index]
        following = _follows(words, index, text)
        # `top-1 accuracy`, `computation time`: the next word is the head
        short = _is_abbreviation(word)
        ranked = short and _RANKED.match(word) is not None
        if short and not ranked and _modifies_head(words, index, following, text):
            index += 1
            continue
        short = short and not (ranked and _heads_soon(words, index, text))
        if not short and (
            not _is_head(words, index, text) or (following in _SECOND_HEADS and _is_head(words, index + 1, text))
        ):
            index += 1
            continue
        last = index
        if (
            index + 1 < len(words)
            and _is_tail(words[index + 1][0].lower(), word, short)
            and text[finish : words[index + 1][1]] == " "
        ):
            last = index + 1
        elif _is_modifier(
            word, following, short, index > used and _modifies_cost(words[index - 1][0])
        ) or _is_finite_verb(words, index, text):
            index += 1
            continue
        end = last
        last, single = _without_plural(words, index, last, used, short, text)
        dropped = short and last < end
        first = _extend_left(words, index, used, short, text)
        if words[first][0].lower() in ("maximum", "minimum") and _follows(words, last, text).startswith("gain"):
            first += 1  # `maximum accuracy gains`: the gains are the largest
        begin, finish = words[first][1], words[last][2]
        level = _LEVEL.match(text, finish) if word.endswith(("@IoU", "@tIoU")) else None
        finish = level.end() if level is not None else finish
        name = text[begin:finish]
        if dropped and word == "F1":
            name += " score"  # which is what one of them is called
        if single or name.endswith(("-scores", "-measures", "-Measures")):
            name = name[:-1]  # `F1-scores of 71 and 69`: each number is one score
        given = _SHORT_FORM.match(text, finish)
        if given is not None and not short and given["short"][-1:].lower() == words[last][0][:1].lower():
            # `relative pose error (RPE)` goes by its short form, `mean target registration error (TRE)` says more
            lead = words[first][0].lower()
            says_more = lead in ("mean", "average", "median") and given["short"][0].lower() != lead[0]
            name, finish = (name if says_more else given["short"]), given.end()
            while end + 1 < len(words) and words[end + 1][1] < finish:
                end += 1
            if not says_more:
                begin = min(begin, _spelled_out(words, end, given["short"]))
        elif short and text[begin - 1 : begin] == "(" and text[finish : finish + 1] == ")":
            begin = _spelled_out(words, first, word)
        if begin > 10 and text.startswith("number of ", begin - 10) and text[finish - 1] == "s":
            begin -= 16 if begin > 16 and text.startswith("total ", begin - 16) else 10
            name = text[begin:finish]
        generic = name.lower() in _GENERIC
        found = [other for other in found if other.end <= begin] if found and found[-1].end > begin else found
        found.append(MetricName(name, begin, finish, generic, word in _DOUBTFUL and first == index))
        used = index = end + 1
    return _with_phrases(text, found, phrases) if phrases else found


def _is_finite_verb(words: list[tuple[str, int, int]], index: int, text: str) -> bool:
    """Whether a head is a verb here: `speeds up`, `to speed up`, `scores 21`."""
    word, _, finish = words[index]
    if word == "scores":
        return _SCORED.match(text, finish) is not None
    verb = word == "speeds" or (word == "speed" and index > 0 and words[index - 1][0] in _BEFORE_VERB)
    return verb and _SPEEDS_UP.match(text, finish) is not None


def _without_plural(
    words: list[tuple[str, int, int]], index: int, last: int, used: int, short: bool, text: str
) -> tuple[int, bool]:
    """(the last word of a name, whether it is named in the singular) of the head `index` with its tail up to `last`.

    `AUC scores` are AUC, while `F1 score` and `Dice score` stay; each of `BLEU scores of 21 and 30` is a BLEU score.
    """
    word, tail = words[index][0], words[last][0]
    single = tail.endswith(_LISTED_VALUES) and _SET_OF.match(text, words[last][2]) is not None
    if short and index and words[index - 1][0] in ("and", "&"):
        single = False  # `BLEU and METEOR scores of 21 and 30`
    if tail in _PLURAL_TAILS and short and not word[1:].islower() and not single:
        return index, single
    if word == "scores" and index > used and words[index - 1][0] in ("accuracy", "precision", "recall"):
        return index - 1, False
    return last, single


def _with_phrases(text: str, found: list[MetricName], phrases: list[re.Match[str]]) -> list[MetricName]:
    """Those found by their heads and those that are longer phrases; `area under the curve (AUC)` goes by its short
    form."""
    for phrase in phrases:
        begin, finish = phrase.span()
        short_form = next((name for name in found if name.start < finish + 3 and name.end > finish), None)
        found = [name for name in found if name.end <= begin or name.start >= finish + 3]
        found.append(
            short_form._replace(start=begin)
            if short_form is not None and text.startswith(" (", finish)
            else MetricName(phrase.group(), begin, finish, False)
        )
    return sorted(found, key=lambda name: name.start)


#: `AP@IoU=0.5`
_LEVEL = re.compile(r"\s?=\s?[\d.]*\d")
_PLURAL_TAILS = ("scores", "rates")
#: Names in the plural, each of whose values is one.
_LISTED_VALUES = ("scores", "errors", "easures", "speeds", "correlations", "ratios", "AUCs")
_SET_OF = re.compile(r"\sof\s(?:(?:up to|about|around|over|approximately|nearly|only)\s)?[~≈$]?\d")
#: `detection-rate`
_RATE_ENDS = ("-rate", "-rates")
_JOINED_RATE = re.compile(
    r"(?:[a-z]+-)?(?:detection|recognition|success|error|failure|hit|miss|acceptance|win|pass|collision|completion|positive|negative|true|false)-rates?\Z"
)
_SHORT_FORM = re.compile(r"\s\((?P<short>[a-z]?[A-Z][A-Z-]{0,6}[A-Z])s?\)")
_PHRASE = re.compile(
    r"\b(?:(?:[Mm]ean|[Aa]verage) )?[Aa]rea [Uu]nder (?:the )?(?:[\w-]+ ){0,5}?[Cc]urve\b"
    r"|\b(?:[Mm]ean )?[Ii]ntersection[- ][Oo]ver[- ](?:the[- ])?[Uu]nion\b"
)


def _spelled_out(words: list[tuple[str, int, int]], index: int, short: str) -> int:
    """Where what a short form in brackets stands for begins: `success weighted by path length (SPL)`."""
    letters = [char.lower() for char in short if char.isupper()]
    position = index - 1
    while letters and position >= max(index - 8, 0) and words[position][0].replace("-", "").isalpha():
        if words[position][0][:1].lower() == letters[-1]:
            letters.pop()
            if not letters:
                return words[position][1]
        position -= 1
    return words[index][1]


_COSTS_OF = frozenset("computational computation training inference labeling annotation memory storage energy".split())
#: `our parser scores 71%`: a verb.
_SCORED = re.compile(r"\s[~$]?\d")
#: What stands before a verb: `to speed up the search`.
_BEFORE_VERB = frozenset("to can could may will would significantly greatly further".split())
_SPEEDS_UP = re.compile(r"\sup\b(?!\sto\b)")
#: `top-5 verb and noun accuracy`
_COORDINATED_HEAD = re.compile(r"\s[a-z][\w-]+\sand\s[a-z][\w-]+\s(?:accurac|errors?\b)")


def _is_tail(following: str, word: str, short: bool) -> bool:
    """Whether the word behind a head or an abbreviation belongs to its name: `success rate`, `F1 measure`."""
    if short and following in ("measure", "measures"):
        return word in _MEASURES
    return following in (_ABBREVIATION_TAILS if short else _TAILS)


def _heads_soon(words: list[tuple[str, int, int]], index: int, text: str) -> bool:
    """Whether the next word or the one after it is a head: `top-1 accuracy`, `Top-1 classification accuracy`."""
    following = _follows(words, index, text)
    if _COORDINATED_HEAD.match(text, words[index][2]):
        return True
    if following in _HEADS:
        return following != "performance"
    for ahead in range(index + 1, min(index + 4, len(words) - 1)):
        if not following.replace("-", "").isalpha() or following in _NOT_MODIFIER:
            return False
        following = _follows(words, ahead, text)
        if following in _SECOND_HEADS:
            return True
    return False


def _modifies_head(words: list[tuple[str, int, int]], index: int, following: str, text: str) -> bool:
    """Whether an abbreviation and the words behind it modify a head: `F1 classification score`."""
    if words[index][0] in ("FPS", "fps") or not following.isalpha():
        return False
    is_head = following in _HEADS or following in _SECOND_HEADS or following in _ABBREVIATION_TAILS
    return not is_head and _heads_soon(words, index, text)


def _modifies_cost(word: str) -> bool:
    return word.lower() in _COSTS_OF


def _is_modifier(word: str, following: str, short: bool, modified: bool) -> bool:
    """Whether the next word makes a head something else: `reward model`, `FLOP budget`, `at the cost of`.

    modified: the word before belongs to the head, as in `computational cost of`.
    """
    if (short and following in _SHORT_TAILS) or (
        word.lower() in _MEASURED_BY and following in ("metric", "metrics", "measure")
    ):
        return False
    return (
        following in _NOT_BEFORE
        or (word.startswith("cost") and following == "of" and not modified)
        or (word == "loss" and following in ("of", "in"))
    )


def _place(text: str, written: list[str], position: int) -> list[tuple[str, int, int]]:
    """(word, start, end) for the words of a sentence without what is no part of them."""
    words = []
    for whole in written:
        begin = text.find(whole, position)
        position = begin + len(whole)
        if whole.isalpha():
            words.append((whole, begin, position))
        else:
            word, lead, trail = _bare(whole)
            words.append((word, begin + lead, position - trail))
    return words


@remembered
def _parts(whole: str) -> tuple[str, ...]:
    """A word, or the abbreviations that it is made of: `EM/F1`."""
    parts = tuple(whole.split("/"))
    return parts if len(parts) > 1 and all(_is_abbreviation(_bare(part)[0]) for part in parts) else (whole,)


@remembered
def _may_end_name(whole: str) -> bool:
    """Whether a word as written may be an abbreviation or a head: most are neither and need no further look."""
    # what is remembered of the whole word need not be of its parts
    word = whole if whole.isalpha() else _take_bare(whole)[0]
    lower = word.lower()
    if lower in _ENDS or (lower.endswith(_RATE_ENDS) and _JOINED_RATE.match(lower)):
        return True
    return not (word == lower and word.isalpha()) and _match_abbreviation(word)


def _take_bare(word: str) -> tuple[str, int, int]:
    """(a word without what is no part of it, how much that is before it and after it)."""
    whole = len(word)
    bare = word.rstrip(".!?'\"”’$*%")
    lead = len(bare) - len(bare.lstrip("'\"“‘$*\\+"))
    word = bare[lead:]
    unglued = word.lstrip("0123456789.")
    if unglued != word and unglued in _GLUED:
        return unglued, len(bare) - len(unglued), whole - len(bare)
    return word, lead, whole - len(bare)


_bare = remembered(_take_bare)


def _match_abbreviation(word: str) -> bool:
    if not word[:1].isalpha() or (word.islower() and not any(map(str.isdigit, word))):
        return False  # a number, as most new words beside one are, or a plain word
    if _ABBREVIATION.fullmatch(word) is not None:
        return True
    return (
        word.endswith("s") and len(word) > 3 and word[-2].isupper() and _ABBREVIATION.fullmatch(word[:-1]) is not None
    )


_is_abbreviation = remembered(_match_abbreviation)


def is_plain_word(word: str) -> bool:
    """Whether a word may belong to a noun phrase that names a quantity: no number, verb of results or small word."""
    lower = word.lower()
    return word[0].isalpha() and lower not in _NO_NOUNS and not (lower.endswith("ly") and len(lower) > 4)


def ends_name(word: str) -> bool:
    """Whether a word may end a name, by itself or with words before it: `error`, `time`."""
    return word.lower() in _ENDS


def _is_head(words: list[tuple[str, int, int]], index: int, text: str) -> bool:
    lower = words[index][0].lower()
    if lower in _HEADS:
        return True
    lower = _PLURALS.get(lower, lower)
    if lower.endswith(_RATE_ENDS) and _JOINED_RATE.match(lower):
        return True
    if lower == "rate" and index:
        before = words[index - 1][0].lower()
        return (
            text[words[index - 1][2] : words[index][1]] == " "
            and before.replace("-", "").isalpha()
            and before not in _NOT_RATES
            and before not in _NOT_MODIFIER
        )
    need = _NEED.get(lower)
    if not need or index == 0 or text[words[index - 1][2] : words[index][1]] != " ":
        return False
    before = words[index - 1][0].lower()
    # `computing time`, `flight duration`: an activity takes time
    return before in need or (lower == "time" and before.endswith(("ing", "ion")) and before not in _VERBS)


def _follows(words: list[tuple[str, int, int]], index: int, text: str) -> str:
    if index + 1 < len(words) and text[words[index][2] : words[index + 1][1]] in (" ", "-"):
        return words[index + 1][0].lower()
    return ""


def _extend_left(words: list[tuple[str, int, int]], index: int, used: int, short: bool, text: str) -> int:
    """Index of the first word of the name: up to four words before the head, no articles, verbs or praise."""
    first = index
    is_rate = words[index][0].lower() in (
        "second",
        "sec",
        "minute",
        "hour",
        "dimension",
        "dim",
        "character",
        "pixel",
        "byte",
        "union",
        "curve",
    )
    for _ in range(_MOST_WORDS):
        before = first - 1
        word = words[before][0] if before >= used else ""
        gap = text[words[before][2] : words[first][1]]
        if before < used or (gap not in (" ", "\n") and not (gap in ("' ", "’ ") and _NAMED_AFTER.match(word))):
            break
        lower = word.lower()
        if is_rate and (
            lower in ("per", "over", "intersection", "characteristic", "operating", "receiver", "area", "under")
            or lower.endswith("s")
        ):
            first = before
            continue
        if lower in ("average", "mean", "averaged"):
            first = before
            if before > used and words[before - 1][0].lower() in _BEFORE_AVERAGE:
                first = before - 1
            continue
        if lower in ("relative", "absolute") and _is_measured_so(words, first, index, text):
            first = before
            continue
        if lower == "per" and before > used and words[before - 1][0].lower() in ("mean", "average"):
            first = before  # `mean per joint position error`
            continue
        if (
            not word
            or not (word[0].isalpha() or _DIMENSIONS.match(word))
            or (
                lower in _NOT_MODIFIER
                and not (_is_gerund_inside(words, before, used) or _is_match(words, before, used))
            )
            or (word.endswith(("'s", "’s")) and not (word[0].isupper() and words[first][0].lower() in _STATISTICS))
            or (lower.endswith("s") and word == lower and not lower.endswith(_NO_PLURAL))
            or (short and lower not in _SHORT_MODIFIERS and (first < index or not word.islower()))
        ):
            break
        if (
            (lower.endswith(("ly", "-low", "-high")) and lower not in _LY_NOUNS)
            or lower.startswith("near-")
            or (lower in _VERBS and not _is_gerund_inside(words, before, used))
        ):
            break
        first = before
    return first


def _is_measured_so(words: list[tuple[str, int, int]], first: int, index: int, text: str) -> bool:
    """Whether `relative` or `absolute` belongs to the name behind it: `relative pose error`, `mean absolute error`.

    In `a 5% absolute accuracy gain` and `5% relative error reduction` they say how the change is counted.
    """
    inside = words[first][0].lower()
    if inside in _MEASURED_SO:
        return True
    is_error = inside in ("error", "errors", "absolute", "relative") and words[index][0].lower().startswith("error")
    return is_error and not _follows(words, index, text).startswith(_CHANGE_NOUNS)


def _is_match(words: list[tuple[str, int, int]], index: int, used: int) -> bool:
    """Whether `match` is a noun: `exact match score`."""
    return index > used and words[index][0] == "match" and words[index - 1][0].lower() in ("exact", "strict", "partial")


def _is_gerund_inside(words: list[tuple[str, int, int]], index: int, used: int) -> bool:
    """Whether article and noun make the participle after them part of the name: `the template matching score`."""
    if index - 2 < used or not words[index][0].endswith("ing"):
        return False
    joined = words[index][1] == words[index - 1][2] + 1
    opened = words[index - 2][0].lower() in ("the", "a", "an", "its") or words[index - 2][0][:1].isdigit()
    noun = words[index - 1][0]
    return opened and noun.isalpha() and noun.lower() not in _NOT_MODIFIER and joined  # `by 3.1x while reducing time`
