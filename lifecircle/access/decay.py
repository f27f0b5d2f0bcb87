"""Decays: what a walk of some metres weighs, from 1 at the door to 0 out of reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lifecircle.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Decay", "Floats", "even_decay", "gaussian_decay", "step_decay"]

Floats = npt.NDArray[np.float64]
Decay = Callable[[Floats], Floats]
"""Walks in metres to weights from 0 to 1."""


def even_decay(walk_m: Floats) -> Floats:
    """Weight 1 for every walk within the limit: the plain 2SFCA.

    Parameters
    ----------
    walk_m : float array
        Metres.

    Returns
    -------
    float array
        Ones.

    Examples
    --------
    >>> import numpy as np
    >>> even_decay(np.array([0.0, 900.0])).tolist()
    [1.0, 1.0]
    """
    return np.ones(len(walk_m))


def step_decay(weights: Mapping[float, float]) -> Decay:
    """Weights by band, as Luo and Qi (2009) give them.

    Parameters
    ----------
    weights : Mapping[float, float]
        End of the band in metres (inclusive) -> weight. Farther walks weigh 0. Luo and
        Qi use 1, 0.68, 0.22 (slow decay) or 1, 0.42, 0.09 (fast decay) for three bands
        of equal width.

    Returns
    -------
    callable
        Metres to weights.

    Raises
    ------
    ConfigError
        If there is no band, or a weight is not in [0, 1].

    Examples
    --------
    >>> import numpy as np
    >>> decay = step_decay({300: 1, 600: 0.68, 900: 0.22})
    >>> decay(np.array([0.0, 300.0, 301.0, 900.0, 901.0])).tolist()
    [1.0, 1.0, 0.68, 0.22, 0.0]
    """
    ends = np.array(sorted(weights), dtype=float)
    heights = np.array([*(weights[end] for end in sorted(weights)), 0.0])
    if not len(ends) or not ((heights >= 0) & (heights <= 1)).all():
        raise ConfigError(
            where="step_decay, weights",
            what=f"they are {dict(weights)}; each must be in [0, 1].",
            fix="Give one band or more, for example {300: 1, 600: 0.68, 900: 0.22}.",
        )

    def weigh(walk_m: Floats) -> Floats:
        return heights[np.searchsorted(ends, walk_m, side="left")]

    return weigh


def gaussian_decay(sigma_m: float) -> Decay:
    """Weights ``exp(-d² / (2 sigma²))``: 1 at the door, 0.61 at ``sigma_m``.

    Parameters
    ----------
    sigma_m : float
        Metres; a third of the limit leaves 0.011 at the limit.

    Returns
    -------
    callable
        Metres to weights.

    Raises
    ------
    ConfigError
        If ``sigma_m`` is not above 0.

    Examples
    --------
    >>> import numpy as np
    >>> gaussian_decay(300)(np.array([0.0, 300.0, 900.0])).round(3).tolist()
    [1.0, 0.607, 0.011]
    """
    if not sigma_m > 0:
        raise ConfigError(
            where="gaussian_decay, sigma_m",
            what=f"it is {sigma_m}; it must be above 0.",
            fix="Give metres, for example a third of the limit.",
        )

    def weigh(walk_m: Floats) -> Floats:
        return np.exp(-(walk_m * walk_m) / (2.0 * sigma_m * sigma_m))

    return weigh
