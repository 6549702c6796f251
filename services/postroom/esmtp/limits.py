"""How long and how many: what either end of an SMTP dialogue may make the other keep."""

# A command line with its CRLF. RFC 5321 section 4.5.3.1.4 asks for 512, its extensions add up
# to some 1,900 (SIZE 26, SMTPUTF8 10, AUTH 500, DSN 1,100); we keep addresses up to 1,024.
COMMAND_LINE = 4096
# RFC 4954 section 4: a line of an authentication exchange (main.cf: smtpd_sasl_response_limit).
RESPONSE_LINE = 12_288
# How much of an over-long command is read and forgotten before the session ends.
DISCARDED_LINE = 65_536
# Content is handed on in pieces of at least this size, so a session never holds much more.
PIECE = 65_536
# BDAT takes a number of any length; this many digits are more than any disk holds.
SIZE_DIGITS = 18
# RFC 3461 section 4.4 and section 4.2, after decoding.
ENVID = 100
ORCPT = 500
# A value in XCLIENT and XFORWARD as it comes (XFORWARD_README): what a host name may have.
ATTRIBUTE = 255
# Input of a client that does not wait for replies; more stays in the kernel.
READ_AHEAD = 131_072
