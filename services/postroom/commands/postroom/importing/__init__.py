"""``postroom import``: take over the configuration of a Postfix.

What its main.cf and master.cf name below their directory comes along; what they name elsewhere
stays where it is. All of it is made and judged aside, then put in place file by file, main.cf
last, with a copy of whatever was there. Nothing takes effect before ``postroom reload``.
"""
