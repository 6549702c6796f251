"""The message store of qmgr: a journal for what moves, a file each for what waits.

    journal/GENERATION.journal   segments of 32 MiB, zero-filled once and used again and again
    journal/active               there may be mail on its way, here or in active/: start me at boot
    journal/clean                there is none; the text is the highest queue id given out
    incoming/QUEUE_ID            large mail that is not yet on the disk
    active/QUEUE_ID              large mail on its way, and what stayed in the journal too long
    deferred/QUEUE_ID            mail that waits; modification time = next attempt
    hold/QUEUE_ID                mail that waits for postsuper -H
    corrupt/                     what did not verify, for a human to look at

The formats are described in ``record`` (journal) and ``queue_file`` (files). Nothing here
logs, asks another component or knows what a transport is; one process at a time owns the
directory, and claims it (``claim``).
What programs submit has a directory and a format of its own (``maildrop``).

Upgrades: a version reads all that earlier ones wrote, in place and without a step of its own.
Back to an earlier one: stop this one first, which empties the journal; the journal of a crash or
of a stop with mail on its way, if its major version is newer, refuses the start, and a newer
queue file waits untouched, with a line in the log, until the newer version is there again.

A message is stored when the batch it is part of came back from fdatasync(2). It is forgotten
only after a mark that says so is on the disk, or the file that bears its name is gone; between
a delivery and its mark lies at most one batch, and a crash in it delivers twice.
"""
