"""How the files of tables reach proxymap(8), which may not read them: as credentials."""


def credential_name(path: str) -> str:
    """The name of a table file's credential (systemd.exec(5)): no slash, and told apart."""
    return "table" + path.replace("!", "!!").replace("/", "!")
