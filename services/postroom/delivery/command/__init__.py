"""Run somebody's command with a message on its standard input, and judge how it ended.

All of it runs in a worker with the rights of the user whose command it is.
"""
