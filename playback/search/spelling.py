"""Which words of the catalogue may somebody have meant who typed this one?"""

from playback.search.models import SearchWord
from playback.search.words import SHORTEST_FORGIVEN, is_one_typo_apart, shortened


def near_words(word: str) -> list[str]:
    """The catalogue's words of five letters and more that are one typo away, in order of the alphabet."""
    if len(word) < SHORTEST_FORGIVEN - 1 or word.isdigit():
        return []
    candidates = SearchWord.objects.filter(variants__variant__in=set(shortened(word)))
    found = candidates.order_by("word").values_list("word", flat=True).distinct()
    return [candidate for candidate in found if is_one_typo_apart(word, candidate)]
