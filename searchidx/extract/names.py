"""Normal forms of dataset and metric names: the one spelling under which all writings are counted."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import Literal

#: What is longer is no name; only its beginning is looked at.
_LONGEST_NAME = 200
_NOT_KEY = re.compile(r"[^a-z0-9+]+")
_GENERIC_LAST = re.compile(
    r"[\s_-]+(?:data ?-?sets?|benchmarks?|corpus|corpora|databases?|challenges?|test ?sets?|val|validation|dev|train|suite|leaderboard)\Z",
    re.IGNORECASE,
)


def dataset_key(name: str) -> str:
    """What two writings of one dataset share: `CIFAR-10`, `CIFAR10` and `cifar 10` are `cifar10`."""
    lowered = name.lower()
    return lowered if lowered.isalnum() and lowered.isascii() else _NOT_KEY.sub("", lowered)


@lru_cache(maxsize=1)
def _canonical_datasets() -> dict[str, str]:
    table: dict[str, str] = {}
    text = resources.files("searchidx.extract").joinpath("data/datasets.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            surface, canonical, _ = line.split("\t")
            table.setdefault(dataset_key(surface), canonical)
    return table


def canonical_dataset(name: str) -> str:
    """The one spelling of a dataset name; a name nobody listed is returned with plain blanks and no generic last word."""
    plain = " ".join(name[:_LONGEST_NAME].split())
    table = _canonical_datasets()
    found = table.get(dataset_key(plain))
    if found is None:
        plain = _GENERIC_LAST.sub("", plain) or plain
        found = table.get(dataset_key(plain))
    return found if found is not None else plain


_HIGHER, _LOWER = "higher", "lower"
#: canonical metric, direction of better, other writings (compared as letters, digits, `@` and `+` only)
_METRICS: tuple[tuple[str, str | None, str], ...] = (
    ("accuracy", _HIGHER, "accuracies|acc|acc.|classification accuracy|overall accuracy|test accuracy|average accuracy|mean accuracy|"
     "validation accuracy|top-1 accuracy|top-1|top1|top 1 accuracy|top1 accuracy|top-1 acc|top-1 accuracies|accuracy rate|recognition accuracy|"
     "recognition rate|prediction accuracy|zero-shot accuracy|linear probing accuracy|top one accuracy|accuracy score|classification accuracies"),
    ("top-5 accuracy", _HIGHER, "top-5|top5|top 5 accuracy|top5 accuracy|top-5 acc"),
    ("balanced accuracy", _HIGHER, "bacc|balanced acc"),
    ("robust accuracy", _HIGHER, "adversarial accuracy|certified accuracy|robustness accuracy"),
    ("error rate", _LOWER, "error|errors|error rates|classification error|test error|top-1 error|top-1 error rate|misclassification rate"),
    ("top-5 error", _LOWER, "top-5 error rate|top5 error"),
    ("f1", _HIGHER, "f1 score|f1-score|f-1|f-1 score|f-score|f score|f-measure|f measure|f1 scores|f1-measure|f1 measure|f-scores|fscore|f1 points|f 1"),
    ("macro f1", _HIGHER, "macro-f1|macro f1 score|macro-f1 score|macro-averaged f1|macro average f1|macro f-score|macro-averaged f1 score|macro f1-score"),
    ("micro f1", _HIGHER, "micro-f1|micro f1 score|micro-f1 score|micro-averaged f1"),
    ("precision", _HIGHER, "average precision score"),
    ("recall", _HIGHER, "sensitivity|true positive rate|tpr|detection rate"),
    ("specificity", _HIGHER, "true negative rate"),
    ("auc", _HIGHER, "auroc|roc-auc|roc auc|area under the curve|area under the roc curve|auc-roc|area under curve|aucs|auc score|auc roc|"
     "area under the receiver operating characteristic curve|area under the receiver operating characteristic|aurocs"),
    ("auprc", _HIGHER, "aupr|pr-auc|auc-pr|area under the precision-recall curve"),
    ("map", _HIGHER, "map score|mean average precision|map@0.5|map50|map@50"),
    ("ap", _HIGHER, "average precision|box ap|mask ap|ap50|ap75|bbox ap|ap box|ap mask"),
    ("nds", _HIGHER, "nuscenes detection score"),
    ("iou", _HIGHER, "intersection over union|intersection-over-union|jaccard|jaccard index"),
    ("miou", _HIGHER, "mean iou|mean intersection over union|mean intersection-over-union|m-iou"),
    ("pq", _HIGHER, "panoptic quality"),
    ("dice", _HIGHER, "dice score|dice coefficient|dice similarity coefficient|dsc|dice scores|dice similarity|dice coefficients"),
    ("hausdorff distance", _LOWER, "hd95|hd|hausdorff"),
    ("bleu", _HIGHER, "bleu score|bleu points|bleu-4|bleu4|sacrebleu|bleu scores|bleu point"),
    ("rouge", _HIGHER, "rouge score|rouge scores"), ("rouge-1", _HIGHER, "rouge1|r-1"), ("rouge-2", _HIGHER, "rouge2|r-2"),
    ("rouge-l", _HIGHER, "rougel|r-l|rouge-l score"), ("meteor", _HIGHER, "meteor score"), ("cider", _HIGHER, "cider score|cider-d"),
    ("spice", _HIGHER, "spice score"), ("chrf", _HIGHER, "chrf++|chrf score"), ("comet", _HIGHER, "comet score"),
    ("bertscore", _HIGHER, "bert score"),
    ("perplexity", _LOWER, "ppl|perplexities|test perplexity|validation perplexity"), ("bits per character", _LOWER, "bpc"),
    ("bits per dimension", _LOWER, "bpd|bits/dim|bits per dim"), ("negative log-likelihood", _LOWER, "nll|negative log likelihood"),
    ("wer", _LOWER, "word error rate|word error rates|wers"), ("cer", _LOWER, "character error rate|cers"), ("per", _LOWER, "phoneme error rate|phone error rate"),
    ("eer", _LOWER, "equal error rate|equal error rates"), ("der", _LOWER, "diarization error rate"), ("fid", _LOWER, "fid score|frechet inception distance|fid scores|fids"),
    ("fvd", _LOWER, "fvd score"), ("kid", _LOWER, ""), ("inception score", _HIGHER, "is"), ("lpips", _LOWER, ""), ("psnr", _HIGHER, "psnrs"),
    ("ssim", _HIGHER, "ms-ssim"), ("sdr", _HIGHER, "si-sdr|si-sdri|sdri|si-snr|si-snri"), ("pesq", _HIGHER, ""), ("stoi", _HIGHER, ""), ("mos", _HIGHER, "mean opinion score"),
    ("mae", _LOWER, "mean absolute error|absolute error|mean average error"), ("mse", _LOWER, "mean squared error|mean square error"),
    ("rmse", _LOWER, "root mean square error|root mean squared error|root-mean-square error"), ("mape", _LOWER, "mean absolute percentage error"),
    ("abs rel", _LOWER, "absrel|absolute relative error|rel|abs-rel"), ("epe", _LOWER, "end-point error|endpoint error|end point error|average endpoint error|aepe"),
    ("chamfer distance", _LOWER, "cd"), ("mpjpe", _LOWER, "mean per joint position error"), ("pa-mpjpe", _LOWER, ""), ("pck", _HIGHER, ""),
    ("ade", _LOWER, "average displacement error|minade"), ("fde", _LOWER, "final displacement error|minfde"),
    ("mota", _HIGHER, ""), ("hota", _HIGHER, ""), ("idf1", _HIGHER, ""), ("j&f", _HIGHER, "j & f|j and f"), ("eao", _HIGHER, ""),
    ("pearson correlation", _HIGHER, "pearson|pearson's r|pearson's correlation|pearson correlation coefficient|plcc|pcc"),
    ("spearman correlation", _HIGHER, "spearman|spearman's rho|spearman rank correlation|srcc|spearman's rank correlation|spearman correlations"),
    ("kendall's tau", _HIGHER, "kendall tau|kendall correlation"), ("r2", _HIGHER, "r^2|r-squared|r squared|coefficient of determination"),
    ("mcc", _HIGHER, "matthews correlation coefficient|matthews correlation"), ("kappa", _HIGHER, "cohen's kappa|quadratic weighted kappa|qwk"),
    ("ndcg", _HIGHER, ""), ("mrr", _HIGHER, "mean reciprocal rank"), ("ndcg@10", _HIGHER, ""), ("mrr@10", _HIGHER, ""), ("hit rate", _HIGHER, "hits|hr"),
    ("recall@1", _HIGHER, "r@1|rank-1|rank-1 accuracy|rank1|recall at 1|r1|rank 1"), ("recall@5", _HIGHER, "r@5"), ("recall@10", _HIGHER, "r@10"), ("hits@10", _HIGHER, ""),
    ("hits@1", _HIGHER, "hit@1"), ("pass@1", _HIGHER, "pass 1"), ("exact match", _HIGHER, "em|exact match accuracy|exact-match|em score|exact match score"),
    ("uas", _HIGHER, "unlabeled attachment score"), ("las", _HIGHER, "labeled attachment score"), ("spl", _HIGHER, ""), ("success rate", _HIGHER,
     "success rates|success|sr|task success rate|success ratio|average success rate"), ("win rate", _HIGHER, "win rates|winrate|win-rate|length-controlled win rate"),
    ("attack success rate", _HIGHER, "asr|attack success rates"), ("elo", _HIGHER, "elo rating"), ("clip score", _HIGHER, "clipscore|clip-score"),
    ("normalized mutual information", _HIGHER, "nmi"), ("adjusted rand index", _HIGHER, "ari"), ("ece", _LOWER, "expected calibration error|calibration error"),
    ("false positive rate", _LOWER, "fpr|fpr95|fpr@95|false positive rates|false alarm rate"), ("speedup", _HIGHER, "speed-up|speedups|speed up|speed-ups|acceleration|speed"),
    ("latency", _LOWER, "inference latency|runtime latency"), ("inference time", _LOWER, "running time|runtime|run time|processing time|run-time"),
    ("training time", _LOWER, "training times"), ("fps", _HIGHER, "frames per second|frame rate|hz"), ("throughput", _HIGHER, "tokens per second"),
    ("flops", _LOWER, "gflops|mflops|macs|computation|computational cost"), ("parameters", _LOWER, "params|parameter count|number of parameters|model size"),
    ("memory", _LOWER, "memory usage|gpu memory|memory consumption|memory footprint|peak memory"), ("reward", _HIGHER, "return|average return|cumulative reward"),
    ("regret", _LOWER, "cumulative regret"), ("loss", _LOWER, "test loss|validation loss"), ("score", _HIGHER, "scores|average score"),
)  # fmt: skip
_METRIC_KEY = re.compile(r"[^a-z0-9@+&^/]+")


def _metric_key(name: str) -> str:
    return _METRIC_KEY.sub("", name.lower())


@lru_cache(maxsize=1)
def _metric_table() -> dict[str, tuple[str, str | None]]:
    table: dict[str, tuple[str, str | None]] = {}
    for canonical, direction, writings in _METRICS:
        for writing in (canonical, *writings.split("|")):
            if writing:
                table.setdefault(_metric_key(writing), (canonical, direction))
    return table


_QUALIFIERS = re.compile(
    r"\A(?:absolute|relative|average|averaged|mean|overall|final|test|validation|val|zero-shot|few-shot|one-shot|\d+-shot|best|state-of-the-art|"
    r"average|top|median|end-to-end|downstream|linear|finetuned|fine-tuned|total|global|maximum|max|absolute|per-class|standard|human|official)[\s-]+",
    re.IGNORECASE,
)
_TAILS = re.compile(
    r"[\s-]+(?:scores?|points?|values?|metrics?|rates?|on average|improvements?|gains?|percentage)\Z",
    re.IGNORECASE,
)


def _lookup_metric(name: str) -> tuple[str, str | None]:
    table = _metric_table()
    plain = " ".join(name[:_LONGEST_NAME].lower().split())
    for candidate in _spellings(plain):
        found = table.get(_metric_key(candidate))
        if found is not None:
            return found
    return plain, _guess_direction(plain)


def _spellings(plain: str) -> list[str]:
    """`plain`, then with qualifiers in front and generic words behind taken off one by one."""
    spellings = [plain]
    shorter = plain
    for _ in range(4):
        cut = _QUALIFIERS.sub("", shorter, count=1)
        if cut == shorter:
            break
        shorter = cut
        spellings.append(shorter)
    return spellings + [cut for cut in (_TAILS.sub("", text) for text in spellings) if cut not in spellings]


def _guess_direction(plain: str) -> Literal["higher", "lower"] | None:
    if re.search(
        r"\b(?:errors?|loss|perplexity|latency|distance|time|cost|memory|flops|parameters?|rmse|mae|mse|distortion)\b",
        plain,
    ):
        return "lower"
    if re.search(
        r"\b(?:accuracy|accuracies|precision|recall|correlation|success|f1|iou|auc|similarity|speed|throughput)\b",
        plain,
    ):
        return "higher"
    return None


def canonical_metric(name: str) -> str:
    """The one spelling of a metric name, in lower case: `Top-1 Acc.` is `accuracy`; unknown names only lose case."""
    return _lookup_metric(name)[0]


def metric_direction(canonical: str) -> Literal["higher", "lower"] | None:
    """Whether more or less of a metric is better; None when nobody can say."""
    direction = _lookup_metric(canonical)[1]
    return "higher" if direction == _HIGHER else "lower" if direction == _LOWER else None
