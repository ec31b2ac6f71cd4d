"""Names of measured quantities in a sentence: `top-1 accuracy`, `median volume estimation error`, `FID`.

A name is a head (a listed abbreviation, or a noun such as `accuracy`, `error`, `rate`) with the words before it that belong to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Abbreviations that are metrics by themselves; letter case counts.
_ABBREVIATIONS = (
    r"mAP(?:@[\w.:\[\]]{1,9}|50(?:-95)?|\b)(?:\s?\(?(?:3D|BEV|L[12])\)?)?|m?AP(?:50|75|25|@[\d.]+|_?[3S]D|[sml]|r|b|bb|mask|\b)|m?IoU(?:@[\d.]+)?|mIOU|IOU|MIoU|PQ|NDS|AMOTA|"
    r"FID(?:-\d+k?)?|gFID|rFID|FVD|KID|LPIPS|PSNR|MS-SSIM|SSIM|CLIPScore|CLIP-?[ST]?|BLEU-?[1-4]?|SacreBLEU|chrF(?:\+\+)?|COMET|BERTScore|BLEURT|ROUGE(?:-?[12LS](?:sum)?)?|METEOR|CIDEr(?:-D)?|SPICE|"
    r"PPL|WER|CER|EER|DER|PER|TER|minDCF|SI-SDRi?|SI-SNRi?|SDRi?|SNR|PESQ|STOI|MOS|CMOS|MAE|MSE|RMSE|RMSD|MAPE|sMAPE|NRMSE|NLL|BPD|BPC|R\^?2|R²|r\^2|R\$\^2\$|MPJPE|PA-MPJPE|MPVPE|PCK(?:h)?(?:@[\d.]+)?|ADE|FDE|minADE|"
    r"minFDE|MOTA|HOTA|IDF1|AssA|EAO|J&F|AUROC|AUPRC?|AUC(?:-?ROC|-?PR)?|ROC-?AUC|PR-?AUC|MCC|QWK|n?DCG@\d+|NDCG(?:@\d+)?|nDCG(?:@\d+)?|MRR(?:@\d+)?|"
    r"MAP(?:@\d+)?|R@\d+|Recall@\d+|recall@\d+|Precision@\d+|P@\d+|Prec@[\d.]+|Hits?@\d+|HR@\d+|Acc@[\d.]+|(?:pass|Pass|PASS)@\d+|maj@\d+|[Ff]1(?:@[\d.]+)?|F1|F_?1|"
    r"UAS|LAS|SPL|ASR|NMI|ARI|ACC|Acc|ECE|FPR(?:95|@95)?|TPR|DSC|HD95|ASD|EM|SR|PLCC|SRCC|SROCC|EPE|CTR|GMV|ELO|Elo|FPS|FLOPs?|GFLOPs?|MACs|BD-?[Rr]ate|Rank-?1|"
    r"Top-?[15](?!-?\w)|top-?[15](?![-\w])|PCC|CCC|GED|SMATCH|Smatch|UAR|TEDS|ANLS|SED|DINO score|ImageReward|HPSv?2?|GenEval|AbsRel|Abs Rel|IS"
)
#: Nouns that are the head of a metric's name.
_NOUNS = (
    r"accurac(?:y|ies)|precision|recall|sensitivity|specificity|f-?1[- ]?(?:score|measure)?s?|F-?1[- ](?:score|measure)s?|f-?(?:score|measure)s?|F-?(?:score|measure)s?|errors?(?:\srates?)?|perplexit(?:y|ies)|correlations?|"
    r"dice(?:\s(?:scores?|coefficients?|similarity(?:\scoefficients?)?))?|Dice(?:\s(?:[Ss]cores?|[Cc]oefficients?|[Ss]imilarity(?:\s[Cc]oefficients?)?))?|Jaccard(?:\s(?:index|score))?|kappa|loss|(?:success|win|recognition|detection|false positive|true positive|"
    r"false negative|false alarm|hit|recall|pass|error|attack success|hallucination|completion|resolution|acceptance|refusal|collision|failure|convergence|frame|compression|retention|conversion|click-through|jailbreak|solve|"
    r"survival|violation|agreement|execution|task success|coverage|identification|accuracy|correction|bit|learning|sampling|safety|toxicity|wake|catch|grasp|completion|exact match|data|update)\srates?|"
    r"scores?|AUROC|area under (?:the )?(?:receiver operating characteristic |ROC |precision-recall )?curve|latency|throughput|speed-?ups?|speed|runtime|run-?time|(?:inference|training|running|processing|computation(?:al)?|execution|"
    r"wall-clock|decoding|rendering|planning|search|pre-?training|response|convergence|prediction|optimization|simulation)\s(?:times?|speeds?|costs?|latency)|memory(?:\s(?:usage|footprint|consumption|cost|requirements?))?|"
    r"(?:GPU|peak|KV cache)\s(?:memory|hours)(?:\s(?:usage|footprint|consumption))?|(?:computational|computation|communication|annotation|labeling|energy|storage|sample|data)\s(?:costs?|complexity|consumption|efficiency|overhead|usage)|computations?|"
    r"parameters?(?:\scounts?)?|model\ssizes?|FLOPs|(?:tokens?|frames?|images?|samples?|grasps?|examples?|steps?|queries|iterations?|episodes?|requests?)\sper\s(?:second|sec|minute|hour|example|image)|rewards?|returns?|regret|"
    r"similarity|PSNR|distance|quality|consistency|faithfulness|factuality|robustness|diversity|efficiency|coverage|agreement|calibration error|bias|fairness|performance|results|improvement|correct\s\w+|"
    r"word error rates?|mean average precision|average precision|mean intersection[- ]over[- ]union|intersection[- ]over[- ]union|bits per (?:dim(?:ension)?|character|byte|pixel)|exact match|top-?[15]|"
    r"Pearson(?:'s)?(?: correlation(?: coefficient)?| r)?|Spearman(?:'s)?(?: rank)?(?: correlation(?: coefficient)?| rho)?|Kendall(?:'s)?(?: tau| correlation)?|coefficient of determination|mean opinion score|penetration depth|displacement"
)
_HEAD = re.compile(
    rf"(?<![\w@/])(?:(?P<short>{_ABBREVIATIONS})|(?P<noun>{_NOUNS}))(?![\w@])(?:\s(?P<tail>scores?|points?|rate|metric|value|coefficients?)\b)?"
)
_GENERIC = frozenset(
    "performance results improvement quality efficiency robustness score scores speed parameters loss parameter speedup diversity memory similarity distance bias consistency".split()
)
#: Words that may stand before a head without belonging to the name.
_NOT_MODIFIER = frozenset(
    "a an the our its their his this that these those of in on at to by from for with and or as is are was were be been has have had we it they than over under per via using both "
    "absolute relative average averaged best better good higher high highest lower low lowest state-of-the-art sota new great strong competitive comparable similar significant significantly superior "
    "improved improve improves improving increase increases increased increasing reduce reduces reduced reducing achieve achieves achieved achieving obtain obtains obtained obtaining reach reaches "
    "attain attains yields yielding yield gain gains boost boosts boosting outperform outperforms surpass surpassing improvement improvements reduction drop decrease more less fewer faster "
    "percent percentage points point % which while where when up only also even still further respectively excellent remarkable impressive promising overall-best same different every each all "
    "any such own most least not no can could will would may about around nearly almost approximately roughly very highly report reports reported reporting shows show showing demonstrate demonstrates in-terms "
    "terms consistently further near record leading previous prior sota, enhanced enhance enhances enhancing baseline human-level maintain maintaining maintains preserving decent considerable substantial notable "
    "increased decreased decreasing larger smaller greater consistent relatively another one two three four five max min maximum minimum final its' current model's method's degrade degrades without between within "
    "based standard-deviation lowering raising raises measuring measured comparing compared perfect worse poor large small additional extra state-of-the-arts new-state-of-the-art score and/or if then so but yet".split()
)
_WORD_BEFORE = re.compile(r"([^\s,;:()\[\]{}$]{1,30})\s\Z")
_MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric's name in the text. generic: a word such as `performance`, taken only when nothing better is there."""

    text: str
    start: int
    end: int
    generic: bool


def find_metric_names(text: str, start: int, end: int) -> list[MetricName]:
    """Metric names of `text[start:end]` in order, without overlaps."""
    found: list[MetricName] = []
    for match in _HEAD.finditer(text, start, end):
        head_start, head_end = match.span()
        if match["tail"] and match["tail"] in ("points", "point", "value", "metric"):
            head_end = match.end("short") if match["short"] else match.end("noun")
        begin = _extend_left(
            text, max(start, found[-1].end if found else start), head_start, match["short"] is not None
        )
        name = text[begin:head_end]
        found.append(MetricName(name, begin, head_end, name.lower() in _GENERIC))
    return found


def _extend_left(text: str, limit: int, head_start: int, is_short: bool) -> int:
    """Where the name begins: up to three words before the head that are neither articles, verbs nor praise."""
    begin = head_start
    for _ in range(1 if is_short else _MOST_WORDS):
        before = _WORD_BEFORE.search(text, max(limit, begin - 32), begin)
        if before is None:
            break
        word = before[1]
        lower = word.lower()
        if (
            lower in _NOT_MODIFIER
            or lower.endswith(("ly", "ing"))
            and lower not in _ING_MODIFIERS
            or not word[0].isalpha()
            or word.endswith(("'s", "."))
        ):
            break
        if is_short and lower not in _SHORT_MODIFIERS:
            break
        begin = before.start(1)
    return begin


_ING_MODIFIERS = frozenset(
    "training pruning tracking reasoning matching parsing tagging probing grounding captioning understanding planning ranking clustering rendering denoising deblurring driving editing spelling".split()
)
_SHORT_MODIFIERS = frozenset(
    "mean box mask macro micro macro-average weighted 3d bev sentence corpus spearman pearson validation test token span entity box-ap mask-ap relation slot joint answer".split()
)
