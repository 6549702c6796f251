"""Write mail where users read it: Maildir and mbox, with their locks.

All of it runs in a worker with the recipient's own rights.
"""
