"""smtpd with a key of its own, and a client that goes on in TLS."""

from unit.reception.smtpd.scene import Scene
from unit.reception.smtpd.talker import Talker

MAY = {
    "smtpd_tls_security_level": "may",
    "smtpd_tls_cert_file": "/etc/ssl/mail.pem",
    "smtpd_tls_key_file": "/etc/ssl/mail.key",
    "smtpd_tls_loglevel": 1,
}
ENCRYPT = {**MAY, "smtpd_tls_security_level": "encrypt"}
ESTABLISHED = "Anonymous TLS connection established from localhost[127.0.0.1]: TLSv1.3 with cipher"


async def secured(scene: Scene) -> Talker:
    """A client that has said EHLO in TLS."""
    client = await scene.client()
    assert await client.say("STARTTLS") == "220 2.0.0 Ready to start TLS"
    await client.start_tls()
    await client.say("EHLO client.example")
    return client
