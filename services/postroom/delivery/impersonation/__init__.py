"""Do one piece of work with exactly one user's rights, in a process of its own.

``nursery`` is forked before anything else happens and alone keeps the right to change uids;
``pool`` has it make workers, one user each; ``worker`` does ``tasks`` until it is not needed.
The process that reads requests, tables and mail gives its capabilities away at once.
"""
