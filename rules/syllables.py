"""Which syllables Vietnamese has: an initial, a rime, and a tone in its place."""

import re
from collections.abc import Iterator
from functools import lru_cache

from rules.vietnamese import PAIRS, TONES, composed

_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu "
    "iêc iêm iên iêng iêp iêt iêu yêm yên yêng yêt yêu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet "
    "oc oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uên uơ "
    "uy uya uych uyn uynh uyt uyp uyu uyên uyêt uôc uôi uôm uôn uông uôt "
    "ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y"
)
_INITIALS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_STOPS = ("c", "p", "t", "ch")
_BEARERS = "ăâêôơ"


def _bearers(rime: str) -> set[int]:
    """Which of its vowels may bear the tone mark."""
    vowels = re.match("[aeiouyăâêôơư]+", rime)[0]  # type: ignore[index]  # each begins with one
    if marked := [at for at, one in enumerate(vowels) if one in _BEARERS]:
        return {marked[-1]}
    if "ư" in vowels:
        return {vowels.index("ư")}
    if len(vowels) < len(rime):
        return {len(vowels) - 1}
    if len(vowels) == 3:
        return {1}
    return {0, 1} if tuple(vowels) in PAIRS else {0}


def _toned(rime: str) -> Iterator[str]:
    yield rime
    for tone in "\u0301\u0323" if rime.endswith(_STOPS) else TONES:
        for at in _bearers(rime):
            yield composed(rime[: at + 1] + tone + rime[at + 1 :])


_TONED_RIMES = frozenset(one for rime in _RIMES.split() for one in _toned(rime))


@lru_cache(20_000)
def is_syllable(word: str) -> bool:
    """Whether Vietnamese has such a syllable: an initial, a rime, and its tone in its place."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    small = composed(word.lower())
    return small in _TONED_RIMES or any(
        small.startswith(one) and small[len(one) :] in _TONED_RIMES for one in _INITIALS.split()
    )
