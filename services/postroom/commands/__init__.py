"""What admins and programs run: sendmail, postconf, postmap, postqueue and the like.

``sendmail`` (mailq is one of its names, rmail calls it), ``queue`` and ``tables`` hold the
commands that have to do with these; the other packages are one command each.
"""
