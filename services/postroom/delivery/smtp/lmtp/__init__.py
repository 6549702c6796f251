"""lmtp: the SMTP client with LMTP's dialect (RFC 2033) and the lmtp_… parameters.

Socket ``delivery``, called by qmgr. Everything else is said in ``postroom.delivery.smtp``. The
unit of a service that delivers to ``unix:path`` must let it reach that socket; a relative path
begins in ``queue_directory``.
"""
