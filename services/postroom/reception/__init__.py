"""Mail comes in: from the network (smtpd), and from programs on this machine (postdrop, pickup)."""
