"""What probes have shown, and how long that is worth something."""

from pathlib import Path

import msgspec

from postroom.contracts.verify import State, Verified
from postroom.lookup.verify.settings import Settings

# Strangers choose what is probed: some 20 MB at most.
MAX_ENTRIES = 100_000


class Entry(msgspec.Struct, frozen=True):
    """``found`` at that time (seconds since 1970)."""

    found: Verified
    at: float


class Cache:
    """By address; the oldest entry is the first."""

    def __init__(self, settings: Settings, entries: dict[str, Entry]) -> None:
        self._settings = settings
        self._entries = entries

    @classmethod
    def load(cls, settings: Settings, path: Path) -> "Cache":
        """What was saved; nothing where there is none, or nobody can read it."""
        try:
            return cls(settings, msgspec.msgpack.decode(path.read_bytes(), type=dict[str, Entry]))
        except (OSError, msgspec.DecodeError, ValueError):
            return cls(settings, {})

    def save(self, path: Path) -> None:
        """Raises OSError."""
        new = path.with_suffix(".new")
        new.write_bytes(msgspec.msgpack.encode(self._entries))
        new.rename(path)

    def get(self, address: str, now: float) -> Entry | None:
        entry = self._entries.get(address)
        if entry is not None and now - entry.at >= self._times(entry)[1]:
            del self._entries[address]
            return None
        return entry

    def is_stale(self, entry: Entry, now: float) -> bool:
        """Whether it is time to look again; what is known counts until then."""
        return now - entry.at >= self._times(entry)[0]

    def put(self, address: str, found: Verified, now: float) -> None:
        if found.state is not State.DELIVERABLE:
            known = self._entries.get(address)
            good = known is not None and known.found.state is State.DELIVERABLE
            if not self._settings.address_verify_negative_cache or (
                good and found.state is State.UNCERTAIN
            ):
                return  # a host that is away says nothing against who was there
        self._entries.pop(address, None)
        self._entries[address] = Entry(found, now)
        if len(self._entries) > MAX_ENTRIES:
            del self._entries[next(iter(self._entries))]

    def _times(self, entry: Entry) -> tuple[float, float]:
        """When to look again, and when to forget."""
        settings = self._settings
        if entry.found.state is State.DELIVERABLE:
            return (
                settings.address_verify_positive_refresh_time,
                settings.address_verify_positive_expire_time,
            )
        return (
            settings.address_verify_negative_refresh_time,
            settings.address_verify_negative_expire_time,
        )
