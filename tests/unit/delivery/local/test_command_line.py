"""A shell is started only where the text of a command needs one."""

from postroom.delivery.local.command_line import argv_of


def test_only_a_command_that_needs_a_shell_gets_one() -> None:
    assert argv_of("/usr/bin/vacation alice") == ("/usr/bin/vacation", "alice")
    assert argv_of("cat > $HOME/x") == ("/bin/sh", "-c", "cat > $HOME/x")
    assert argv_of("exit 75") == ("/bin/sh", "-c", "exit 75")


def test_the_admin_s_shell_runs_every_command() -> None:
    argv = argv_of("/usr/bin/vacation alice", "/usr/lib/smrsh -c")
    assert argv == ("/usr/lib/smrsh", "-c", "/usr/bin/vacation alice")
