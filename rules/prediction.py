"""Prediction (dự đoán): what a producer's own sheet would come to, also an unfinished one.

What is not chosen yet counts as its lowest option. So a prediction never flatters: whatever is
chosen in the end, neither total nor star is lower.
"""

from typing import NamedTuple

from rules.lifting import Lift, lift
from rules.ranking import Ranking, rank
from rules.sheets import Begun


class Prediction(NamedTuple):
    """`unfinished`: the criteria without an option; what `lift` changes of them is to be chosen."""

    ranking: Ranking
    lift: Lift | None
    unfinished: tuple[str, ...]


def predict(begun: Begun) -> Prediction:
    return Prediction(rank([begun.sheet]), lift(begun.sheet), begun.unfinished)
