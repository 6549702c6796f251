"""What shows and changes the queue: postqueue (and mailq), postcat, postsuper and qshape.

While the mail system runs they ask the queue manager and pickup (``questions``); the superuser
sees the files while it does not (``on_disk``, ``submitted``), and may change the queue
(``at_rest``).
"""
