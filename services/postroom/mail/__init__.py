"""Values of Internet mail (RFC 5321, RFC 5322, RFC 3461-3464); no I/O, nothing of ours imported."""
