"""Postfix, as Debian packages it, and Postroom: the same work on the same host in the same run."""
