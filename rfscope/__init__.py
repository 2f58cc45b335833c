"""Receptive fields, usage counts and the gridding effect of convolutional networks, exactly."""

from rfscope._version import __version__ as __version__
