"""import_environment and export_environment name what passes, or set it."""

from postroom.config.environment import PATH, exported, imported

WORDS = ("TZ", "A=b", "{ C = d, e }", "{F=g h}", "MISSING", "E=")


def test_commands_get_what_is_named_from_us_and_what_is_set() -> None:
    ours = {"TZ": "UTC", "SECRET": "x"}
    set_there = {"A": "b", "C": "d, e", "F": "g h", "E": ""}
    assert exported(WORDS, ours) == {"PATH": PATH, "TZ": "UTC", **set_there}


def test_services_get_what_is_set() -> None:
    assert imported(WORDS) == {"A": "b", "C": "d, e", "F": "g h", "E": ""}
