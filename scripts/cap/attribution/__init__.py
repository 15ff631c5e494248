"""Attribution: what the models give each channel, how sure that is, and what truth and holdouts say."""

CAUSALITY = (
    "A model shares out what was earned among what came before it; it does not show what caused it. "
    "Where a channel has a holdout group, believe that."
)
