"""Mail goes out: one daemon per way of delivery, and what they share.

``agent`` answers the queue manager, ``attempt`` is one of its requests under way, ``content``
reads the message in wire form, ``reason`` is a nexthop that is a text. ``client`` carries mail
over the network, ``mailbox`` puts it into files, ``impersonation`` acts with a user's rights.
"""
