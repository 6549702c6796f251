"""A look at each header and each line of a body, by tables (header_checks(5)).

What cleanup does with mail that comes in and the SMTP clients with mail that goes out: follow the
structure of the message (mail/mime.py), ask the table that is responsible, and change what the
table wants changed. What else a table may want is up to whoever inspects (``inspector.Judge``).
"""
