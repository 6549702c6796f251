"""One question to smtpd: what a recipient is answered, as restrictions and tables have it."""

from pathlib import Path

from unit.reception.smtpd.scene import Scene, play

STRANGER = {
    "mynetworks": ("192.0.2.0/24",),
    "smtpd_relay_restrictions": ("permit_mynetworks", "reject_unauth_destination"),
}
FRIEND = STRANGER | {"mynetworks": ("127.0.0.0/8",)}
ACCESS = "hash:/access"


def fits(reply: str, pattern: str) -> bool:
    """``…`` stands for anything; the end may be left out where there is none."""
    head, _, tail = pattern.partition("…")
    return reply.startswith(head) and reply.endswith(tail)


def ask(
    tmp_path: Path,
    recipient: str,
    *,
    sender: str = "a@client.example",
    helo: str = "EHLO client.example",
    table: dict[str, str] | None = None,
    names: dict[tuple[str, str], tuple[str, ...]] | None = None,
    **settings: object,
) -> tuple[str, Scene]:
    """The reply to RCPT."""
    replies = []

    async def story(scene: Scene) -> None:
        scene.world.tables[ACCESS] = table or {}
        scene.world.names = names or {}
        client = await scene.connect()
        await client.greet(helo)
        replies.append((await client.mail(recipient, sender=sender))[1])
        await client.quit()

    scene = play(tmp_path, story, **(STRANGER | settings))
    return replies[0], scene
