"""What admins and programs run: sendmail, postconf, postmap, postqueue and the like."""
