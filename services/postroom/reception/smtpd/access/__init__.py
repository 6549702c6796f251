"""Access control: the restriction lists of main.cf (SMTPD_ACCESS_README, access(5))."""
