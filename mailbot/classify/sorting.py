"""What a sorter with a model needs, as one import.

The rule kept here: whoever loads the model has loaded all that sorts by it, so that a worker finds nothing missing at
its first mail.
"""

from __future__ import annotations

from mailbot.classify.model import Model, load
from mailbot.classify.network import load_network
from mailbot.classify.reading import read
from mailbot.classify.verdicts import judge, nearest

__all__ = ["Model", "judge", "load", "load_network", "nearest", "read"]
