"""Many p-values at once: each made larger, so that the same border may be used for all."""

from collections.abc import Sequence

from tea_tasting import adjust_fdr, adjust_fwer
from tea_tasting.experiment import ExperimentResult


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted so that the chance of any false finding among them stays below the border.

    Holm 1979, «A simple sequentially rejective multiple test procedure», Scand. J. Statist. 6: Bonferroni's,
    but never weaker, whatever hangs on what. For goals. In the order given; a None stays and does not count.
    By tea-tasting.
    """
    return _adjusted(p_values, adjust_fwer, arbitrary_dependence=True, method="bonferroni")


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted so that of what is found below the border no more than that share is false, on average.

    Benjamini and Hochberg 1995, «Controlling the False Discovery Rate», J. R. Statist. Soc. B 57; for
    p-values that are independent or go together, not against each other. For secondary metrics and segments.
    In the order given; a None stays and does not count. By tea-tasting.
    """
    return _adjusted(p_values, adjust_fdr, arbitrary_dependence=False)


def _adjusted(p_values: Sequence[float | None], adjust: object, **settings: object) -> list[float | None]:
    for value in p_values:
        if value is not None and not 0 <= value <= 1:
            raise ValueError(f"a p-value is between 0 and 1, not {value}")
    told = ExperimentResult(
        {str(place): {"pvalue": value} for place, value in enumerate(p_values) if value is not None}
    )
    if not told:
        return [None] * len(p_values)
    (found,) = adjust({"all": told}, **settings).values()
    return [found[str(place)]["pvalue_adj"] if str(place) in told else None for place in range(len(p_values))]
