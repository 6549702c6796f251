"""What a unit hands to its service: settings and secrets (systemd.exec(5), credentials)."""

import os
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")
SETTINGS = "settings"


def read_settings(kind: type[T]) -> T:
    """The service's settings, checked; raises msgspec.ValidationError if they do not fit."""
    return msgspec.json.decode(read(SETTINGS), type=kind)


def read_changed(settings: T, name: str) -> T:
    """The settings with what another credential has otherwise; raises as ``read_settings``."""
    changes = msgspec.json.decode(read(name), type=dict[str, object])
    return msgspec.convert({**msgspec.to_builtins(settings), **changes}, type(settings))


def read_if_any(name: str) -> bytes:
    """As ``read``; empty where the credential was not passed."""
    try:
        return read(name)
    except (KeyError, OSError):
        return b""


def read(name: str) -> bytes:
    """One credential's content; raises OSError where it was not passed."""
    return (Path(os.environ["CREDENTIALS_DIRECTORY"]) / name).read_bytes()
