"""How files that only root may read reach a service that needs them: as credentials."""


def credential_name(path: str) -> str:
    """The name of a file's credential (systemd.exec(5)): no slash, and told apart."""
    return "table" + path.replace("!", "!!").replace("/", "!")
