"""Sendmail's milter protocol, the mail system's side, without I/O.

There is no RFC; libmilter's header mfdef.h and Postfix's MILTER_README describe it. A packet is
a length of four bytes, a letter, and data of that length less one.
"""
