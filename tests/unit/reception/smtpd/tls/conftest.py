"""Keys and certificates, as systemd hands them to smtpd."""

from pathlib import Path

import pytest

from unit.tls.keys import KEY, UNTIL_2060


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What systemd would hand smtpd: a key and its certificate."""
    directory = tmp_path / "credentials"
    directory.mkdir()
    (directory / "smtpd_tls_cert_file").write_text(UNTIL_2060)
    (directory / "smtpd_tls_key_file").write_text(KEY)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(directory))
    return directory
