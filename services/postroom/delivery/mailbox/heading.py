"""The lines that go before a delivered message: From_, Return-Path, X-Original-To, Delivered-To."""

import time

from postroom.mail.address import quote_address
from postroom.mail.envelope import Recipient


def from_line(sender: str) -> bytes:
    """mbox(5)'s separator; the null sender is MAILER-DAEMON there."""
    who = quote_address(sender) or "MAILER-DAEMON"
    return f"From {who}  {time.asctime()}\n".encode()


def heading(
    sender: str, recipient: Recipient, *, original: bool, delivered: bool, return_path: bool = True
) -> bytes:
    """RFC 5321 section 4.4 (Return-Path), and for whom and where this copy is."""
    lines = []
    if return_path:
        lines.append(f"Return-Path: <{quote_address(sender)}>")
    if original:
        lines.append(f"X-Original-To: {quote_address(recipient.original or recipient.address)}")
    if delivered:
        lines.append(f"Delivered-To: {quote_address(recipient.address)}")
    return "".join(f"{line}\n" for line in lines).encode()
