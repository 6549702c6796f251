"""What a user is told whose options a command does not know."""

from getopt import GetoptError


def complaint(error: GetoptError) -> str:
    """As getopt(3) has it, which shells and other programs use."""
    if "requires argument" in error.msg:
        return f"option requires an argument -- '{error.opt}'"
    return f"invalid option -- '{error.opt}'"
