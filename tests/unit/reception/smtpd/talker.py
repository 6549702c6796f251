"""An SMTP client that says what it is told to."""

import asyncio
import ssl


class Talker:
    """One session; a reply has five seconds to come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def reply(self) -> str:
        """One reply, its lines joined; empty at the end of the session."""
        text = ""
        while line := (await asyncio.wait_for(self.reader.readline(), 5)).decode():
            text += line
            if line[3:4] != "-":
                break
        return text.rstrip("\r\n")

    def send(self, data: bytes | str) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)

    async def say(self, line: str) -> str:
        self.send(f"{line}\r\n")
        return await self.reply()

    async def start_tls(
        self, context: ssl.SSLContext | None = None, name: str | None = None
    ) -> None:
        """Shake hands, trusting anybody, asking for a name; raises ssl.SSLError."""
        if context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        await self.writer.start_tls(context, server_hostname=name)

    async def greet(self, helo: str = "EHLO client.example") -> None:
        await self.reply()
        await self.say(helo)

    async def mail(self, *recipients: str, sender: str = "a@client.example") -> list[str]:
        """Replies to MAIL and to each RCPT."""
        replies = [await self.say(f"MAIL FROM:<{sender}>")]
        return replies + [await self.say(f"RCPT TO:<{one}>") for one in recipients]

    async def message(self, content: bytes = b"Subject: x\r\n\r\nhello\r\n") -> str:
        """The reply at the end of data."""
        reply = await self.say("DATA")
        if not reply.startswith("354"):
            return reply
        self.send(content + b".\r\n")
        return await self.reply()

    async def quit(self) -> None:
        await self.say("QUIT")
        assert await self.reply() == ""
        self.writer.close()
