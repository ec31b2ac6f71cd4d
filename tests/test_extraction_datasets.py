"""Dataset names: listed, unlisted, ambiguous, introduced."""

import pytest

from searchidx.extraction import campaigns, canonical_dataset, extract


def names(abstract: str, title: str = "A title") -> list[str]:
    return [mention.name for mention in extract(title, abstract).datasets]


def roles(abstract: str, title: str = "A title") -> dict[str, str]:
    return {mention.name: mention.role for mention in extract(title, abstract).datasets}


def test_listed_names_are_found_wherever_they_stand() -> None:
    assert names("Results on ImageNet, CIFAR-10 and MS COCO are strong.") == ["ImageNet", "CIFAR-10", "MS COCO"]


def test_a_name_is_given_once_as_first_written() -> None:
    assert names("We test on CIFAR-10. On CIFAR-10 we win.") == ["CIFAR-10"]


def test_generic_last_words_are_dropped() -> None:
    assert names("We train on the Waymo Open Dataset and the KITTI benchmark.") == ["Waymo Open", "KITTI"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We evaluate on the ToyWorld-17 dataset.", "ToyWorld-17"),
        ("We introduce a benchmark called FrobQuest, with 90 tasks.", "FrobQuest"),
        ("We build FrobQuest, a large-scale dataset of toys.", "FrobQuest"),
        ("Experiments on two datasets (FrobQuest and SVHN) confirm this.", "FrobQuest"),
        ("Experiments on datasets such as FrobQuest confirm this.", "FrobQuest"),
        ("We test on SVHN, FrobQuest2, and ImageNet.", "FrobQuest2"),
        ("FrobBench shows that models fail.", "FrobBench"),
        ("Accuracy rises to 71.2% on FRQB and stays there.", "FRQB"),
        ("On FRQB the prompt alone adds 2.1 points.", "FRQB"),
        ("The best results on FrobWorld-v2, without extra data.", "FrobWorld-v2"),
        ("On SVHN and FROB7-ABC, scores are higher.", "FROB7-ABC"),
        ("Training uses Frob-Toys-20K throughout.", "Frob-Toys-20K"),
        ("Triplets from ShapeNet77 suffice.", "ShapeNet77"),
        ("We compile FrobQuest, 4,210 riddles with answers.", "FrobQuest"),
        ("We make new training datasets, “FrobToys” and “Frob-1BW”.", "Frob-1BW"),
        ("Two datasets with toy structures (UFrob and UWug) help.", "UWug"),
        ("A new dataset with a map of every room, FrobRoom, is introduced.", "FrobRoom"),
        ("We test on the Frobnitz News Dataset (FIND) here.", "FIND"),
        ("We win the Frob-Toy Challenge in 2017.", "Frob-Toy Challenge"),
        ("We evaluate on the Wug Visual Control Suite here.", "Wug Visual Control Suite"),
        ("We present FrobQuest, a benchmark infused with hard cases.", "FrobQuest"),
        ("Accuracy is 41% on Frob7k-test, as ever.", "Frob7k-test"),
        ("We present Frobby: a partly annotated toy dataset focused on blocks.", "Frobby"),
        ("We use two toy datasets (SVHN, FrobQuest, Wuggy, and QV1) here.", "Wuggy"),
        ("We use two toy datasets (SVHN, FrobQuest, Wuggy, and QV1) here.", "QV1"),
        ("We reach an FID of 4.2 on CIFAR-10, Wug Faces, and SVHN.", "Wug Faces"),
        ("We release the largest public toy dataset FrobNet, containing 9k blocks.", "FrobNet"),
        ("It beats all others on FrobNet, SVHN, and CIFAR-10.", "FrobNet"),
        ("We reach an FID of 4.2 on Flower, Wug Faces, and SVHN.", "Wug Faces"),
        ("We use a private toy dataset (AIC) here.", "AIC"),
        ("We present AIC, a new benchmark of toys.", "AIC"),
        ("We evaluate it on the SAIL dataset.", "SAIL"),
        ("We get 4.2 points more on CIFAR-10 and the SAIL and TNT datasets.", "TNT"),
        ("It helps on SVHN (by 4 points); on FrobQuest, it harms a lot.", "FrobQuest"),
        ("It sets a new top score on FrobQuest (+17% over the best).", "FrobQuest"),
        ("We introduce the Quiet Wug Sounds Collected (QWSC) dataset.", "QWSC"),
        ("We present **FrobQuest**, a benchmark of toys.", "FrobQuest"),
        ("We present \\emph{FrobQuest}, a benchmark of toys.", "FrobQuest"),
        ("It gains 4% on SVHN [5] and FROBQ [10], respectively.", "FROBQ"),
        ("We craft benchmarks for blocks and for balls named SVHN and FrobEval.", "FrobEval"),
        ("We record a dataset named Object Toy Gripping Dataset (OTSGD).", "OTSGD"),
        ("It gains +4.7 on SVHN and +1.2 on WUG-hard—more than ever.", "WUG-hard"),
        ("With models trained on FRB-OS achieving more, we win.", "FRB-OS"),
        ("In detail, on FRBQ07 we have gained a lot.", "FRBQ07"),
        ("In this paper, we bring a new toy guessing benchmark, WugTUD, made by hand.", "WugTUD"),
        ("Accuracy on FrobQuA rises from 53.5% to 63.8%.", "FrobQuA"),
        ("On the recently introduced ImageNet, we win.", "ImageNet"),
        ("We win on the challenging Frobbed-Wug dataset.", "Frobbed-Wug"),
        ("We also bring our newly coloured Wugsketch dataset.", "Wugsketch"),
        ("We evaluate on the FRBW crowd video dataset.", "FRBW"),
        ("Tests on the FrobTaker toy question (TQ) dataset follow.", "FrobTaker"),
        ("We give the FRBH (Frob Human Data) dataset to all.", "FRBH"),
        ("We collect a dialogue dataset FRBQ with human labels.", "FRBQ"),
        ("Results on a newly made benchmark WugTrip in two rounds.", "WugTrip"),
        ("We made a hard dataset called Badly Shaken Wug Array (BSWA) to test it.", "BSWA"),
        ("We use SVHN, CIFAR-10 and FrobQA in all tests.", "FrobQA"),
        ("We use SVHN, CIFAR-10 and FRBQ in all tests.", "FRBQ"),
        ("Results on three datasets SVHN, WUG and FRB7 follow.", "WUG"),
        ("In tests with QVB and FRBO datasets, we win.", "QVB"),
        ("On existing QVB Wugcare and Frobetec datasets, we win.", "Frobetec"),
    ],
)
def test_unlisted_names_are_given_away_by_their_place(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "We train BERT, ResNet-50 and GPT-4 with Adam.",
        "Several NLP datasets and VQA benchmarks are used.",
        "We propose FrobNet, a network for large datasets.",
        "On these datasets, FrobNet beats the baselines.",
        "However, most methods limit the arc of a gap in general.",
        "A large RGB-D dataset and three CT datasets were recorded.",
        "We reach 31.5 fps on GPUs and 12% on FROB-13B-Chat.",
        "Grasping succeeds in 93% of the tests on FROBI, a humanoid robot.",
        "Toy Intent Guessing (TIGU) is hard, and we gain 4% on TIGU.",
        "FrobVite splits the work among machines.",
        "We record a 120-sequence dataset and a 50-hour corpus.",
        "We meet a specific challenge in DA-FROB and the challenges of Toy Imaging.",
        "Sampling from S-FROB is a significant challenge.",
        "We study toy few-shot learning (TFSL), with new TFSL datasets.",
        "A large toy microscopy (TM) image dataset was made.",
        "It took first place on a benchmark (July 3, 2021).",
        "We assess Quality and Verification of Proteins on benchmarks.",
        "We train for 1 hour on 8xH100 with our dataset.",
        "It is not covered by the benchmarks, such as Gemini Frob failing at toys.",
        "A detector trained with large datasets, such as Frob R-CNN, is used.",
        "AutoFrobBencher helps a lot.",
        "To help with VQA, the toy datasets of our benchmark differ.",
        "We compare it with two systems, namely FROB-SLAM and WUG-SLAM.",
        "We collect a FROB-based toy dataset and a QV-generated corpus.",
        "Zero-shot learning (SAIL) is as good as ever in SAIL datasets.",
        "We evaluate on a toy dataset from FrobChat, with 9k pictures.",
        "We study Out-of-Frob (OofF) detection with an OofF dataset.",
        "On SAIL datasets and standard AIC benchmarks it wins.",
        "On this dataset FrobNext is best, and on each benchmark WugNext wins.",
        "We evaluate on the LiDAR image dataset of our car.",
        "On 0-shot toys, FROB2 wins, as do tools such as WugBio and FrobXpert.",
        "Tests on MRI and CT datasets follow.",
        "Tests on 2D and 3D datasets follow.",
    ],
)
def test_methods_tasks_and_ordinary_words_are_no_datasets(text: str) -> None:
    assert names(text) == []


def test_an_ambiguous_name_needs_its_context() -> None:
    assert names("Results on GSM8K and MATH improve.") == ["GSM8K", "MATH"]
    assert names("MATH is hard.") == []


def test_the_acronym_is_preferred_to_a_spelled_out_name() -> None:
    text = "We use the Frob Imaging Initiative Collection (FIIC) dataset."
    assert names(text) == ["FIIC"]


def test_derived_names_stay_whole_and_descriptions_are_cut() -> None:
    assert names("We use Split-CIFAR100 and ImageNet-pretrained features.") == ["Split-CIFAR100", "ImageNet"]


def test_a_fused_form_stays_one_name() -> None:
    assert names("Results on CIFAR-10/100 are good.") == ["CIFAR-10/100"]


def test_a_dataset_the_paper_brings_is_introduced() -> None:
    assert roles("We test it on SVHN.", "FrobQuest: A Benchmark for Toys")["SVHN"] == "used"
    assert roles("FrobQuest has 9 tasks.", "FrobQuest: A Benchmark for Toys") == {"FrobQuest": "introduced"}
    assert roles("We introduce FrobQuest, a new dataset.")["FrobQuest"] == "introduced"
    assert roles("We collect a new dataset FrobQuest, with toys.") == {"FrobQuest": "introduced"}


def test_a_method_named_in_the_title_is_no_dataset() -> None:
    text = "We propose FrobNet, a model. On SVHN, FrobNet wins."
    assert names(text, "FrobNet: Learning on Toy Datasets") == ["SVHN"]


def test_capitalised_words_of_a_title_are_no_name() -> None:
    assert names("We study toys.", "Making Empathetic Dialogues with Toys") == []
    assert names("We use Empathetic Dialogues here.", "A title") == ["Empathetic Dialogues"]


def test_a_short_form_is_left_out_wherever_the_long_one_stands() -> None:
    assert names("FrobQuest (VQA) is a dataset. We train on the VQA dataset.") == ["FrobQuest"]
    assert names("We introduce **FrobQuestBench** (**FQB**), a benchmark.") == ["FrobQuestBench"]


def test_a_list_may_have_lost_its_commas() -> None:
    filling = "Toys are what we look at here and in all of our other work as well. " * 7
    assert names(f"{filling}We test on the FROB WugQ and QV17 datasets.") == ["FROB", "WugQ", "QV17"]
    assert names(f"{filling}We test on the FrobWorld v0.5 dataset.") == ["FrobWorld v0.5"]
    assert names(f"{filling}We test, again, on the FROB WugQ QV17 dataset.") == ["FROB WugQ QV17"]


def test_what_makes_datasets_is_none() -> None:
    assert names("FrobMake helps a lot.", "FrobMake: Creating Hard Toy Datasets for Robots") == []
    assert names("FrobMake has 9 toys.", "FrobMake: a Challenging Multi-View Data Set for Robots") == ["FrobMake"]


@pytest.mark.parametrize(
    "title",
    [
        "FrobQuest: Probabilistic Guessing of Toys",
        "FrobQuest: Solving Toy Problems",
        "FrobQuest: A Network for Damage Assessment",
        "FrobQuest: Reasoning with Test-Time Training",
        "FrobLM: Towards Guessing All Toys",
    ],
)
def test_a_paper_with_data_of_its_own_may_be_named_after_its_method(title: str) -> None:
    assert names("We guess toys well. We also release our dataset.", title) == []


def test_a_paper_named_after_what_it_tests_with_its_data_brings_a_dataset() -> None:
    assert names("It asks about toys. We release our dataset.", "FrobQuest: Testing Models on Toys") == ["FrobQuest"]


def test_writings_of_one_dataset_share_a_canonical_name() -> None:
    assert canonical_dataset("CIFAR10") == canonical_dataset("CIFAR-10") == canonical_dataset("cifar 10")
    assert canonical_dataset("ImageNet dataset") == canonical_dataset("ImageNet")
    assert canonical_dataset("Frob  Quest benchmark") == "Frob Quest"


def test_the_canonical_name_is_the_one_papers_mostly_write() -> None:
    assert {canonical_dataset(name) for name in ("COCO", "MS COCO", "MS-COCO", "MSCOCO")} == {"COCO"}
    assert canonical_dataset("CIFAR10") == "CIFAR-10"
    assert canonical_dataset("PTB") == canonical_dataset("Penn Treebank") == "Penn Treebank"
    assert canonical_dataset("SQuAD v2.0") == "SQuAD 2.0"
    assert canonical_dataset("ModelNet40") != canonical_dataset("ModelNet10")


def test_a_percentage_is_no_part_of_a_name() -> None:
    assert names("It reaches 84.1% on ImageNet, and on COCO 51.3% AP.") == ["ImageNet", "COCO"]


def test_a_set_that_tests_models_is_introduced_by_its_title() -> None:
    text = "FROBS-ME tests whether models can reason about toys."
    assert roles(text, "FROBS-ME: Assessing Toy Reasoning") == {"FROBS-ME": "introduced"}


def test_spans_point_at_the_names() -> None:
    title, abstract = "On ImageNet", "We use CIFAR-10 and SVHN."
    text = f"{title}\n{abstract}"
    for mention in extract(title, abstract).datasets:
        assert mention.span is not None
        assert text[slice(*mention.span)] == mention.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We propose GRUB, a Green fRUit Box dataset, with 41 toys.", ["GRUB"]),
        ("We test on the small 'FrobQuest' dataset.", ["FrobQuest"]),
        ("Frobby Toys is a new dataset of 41 toys.", ["Frobby Toys"]),
        ("We win on the KITTI 3D object detection benchmark.", ["KITTI"]),
        (
            "We test four domains (Frobby, Cityscapes, Wuggy, and KITTI) in two tasks.",
            ["Frobby", "Cityscapes", "Wuggy", "KITTI"],
        ),
        ("We study toy placing search (TPS). Our net wins on the ImageNet dataset in the TPS setting.", ["ImageNet"]),
        ("We study odd-toy re-identification (OT-ReID). We test on three OT-ReID datasets.", []),
        ("We bring a dataset of odd toys (OddT). We test on the OddT dataset.", ["OddT"]),
    ],
)
def test_how_a_name_is_spelled_out_says_what_it_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Wug at FrobEval-2031 Task 5: Toys", "Our system for FrobEval 2031 Task 5 wins.", ["FrobEval-2031 Task 5"]),
        ("Wug at FrobEval-2031 Task 5", "The FrobEval-2031 dataset is small.", ["FrobEval-2031 Task 5"]),
        ("A title", "We describe the FrobEval Task 5 of our team, FrobEval-2031 task 5.", ["FrobEval-2031 task 5"]),
        ("A title", "We take part in the FROBS Shared Task 2031 on toys.", ["FROBS Shared Task 2031"]),
        ("A title", "We test on FROBS 2031 Shared Task 2b.", ["FROBS 2031 Shared Task 2b"]),
        ("A title", "Results on FrobEval 2031, Task 7 are good.", ["FrobEval 2031, Task 7"]),
        (
            "A title",
            "FrobEval-2030 Task 1 is not FrobEval-2031 Task 2.",
            ["FrobEval-2030 Task 1", "FrobEval-2031 Task 2"],
        ),
        ("Systems for WUG31", "This is our submission to the WUG 2031 toy naming task.", ["WUG 2031"]),
        ("A title", "We report on the toy naming tasks of WUG’19.", ["WUG’19"]),
        ("A title", "We won the shared task at ACL 2031 last year.", []),
        ("A title", "FrobEval 2031 has a Task B; in SubTask A we win.", ["FrobEval 2031"]),
    ],
)
def test_a_shared_task_is_named_with_its_number_and_once(title: str, text: str, expected: list[str]) -> None:
    assert names(text, title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Experiments on German-English and Chinese-to-English show gains.", []),
        ("Experiments on the WMT14 English-German dataset show gains.", ["WMT14"]),
        ("Experiments on the FROB21 English-Greek dataset show gains.", ["FROB21"]),
        ("Scores on En-De, En-Fr and En-Cs datasets rise.", []),
        ("We parse the English Penn Treebank.", ["Penn Treebank"]),
        ("We train on the New Frob Times corpus.", ["New Frob Times"]),
    ],
)
def test_languages_are_not_names_of_data(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We convert the Frob Dependency Treebank 2.0 to graphs.", ["Frob Dependency Treebank 2.0"]),
        ("We annotate the Frob Dependency Treebank (FDT) again.", ["FDT"]),
        ("We take compounds from the Corpus of Spoken Frobbish here.", ["Corpus of Spoken Frobbish"]),
        ("We ask the Wug Database of Toy Features (WDTF) for it.", ["WDTF"]),
        ("We collect a corpus of Frobbish riddles.", []),
        ("In The Frob Countries, a large corpus is built.", []),
        ("We propose Span-Frob, a suite of two repair models.", []),
        ("We took part in the Odd Toy Identification shared task.", []),
    ],
)
def test_words_for_sets_inside_a_name_belong_to_it(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We built a dataset called FrobCity based on toys.", ["FrobCity"]),
        ("We build a dataset for toy naming called FrobCaps (toys and names).", ["FrobCaps"]),
        ("We test on a benchmark we propose called FrobArena, which is hard.", ["FrobArena"]),
        ("Datasets such as FrobCity can be large.", ["FrobCity"]),
        ("It wins on the toy benchmark dataset–FROBV.", ["FROBV"]),
        ("We take two new datasets: a) FrobToys of wood, and so on.", ["FrobToys"]),
        ("We name two challenges: (1) Frob-only toys are few.", []),
        ("Tests on the public toy dataset Frob2XSet have shown it.", ["Frob2XSet"]),
        (
            "It wins on benchmarks for odd and nested toys (i.e., FrobFC, Wug11, and Wug13).",
            ["FrobFC", "Wug11", "Wug13"],
        ),
        ("We bring FrobConv, a toy question answering (QA) dataset that is new.", ["FrobConv"]),
        ("We bring FROB9, a reading comprehension dataset that is new.", ["FROB9"]),
        ("We reach 80 for FrobJen, the odd toys corpus currently in our hands.", ["FrobJen"]),
        ("We present FTBB, the Frob Toys in Boxes Benchmark, for all.", ["FTBB"]),
        ("We build the Wug Pearl Noise (WPN) dataset here.", ["WPN"]),
        ("We test on three corpora: ACE 2004, ACE 2005 and KBP 2017.", ["ACE 2004", "ACE 2005", "KBP 2017"]),
        ("We introduce the Wuggo Toy Detection (Wuggo TD) dataset of toys.", ["Wuggo TD"]),
        ("Taken from learners of FROBBISH, our dataset contains many toys.", []),
        ("It wins on odd synthetic-2-real benchmarks.", []),
    ],
)
def test_what_stands_around_a_name_makes_it_a_datasets(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("The FROBEX Corpus: A Multilingual Corpus of Toys", "We describe toys.", ["FROBEX"]),
        ("FrobRec: An Evaluation Dataset Constructed from Toy Shops", "We describe toys.", ["FrobRec"]),
        ("FROB-TOB - A Prosodic Toy Corpus", "We describe toys.", ["FROB-TOB"]),
        ("Scalable Toy Naming: A Benchmark", "We describe toys.", []),
        ("The Toy Gap: Probing Models", "We release our dataset of toys.", []),
        ("A title", "We build a toy dataset and name it FrobRef. It is odd.", ["FrobRef"]),
        ("A title", "It reaches 95% on the FRCS toy naming database here.", ["FRCS"]),
        ("A title", "It keeps ImageNet 128 x 128 images and ImageNet 1,000 labels.", ["ImageNet"]),
        ("Frob Recognition in Conversation (FRC)", "We test on four FRC datasets.", []),
        ("A title", "We test on two datasets, KITTI and Common Frobs in 3D (CF3D).", ["KITTI"]),
    ],
)
def test_how_titles_and_sentences_name_sets(title: str, text: str, expected: list[str]) -> None:
    assert names(text, title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We compare it with a public Frob Web dataset of toys.", []),
        ("We validate it on the Frob Web dataset of toys.", ["Frob Web"]),
        ("We bring a resource, called Frob Types Dataset, for all.", ["Frob Types"]),
        ("We try big models such as CLIP, on FrobCode, for all toys. FrobCode is a dataset.", ["FrobCode"]),
        ("We test on our introduced dataset and FROBv2 and show gains.", ["FROBv2"]),
    ],
)
def test_a_set_that_is_only_described_has_no_name(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "A title",
            "On ETH3D, Tanks and Temples and DTU we win.",
            ["ETH3D", "Tanks and Temples", "DTU"],
        ),
        ("A title", "We test on PASCAL VOC 2007, 2010, and 2012 images.", ["PASCAL VOC 2007, 2010, and 2012"]),
        ("A title", "We use datasets for toy naming, such as SVHN, and FrobNet16-120.", ["SVHN", "FrobNet16-120"]),
        ("FrobMender: An Approach to Toys", "We introduce a toy mending dataset, FrobMender.", ["FrobMender"]),
        ("A title", "It wins on a variety of Frobby Language data sets.", []),
        ("A title", "We use the Wikidata knowledge base and other datasets.", ["Wikidata"]),
    ],
)
def test_names_of_several_parts_are_one(title: str, text: str, expected: list[str]) -> None:
    assert names(text, title) == expected


@pytest.mark.parametrize(
    ("keys", "others"),
    [
        (["frobeval2019task12", "frobeval2019"], {"frobeval2019"}),
        (["frobeval2019task12", "frobeval2012"], set()),  # a task's number is no year
        (["toyssharedtask2019", "toys2019"], {"toys2019"}),
    ],
)
def test_a_campaign_is_named_once(keys: list[str], others: set[str]) -> None:
    assert set(keys) & campaigns.other_names(keys) == others


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Wugs at FrobEval-2020 Task 6: Toys",
            "We describe a system for toy detection (FrobEval-2020 Task 6).",
            ["FrobEval-2020 Task 6"],
        ),
        ("A title", "We took part in FROBAD Shared Task 1 on toys.", ["FROBAD Shared Task 1"]),
        ("A title", "We describe our runs for the Wug Toy Detection (WTD) shared task.", ["WTD"]),
        (
            "Wugs at FrobEval-2021 Task 1",
            "We describe our runs for the Wug Toy Detection (WTD) shared task.",
            ["FrobEval-2021 Task 1"],
        ),
        (
            "Wugs at WUNT-2020 Task 2",
            "We solve the EMNLP WUNT-2020 Shared Task 2 on finding toys.",
            ["WUNT-2020 Task 2"],
        ),
        ("A title", "We describe the runs that we sent to the FROB-2017 evaluation in our submission.", ["FROB-2017"]),
        ("A title", "We take part in the FROBT 2008 evaluation campaign.", ["FROBT 2008"]),
        ("A title", "The submission by WUG-DSI to the FROBT 2008 evaluation campaign wins.", ["FROBT 2008"]),
        ("The FUN Submission to FrobEval-2020 Task 6: Toys", "We name toys.", ["FrobEval-2020 Task 6"]),
        ("A title", "It won the fourth toy video challenge (CVPR2022).", []),
    ],
)
def test_campaigns_are_named_by_year_task_and_short_form(title: str, text: str, expected: list[str]) -> None:
    assert names(text, title) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We train on the Europarl corpus (Wuggins, 2005).", ["Europarl"]),
        ("The corpus (Section 2) is large.", []),
        ("We lead on the BSDS500 dataset (ODF F-score of 0.8).", ["BSDS500"]),
        ("It is part of the Frob Engine corpus query system.", []),
        ("It is part of the FrobPro suite of NLP tools.", []),
        ("We reach 44% and 48% on the test set with FROBL, WUGAN and TICAF metrics.", []),
        ("We train on an English--Swedish parallel corpus.", []),
        ("The dataset includes Frob-of-Thought and real toys.", []),
        ("We use the Open Images dataset. The Open Image dataset is large.", ["Open Images"]),
        ("Randomized Wug Trials (RWTs) are the gold standard for toys.", []),
    ],
)
def test_authors_measures_and_tools_are_no_datasets(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We build a dataset of over 7,000 toys, each named by five people, called FROBT.", ["FROBT"]),
        (
            "We bring two datasets: a) FrobTubeHands with toys, and b) HandOverFrob for play.",
            ["FrobTubeHands", "HandOverFrob"],
        ),
        ("We bring FrobQuest, the first indoor dataset capturing toys.", ["FrobQuest"]),
        ("We present FrobLex-PT, a lexical resource for toy names.", ["FrobLex-PT"]),
        ("We present FROBCube, a large data repository of toys.", ["FROBCube"]),
        ("We evaluate on the Frobby Corpus for Toy Coherence (FCTC) and win.", ["FCTC"]),
        ("We test on the Caltech Pedestrians dataset.", ["Caltech Pedestrians"]),
        ("We test on the KITTI Detection dataset.", ["KITTI"]),
        ("We test on VOC 2007 and 2012 images.", ["VOC 2007 and 2012"]),
    ],
)
def test_names_at_some_distance_and_of_several_words(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("We propose here the FROB-Toys dataset with many toys.", "introduced"),
        ("We propose a method for the FROB-Toys dataset.", "used"),
        ("We present an open toy corpus. The Frobby toy corpus (FROBT) contains toys.", "introduced"),
        ("Toys are rare. The Frobby toy corpus (FROBT) contains toys.", "used"),
        ("We release a new toy corpus. The ImageNet dataset contains photos and lacks toys.", "used"),
    ],
)
def test_what_a_paper_brings_is_introduced(text: str, role: str) -> None:
    assert list(roles(text).values()) == [role]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our net matches grouped query attention (GQA) in quality. GQA is slow.", []),
        ("We test on the visual question answering (GQA) dataset.", ["GQA"]),
        ("We test on general language understanding evaluation (GLUE) and win.", ["GLUE"]),
        ("We report it on the Multi Frobby Toys and Boxes (MFTB) Wuggy Toy corpora.", ["MFTB"]),
    ],
)
def test_what_a_paper_shortens_to_a_listed_name_may_be_a_task(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We won FROB Keypoint Challenge 2019 by far.", ["FROB Keypoint Challenge 2019"]),
        ("It opens at the 2019 Frob City Challenge (see there).", ["2019 Frob City Challenge"]),
        ("It helps on benchmarks like PASCAL VOC 2007 and 2012.", ["PASCAL VOC 2007 and 2012"]),
        ("We gain on the MultiWOZ 2.0 and 2.1 dialogue datasets.", ["MultiWOZ 2.0 and 2.1"]),
        ("Experiments on 3DMatch/3DFrobMatch show gains.", ["3DMatch", "3DFrobMatch"]),
        ("It wins on the English CIFAR-10 FROB WUG dataset.", ["CIFAR-10 FROB WUG"]),
        ("We introduce the Frobby Benchmark for QA (FBQ), a dataset of toys.", ["FBQ"]),
    ],
)
def test_years_versions_and_parts_belong_to_their_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected
